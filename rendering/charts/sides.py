"""What two sides say of the same things, on one scale: a circle and a hollow square a line, joined so that the gap is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.charts import svg
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 14, svg.WIDTH - 14, 40
LABEL_HEIGHT, SCALE_HEIGHT = 22, 34
RADIUS = 8


@dataclass(frozen=True)
class SidesLine:
    """One line: what both were asked, and the mean of each side; None where a side's may not be shown."""

    label: str
    first: float | None
    second: float | None


def sides_chart(
    lines: Sequence[SidesLine], *, names: tuple[str, str], scale: tuple[int, int], chart_id: str, title: str, heading: str, missing: str
) -> Chart:
    """Both sides' figures from ``scale[0]`` to ``scale[1]``; ``missing`` says in the table why one is not there.

    Raises ValueError without lines.
    """
    if not lines:
        raise ValueError("A chart of two sides needs at least one line")
    parts, y = [*_legend(names)], float(TOP)
    for line in lines:
        drawn, y = _line(line, y, scale)
        parts += drawn
    parts += [svg.text(_x(step, scale), y + 12, str(step), anchor="middle", size=svg.SMALL_SIZE) for step in range(scale[0], scale[1] + 1)]
    sentence = _sentence(lines, names)
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=y + 20, parts=parts), title=title,
        sentence=sentence, header=(heading, *names),
        rows=tuple((line.label, *(missing if value is None else f"{value:.1f}" for value in (line.first, line.second))) for line in lines),
    )  # fmt: skip


def _x(value: float, scale: tuple[int, int]) -> float:
    lowest, highest = scale
    return LEFT + (RIGHT - LEFT) * (min(max(value, lowest), highest) - lowest) / (highest - lowest)


def _legend(names: tuple[str, str]) -> list[str]:
    half = svg.WIDTH / 2
    words = [svg.shortened(name, half - 40, svg.SMALL_SIZE) for name in names]
    return [
        svg.circle(LEFT, 14, RADIUS), svg.text(LEFT + 16, 19, words[0], size=svg.SMALL_SIZE),
        svg.square(half, 14, RADIUS), svg.text(half + 16, 19, words[1], size=svg.SMALL_SIZE),
    ]  # fmt: skip


def _line(line: SidesLine, y: float, scale: tuple[int, int]) -> tuple[list[str], float]:
    """The label, the scale, the marks. Gives the height reached as well."""
    parts = []
    for words in svg.wrapped(line.label, RIGHT - LEFT, svg.SMALL_SIZE):
        parts.append(svg.text(LEFT, y + 16, words, size=svg.SMALL_SIZE, bold=True))
        y += LABEL_HEIGHT
    middle = y + SCALE_HEIGHT / 2 - 4
    parts.append(svg.line(LEFT, middle, RIGHT, middle, stroke=svg.GRID))
    parts += [svg.line(_x(step, scale), middle - 5, _x(step, scale), middle + 5, stroke=svg.GRID) for step in range(scale[0], scale[1] + 1)]
    if line.first is not None and line.second is not None:
        parts.append(svg.line(_x(line.first, scale), middle, _x(line.second, scale), middle, stroke=svg.INK, width=3))
    if line.second is not None:
        parts.append(svg.square(_x(line.second, scale), middle, RADIUS))
    if line.first is not None:
        parts.append(svg.circle(_x(line.first, scale), middle, RADIUS - 2))
    return parts, y + SCALE_HEIGHT


def _sentence(lines: Sequence[SidesLine], names: tuple[str, str]) -> str:
    """Where the sides are furthest apart, the first of equals; or that one alone can be shown."""
    both = [(abs(line.first - line.second), line) for line in lines if line.first is not None and line.second is not None]
    if not both:
        side = names[0] if any(line.first is not None for line in lines) else names[1]
        return f"Only one side can be shown: {side[:1].lower()}{side[1:]}."
    gap, widest = max(both, key=lambda pair: pair[0])
    if not gap:
        return "Both sides say the same throughout."
    label = f"{widest.label[:1].lower()}{widest.label[1:]}"
    return f"The sides are furthest apart on {label}: {names[0].lower()} {widest.first:.1f}, {names[1].lower()} {widest.second:.1f}."
