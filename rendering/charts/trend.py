"""Compliance year by year, with the good practice level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 50, svg.WIDTH - 2, 44
PLOT_HEIGHT = 190
BOTTOM = TOP + PLOT_HEIGHT


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


def trend_chart(
    points: Sequence[TrendPoint],
    *,
    chart_id: str,
    title: str,
    level_percent: svg.Number | None = None,
    level_name: str = "Good practice level",
) -> Chart:
    """Percent of applicable indicators met in each year, oldest first, as a line with the level dashed.

    Raises ValueError without points or with a percent outside 0 to 100.
    """
    if not points:
        raise ValueError("A trend needs at least one year")
    if any(not 0 <= point.percent <= 100 for point in points if point.percent is not None):
        raise ValueError("A percent lies between 0 and 100")
    sentence = _sentence(points, level_percent, level_name)
    spots = _spots(points)
    parts = [*_scale(), *_level(level_percent, level_name), *_line(spots), *_labels(points, spots)]
    table_rows = tuple((point.label, _counts(point), _exact(point)) for point in points)
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=BOTTOM + 60, parts=parts),
        title=title,
        sentence=sentence,
        header=("Year", "Indicators met", "Percent"),
        rows=table_rows,
    )


def _spots(points: Sequence[TrendPoint]) -> list[tuple[float, float | None]]:
    step = (RIGHT - LEFT) / len(points)
    return [
        (LEFT + step * (position + 0.5), None if point.percent is None else _height(point.percent)) for position, point in enumerate(points)
    ]


def _height(percent: svg.Number) -> float:
    return BOTTOM - PLOT_HEIGHT * float(percent) / 100


def _scale() -> list[str]:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = _height(percent)
        parts.append(svg.line(LEFT, y, RIGHT, y, stroke=svg.QUIET if percent == 0 else svg.GRID))
        parts.append(svg.text(LEFT - 8, y + 5, f"{percent}%", anchor="end", size=svg.SMALL_SIZE))
    return parts


def _level(level_percent: svg.Number | None, level_name: str) -> list[str]:
    if level_percent is None:
        return []
    y = _height(level_percent)
    words = f"{level_name} {svg.whole_percent(level_percent)} (dashed line)"
    return [
        svg.line(LEFT, y, RIGHT, y, stroke=svg.INK, width=2, dashed=True),
        svg.line(LEFT, 15, LEFT + 30, 15, stroke=svg.INK, width=2, dashed=True),
        svg.text(LEFT + 38, 20, svg.shortened(words, RIGHT - LEFT - 38, svg.SMALL_SIZE), size=svg.SMALL_SIZE),
    ]


def _line(spots: Sequence[tuple[float, float | None]]) -> list[str]:
    """Unbroken stretches as lines, every year as a point; a year without a figure breaks the line."""
    parts = []
    for known, stretch in groupby(spots, key=lambda spot: spot[1] is not None):
        if known:
            run = [(x, y) for x, y in stretch if y is not None]
            parts += [svg.polyline(run)] if len(run) > 1 else []
            parts += [svg.circle(x, y, 6) for x, y in run]
    return parts


def _labels(points: Sequence[TrendPoint], spots: Sequence[tuple[float, float | None]]) -> list[str]:
    """Percent at each point; year and counts below. With many years, only as many labels as fit."""
    room = (RIGHT - LEFT) / len(points)
    every = max(1, -(-48 // int(max(room, 1))))
    last = len(points) - 1
    parts = []
    for position, (point, (x, y)) in enumerate(zip(points, spots, strict=True)):
        if (last - position) % every:
            continue
        parts.append(svg.text(x, BOTTOM + 24, svg.shortened(point.label, room * every), anchor="middle", bold=True))
        below = _counts(point) if point.percent is not None else "No data"
        if every == 1 and svg.text_width(below, svg.SMALL_SIZE) <= room + 5:
            parts.append(svg.text(x, BOTTOM + 46, below, anchor="middle", size=svg.SMALL_SIZE))
        if y is not None and point.percent is not None:
            parts.append(svg.text(x, _label_height(y, spots, position), svg.whole_percent(point.percent), anchor="middle", bold=True))
    return parts


def _label_height(y: float, spots: Sequence[tuple[float, float | None]], position: int) -> float:
    """Above the point, or below it in a valley, where the line would run through the figure."""
    beside = [spots[index][1] for index in (position - 1, position + 1) if 0 <= index < len(spots)]
    known = [other for other in beside if other is not None]
    in_valley = bool(known) and all(other < y - 12 for other in known)
    return y + 25 if in_valley and y < BOTTOM - 32 else y - 13


def _counts(point: TrendPoint) -> str:
    if point.percent is None:
        return point.note
    if point.met is None or point.applicable is None:
        return "No count kept"
    return f"{point.met:,} of {point.applicable:,}"


def _exact(point: TrendPoint) -> str:
    return point.note if point.percent is None else svg.one_decimal_percent(point.percent)


def _score(point: TrendPoint) -> str:
    percent = svg.whole_percent(point.percent if point.percent is not None else 0)
    if point.met is None or point.applicable is None:
        return f"{percent} of indicators met"
    return f"{point.met:,} of {point.applicable:,} met ({percent})"


def _sentence(points: Sequence[TrendPoint], level_percent: svg.Number | None, level_name: str) -> str:
    known = [point for point in points if point.percent is not None]
    if not known:
        return "No year has a figure yet."
    latest = known[-1]
    text = f"{_score(latest)} in {latest.label}"
    if len(known) > 1:
        text += f", {_compared(known[-2], latest)}"
    text += "."
    if level_percent is not None and latest.percent is not None:
        reached = "reached" if Decimal(str(latest.percent)) >= Decimal(str(level_percent)) else "not reached"
        text += f" {level_name} {svg.whole_percent(level_percent)}: {reached}."
    return text


def _compared(before: TrendPoint, latest: TrendPoint) -> str:
    old, new = before.percent or 0, latest.percent or 0
    if old == new:
        return f"the same as in {before.label}"
    return f"{'up' if new > old else 'down'} from {_score(before)} in {before.label}"
