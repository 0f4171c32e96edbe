"""The tables of every page in one shape, for the page and its downloads alike: who reads a figure can take it away."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q

from peerreview.models import Side
from qnt.programme.choice import Choice
from qnt.programme.definitions import Definition, Group, definitions_in
from qnt.programme.figures import FEWER, FEWEST, Figure, Sums, figure_of
from qnt.programme.hub_tables import of_comparisons, review_table
from qnt.programme.measures import BURDEN, DEFINITIONS, LEAD_TIMES, SURVEY
from qnt.programme.models import FactQuerySet, ProgrammeFact
from qnt.programme.queries import KINDS, Line, chosen_figure, comparisons, domain_rows, learning_lines, lines_of, spread_rows, sums_by
from qnt.programme.rows import Row
from surveillance.models import IndicatorSet, ServiceSpecification

CODES = {group: [one.code for one in DEFINITIONS if one.group is group] for group in Group}
SIDES = dict(Side.choices)


def of_lines(table: str, lines: Iterable[Line], year: int, group: str = "") -> Iterator[Row]:
    """Both years of some lines."""
    for line in lines:
        yield Row(table, group, line.definition, year, line.this)
        yield Row(table, group, line.definition, year - 1, line.last)


def of_learning(choice: Choice, group: Group) -> Iterator[Row]:
    """Reviews for learning, apart."""
    for definition, figure in learning_lines(choice.year, group) or []:
        yield Row("Reviews for learning", "England", definition, choice.year, figure)


# The pages ------------------------------------------------------------------------------------------------------------
def domain_table(choice: Choice) -> Iterator[Row]:
    """The eight domains."""
    for domain in domain_rows(choice):
        yield from of_lines("Eight domains", domain.lines, choice.year, domain.label)


def fidelity_table(choice: Choice) -> Iterator[Row]:
    """Fidelity, between hubs, and of reviews for learning."""
    yield from of_lines("Fidelity", lines_of(choice, Group.FIDELITY), choice.year)
    yield from of_comparisons(comparisons(choice, CODES[Group.FIDELITY]), choice)
    yield from of_learning(choice, Group.FIDELITY)


@dataclass(frozen=True)
class KindLine:
    """One lead time of one kind of review; ``within`` of ``limited`` kept to the procedure's days, which are ``limits`` at most."""

    definition: Definition
    kind: str
    this: Figure
    last: Figure
    values: tuple[Decimal, ...]
    within: int
    limited: int
    limits: tuple[Decimal, Decimal] | None

    @property
    def kind_label(self) -> str:
        """The kind of review in words."""
        return str(KINDS[self.kind])

    @property
    def limit_words(self) -> str:
        """ "20 days", "20 to 50 days", or that there is none."""
        if self.limits is None:
            return "No day is set"
        low, high = (int(limit) for limit in self.limits)
        return f"{low} days" if low == high else f"{low} to {high} days"

    @property
    def kept(self) -> Figure:
        """How many of the reviews that had a day to keep to did; not shown of fewer than 5."""
        if self.limited < FEWEST:
            return Figure(self.limited, FEWER)
        percent = Decimal(self.within * 100) / self.limited
        return Figure(self.limited, f"{self.within:,} of {self.limited:,} ({int(percent)}%)", percent)


def kind_lines(choice: Choice) -> list[KindLine]:
    """Lead times by kind with how they stand to the procedure, in three statements."""
    codes, years = CODES[Group.LEAD_TIMES], (choice.year, choice.year - 1)
    facts = choice.facts.filter(year__in=years)
    sums = sums_by(facts, codes, "year", "kind")
    kept: Iterable[tuple[str, str, int, int, Decimal, Decimal]] = (
        facts.filter(year=choice.year, measure__in=codes, limit__isnull=False)
        .order_by()
        .values_list("measure", "kind")
        .annotate(
            limited=Count("pk"), within=Count("pk", filter=Q(value__lte=F("limit"))), lowest=Min("limit"), highest=Max("limit")
        )  # fmt: skip
    )
    limits = {(code, kind): (limited, within, (low, high)) for code, kind, limited, within, low, high in kept}
    found = []
    for definition in LEAD_TIMES:
        for kind in KINDS:
            this, last = (sums.get((definition.code, year, kind)) for year in years)
            if this or last:
                limited, within, days = limits.get((definition.code, kind), (0, 0, None))
                figures = figure_of(definition, this), figure_of(definition, last)
                found.append(KindLine(definition, kind, *figures, this.values if this else (), within, limited, days))
    return found


def lead_time_table(choice: Choice) -> Iterator[Row]:
    """Lead times by kind, between hubs, and of reviews for learning."""
    for line in kind_lines(choice):
        yield Row("Lead times", KINDS[line.kind], line.definition, choice.year, line.this)
        yield Row("Lead times", KINDS[line.kind], line.definition, choice.year - 1, line.last)
        yield from _against_procedure(line, choice.year)
    yield from of_comparisons(comparisons(choice, CODES[Group.LEAD_TIMES], by="kind"), choice)
    yield from of_learning(choice, Group.LEAD_TIMES)


def _against_procedure(line: KindLine, year: int) -> Iterator[Row]:
    """The days that procedures set, and how many reviews kept to them."""
    if line.limits is None:
        return
    kind = KINDS[line.kind]
    for name, days in zip(("lowest", "highest"), line.limits, strict=True):
        yield Row("The procedure’s days", f"{kind}, {name}", line.definition, year, Figure(0, f"{int(days)} days", days))
    yield Row("Kept to them", kind, line.definition, year, line.kept)


BURDEN_BY = {"specification": ("service__specification", "Specification"), "set": ("indicator_set", "Indicator set")}


@dataclass(frozen=True)
class BurdenRow:
    """What a round asked of the services of one specification, or against one set."""

    pk: int
    name: str
    services: int
    figures: list[tuple[Definition, Figure]]


def burden_rows(choice: Choice, by: str) -> list[BurdenRow]:
    """A row for each specification or set, by its name, in three statements."""
    field, _ = BURDEN_BY[by]
    sums = sums_by(choice.facts.filter(year=choice.year, **{f"{field}__isnull": False}), CODES[Group.BURDEN], field)
    pks = {key for _, key in sums}
    if by == "set":
        names = {one.pk: f"{one.code} {one}" for one in IndicatorSet.objects.filter(pk__in=pks)}
    else:
        names = {one.pk: str(one) for one in ServiceSpecification.objects.filter(pk__in=pks)}
    rows = [
        BurdenRow(
            pk, names[pk], sums["BURDEN_FILES", pk].rows if ("BURDEN_FILES", pk) in sums else 0,
            [(one, figure_of(one, sums.get((one.code, pk)))) for one in BURDEN],
        )
        for pk in pks
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.name, row.pk))


SERVICES = next(one for one in BURDEN if one.code == "BURDEN_FILES")  # each declared self-report has a row of it


def burden_table(choice: Choice) -> Iterator[Row]:
    """Burden as a whole, by specification and by set."""
    yield from of_lines("Burden", lines_of(choice, Group.BURDEN), choice.year)
    for by, (_, label) in BURDEN_BY.items():
        for row in burden_rows(choice, by):
            counted = Figure(row.services, f"{row.services:,}", Decimal(row.services))
            yield Row(f"Services by {label.lower()}", row.name, SERVICES, choice.year, counted)
            for definition, figure in row.figures:
                yield Row(f"By {label.lower()}", row.name, definition, choice.year, figure)


@dataclass(frozen=True)
class SurveyLine:
    """What the survey says of one principle, level or impact: a figure for each half-year and side."""

    definition: Definition
    figures: dict[tuple[int, str], Figure]


def survey_lines(choice: Choice, *, is_learning: bool) -> list[SurveyLine]:
    """The survey of a year by half-year and side, the tracks apart; sums of groups that are each shown, and of nothing else."""
    facts = survey_facts(choice, is_learning=is_learning)
    sums = sums_by(facts, [one.code for one in SURVEY], "half", "side")
    columns = [(half, side) for half in (1, 2) for side in SIDES]
    return [SurveyLine(one, {(half, side): figure_of(one, sums.get((one.code, half, side))) for half, side in columns}) for one in SURVEY]


def survey_facts(choice: Choice, *, is_learning: bool) -> FactQuerySet:
    """Groups of answers of one track, of the hubs whose reviews the person arranges; a hub's own page shows the same groups."""
    facts = ProgrammeFact.objects.filter(year=choice.year, measure__startswith="SURVEY_", is_learning=is_learning)
    facts = facts if choice.is_national else facts.filter(region__in=choice.reach.regions)
    facts = facts.filter(region=choice.region) if choice.region else facts
    facts = facts.filter(procedure__code=choice.procedure) if choice.procedure else facts
    return facts.filter(specification=choice.specification) if choice.specification else facts


def survey_table(choice: Choice) -> Iterator[Row]:
    """The survey of both tracks, and the model's three columns."""
    for track, is_learning in (("Compliance reviews", False), ("Reviews for learning", True)):
        for line in survey_lines(choice, is_learning=is_learning):
            for (half, side), figure in line.figures.items():
                yield Row(f"Survey: {track}", f"{HALVES[half]}, {SIDES[side]}", line.definition, choice.year, figure)
    for column, lines in model_columns(choice):
        yield from of_lines("Logic model", lines, choice.year, column)


HALVES = {1: "January to June", 2: "July to December"}
MODEL = {
    "Interactions": ("FID_INFORMAL", "FID_PATIENTS", "LEARN_EXCHANGES", "SURVEY_EQUALITY", "SURVEY_VOLUNTARY", "SURVEY_COLLEGIAL"),
    "Knowledge exchange": (
        "SURVEY_RECIPROCAL", "SURVEY_TRUST", "SURVEY_INDIVIDUAL", "SURVEY_TEAM", "SURVEY_ORGANISATION", "SURVEY_SYSTEM", "LEARN_CARDS",
        "LEARN_UPTAKE",
    ),
    "Impact": ("SURVEY_MOTIVATION", "SURVEY_SUPPORT", "SURVEY_PRIORITIES", "LEARN_PLEDGES", "ORG_OWN", "DIR_ON_TIME"),
}  # fmt: skip


def model_columns(choice: Choice) -> list[tuple[str, list[Line]]]:
    """The three columns of the logic model with the measures that stand for each, in two statements."""
    definitions, years = definitions_in(choice.year, DEFINITIONS), (choice.year, choice.year - 1)
    sums = sums_by(choice.facts.filter(year__in=years), [code for codes in MODEL.values() for code in codes], "year")

    def figure(code: str, year: int) -> Figure:
        found: Sums | None = sums.get((code, year))
        return chosen_figure(choice, definitions[code], found)

    return [
        (column, [Line(definitions[code], *(figure(code, year) for year in years)) for code in codes if code in definitions])
        for column, codes in MODEL.items()
    ]


def learning_table(choice: Choice) -> Iterator[Row]:
    """Learning, themes, and the learning of reviews for learning."""
    yield from of_lines("Learning", lines_of(choice, Group.LEARNING), choice.year)
    yield from of_lines("Themes", lines_of(choice, Group.THEMES), choice.year)
    yield from of_learning(choice, Group.LEARNING)


def spread_table(choice: Choice) -> Iterator[Row]:
    """Options by score and categories by indicator; like things of fewer than 5 are named without their counts."""
    for definition in (one for one in DEFINITIONS if one.group is Group.SPREAD):
        for row in spread_rows(choice, definition.code):
            for chosen, count in sorted(row.counts.items()):
                figure = Figure(row.total, f"{count:,} of {row.total:,}", Decimal(count))
                yield Row(definition.title, f"{row.detail}: {chosen}", definition, choice.year, figure)
            if not row.counts:
                yield Row(definition.title, row.detail, definition, choice.year, figure_of(definition, Sums(1, Decimal(1), Decimal(1))))


TABLES: dict[str, tuple[str, Callable[[Choice], Iterator[Row]]]] = {
    "domains": ("Eight domains", domain_table), "fidelity": ("Fidelity", fidelity_table), "reviews": ("Reviews", review_table),
    "lead-times": ("Lead times", lead_time_table),
    "burden": ("Burden", burden_table), "logic-model": ("Logic model", survey_table), "learning": ("Learning", learning_table),
    "spread": ("Spread of judgements", spread_table),
}  # fmt: skip
