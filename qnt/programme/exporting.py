"""The programme's files: each page's figures, and the rows behind them, from which every figure can be worked out again."""

from collections.abc import Iterable, Iterator

from django.db.models.functions import Coalesce

from qnt.programme.choice import Choice
from qnt.programme.definitions import HOW, Definition, Kind
from qnt.programme.figures import FEWEST
from qnt.programme.models import FactQuerySet
from qnt.programme.rows import COLUMNS, Row
from qnt.programme.tables import TABLES
from rendering.csv import Cell
from rendering.sheets import Definition as Meaning
from rendering.sheets import Sheet

FACT_COLUMNS = (
    "measure", "definition_version", "year", "half", "unit", "unit_id", "day", "region", "procedure", "procedure_version", "kind",
    "service_id", "ods_code", "specification", "indicator_set", "indicator_set_version", "side", "detail", "choice",
    "value", "weight", "limit",
)  # fmt: skip
_PATHS = (
    "measure", "definition_version", "year", "half", "unit_id", "day", "region__code", "procedure__code", "procedure__version", "kind",
    "service", "service__provider__code", "service__network__code", "number", "indicator_set__code",
    "indicator_set__version", "side",
    "detail", "choice", "value", "weight", "limit",
)  # fmt: skip
ABOUT_ROWS = (
    Meaning("value, weight", "What a figure adds up: a share is the sum of value out of the sum of weight, a mean their quotient."),
    Meaning("limit", "Working days that the review's version of the procedure allows; empty where it sets none."),
    Meaning("unit, unit_id", "What one row is, and its number on this site."),
    Meaning(
        "day",
        "The day that puts the row into its year; of a self-report or a decision the day on which its round closes, of a group of "
        "answers the first day of its half-year.",
    ),
    Meaning("detail", "What the row is about; of a group of answers which survey, and the code of its question in the procedure."),
    Meaning("half", "1: January to June; 2: July to December."),
)


def fact_rows(facts: FactQuerySet, units: dict[str, str]) -> Iterator[list[Cell]]:
    """The rows behind figures, without a name or a text of anybody, however many there are."""
    of_survey = Coalesce("service__specification__number", "specification__number")
    for row in facts.annotate(number=of_survey).order_by("year", "measure", "pk").values_list(*_PATHS).iterator(chunk_size=2000):
        measure, version, year, half, unit_id, day, region, procedure, number, kind, service, provider, network, *rest = row
        yield [
            measure, version, year, half, units.get(measure, ""), unit_id, day, region, procedure, number, kind, service,
            provider or network, *rest,
        ]  # fmt: skip


def figure_rows(page: str, choice: Choice) -> Iterator[list[Cell]]:
    """The tables of a page, one under the other."""
    return (row.cells for row in TABLES[page][1](choice))


def sheets_of(rows: Iterable[Row]) -> list[Sheet]:
    """A sheet for each table of a page."""
    by_table: dict[str, list[list[Cell]]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row.cells[1:])
    widths = (28, 18, 36, 10, 8, 8, 12, 48)
    return [Sheet(name, COLUMNS[1:], found, widths) for name, found in by_table.items()]


def meanings_of(definitions: Iterable[Definition]) -> list[Meaning]:
    """The definitions of measures as the last sheet of a workbook prints them."""
    found = [
        Meaning(f"{one.code}, version {one.version} since {one.since_year}", f"{one.title}. {one.counts}. {one.belongs}. {one.how}")
        for one in definitions
    ]
    return [*found, *ABOUT_FIGURES]


ABOUT_FIGURES = (
    Meaning("n", f"How many the figure is of; nothing is shown of fewer than {FEWEST}."),
    Meaning("How hubs spread", "Of the figures of the hubs that are shown; n is how many hubs these are."),
    Meaning("Reviews with their checklists", "Single reviews that the reader may open: number is 1 where the point is met, else 0."),
    Meaning(
        "The procedure’s days, Kept to them", "What versions of the procedure allow, and how many of the reviews with a day kept to it."
    ),
    Meaning("Services by specification, Services by indicator set", "Services with a declared self-report in the year’s round."),
    Meaning("number", "The figure to one decimal, rounded down: percent of a share, median, total or mean."),
    *(Meaning(kind.value, words) for kind, words in HOW.items() if kind is not Kind.SPREAD),
)
