"""Charts and grids of the programme's pages: hubs as distributions, never in an order of merit."""

from dataclasses import dataclass
from itertools import groupby

from qnt.programme.choice import Choice
from qnt.programme.definitions import definition_of
from qnt.programme.figures import FEWEST, NO_DATA, Figure, plain
from qnt.programme.measures import DEFINITIONS
from qnt.programme.queries import Comparison, SpreadRow
from qnt.programme.tables import HALVES, SIDES, KindLine, SurveyLine
from rendering.charts import LEAST_BOXED, Chart, SidesLine, SpreadLine, StackedRow, sides_chart, spread_chart, stacked_bars

CATEGORY_ORDER = ("Immediate risk", "Serious concern", "Concern", "Further consideration", "Good practice")


@dataclass(frozen=True)
class Grid:
    """Hubs by name in columns, measures in rows; a cell is a figure in words, or why there is none."""

    columns: list[str]
    rows: list[tuple[str, list[Figure]]]

    @property
    def header(self) -> str:
        """As the table tag reads it."""
        return "|".join(["Measure", *self.columns])


def hub_grid(found: list[Comparison], choice: Choice) -> Grid | None:
    """The figures of each hub, for whoever reads every hub's rows."""
    if not choice.is_national or not any(one.quartiles for one in found):
        return None
    hubs = sorted({region for one in found for region in one.hubs}, key=lambda pk: choice.hubs.get(pk, ""))
    rows = [
        (one.name, [one.hubs.get(region, Figure(0, NO_DATA)) for region in hubs]) for one in found
    ]  # fmt: skip
    return Grid([choice.hubs.get(region, "") for region in hubs], rows)


def worth_showing(found: list[Comparison], choice: Choice) -> list[Comparison]:
    """Those that say something beyond the table above: two hubs or more, or England for whoever reads one hub alone."""
    return [one for one in found if one.quartiles or (not choice.is_national and one.england and one.england.is_shown)]


def own_number(one: Comparison, choice: Choice) -> float | None:
    """The figure of the hub that was chosen, or of the reader's only hub."""
    regions = [choice.region] if choice.region else [] if choice.is_national else list(choice.reach.regions)
    numbers = [one.hubs[pk].number for pk in regions if pk in one.hubs and one.hubs[pk].number is not None]
    return float(numbers[0]) if len(numbers) == 1 else None


def fidelity_chart(found: list[Comparison], choice: Choice) -> Chart | None:
    """Each point of the checklist with a dot for each hub that may be shown; None with fewer than two hubs throughout."""
    shown = [one for one in found if one.quartiles]
    if not shown:
        return None
    widest = max(shown, key=lambda one: one.quartiles.highest - one.quartiles.lowest)
    spread = widest.quartiles
    sentence = (
        f"Hubs differ most in: {widest.definition.title[:1].lower()}{widest.definition.title[1:]}, "
        f"from {int(spread.lowest)}% to {int(spread.highest)}% of reviews."
    )
    lines = [
        SpreadLine(one.definition.title, [float(f.number) for f in one.hubs.values() if f.is_shown], own_number(one, choice))
        for one in shown
    ]
    return spread_chart(
        lines,
        chart_id="hubs",
        title="Fidelity between hubs",
        sentence=sentence,
        unit="Percent of a hub’s reviews",
        first="Measure",
        highest=100,
    )


def is_boxed(found: list[Comparison]) -> bool:
    """Whether the chart of hubs draws boxes: a few dots speak for themselves."""
    return any(one.shown_count >= LEAST_BOXED for one in found)


def lead_time_charts(lines: list[KindLine]) -> list[Chart]:
    """A chart for each lead time, a line for each kind of which enough reviews are there."""
    charts = []
    for code, group in groupby(lines, key=lambda line: line.definition.code):
        shown = [line for line in group if line.this.is_shown]
        if not shown:
            continue
        definition = shown[0].definition
        parts = [f"{line.kind_label.lower()} {plain(line.this.number)}" for line in shown]
        sentence = f"{definition.title}: in the middle (median) {', '.join(parts)} working days."
        chart_lines = [
            SpreadLine(line.kind_label, [float(value) for value in line.values], limit=_one_limit(line)) for line in shown
        ]  # fmt: skip
        charts.append(
            spread_chart(chart_lines, chart_id=f"lead-{code}", title=definition.title, sentence=sentence, unit="Working days", first="Kind")
        )
    return charts


def survey_chart(lines: list[SurveyLine], heading: str) -> Chart | None:
    """Both sides beside each other, in the newest half-year of which something may be shown; None where nothing may.

    Hours have no scale from 1 to 5, so they stand in the table alone.
    """
    for half in reversed(HALVES):
        shown = [
            SidesLine(line.definition.title.removeprefix("Survey: "), *numbers)
            for line in lines
            if line.definition.code != "SURVEY_BURDEN" and any(numbers := [_number(line.figures[half, side]) for side in SIDES])
        ]
        if shown:
            return sides_chart(
                shown, names=(SIDES["SERVICE"], SIDES["TEAM"]), scale=(1, 5), chart_id=f"survey {heading}",
                title=f"{heading}, {HALVES[half]}: both sides", heading="Asked about", missing=f"No group of {FEWEST}",
            )  # fmt: skip
    return None


def _number(figure: Figure) -> float | None:
    return None if figure.number is None else float(figure.number)


def _one_limit(line: KindLine) -> float | None:
    """The procedure's days where all reviews had the same."""
    return float(line.limits[0]) if line.limits and line.limits[0] == line.limits[1] else None


@dataclass(frozen=True)
class SpreadTable:
    """Like things in rows, choices in columns."""

    title: str
    about: str
    first: str
    choices: list[str]
    rows: list[tuple[SpreadRow, list[int]]]
    left_out_count: int
    chart: Chart | None

    @property
    def header(self) -> str:
        """As the table tag reads it."""
        return "|".join([self.first, "All:numeric", *(f"{choice}:numeric" for choice in self.choices)])


def spread_table(found: list[SpreadRow], code: str, *, most: int) -> SpreadTable:
    """One kind of judgement: the ``most`` like things with 5 or more, and a chart of them."""
    rows = [row for row in found if row.counts][:most]
    definition = definition_of(code, 9999, DEFINITIONS)
    is_options = code == "SPREAD_OPTIONS"
    met = {choice for row in rows for choice in row.counts}
    choices = sorted(met) if is_options else [choice for choice in CATEGORY_ORDER if choice in met]
    if is_options:
        rows = sorted(rows, key=lambda row: int(row.detail.split()[0].rstrip("%")))
    table = [(row, [row.counts.get(choice, 0) for choice in choices]) for row in rows]
    bars = [StackedRow(row.detail, tuple(counts)) for row, counts in table]
    chart = None
    if bars and 0 < len(choices) <= 6:
        unit, heading = ("service", "Score") if is_options else ("finding", "Indicator")
        chart = stacked_bars(bars, series=choices, chart_id=code.lower(), title=definition.title, unit=unit, row_heading=heading)
    return SpreadTable(
        definition.title, definition.counts, "Score" if is_options else "Indicator", choices, table, len(found) - len(rows), chart
    )
