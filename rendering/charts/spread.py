"""How values spread, line by line: each value a dot, a box around the middle half, a bar at the median. No order, no ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 14, svg.WIDTH - 14, 12
LINE_HEIGHT, LABEL_HEIGHT, BAND = 78, 24, 34
RADIUS = 5
MOST_DOTS = 60  # of a line; more would cover each other, and the box says enough
LEAST_BOXED = 5
TICKS = 4
HEADER = ("", "Number", "Lowest", "Lower quartile", "Median", "Upper quartile", "Highest")


@dataclass(frozen=True)
class SpreadLine:
    """One line: what it is called, its values, the reader's own (a diamond) and a limit (a dashed line), where there are such."""

    label: str
    values: Sequence[float]
    own: float | None = None
    limit: float | None = None


def spread_chart(
    lines: Sequence[SpreadLine], *, chart_id: str, title: str, sentence: str, unit: str, first: str, highest: int | None = None
) -> Chart:
    """Dots and boxes on one scale from 0; ``unit`` stands under it, ``first`` heads the table's first column.

    ``highest`` ends the scale, else the largest value does. Raises ValueError without lines.
    """
    if not lines:
        raise ValueError("A spread needs at least one line")
    shown = [*(value for line in lines for value in line.values), *(line.own or 0 for line in lines), *(line.limit or 0 for line in lines)]
    top = highest or svg.axis_top(max(1, int(max(shown, default=0) + 0.999)))
    bottom = TOP + LINE_HEIGHT * len(lines)
    parts = [*_scale(top, bottom, unit)]
    for place, line in enumerate(lines):
        parts += _line(line, TOP + LINE_HEIGHT * place, top)
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=bottom + 52, parts=parts), title=title,
        sentence=sentence, header=(first, *HEADER[1:]), rows=tuple(_row(line) for line in lines),
    )  # fmt: skip


def five_numbers(values: Sequence[float]) -> tuple[float, float, float, float, float]:
    """Lowest, quartiles and highest, linear between neighbours; of one value five times itself."""
    ordered = sorted(values)
    if len(ordered) < 2:
        return (ordered[0],) * 5
    lower, middle, upper = quantiles(ordered, n=4, method="inclusive")
    return ordered[0], lower, middle, upper, ordered[-1]


def _x(value: float, top: int) -> float:
    return LEFT + (RIGHT - LEFT) * min(value, top) / top


def _scale(top: int, bottom: float, unit: str) -> list[str]:
    steps = TICKS if top % TICKS == 0 else 5 if top % 5 == 0 else 1
    parts = []
    for step in range(steps + 1):
        value = top * step / steps
        x = _x(value, top)
        anchor = "start" if step == 0 else "end" if step == steps else "middle"
        parts.append(svg.line(x, TOP + LABEL_HEIGHT, x, bottom, stroke=svg.GRID))
        parts.append(svg.text(x, bottom + 20, f"{value:g}", anchor=anchor, size=svg.SMALL_SIZE))
    parts.append(svg.text((LEFT + RIGHT) / 2, bottom + 44, unit, anchor="middle", size=svg.SMALL_SIZE))
    return parts


def _line(line: SpreadLine, y: float, top: int) -> list[str]:
    middle = y + LABEL_HEIGHT + BAND / 2 + 4
    label = svg.shortened(line.label, RIGHT - LEFT, svg.SMALL_SIZE)
    width = min(svg.text_width(label, svg.SMALL_SIZE) + 4, RIGHT - LEFT)
    parts = [
        svg.rectangle(LEFT - 2, y + 2, width, LABEL_HEIGHT - 4, fill="#ffffff", stroke="#ffffff"),
        svg.text(LEFT, y + 18, label, size=svg.SMALL_SIZE, bold=True),
    ]
    if not line.values:
        parts.append(svg.text(LEFT, middle + 5, "No data", size=svg.SMALL_SIZE, fill=svg.QUIET))
    elif len(line.values) >= LEAST_BOXED:
        parts += _box(line.values, middle, top)
    if len(line.values) <= MOST_DOTS:
        parts += _dots(line.values, middle, top)
    if line.limit is not None:
        x = _x(line.limit, top)
        parts.append(svg.line(x, middle - BAND / 2 - 4, x, middle + BAND / 2 + 4, stroke=svg.INK, width=3, dashed=True))
    if line.own is not None:
        parts.append(svg.diamond(_x(line.own, top), middle))
    return parts


def _box(values: Sequence[float], middle: float, top: int) -> list[str]:
    lowest, lower, median, upper, highest = (_x(value, top) for value in five_numbers(values))
    return [
        svg.line(lowest, middle, highest, middle, stroke=svg.INK, width=2),
        svg.rectangle(lower, middle - BAND / 2, upper - lower, BAND, fill="#ffffff", stroke=svg.INK, stroke_width=2),
        svg.line(median, middle - BAND / 2, median, middle + BAND / 2, stroke=svg.INK, width=5),
    ]


def _dots(values: Sequence[float], middle: float, top: int) -> list[str]:
    """One dot a value; equal values stand above one another, as far as the band reaches."""
    parts: list[str] = []
    met = Counter[float]()
    for value in sorted(values):
        place = met[value]
        met[value] += 1
        away: float = (place + 1) // 2 * 7 * (1 if place % 2 else -1)
        away = max(-BAND / 2, min(BAND / 2, away))
        parts.append(svg.circle(_x(value, top), middle + away, RADIUS, stroke="#ffffff"))
    return parts


def _row(line: SpreadLine) -> tuple[str, ...]:
    if not line.values:
        return (line.label, "0", *("No data",) * 5)
    return (line.label, f"{len(line.values):,}", *(f"{value:,.1f}".removesuffix(".0") for value in five_numbers(line.values)))
