"""How the scores of many services spread, and where this one stands."""

from __future__ import annotations

from collections.abc import Sequence

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 50, svg.WIDTH - 10, 74
PLOT_HEIGHT = 170
BOTTOM = TOP + PLOT_HEIGHT
BIN_COUNT = 11  # ten bands of ten points, and 100 by itself: it means every indicator
BIN_LABELS = (*(f"{start} to {start + 9}%" for start in range(0, 100, 10)), "100%")


def distribution_chart(
    percents: Sequence[svg.Number],
    *,
    chart_id: str,
    title: str,
    this_percent: svg.Number | None = None,
    this_name: str = "This service",
    level_percent: svg.Number | None = None,
    level_name: str = "Good practice level",
) -> Chart:
    """Number of services in each band of ten points; a score of 100 has its own band.

    ``percents`` holds every service once, this one included. Raises ValueError with a percent outside 0 to 100.
    """
    shown = [*percents, *(value for value in (this_percent, level_percent) if value is not None)]
    if any(not 0 <= value <= 100 for value in shown):
        raise ValueError("A percent lies between 0 and 100")
    counts = [0] * BIN_COUNT
    for percent in percents:
        counts[band_of(percent)] += 1
    sentence = _sentence(percents, this_percent, this_name, level_percent, level_name)
    own = svg.safe_id(chart_id)
    parts = [
        _hatch(own),
        *svg.count_axis(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM, most=svg.axis_top(max(counts))),
        *_bars(counts, None if this_percent is None else band_of(this_percent), own),
        *_scale(),
        *_level(level_percent, level_name),
        *_this(this_percent, this_name, counts),
    ]
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=BOTTOM + 62, parts=parts),
        title=title,
        sentence=sentence,
        header=("Score", "Services"),
        rows=tuple((label, f"{count:,}") for label, count in zip(BIN_LABELS, counts, strict=True)),
    )


def band_of(percent: svg.Number) -> int:
    """0 for 0 to 9.9, ... 9 for 90 to 99.9, 10 for 100."""
    return int(percent // 10)


def _x(percent: svg.Number) -> float:
    """Where a score stands: bands are equally wide, 100 in the middle of its own."""
    width = (RIGHT - LEFT) / BIN_COUNT
    return LEFT + width * (10.5 if percent == 100 else float(percent) / 10)


def _hatch(own: str) -> str:
    return (
        f'<defs><pattern id="{own}-hatch" width="10" height="10" patternUnits="userSpaceOnUse">'
        f'<rect width="10" height="10" fill="#ffffff"/><path d="M-2,2 l4,-4 M0,10 l10,-10 M8,12 l4,-4" stroke="{svg.INK}"'
        ' stroke-width="3"/></pattern></defs>'
    )


def _bars(counts: Sequence[int], marked: int | None, own: str) -> list[str]:
    width = (RIGHT - LEFT) / BIN_COUNT
    most = svg.axis_top(max(counts))
    parts = []
    for position, count in enumerate(counts):
        if not count:
            continue
        height = PLOT_HEIGHT * count / most
        fill = f"url(#{own}-hatch)" if position == marked else svg.BLUE
        parts.append(svg.rectangle(LEFT + width * position + 2, BOTTOM - height, width - 4, height, fill=fill))
    return parts


def _scale() -> list[str]:
    parts = [svg.text(_x(percent), BOTTOM + 22, f"{percent}", anchor="middle", size=svg.SMALL_SIZE) for percent in (0, 20, 40, 60, 80, 100)]
    parts.append(svg.text((LEFT + RIGHT) / 2, BOTTOM + 48, "Score, percent of indicators met", anchor="middle", size=svg.SMALL_SIZE))
    parts.append(svg.text(2, TOP - 12, "Services", size=svg.SMALL_SIZE))
    return parts


def _level(level_percent: svg.Number | None, level_name: str) -> list[str]:
    if level_percent is None:
        return []
    x = _x(level_percent)
    words = f"{level_name} {svg.whole_percent(level_percent)} (dashed line)"
    return [
        svg.line(x, TOP - 8, x, BOTTOM, stroke=svg.INK, width=2, dashed=True),
        svg.line(LEFT, 12, LEFT + 30, 12, stroke=svg.INK, width=2, dashed=True),
        svg.text(LEFT + 38, 17, svg.shortened(words, RIGHT - LEFT - 38, svg.SMALL_SIZE), size=svg.SMALL_SIZE),
    ]


def _this(this_percent: svg.Number | None, this_name: str, counts: Sequence[int]) -> list[str]:
    if this_percent is None:
        return []
    width = (RIGHT - LEFT) / BIN_COUNT
    band = band_of(this_percent)
    x = LEFT + width * (band + 0.5)
    y = BOTTOM - PLOT_HEIGHT * counts[band] / svg.axis_top(max(counts)) - 3
    words = svg.shortened(f"{this_name} {svg.whole_percent(this_percent)} (striped)", RIGHT - 90)
    half = svg.text_width(words) / 2
    return [
        svg.triangle(x, y),
        svg.text(min(max(x, 80 + half), RIGHT - half), 42, words, anchor="middle", bold=True),
    ]


def _sentence(
    percents: Sequence[svg.Number],
    this_percent: svg.Number | None,
    this_name: str,
    level_percent: svg.Number | None,
    level_name: str,
) -> str:
    if not percents:
        return "No service has a score yet."
    total = len(percents)
    sentences = []
    if this_percent is not None:
        lower = sum(1 for percent in percents if percent < this_percent)
        sentences.append(
            f"{this_name} met {svg.whole_percent(this_percent)} of its indicators;"
            f" {lower:,} of {svg.plural(total, 'service')} scored lower."
        )
    if level_percent is not None:
        reached = sum(1 for percent in percents if percent >= level_percent)
        sentences.append(
            f"{reached:,} of {svg.plural(total, 'service')} reached the {level_name[:1].lower()}{level_name[1:]}"
            f" of {svg.whole_percent(level_percent)}."
        )
    return " ".join(sentences) or f"The scores of {svg.plural(total, 'service')}."
