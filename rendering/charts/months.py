"""Counts by month, such as visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 44, svg.WIDTH - 6, 26
PLOT_HEIGHT = 150
BOTTOM = TOP + PLOT_HEIGHT


def month_bars(
    counts: Sequence[tuple[date, int]], *, chart_id: str, title: str, unit: str = "visit", this_month: date | None = None
) -> Chart:
    """One bar a month, given by any day in it, oldest first. ``unit`` is singular: "visit".

    ``this_month`` gets a marker and the word "Now". Raises ValueError without months or with a negative count.
    """
    if not counts or any(count < 0 for _, count in counts):
        raise ValueError("Months need counts of 0 or more")
    sentence = _sentence(counts, unit)
    most = svg.axis_top(max(count for _, count in counts))
    parts = [*svg.count_axis(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM, most=most)]
    parts += _bars(counts, most, this_month)
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=BOTTOM + 50, parts=parts),
        title=title,
        sentence=sentence,
        header=("Month", f"{unit[:1].upper()}{unit[1:]}s"),
        rows=tuple((f"{month:%B %Y}", f"{count:,}") for month, count in counts),
    )


def _bars(counts: Sequence[tuple[date, int]], most: int, this_month: date | None) -> list[str]:
    step = (RIGHT - LEFT) / len(counts)
    letters = 3 if step >= 32 else 1
    parts = []
    for position, (month, count) in enumerate(counts):
        x = LEFT + step * position
        height = PLOT_HEIGHT * count / most
        middle = x + step / 2
        if count:
            parts.append(svg.rectangle(x + step * 0.15, BOTTOM - height, step * 0.7, height, fill=svg.BLUE))
        if count and svg.text_width(f"{count:,}", svg.SMALL_SIZE) <= step:
            parts.append(svg.text(middle, BOTTOM - height - 6, f"{count:,}", anchor="middle", size=svg.SMALL_SIZE, bold=True))
        is_now = this_month is not None and (month.year, month.month) == (this_month.year, this_month.month)
        parts.append(svg.text(middle, BOTTOM + 20, f"{month:%b}"[:letters], anchor="middle", size=svg.SMALL_SIZE, bold=is_now))
        if is_now:
            parts.append(svg.text(middle, BOTTOM + 42, "Now", anchor="middle", size=svg.SMALL_SIZE, bold=True))
        elif position == 0 or month.month == 1:
            parts.append(svg.text(middle, BOTTOM + 42, f"{month.year}", anchor="middle", size=svg.SMALL_SIZE))
    return parts


def _sentence(counts: Sequence[tuple[date, int]], unit: str) -> str:
    first, last = counts[0][0], counts[-1][0]
    total = sum(count for _, count in counts)
    when = f"in {first:%B %Y}" if len(counts) == 1 else f"from {first:%B %Y} to {last:%B %Y}"
    if not total:
        return f"No {unit}s {when}."
    busiest, most = max(counts, key=lambda entry: entry[1])
    return f"{svg.plural(total, unit)} {when}. Most in {busiest:%B %Y}: {most:,}."
