"""Figures out of rows that were counted ahead: by year, by hub, by side; what may not be shown never leaves this module."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from peerreview.models import Review
from qnt.programme.choice import Choice
from qnt.programme.definitions import Definition, Group, Kind, definitions_in
from qnt.programme.figures import FEWEST, Figure, Quartiles, Sums, add_up, figure_of, plain, quartiles_of
from qnt.programme.measures import DEFINITIONS, DOMAIN_LABELS, FILLED_BY
from qnt.programme.models import FactQuerySet, ProgrammeFact, ProgrammeYear
from qnt.programme.suppression import may_hand_on
from surveillance.models.evidence import DOMAIN_MEANINGS

Key = tuple[Any, ...]
KINDS = dict(Review.Kind.choices)


def sums_by(facts: FactQuerySet, codes: Collection[str], *fields: str) -> dict[Key, Sums]:
    """(measure, fields ...) to what its figure is made of: two statements, whatever the number of rows.

    Adding up is the database's; single values are read for medians alone.
    """
    wanted = facts.filter(measure__in=codes).order_by()
    values = _values_of_medians(wanted, codes, *fields)
    rows = wanted.values_list("measure", *fields).annotate(rows=Count("pk"), total=Sum("value"), weights=Sum("weight"))
    return {
        tuple(key): Sums(count, Decimal(total), Decimal(weight), tuple(values.get(tuple(key), ())))
        for *key, count, total, weight in rows
    }  # fmt: skip


def _values_of_medians(wanted: FactQuerySet, codes: Collection[str], *fields: str) -> dict[Key, list[Decimal]]:
    """The single values behind each median; no statement where none is asked."""
    medians = {one.code for one in DEFINITIONS if one.kind is Kind.MEDIAN} & set(codes)
    values: dict[Key, list[Decimal]] = defaultdict(list)
    if medians:
        for *key, value in wanted.filter(measure__in=medians).values_list("measure", *fields, "value"):
            values[tuple(key)].append(value)
    return values


def chosen_figure(choice: Choice, definition: Definition, sums: Sums | None) -> Figure:
    """The figure of a measure under the filters of a page; where one of them is none that the measure is counted by, it says so."""
    words = choice.not_counted(definition.code)
    return Figure(0, words) if words else figure_of(definition, sums)


@dataclass(frozen=True)
class Line:
    """A measure with its figure this year and last year."""

    definition: Definition
    this: Figure
    last: Figure

    @property
    def has_data(self) -> bool:
        """Whether anything was recorded this year."""
        return self.this.n > 0


def lines_of(choice: Choice, group: Group) -> list[Line]:
    """The measures of a page, for the year that was chosen and the one before."""
    return _lines(choice, [one for one in definitions_in(choice.year, DEFINITIONS).values() if one.group is group])


def _lines(choice: Choice, definitions: Iterable[Definition]) -> list[Line]:
    listed = list(definitions)
    years = (choice.year, choice.year - 1)
    sums = sums_by(choice.facts.filter(year__in=years), [one.code for one in listed], "year")
    return [Line(one, *(chosen_figure(choice, one, sums.get((one.code, year))) for year in years)) for one in listed]


# The eight domains ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DomainRow:
    """One impact domain with its measures. ``lead`` is the first of which something is recorded."""

    code: str
    label: str
    meaning: str
    lines: list[Line]

    @property
    def lead(self) -> Line | None:
        """What stands for the domain in the table."""
        shown = [line for line in self.lines if line.this.is_shown]
        return next(iter(shown or [line for line in self.lines if line.has_data]), None)

    @property
    def filled_count(self) -> int:
        """Measures of which something is recorded."""
        return sum(line.has_data for line in self.lines)

    @property
    def filled_by(self) -> str:
        """What would give the domain data."""
        return FILLED_BY[self.code]

    @property
    def sentence(self) -> str:
        """The domain in a sentence (ux 30)."""
        if self.lead is None:
            return f"No data for {self.label}: nothing was recorded."
        if not self.lead.this.is_shown:
            return f"{self.lead.definition.title}: fewer than {FEWEST}, not shown."
        return f"{self.lead.definition.title}: {self.lead.this.words}{_change(self.lead)}."


def _change(line: Line) -> str:
    """How the figure stands to last year's, in words; nothing where there is none."""
    if line.this.number is None or line.last.number is None:
        return ""
    if line.this.number == line.last.number:
        return ", as last year"
    return f", {'up' if line.this.number > line.last.number else 'down'} from {line.last.words} last year"


def domain_rows(choice: Choice) -> list[DomainRow]:
    """Every domain with every measure that stands for it, in two statements."""
    lines: dict[str, list[Line]] = defaultdict(list)
    listed = [one for one in definitions_in(choice.year, DEFINITIONS).values() if one.domain]
    for line in _lines(choice, sorted(listed, key=lambda one: one.code.startswith("CHANGE"))):
        lines[line.definition.domain].append(line)
    return [DomainRow(code, label, DOMAIN_MEANINGS[code], lines[code]) for code, label in DOMAIN_LABELS.items()]


# Between hubs ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Comparison:
    """One measure between hubs: figures of those that may be shown, by hub, and of England where that hides nobody.

    ``kind`` is the kind of review where kinds stand apart.
    """

    definition: Definition
    kind: str
    hubs: dict[int, Figure]
    england: Figure | None

    @property
    def name(self) -> str:
        """What it is called: its measure, and the kind."""
        return f"{self.definition.title}, {KINDS[self.kind].lower()}" if self.kind else self.definition.title

    @property
    def numbers(self) -> list[Decimal]:
        """The figures of the hubs that are shown."""
        return [figure.number for figure in self.hubs.values() if figure.number is not None]

    @property
    def shown_count(self) -> int:
        """How many hubs these are."""
        return len(self.numbers)

    @property
    def quartiles(self) -> Quartiles | None:
        """How the hubs spread; None under two hubs."""
        return quartiles_of(self.numbers) if self.shown_count > 1 else None

    @property
    def lowest(self) -> str:
        """The lowest figure of a hub, in words."""
        return self.words_of(self.quartiles.lowest)

    @property
    def highest(self) -> str:
        """The highest figure of a hub, in words."""
        return self.words_of(self.quartiles.highest)

    @property
    def middle(self) -> str:
        """Between which figures the middle half of the hubs lies, in words."""
        return f"{self.words_of(self.quartiles.lower)} and {self.words_of(self.quartiles.upper)}"

    def words_of(self, number: Decimal) -> str:
        """A figure of a hub in words."""
        return f"{int(number)}%" if self.definition.kind is Kind.SHARE else plain(number)


def comparisons(choice: Choice, codes: Collection[str], by: str = "") -> list[Comparison]:
    """Measures between hubs for one year, apart by ``by`` ("kind"). Whoever reads one hub's rows gets no filters here.

    Each hub is a part of one whole: the measure's year, and its kind where asked. Parts are held back by ``may_hand_on``; the
    reader's own are known to them.
    """
    if choice.is_narrow and not choice.is_national:
        return []
    facts = choice.narrowed(ProgrammeFact.objects.of_compliance().filter(year=choice.year))
    known = set(choice.hubs) if choice.is_national else set(choice.reach.regions)
    sums = sums_by(facts, codes, *([by] if by else []), "region")
    return compared(sums, codes, definitions_in(choice.year, DEFINITIONS), known=known)


def compared(
    sums: dict[Key, Sums], codes: Collection[str], definitions: dict[str, Definition], *, known: Collection[int] = ()
) -> list[Comparison]:
    """Measures between hubs out of sums by measure, perhaps a kind, and hub, for whoever knows the rows of the ``known`` hubs."""
    grouped: dict[Key, dict[int, Sums]] = defaultdict(dict)
    for (*group, region), found in sums.items():
        grouped[tuple(group)][region] = found
    return [
        _comparison(definitions[code], group, parts, set(known))
        for code in codes
        for group, parts in sorted(grouped.items())
        if group[0] == code and code in definitions
    ]


def _comparison(definition: Definition, group: Key, parts: dict[int, Sums], known: set[int]) -> Comparison:
    shown = may_hand_on({region: found.rows for region, found in parts.items()}, known)
    hubs = {region: figure_of(definition, parts[region]) for region in shown.parts if region in parts}
    england = figure_of(definition, add_up(parts.values())) if shown.total else None
    return Comparison(definition, "".join(group[1:]), hubs, england)


# Reviews for learning -------------------------------------------------------------------------------------------------
def learning_lines(year: int, group: Group) -> list[tuple[Definition, Figure]] | None:
    """Figures of reviews for learning: of England as a whole, of a published year, from 5 reviews or more; else None.

    Nothing narrows them and they change no more, so no difference of two of them says something of one review.
    """
    if not ProgrammeYear.objects.filter(year=year, published_at__isnull=False).exists():
        return None
    return learning_figures(year, [one for one in definitions_in(year, DEFINITIONS).values() if one.group is group])


def learning_figures(year: int, definitions: Iterable[Definition]) -> list[tuple[Definition, Figure]]:
    """Those figures of some measures; the caller knows that the year is published."""
    listed = list(definitions)
    codes = [one.code for one in listed]
    facts = ProgrammeFact.objects.filter(year=year, is_learning=True, measure__in=codes).order_by()
    values = _values_of_medians(facts, codes)
    counted = facts.values_list("measure").annotate(Count("pk"), Sum("value"), Sum("weight"), Count("review", distinct=True))
    sums = {
        code: _of_enough(Sums(rows, Decimal(total), Decimal(weight), tuple(values.get((code,), ()))), review_count)
        for code, rows, total, weight, review_count in counted
    }
    return [(one, figure_of(one, sums.get(one.code))) for one in listed]


def _of_enough(sums: Sums, review_count: int) -> Sums:
    """The sums, cut to too few rows where they come from too few reviews."""
    return sums if review_count >= FEWEST else Sums(min(sums.rows, FEWEST - 1), Decimal(0), Decimal(0))


# Spread of judgements -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SpreadRow:
    """Like things, and how many of them got each choice; ``counts`` is empty where there are fewer than 5."""

    detail: str
    total: int
    counts: dict[str, int]


def spread_rows(choice: Choice, code: str) -> list[SpreadRow]:
    """Like things of a year with most of them first, in one statement; of those with fewer than 5 the counts are left out."""
    facts = choice.facts.filter(year=choice.year, measure=code).order_by()
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for detail, chosen, count in facts.values_list("detail", "choice").annotate(count=Count("pk")):
        counts[detail][chosen] = count
    rows = [SpreadRow(detail, sum(found.values()), found) for detail, found in counts.items()]
    rows = [row if row.total >= FEWEST else SpreadRow(row.detail, row.total, {}) for row in rows]
    return sorted(rows, key=lambda row: (-row.total, row.detail))


def state_of(year: int) -> ProgrammeYear | None:
    """When a year was counted and published; None before the first time."""
    return ProgrammeYear.objects.filter(year=year).select_related("published_by").first()
