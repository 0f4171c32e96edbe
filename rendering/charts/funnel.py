"""One measured indicator of many services against its size, with the limits that chance alone would rarely pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from rendering.charts import svg
from rendering.charts.binomial import at_least, at_most, lower_limit, upper_limit
from rendering.charts.chart import Chart

LEFT, RIGHT, TOP = 56, svg.WIDTH - 8, 108
PLOT_HEIGHT = 230
BOTTOM = TOP + PLOT_HEIGHT
OUTER, INNER = 0.001, 0.025  # the chance on each side of the 99.8% and the 95% limits
DASHES = {OUTER: "9 5", INNER: "2 4"}
STEPS = 48  # places along the axis at which a limit is worked out


class Place(Enum):
    """Where a service stands; the first and the last are beyond the 99.8% limits."""

    BELOW = "Below the lower limit (99.8%)"
    LOW = "Below the 95% limit"
    WITHIN = "Within the limits"
    HIGH = "Above the 95% limit"
    ABOVE = "Above the upper limit (99.8%)"


OUTSIDE = frozenset({Place.BELOW, Place.ABOVE})


@dataclass(frozen=True)
class FunnelPoint:
    """One service: ``met`` of ``total``, whole numbers, with 0 <= met <= total and 0 < total."""

    name: str
    met: int
    total: int

    @property
    def percent(self) -> float:
        """0 to 100."""
        return 100 * self.met / self.total

    @property
    def words(self) -> str:
        """ "40 of 45 (88%)", rounded down."""
        return f"{self.met:,} of {self.total:,} ({self.met * 100 // self.total}%)"


def place_of(point: FunnelPoint, share: float) -> Place:
    """Where a service stands when ``share`` (0 to 1) is what all of them together reach; exact binomial tails."""
    low, high = at_most(point.met, point.total, share), at_least(point.met, point.total, share)
    if min(low, high) >= INNER:
        return Place.WITHIN
    if low < high:
        return Place.BELOW if low < OUTER else Place.LOW
    return Place.ABOVE if high < OUTER else Place.HIGH


def funnel_chart(
    points: Sequence[FunnelPoint], *, share: float, chart_id: str, title: str, picked: int | None = None, is_high_worse: bool = False
) -> Chart:
    """Percent by number in total, with exact binomial limits of 95% and 99.8% around ``share`` (0 to 1).

    ``picked`` is the place of the point that is marked and named. ``is_high_worse`` says which side the sentence names first.
    Raises ValueError without points, with a count that is not within its total, or with a share outside 0 to 1.
    """
    if not points or any(not 0 <= point.met <= point.total or not point.total for point in points) or not 0 <= share <= 1:
        raise ValueError("A funnel needs counts within their totals and a share from 0 to 1")
    places = [place_of(point, share) for point in points]
    frame = _Frame.around([point.percent for point in points] + [100 * share], max(point.total for point in points))
    sentence = funnel_sentence(places, is_high_worse=is_high_worse)
    parts = [*_scale(frame), *_legend(share), *_limits(frame, share)]
    parts += [_shape(*frame.spot(point.total, point.percent), place) for point, place in zip(points, places, strict=True)]
    if picked is not None:
        parts += _picked(points[picked], *frame.spot(points[picked].total, points[picked].percent))
    order = sorted(zip(places, points, strict=True), key=lambda pair: (_rank(pair[0], is_high_worse), pair[1].percent))
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=BOTTOM + 56, parts=parts),
        title=title,
        sentence=sentence,
        header=("Service", "Met it, of total", "Percent", "Against the limits"),
        rows=tuple((point.name, f"{point.met:,} of {point.total:,}", _exact(point), place.value) for place, point in order),
    )


def funnel_sentence(places: Sequence[Place], *, is_high_worse: bool) -> str:
    """ "3 of 388 services are below the lower limit, 1 is above the upper limit." The worse side comes first."""
    sides = [(Place.BELOW, "below the lower limit"), (Place.ABOVE, "above the upper limit")]
    worse, better = reversed(sides) if is_high_worse else sides
    first, second = places.count(worse[0]), places.count(better[0])
    text = f"{first:,} of {svg.plural(len(places), 'service')} {'is' if 1 in (first, len(places)) else 'are'} {worse[1]}"
    return f"{text}, {second:,} {'is' if second == 1 else 'are'} {better[1]}." if second else f"{text}."


def _rank(place: Place, is_high_worse: bool) -> int:
    order = list(Place)
    return -order.index(place) if is_high_worse else order.index(place)


def _exact(point: FunnelPoint) -> str:
    tenths = point.met * 1000 // point.total
    return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True)
class _Frame:
    """What the two axes span: percent from ``low`` to ``high``, totals from 0 to ``most``."""

    low: int
    high: int
    step: int
    most: int

    @classmethod
    def around(cls, percents: Iterable[float], most: int) -> _Frame:
        """Round numbers around every percent."""
        values = list(percents)
        span = max(values) - min(values)
        step = 5 if span <= 20 else 10 if span <= 45 else 20
        low, high = math.floor(min(values) / step) * step, math.ceil(max(values) / step) * step
        if low == high:
            low, high = max(0, low - step), min(100, high + step)
        return cls(low, high, step, svg.axis_top(most))

    def spot(self, total: float, percent: float) -> tuple[float, float]:
        """Where a total and a percent stand in the drawing."""
        x = LEFT + (RIGHT - LEFT) * total / self.most
        return x, BOTTOM - PLOT_HEIGHT * (percent - self.low) / (self.high - self.low)


def _scale(frame: _Frame) -> list[str]:
    parts = []
    for percent in range(frame.low, frame.high + 1, frame.step):
        y = frame.spot(0, percent)[1]
        parts.append(svg.line(LEFT, y, RIGHT, y, stroke=svg.QUIET if percent == frame.low else svg.GRID, width=0.7))
        parts.append(svg.text(LEFT - 8, y + 5, f"{percent}%", anchor="end", size=svg.SMALL_SIZE))
    for total in sorted({0, frame.most // 2, frame.most}):
        x, anchor = frame.spot(total, frame.low)[0], "end" if total == frame.most else "middle"
        parts.append(svg.text(x, BOTTOM + 20, f"{total:,}", anchor=anchor, size=svg.SMALL_SIZE))
    start = "" if frame.low == 0 else f"; percent starts at {frame.low}%"
    parts.append(svg.text((LEFT + RIGHT) / 2, BOTTOM + 44, f"Number in total{start}", anchor="middle", size=svg.SMALL_SIZE))
    return parts


def _legend(share: float) -> list[str]:
    """Which line is which, then which shape."""
    lines = (
        (0, f"All {svg.whole_percent(round(100 * share, 6))}", ""),
        (118, "95% limits", DASHES[INNER]),
        (274, "99.8% limits", DASHES[OUTER]),
    )
    parts = []
    for x, words, dashes in lines:
        parts.append(svg.polyline([(x, 12), (x + 34, 12)], stroke=svg.INK, width=2, dashes=dashes))
        parts.append(svg.text(x + 42, 17, words, size=svg.SMALL_SIZE))
    for x, words, place in ((8, "Within", Place.WITHIN), (126, "Outside 95%", Place.LOW), (282, "Outside 99.8%", Place.BELOW)):
        parts.append(_shape(x, 38, place))
        parts.append(svg.text(x + 14, 43, words, size=svg.SMALL_SIZE))
    return parts


def _limits(frame: _Frame, share: float) -> list[str]:
    """The line of all services, and both pairs of limits as far as they lie in the frame."""
    y = frame.spot(0, 100 * share)[1]
    parts = [svg.line(LEFT, y, RIGHT, y, stroke=svg.INK, width=2)]
    totals = sorted({max(1, round(frame.most * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)})
    for tail, dashes in DASHES.items():
        for limit in (lower_limit, upper_limit):
            spots = [(total, 100 * limit(total, share, tail)) for total in totals]
            run = [frame.spot(total, percent) for total, percent in spots if frame.low <= percent <= frame.high]
            parts += [svg.polyline(run, stroke=svg.INK, width=1.6, dashes=dashes)] if len(run) > 1 else []
    return parts


def _shape(x: float, y: float, place: Place) -> str:
    """Within the limits: a hollow circle. Outside 95%: a full one. Outside 99.8%: a diamond."""
    if place is Place.WITHIN:
        return svg.circle(x, y, 4.5, fill="#ffffff", stroke=svg.BLUE)
    return svg.diamond(x, y) if place in OUTSIDE else svg.circle(x, y, 5.5)


def _picked(point: FunnelPoint, x: float, y: float) -> list[str]:
    """A square around the point, and the same square beside its name above the drawing."""
    name = svg.shortened(point.name, RIGHT - 34 - svg.text_width(point.words, svg.SMALL_SIZE), svg.SMALL_SIZE)
    return [
        svg.rectangle(x - 11, y - 11, 22, 22, fill="none", stroke_width=2.5),
        svg.rectangle(1, 58, 16, 16, fill="none", stroke_width=2.5),
        svg.text(26, 72, f"{name}: {point.words}", size=svg.SMALL_SIZE, bold=True),
    ]
