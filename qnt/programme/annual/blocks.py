"""Figures of each part as plain data: tables, notes, and charts by their numbers; the same data makes the page and the PDF."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from accounts.templatetags.qnt_tags import month_date
from peerreview.training import Standing
from qnt.programme.annual.figures import HALVES, SIDES, FrozenYear
from qnt.programme.annual.training import TrainingRow, training_now
from qnt.programme.definitions import Group
from qnt.programme.figures import FEWEST, Figure
from qnt.programme.models import ContextNote, ContextNoteQuerySet
from qnt.programme.queries import Comparison, Line
from qnt.programme.tables import CODES, MODEL

Block = dict[str, Any]
NOT_SHOWN = "Not shown: it would show one hub"
TOO_FEW = "Too few hubs"


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> Block:
    """One table; ``numbers`` are the columns of figures."""
    return {"kind": "table", "caption": caption, "header": list(header), "rows": [list(row) for row in rows], "numbers": list(numbers)}


def note(words: str) -> Block:
    """A sentence that belongs to the figures and is nobody's to edit."""
    return {"kind": "note", "words": words}


def _lines(caption: str, lines: Sequence[Line], year: FrozenYear) -> list[Block]:
    if not lines:
        return [note("No data: the figures of this year hold no such measure.")]
    header = ["Measure", "What is counted", *(str(one) for one in year.years)]
    rows = [
        [line.definition.title, f"{line.definition.counts}.", line.this.words, *([line.last.words] if year.has_last else [])]
        for line in lines
    ]
    return [table(caption, header, rows)]


def foreword(year: FrozenYear) -> list[Block]:
    """The foreword is words alone."""
    return []


def domains(year: FrozenYear) -> list[Block]:
    """A sentence a domain, then every measure of each."""
    rows = year.domains()
    found = [
        table(
            "The eight domains in a sentence each",
            ["Domain", "What it is", "The year"],
            [[one.label, one.meaning, one.sentence] for one in rows],
        )
    ]
    for one in rows:
        found += _lines(one.label, one.lines, year)
    return found


def fidelity(year: FrozenYear) -> list[Block]:
    """How hubs spread, point by point, without a name."""
    found = year.between_hubs(CODES[Group.FIDELITY])
    if not found:
        return [note("No data: no review of this year was counted.")]
    header = ["Measure", "England", "Lowest hub", "Half of hubs lie between", "Highest hub", "Hubs shown"]
    blocks = [table("Fidelity between hubs", header, [_comparison(one) for one in found], [5])]
    spread = [one for one in found if one.quartiles]
    if spread:
        blocks.append(_chart(spread))
    learning = [[one.title, figure.words] for one, figure in year.of_learning(Group.FIDELITY)]
    return blocks + ([table("Reviews for learning, England", ["Measure", "England"], learning)] if learning else [])


def _comparison(one: Comparison) -> list[str]:
    england = one.england.words if one.england else NOT_SHOWN
    hubs = [one.lowest, one.middle, one.highest] if one.quartiles else [TOO_FEW] * 3
    return [one.definition.title, england, *hubs, str(one.shown_count)]


def _chart(spread: list[Comparison]) -> Block:
    widest = max(spread, key=lambda one: one.quartiles.highest - one.quartiles.lowest)
    low, high = int(widest.quartiles.lowest), int(widest.quartiles.highest)
    title = widest.definition.title
    sentence = f"Hubs differ most in: {title[:1].lower()}{title[1:]}, from {low}% to {high}% of reviews."
    lines = [[one.definition.title, sorted(int(number) for number in one.numbers)] for one in spread]
    return {"kind": "chart", "id": "hubs", "title": "How hubs spread", "sentence": sentence, "lines": lines}


def lead_times(year: FrozenYear) -> list[Block]:
    """Each lead time by kind of review."""
    rows = [
        [f"{one.title}, {kind.lower()}", this.words, *([last.words] if year.has_last else [])]
        for one, kind, this, last in year.by_kind(Group.LEAD_TIMES)
    ]
    if not rows:
        return [note("No data: no review of this year was counted.")]
    return [table("Lead times by kind of review", ["Lead time", *(str(one) for one in year.years)], rows)]


def burden(year: FrozenYear) -> list[Block]:
    """What the round asked of services."""
    return _lines("What the round asked of services", year.of_group(Group.BURDEN), year)


def logic_model(year: FrozenYear) -> list[Block]:
    """The survey of both sides, and the model's three columns."""
    columns = [f"{side}, {half}" for half in HALVES.values() for side in SIDES.values()]
    rows = [[one.title.removeprefix("Survey: "), *(figure.words for figure in found)] for one, found in year.survey]
    blocks = (
        [table("What people say after a visit", ["Asked about", *columns], rows)]
        if _any(year)
        else [note("Fewer than 5 answers: not shown.")]
    )
    for column, codes in MODEL.items():
        blocks += _lines(column, year.of_codes(codes), year)
    return [*blocks, note("Our own short form, not a validated instrument.")]


def _any(year: FrozenYear) -> bool:
    figures: list[Figure] = [figure for _, found in year.survey for figure in found]
    return any(figure.is_shown for figure in figures)


def learning(year: FrozenYear) -> list[Block]:
    """Cards, uptake, exchanges, pledges, themes; of reviews for learning England's figures."""
    blocks = _lines("Learning", year.of_group(Group.LEARNING), year) + _lines("Themes with owners", year.of_group(Group.THEMES), year)
    rows = [[one.title, figure.words] for one, figure in year.of_learning(Group.LEARNING)]
    return blocks + ([table("Reviews for learning, England", ["Measure", "England"], rows)] if rows else [])


def training(year: FrozenYear) -> list[Block]:
    """How people stand with their courses, England by course; hubs without a name."""
    found = training_now()
    if not found.rows:
        return [note("No data: nobody holds a role that a required course is for.")]
    header = ["Course", "People", *(str(one) for one in Standing)]
    rows = [[one.title, *_counts_of(one)] for one in found.rows]
    blocks = [table("People whose role asks for a course", header, rows, list(range(1, len(header))))]
    spread = found.quartiles
    shares = [f"{int(number)}%" for number in (spread.lowest, spread.lower, spread.upper, spread.highest)] if spread else []
    hubs = [shares[0], f"{shares[1]} and {shares[2]}", shares[3]] if shares else [TOO_FEW] * 3
    header = ["Measure", "Lowest hub", "Half of hubs lie between", "Highest hub", "Hubs shown"]
    blocks.append(table("Training between hubs", header, [["Every required course in date", *hubs, str(len(found.hubs))]], [4]))
    day = month_date(timezone.localdate())
    return [*blocks, note(f"From the register of training as it stood on {day}. A course counts until its last day.")]


def _counts_of(one: TrainingRow) -> list[str]:
    """How many people, and how many of each standing; not shown of too few."""
    if one.counts is None:
        return [f"Fewer than {FEWEST}" if one.people < FEWEST else "Not shown", *["Not shown"] * len(Standing)]
    return [f"{one.people:,}", *(f"{count:,}" for count in one.counts)]


def printed_notes(year: int) -> ContextNoteQuerySet:
    """The context notes of a year that its report prints."""
    return ContextNote.objects.filter(year=year, region=None, removed_at=None).order_by("pk")


def context(year: FrozenYear) -> list[Block]:
    """Notes on England by domain of the framework; what hubs wrote on themselves stays inside."""
    notes = printed_notes(year.year)
    labels = dict(ContextNote.Domain.choices)
    rows = [[str(labels[code]), one.text] for code in labels for one in notes if one.domain == code]
    if not rows:
        return [note("Nobody wrote a note on England for this year.")]
    return [table("What else shaped the year", ["Domain", "What happened, and what it may have changed"], rows)]


def definitions(year: FrozenYear) -> list[Block]:
    """Every definition as it was published with the figures."""
    rows = [[f"{one['title']} (version {one['version']})", _counts(one), str(one["source"]), str(one["belongs"])] for one in year.records]
    return [table("How each measure is counted", ["Measure", "What is counted", "From", "Year by"], rows)]


def _counts(record: dict[str, object]) -> str:
    below = str(record["denominator"])
    return f"{record['numerator']}, out of {below[:1].lower()}{below[1:]}." if below else f"{record['numerator']}."


MAKERS: dict[str, Callable[[FrozenYear], list[Block]]] = {
    "foreword": foreword, "domains": domains, "fidelity": fidelity, "lead-times": lead_times, "burden": burden, "logic-model": logic_model,
    "learning": learning, "training": training, "context": context, "definitions": definitions,
}  # fmt: skip
