"""The few shapes that charts are made of. Every text passes through ``escape``; every number through ``number``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from rendering.markup import SafeHtml, escape

WIDTH = 440  # all charts: at 288 px (a phone of 320 px) a text of 17 units is 11 px
TEXT_SIZE = 17
SMALL_SIZE = 15
INK = "#212b32"  # 14:1 on white
GRID = "#aeb7bd"  # lines that only guide the eye
QUIET = "#4c6272"  # 6.4:1 on white, 3.2:1 on black
BLUE = "#005eb8"  # 6.4:1 on white, 3.2:1 on black
FONT = "Arimo, Arial, sans-serif"

Number = float | int | Decimal


def number(value: Number) -> str:
    """A coordinate with at most two decimals and no exponent. Raises ValueError when it is not finite."""
    if not math.isfinite(value):
        raise ValueError("A chart needs finite numbers")
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def whole_percent(percent: Number) -> str:
    """``"87%"``: whole and rounded down, so that 100% means all."""
    return f"{int(Decimal(str(percent)).to_integral_value(rounding=ROUND_FLOOR))}%"


def one_decimal_percent(percent: Number) -> str:
    """``"87.5%"``: one decimal, rounded down, for tables under charts."""
    return f"{Decimal(str(percent)).quantize(Decimal('0.1'), rounding=ROUND_FLOOR)}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``"1 visit"``, ``"1,200 visits"``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def safe_id(chart_id: str) -> str:
    """``chart_id`` as the start of ids in the page: letters, digits and hyphens, beginning with a letter."""
    cleaned = re.sub(r"[^A-Za-z0-9-]+", "-", chart_id).strip("-")
    if not cleaned:
        raise ValueError("A chart needs an id that is its own on the page")
    return cleaned if cleaned[0].isalpha() else f"chart-{cleaned}"


def drawing(*, chart_id: str, title: str, description: str, height: Number, parts: Sequence[str]) -> SafeHtml:
    """A whole ``<svg>`` with its name and description, scaled to the width it is given."""
    own = safe_id(chart_id)
    return SafeHtml(
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{own}" role="img" aria-labelledby="{own}-title {own}-desc"'
        f' viewBox="0 0 {WIDTH} {number(height)}" width="100%" font-family="{FONT}" font-size="{TEXT_SIZE}"'
        f' fill="{INK}" focusable="false"><title id="{own}-title">{escape(title)}</title>'
        f'<desc id="{own}-desc">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def text(
    x: Number,
    y: Number,
    words: str,
    *,
    anchor: str = "start",
    size: int = TEXT_SIZE,
    bold: bool = False,
    fill: str = INK,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{fill}">{escape(words)}</text>'


def line(x1: Number, y1: Number, x2: Number, y2: Number, *, stroke: str = QUIET, width: Number = 1, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="8 5"' if dashed else ""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" stroke="{stroke}"'
        f' stroke-width="{number(width)}"{dashes}/>'
    )


def rectangle(x: Number, y: Number, width: Number, height: Number, *, fill: str, stroke: str = INK, stroke_width: Number = 1) -> str:
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
        f' fill="{fill}" stroke="{stroke}" stroke-width="{number(stroke_width)}"/>'
    )


def circle(x: Number, y: Number, radius: Number, *, fill: str = BLUE, stroke: str = "") -> str:
    edge = f' stroke="{stroke}" stroke-width="2"' if stroke else ""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{edge}/>'


def square(x: Number, y: Number, radius: Number) -> str:
    """A hollow mark around ``(x, y)``."""
    return rectangle(
        float(x) - float(radius), float(y) - float(radius), 2 * float(radius), 2 * float(radius), fill="#ffffff", stroke_width=2
    )


def diamond(x: Number, y: Number, size: Number = 8, *, fill: str = INK) -> str:
    """A square on its corner with its middle at ``(x, y)``."""
    x, y, size = float(x), float(y), float(size)
    corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return f'<polygon points="{" ".join(f"{number(a)},{number(b)}" for a, b in corners)}" fill="{fill}"/>'


def polyline(points: Sequence[tuple[float, float]], *, stroke: str = BLUE, width: Number = 3, dashes: str = "") -> str:
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    gaps = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{number(width)}"{gaps}/>'


def triangle(x: Number, y: Number, *, size: Number = 8, fill: str = INK) -> str:
    """A marker that points down at ``(x, y)``."""
    x, y, size = float(x), float(y), float(size)
    path = f"{number(x - size)},{number(y - size * 1.4)} {number(x + size)},{number(y - size * 1.4)} {number(x)},{number(y)}"
    return f'<polygon points="{path}" fill="{fill}"/>'


def text_width(words: str, size: int = TEXT_SIZE) -> float:
    """About how wide ``words`` print, on the safe side."""
    return len(words) * size * 0.56


def shortened(words: str, width: Number, size: int = TEXT_SIZE) -> str:
    """``words`` cut with an ellipsis to about ``width`` units."""
    room = max(1, int(float(width) / (size * 0.56)))
    return words if len(words) <= room else words[: room - 1].rstrip() + "…"


def wrapped(words: str, width: Number, size: int = TEXT_SIZE, most: int = 2) -> list[str]:
    """``words`` in at most ``most`` lines of about ``width`` units, the last one shortened."""
    lines: list[str] = []
    current = ""
    for word in words.split():
        candidate = f"{current} {word}".strip()
        if current and text_width(candidate, size) > float(width):
            lines.append(current)
            current = word
        else:
            current = candidate
    lines.append(current)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [shortened(entry, width, size) for entry in lines]


def axis_top(largest: int) -> int:
    """A round number at or above ``largest`` that four steps or fewer divide."""
    for top in (1, 2, 4, 5, 8, 10, 15, 20, 30, 40, 50, 60, 80, 100, 150, 200, 300, 400, 500, 800, 1000):
        if largest <= top:
            return top
    unit = int(10 ** (len(str(largest)) - 1))
    return math.ceil(largest / unit) * unit


def count_axis(*, left: Number, right: Number, top: Number, bottom: Number, most: int) -> list[str]:
    """Grid lines and labels for counts from 0 to ``most``, whole numbers only."""
    step = next((part for part in (most / 4, most / 5, most / 2, most) if part == int(part) and part >= 1), most)
    parts = []
    for value in range(0, most + 1, max(1, int(step))):
        y = float(bottom) - (float(bottom) - float(top)) * value / most
        parts.append(line(left, y, right, y, stroke=QUIET if value == 0 else GRID))
        parts.append(text(float(left) - 8, y + 5, f"{value:,}", anchor="end", size=SMALL_SIZE))
    return parts
