"""What a filled-in spreadsheet would do to the answers as they are now: changes, answers that others changed, errors.

Nothing is written here. The same comparison makes the page before saving and, with rows locked, decides on saving, so what is
saved is what was shown. Every rule about what an answer may be is ``clean_entry``'s.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from surveillance.canonical import canonical_json, number_text, sha256_of
from surveillance.models import Answer, InvalidTransition
from surveillance.queries.self_reports import words_of
from surveillance.services.answers import Entry, EntryFaults, check_may_change, clean_entry
from surveillance.spreadsheets.cells import Row, Value, as_number, meaning_of, print_of, written
from surveillance.spreadsheets.columns import FILLED, cell_name, reading_of
from surveillance.spreadsheets.writing import is_confirmable

CONFIRM = "confirm"
ENTERED = ("value", "numerator", "denominator", "reason", "comment")
NOT_YOURS = "This section is not given to you."
NOT_PLAIN = {
    "formula": "enter the number or text itself instead of a formula",
    "error": "this cell holds an error of the spreadsheet program. Enter the answer again",
}
CHOICE_WORDS = {
    "choice": "enter Yes, No or Not applicable, or Cannot answer",
    "cannot": "leave this empty and fill in the two numbers, or enter Cannot answer",
}


@dataclass(frozen=True)
class Fault:
    """One thing to correct: the cell's name (empty for a row that is gone), the indicator's number and title, what to do."""

    cell: str
    number: str
    title: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """What one row would change: the answer as it is, the entry that would take its place, whether last year's is confirmed.

    ``is_stale`` says that somebody saved the answer after the file was downloaded: then one of the two is chosen.
    """

    answer: Answer
    entry: Entry
    is_confirmed: bool
    is_stale: bool
    place: int

    @property
    def now(self) -> list[tuple[str, str]]:
        """The answer as it is, in words: (label, text), only what differs."""
        return [(label, before) for label, before, after in self._pairs() if before != after]

    @property
    def then(self) -> list[tuple[str, str]]:
        """What would take its place, in words: (label, text), only what differs."""
        return [(label, after) for label, before, after in self._pairs() if before != after]

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """Label, the answer as it is, and what would take its place: all of it, in words."""
        return list(self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str, str]]:
        answer, kind = self.answer, self.answer.indicator.answer_kind
        yield "Answer", _words(kind, answer), _words(kind, self.entry)
        yield "Reason", answer.reason or "None", self.entry.reason or "None"
        yield "Comment", answer.comment or "None", self.entry.comment or "None"
        yield "Last year's answer", _confirmed_words(bool(answer.confirmed_years_count)), _confirmed_words(self.is_confirmed)


def _confirmed_words(is_confirmed: bool) -> str:
    return "Confirmed as still true" if is_confirmed else "Not confirmed"


def _words(kind: str, holds: Answer | Entry) -> str:
    numbers = {"numerator": number_text(holds.numerator), "denominator": number_text(holds.denominator)}
    return words_of(kind, value=holds.value, **numbers)


@dataclass
class Findings:
    """Everything that a spreadsheet would do."""

    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same_count: int = 0

    @property
    def stale(self) -> list[Change]:
        """Changes of answers that somebody else saved meanwhile."""
        return [change for change in self.changes if change.is_stale]

    @property
    def seen(self) -> str:
        """A mark of exactly these changes on exactly these versions: saving compares it with what was shown."""
        return sha256_of(canonical_json({"versions": [[c.answer.pk, c.answer.version, c.is_stale] for c in self.changes]}))[:32]


def find(rows: Iterable[Row], answers: Mapping[int, Answer], before: Mapping[str, Answer], *, today: dt.date, total_count: int) -> Findings:
    """Compare the touched rows of a spreadsheet with the answers as they are.

    ``answers`` come from ``answers_with_rights``; ``before`` are last year's by indicator number; ``total_count`` is the
    number of answers of the self-report, those in untouched rows included.
    """
    found, other_count = Findings(), 0
    for row in sorted(rows, key=lambda one: one.place):
        answer = answers.get(row.answer_id)
        if answer is None:
            continue
        faults_before = len(found.faults)
        change = _change(found, row, answer, before.get(answer.indicator.number), today)
        if change is not None:
            found.changes.append(change)
        other_count += change is not None or len(found.faults) > faults_before
    found.same_count = total_count - other_count
    return found


def _change(found: Findings, row: Row, answer: Answer, earlier: Answer | None, today: dt.date) -> Change | None:
    """What a row changes; None when it is the same, and when there is something to correct first."""
    reader = _Reader(row, answer)
    if not reader.differing:
        return None
    locked = why_locked(answer, today=today)
    if locked:
        found.faults.append(reader.fault(reader.differing[0], f"you cannot change this answer. {locked}"))
        return None
    is_confirmed = reader.confirms(earlier)
    raw = entered(earlier) if is_confirmed and earlier and not reader.faults else reader.raw()
    entry = _checked(reader, raw) if not reader.faults else None
    found.faults += reader.faults
    if entry is None or reader.faults:
        return None
    is_same = entry == entry_of(answer) and is_confirmed == bool(answer.confirmed_years_count)
    return None if is_same else Change(answer, entry, is_confirmed, row.version != answer.version, row.place)


def why_locked(answer: Answer, *, today: dt.date) -> str:
    """Why this person may not change an answer of ``answers_with_rights``; empty where they may."""
    if not getattr(answer, "is_mine", False):
        return NOT_YOURS
    try:
        check_may_change(answer, today=today)
    except InvalidTransition as error:
        return str(error)
    return ""


def _checked(reader: "_Reader", raw: Mapping[str, str]) -> Entry | None:
    """The entry, or faults put on the cells that cause them."""
    try:
        return clean_entry(reader.answer.indicator, raw)
    except EntryFaults as faults:
        for name, sentences in faults.errors.items():
            key = name if name in ENTERED else "value"
            reader.faults += [reader.fault(key, sentence[:1].lower() + sentence[1:]) for sentence in sentences]
    return None


def entry_of(answer: Answer) -> Entry:
    """What an answer holds, as an entry."""
    return Entry(answer.value, answer.numerator, answer.denominator, answer.reason, answer.comment)


def entered(answer: Answer) -> dict[str, str]:
    """What an answer holds, in the names and texts of the contract."""
    numbers = {name: number_text(getattr(answer, name)) or "" for name in ("numerator", "denominator")}
    return {"value": answer.value, "reason": answer.reason, "comment": answer.comment} | numbers


class _Reader:
    """One row beside its answer: which cells differ, and what they enter. Faults gather in ``faults``."""

    def __init__(self, row: Row, answer: Answer) -> None:
        self.row, self.answer, self.kind = row, answer, answer.indicator.answer_kind
        self.faults: list[Fault] = []
        present = written(answer)
        self.differing = [key for key in FILLED if self._meaning(key, self._value(key)) != self._meaning(key, present[key])]

    def _value(self, key: str) -> Value:
        return self.row.values.get(key, Value())

    def _meaning(self, key: str, value: Value) -> str:
        return f"\x00{value.kind}" if value.kind in NOT_PLAIN else meaning_of(reading_of(key, self.kind), value)

    def fault(self, key: str, sentence: str) -> Fault:
        return Fault(cell_name(key, self.row.place), self.answer.indicator.number, self.answer.indicator.title, sentence)

    def confirms(self, earlier: Answer | None) -> bool:
        """Whether the row says that last year's answer is still true; what does not go together with it is a fault."""
        says = self._meaning(CONFIRM, self._value(CONFIRM))
        if says in {"", "NO"}:
            return False
        if says != "YES":
            self.faults.append(self.fault(CONFIRM, "enter Yes, or leave this empty"))
        elif not is_confirmable(self.answer, earlier):
            self.faults.append(self.fault(CONFIRM, "leave this empty. There is no answer of last year to confirm"))
        elif not self._is_confirmed_alone():
            sentence = "you entered another answer in this row, so clear this cell, or clear what you entered"
            self.faults.append(self.fault(CONFIRM, sentence))
        return True

    def _is_confirmed_alone(self) -> bool:
        """Whether nothing else was filled in since the download: what differs in other cells then came from others."""
        says = (Value(), Value(text="Yes"))
        return any(print_of(self.kind, {**self.row.values, CONFIRM: value}) == self.row.print for value in says)

    def raw(self) -> dict[str, str]:
        """What the row enters, in the names of the contract: cells that do not differ keep exactly what is stored."""
        raw = entered(self.answer)
        for key in self.differing:
            if key != CONFIRM:
                raw[key] = self._entered(key, self._value(key))
        if "reason" in self.differing and raw["reason"] and raw["value"] not in {Answer.NA, Answer.CANNOT}:
            sentence = "clear the reason, or write it as a comment. A reason belongs to Not applicable and Cannot answer"
            self.faults.append(self.fault("reason", sentence))
        return raw

    def _entered(self, key: str, value: Value) -> str:
        reading = reading_of(key, self.kind)
        sentence = NOT_PLAIN.get(value.kind) or self._refusal(reading, value)
        if sentence:
            self.faults.append(self.fault(key, sentence))
            return ""
        meaning = meaning_of(reading, value)
        if reading in {"text", "text_or_cannot"} and meaning != Answer.CANNOT:
            return value.text
        return meaning

    def _refusal(self, reading: str, value: Value) -> str:
        """Why a cell cannot be what it holds; empty where it can."""
        meaning = meaning_of(reading, value)
        if not meaning or reading in {"text", "text_or_cannot"}:
            return ""
        if reading == "number" and self.kind != "PERCENTAGE":
            return "leave this empty. This indicator is not answered with two numbers"
        if reading in {"choice", "cannot"}:
            codes = {"choice": ("YES", "NO", "NA", "CANNOT"), "cannot": ("CANNOT",)}[reading]
            return "" if meaning in codes else CHOICE_WORDS[reading]
        return self._number_refusal(reading, meaning, value)

    def _number_refusal(self, reading: str, meaning: str, value: Value) -> str:
        if value.kind == "percent":
            return "enter the number without a percent sign, and set the format of the cell to Number"
        if value.kind == "date":
            return "enter a number. The spreadsheet program made a date of it"
        if value.kind == "truth" or not (as_number(meaning) or (reading == "number_or_cannot" and meaning == Answer.CANNOT)):
            return "enter a number" + (", or Cannot answer" if reading == "number_or_cannot" else "")
        return ""
