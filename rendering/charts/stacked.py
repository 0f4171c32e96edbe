"""Findings by category or domain: one bar a row, one pattern a kind, every kind named in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.charts import svg
from rendering.charts.chart import Chart

BAR_HEIGHT = 22
MOST_SERIES = 6

# Fill, what is drawn on it, and its path in a tile of 12 by 12. All six stay apart in grey: solid, diagonal, upright,
# level, dots, empty.
PATTERNS = (
    (svg.INK, "", ""),
    ("#ffffff", svg.INK, "M-3,3 l6,-6 M0,12 l12,-12 M9,15 l6,-6"),
    ("#ffffff", svg.BLUE, "M3,0 v12 M9,0 v12"),
    ("#ffffff", svg.INK, "M0,3 h12 M0,9 h12"),
    ("#ffffff", svg.BLUE, "M1.5,3 h3 M7.5,9 h3"),
    ("#ffffff", "", ""),
)
LINE_WIDTH = 2.8


@dataclass(frozen=True)
class StackedRow:
    """One bar: its name, and a count for each series in their order."""

    label: str
    counts: tuple[int, ...]


def stacked_bars(
    rows: Sequence[StackedRow],
    *,
    series: Sequence[str],
    chart_id: str,
    title: str,
    unit: str = "finding",
    row_heading: str = "Group",
) -> Chart:
    """Counts of each of up to 6 ``series`` in each row. ``unit`` is singular: "finding".

    Raises ValueError with more series, a negative count, or a row whose counts do not match the series.
    """
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"A stacked chart has 1 to {MOST_SERIES} kinds")
    if any(len(row.counts) != len(series) or min(row.counts) < 0 for row in rows):
        raise ValueError("Every row needs one count of 0 or more for each kind")
    own = svg.safe_id(chart_id)
    sentence = _sentence(rows, series, unit)
    legend, y = _legend(own, series)
    parts = [_patterns(own, len(series)), *legend]
    most = max([sum(row.counts) for row in rows] or [1]) or 1
    for row in rows:
        drawn, y = _row(own, row, y, most)
        parts += drawn
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=y + 4, parts=parts),
        title=title,
        sentence=sentence,
        header=(row_heading, *series, "All"),
        rows=tuple((row.label, *(f"{count:,}" for count in row.counts), f"{sum(row.counts):,}") for row in rows),
    )


def _patterns(own: str, count: int) -> str:
    tiles = []
    for position, (fill, stroke, path) in enumerate(PATTERNS[:count]):
        if path:
            tiles.append(
                f'<pattern id="{own}-p{position}" width="12" height="12" patternUnits="userSpaceOnUse">'
                f'<rect width="12" height="12" fill="{fill}"/><path d="{path}" stroke="{stroke}" stroke-width="{LINE_WIDTH}"/></pattern>'
            )
    return f"<defs>{''.join(tiles)}</defs>" if tiles else ""


def _fill(own: str, position: int) -> str:
    fill, _, path = PATTERNS[position]
    return f"url(#{own}-p{position})" if path else fill


def _legend(own: str, series: Sequence[str]) -> tuple[list[str], float]:
    """Names beside their patterns, as many to a line as fit. Gives the height used as well."""
    parts = []
    x, y = 0.0, 6.0
    for position, name in enumerate(series):
        words = svg.shortened(name, svg.WIDTH - 34, svg.SMALL_SIZE)
        width = 30 + svg.text_width(words, svg.SMALL_SIZE) + 16
        if x and x + width > svg.WIDTH:
            x, y = 0.0, y + 26
        parts.append(svg.rectangle(x + 1, y, 22, 15, fill=_fill(own, position)))
        parts.append(svg.text(x + 30, y + 13, words, size=svg.SMALL_SIZE))
        x += width
    return parts, y + 34


def _row(own: str, row: StackedRow, y: float, most: int) -> tuple[list[str], float]:
    """The name and total, the counts over their segments, the bar. Gives the height reached as well."""
    total = sum(row.counts)
    parts = []
    for words in svg.wrapped(row.label, svg.WIDTH - 60):
        parts.append(svg.text(0, y + 16, words, bold=True))
        y += 21
    parts.append(svg.text(svg.WIDTH, y - 5, f"{total:,}", anchor="end", bold=True))
    if not total:
        return [*parts, svg.text(0, y + 14, "None", size=svg.SMALL_SIZE, fill=svg.QUIET)], y + 32
    scale = (svg.WIDTH - 2) / most
    x = 1.0
    for position, count in enumerate(row.counts):
        width = count * scale
        words = f"{count:,}"
        if count and svg.text_width(words, svg.SMALL_SIZE) <= width:
            parts.append(svg.text(x + width / 2, y + 13, words, anchor="middle", size=svg.SMALL_SIZE))
        if count:
            parts.append(svg.rectangle(x, y + 18, width, BAR_HEIGHT, fill=_fill(own, position), stroke_width=1.5))
        x += width
    return parts, y + 18 + BAR_HEIGHT + 16


def _sentence(rows: Sequence[StackedRow], series: Sequence[str], unit: str) -> str:
    totals = [sum(row.counts[position] for row in rows) for position in range(len(series))]
    every = sum(totals)
    if not every:
        return f"No {unit}s."
    counted = [f"{name[:1].lower()}{name[1:]} {count:,}" for name, count in zip(series, totals, strict=True) if count]
    return f"{svg.plural(every, unit)}: {', '.join(counted)}."
