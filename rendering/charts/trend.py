"""Compliance year by year, with the good practice level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 50, svg.WIDTH - 2, 54  # room for a figure at 100% under the words about the level
PLOT_HEIGHT = 190
BOTTOM = TOP + PLOT_HEIGHT
LEGEND_HEIGHT = 26
SCALE = (0, 25, 50, 75, 100)
FIGURE_HEIGHT = 12  # of the digits at a point
# Shapes that stay apart in grey: the trend's own points are filled circles.
MARKS: tuple[Callable[[svg.Number, svg.Number, svg.Number], str], ...] = (svg.square, svg.diamond)


@dataclass(frozen=True)
class TrendPoint:
    """One year. ``percent`` is 0 to 100, or None when there is no figure: the line then has a gap.

    ``met`` and ``applicable`` are the counts behind it; ``note`` replaces "No data" in the table ("Not declared").
    """

    label: str
    percent: svg.Number | None
    met: int | None = None
    applicable: int | None = None
    note: str = "No data"


@dataclass(frozen=True)
class Beside:
    """What a trend is compared with: a name, for each year a percent (None: not shown) and its cell, and what is said of it above."""

    name: str
    percents: tuple[svg.Number | None, ...]
    words: tuple[str, ...]
    sentence: str = ""


def trend_chart(
    points: Sequence[TrendPoint],
    *,
    chart_id: str,
    title: str,
    level_percent: svg.Number | None = None,
    level_name: str = "Good practice level",
    is_of_indicators: bool = True,
    is_high_good: bool = True,
    beside: Sequence[Beside] = (),
    also_in_table: Sequence[Beside] = (),
) -> Chart:
    """Percent of applicable indicators met in each year, oldest first, as a line with the level dashed.

    Without ``is_of_indicators`` it is the share that one indicator measures: counted people or cases, not met indicators;
    without ``is_high_good`` a level is reached from above ("at most").
    At most two of ``beside`` are drawn, each with its own line and mark; ``also_in_table`` stands in the table alone.
    Raises ValueError without points, with a percent outside 0 to 100, or when something beside it has other years.
    """
    if not points:
        raise ValueError("A trend needs at least one year")
    shown = [*(point.percent for point in points), *(percent for one in beside for percent in one.percents)]
    if any(not 0 <= percent <= 100 for percent in shown if percent is not None):
        raise ValueError("A percent lies between 0 and 100")
    others = [*beside, *also_in_table]
    if len(beside) > len(MARKS) or any(len(points) != len(one.percents) or len(points) != len(one.words) for one in others):
        raise ValueError("At most two lines stand beside a trend, with as many years")
    own = _sentence(points, level_percent, level_name, "met " if is_of_indicators else "", is_high_good)
    sentence = " ".join([own, *(one.sentence for one in beside if one.sentence)])
    spots = _spots([point.percent for point in points])
    parts = [
        *_scale(),
        *_level(level_percent, level_name),
        *_beside(beside),
        *_line(spots),
        *_labels(points, spots, level_percent, is_crowded=any(_is_drawn(one) for one in beside)),
    ]
    drawn = [one for one in beside if _is_drawn(one)]
    bottom = BOTTOM + 60 + (LEGEND_HEIGHT * (1 + len(drawn)) + 12 if drawn else 0)
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=bottom, parts=parts),
        title=title,
        sentence=sentence,
        header=("Year", "Indicators met" if is_of_indicators else "Counted", "Percent", *(one.name for one in others)),
        rows=tuple(
            (point.label, _counts(point), _exact(point), *(one.words[position] for one in others)) for position, point in enumerate(points)
        ),
    )


def _spots(percents: Sequence[svg.Number | None]) -> list[tuple[float, float | None]]:
    step = (RIGHT - LEFT) / len(percents)
    return [(LEFT + step * (position + 0.5), None if percent is None else _height(percent)) for position, percent in enumerate(percents)]


def _is_drawn(one: Beside) -> bool:
    return any(percent is not None for percent in one.percents)


def _beside(beside: Sequence[Beside]) -> list[str]:
    """The lines of comparison under the trend's own, and below the years what each mark stands for."""
    drawn = [(one, mark) for one, mark in zip(beside, MARKS, strict=False) if _is_drawn(one)]
    if not drawn:
        return []
    parts, y = [], BOTTOM + 74.0
    for known, words in [(svg.circle, "This service"), *((mark, one.name) for one, mark in drawn)]:
        parts.append(
            svg.line(LEFT, y, LEFT + 30, y, stroke=svg.BLUE if known is svg.circle else svg.QUIET, width=3 if known is svg.circle else 2)
        )
        parts.append(known(LEFT + 15, y, 7 if known in MARKS else 6))
        parts.append(svg.text(LEFT + 38, y + 5, svg.shortened(words, RIGHT - LEFT - 38, svg.SMALL_SIZE), size=svg.SMALL_SIZE))
        y += LEGEND_HEIGHT
    for one, mark in drawn:
        for known_run in _runs(_spots(one.percents)):
            parts += [svg.polyline(known_run, stroke=svg.QUIET, width=2)] if len(known_run) > 1 else []
            parts += [mark(x, height, 7) for x, height in known_run]
    return parts


def _runs(spots: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of years with a figure."""
    stretches = groupby(spots, key=lambda spot: spot[1] is not None)
    return [[(x, y) for x, y in stretch if y is not None] for known, stretch in stretches if known]


def _height(percent: svg.Number) -> float:
    return BOTTOM - PLOT_HEIGHT * float(percent) / 100


def _scale() -> list[str]:
    parts = []
    for percent in SCALE:
        y = _height(percent)
        parts.append(svg.line(LEFT, y, RIGHT, y, stroke=svg.QUIET if percent == 0 else svg.GRID))
        parts.append(svg.text(LEFT - 8, y + 5, f"{percent}%", anchor="end", size=svg.SMALL_SIZE))
    return parts


def _level(level_percent: svg.Number | None, level_name: str) -> list[str]:
    if level_percent is None:
        return []
    y = _height(level_percent)
    words = f"{level_name} {_exact_level(level_percent)} (dashed line)"
    return [
        svg.line(LEFT, y, RIGHT, y, stroke=svg.INK, width=2, dashed=True),
        svg.line(LEFT, 15, LEFT + 30, 15, stroke=svg.INK, width=2, dashed=True),
        svg.text(LEFT + 38, 20, svg.shortened(words, RIGHT - LEFT - 38, svg.SMALL_SIZE), size=svg.SMALL_SIZE),
    ]


def _line(spots: Sequence[tuple[float, float | None]]) -> list[str]:
    """Unbroken stretches as lines, every year as a point; a year without a figure breaks the line."""
    parts = []
    for run in _runs(spots):
        parts += [svg.polyline(run)] if len(run) > 1 else []
        parts += [svg.circle(x, y, 6) for x, y in run]
    return parts


def _labels(
    points: Sequence[TrendPoint], spots: Sequence[tuple[float, float | None]], level_percent: svg.Number | None, *, is_crowded: bool
) -> list[str]:
    """Percent at each point; year and counts below. With many years, only as many labels as fit.

    ``is_crowded``: other lines run beside this one, so only its newest point says its percent.
    """
    room = (RIGHT - LEFT) / len(points)
    every = max(1, -(-48 // int(max(room, 1))))
    last = len(points) - 1
    newest = max((position for position, (_, y) in enumerate(spots) if y is not None), default=last)
    parts = []
    for position, (point, (x, y)) in enumerate(zip(points, spots, strict=True)):
        if (last - position) % every:
            continue
        parts.append(svg.text(x, BOTTOM + 24, svg.shortened(point.label, room * every), anchor="middle", bold=True))
        below = _counts(point) if point.percent is not None else "No data"
        if every == 1 and svg.text_width(below, svg.SMALL_SIZE) <= room + 5:
            parts.append(svg.text(x, BOTTOM + 46, below, anchor="middle", size=svg.SMALL_SIZE))
        if y is not None and point.percent is not None and (position == newest or not is_crowded):
            height = _clear_of_lines(_label_height(y, spots, position), y, level_percent)
            parts.append(svg.text(x, height, svg.whole_percent(point.percent), anchor="middle", bold=True))
    return parts


def _label_height(y: float, spots: Sequence[tuple[float, float | None]], position: int) -> float:
    """Above the point, or below it in a valley, where the line would run through the figure."""
    beside = [spots[index][1] for index in (position - 1, position + 1) if 0 <= index < len(spots)]
    known = [other for other in beside if other is not None]
    in_valley = bool(known) and all(other < y - 12 for other in known)
    return y + 25 if in_valley and y < BOTTOM - 32 else y - 13


def _clear_of_lines(label: float, point: float, level_percent: svg.Number | None) -> float:
    """The baseline of a figure moved away from its point, so that no line of the scale runs through it."""
    is_below = label > point
    for line in sorted(map(_height, [*SCALE, *([] if level_percent is None else [level_percent])]), reverse=not is_below):
        if line - 2 < label < line + FIGURE_HEIGHT + 2:
            label = line + FIGURE_HEIGHT + 4 if is_below else line - 4
    return label


def _counts(point: TrendPoint) -> str:
    if point.percent is None:
        return point.note
    if point.met is None or point.applicable is None:
        return "No count kept"
    return f"{point.met:,} of {point.applicable:,}"


def _exact(point: TrendPoint) -> str:
    return point.note if point.percent is None else svg.one_decimal_percent(point.percent)


def _exact_level(level_percent: svg.Number) -> str:
    """A level as it was set: 80%, 92.5%."""
    return f"{Decimal(str(level_percent)).normalize():f}%"


def _score(point: TrendPoint, met: str) -> str:
    percent = svg.whole_percent(point.percent if point.percent is not None else 0)
    if point.met is None or point.applicable is None:
        return f"{percent} of indicators met" if met else percent
    return f"{point.met:,} of {point.applicable:,} {met}({percent})"


def _sentence(points: Sequence[TrendPoint], level_percent: svg.Number | None, level_name: str, met: str, is_high_good: bool) -> str:
    known = [point for point in points if point.percent is not None]
    if not known:
        return "No year has a figure yet."
    latest = known[-1]
    text = f"{_score(latest, met)} in {latest.label}"
    if len(known) > 1:
        text += f", {_compared(known[-2], latest, met)}"
    text += "."
    if level_percent is not None and latest.percent is not None:
        above = Decimal(str(latest.percent)) - Decimal(str(level_percent))
        reached = "reached" if (above >= 0 if is_high_good else above <= 0) else "not reached"
        text += f" {level_name} {_exact_level(level_percent)}: {reached}."
    return text


def _compared(before: TrendPoint, latest: TrendPoint, met: str) -> str:
    old, new = before.percent or 0, latest.percent or 0
    if old == new:
        return f"the same as in {before.label}"
    return f"{'up' if new > old else 'down'} from {_score(before, met)} in {before.label}"
