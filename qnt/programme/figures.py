"""From rows to a figure: shares, medians, totals, means; and quartiles. Plain arithmetic, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qnt.programme.definitions import Definition, Kind

FEWEST = 5  # no figure says something of fewer
FEWER = f"Fewer than {FEWEST}: not shown"
NO_DATA = "No data"


@dataclass(frozen=True)
class Quartiles:
    """Lowest, lower quartile, median, upper quartile, highest of ``count`` values."""

    count: int
    lowest: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    highest: Decimal


@dataclass(frozen=True)
class Sums:
    """What a measure's figure is made of. ``rows`` are counted before anything is shown; ``values`` only where the median is asked."""

    rows: int
    value: Decimal
    weight: Decimal
    values: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A figure in words and as numbers. ``number`` is the share (0 to 100), median, total or mean; None where it is not shown."""

    n: int
    words: str
    number: Decimal | None = None
    quartiles: Quartiles | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to read."""
        return self.number is not None


def quartiles_of(values: Sequence[Decimal]) -> Quartiles:
    """The five numbers of ``values``, linear between neighbours (type 7). Raises ValueError without values."""
    if not values:
        raise ValueError("Nothing has no quartiles")
    ordered = sorted(Decimal(value) for value in values)

    def at(part: Decimal) -> Decimal:
        place = part * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

    return Quartiles(len(ordered), ordered[0], at(Decimal("0.25")), at(Decimal("0.5")), at(Decimal("0.75")), ordered[-1])


def figure_of(definition: Definition, sums: Sums | None) -> Figure:
    """The figure of a measure; nothing is shown of fewer than 5 rows, but of things that every reader may open."""
    if sums is None or not sums.rows:
        return Figure(0, NO_DATA)
    counted = int(sums.weight) if definition.kind is Kind.MEAN else sums.rows  # a row of a survey is a group of answers
    if counted < FEWEST and not definition.of_things:
        return Figure(counted, FEWER)
    return _MAKERS[definition.kind](definition, sums)


def _share(definition: Definition, sums: Sums) -> Figure:
    if not sums.weight:
        return Figure(0, NO_DATA)
    percent = sums.value * 100 / sums.weight
    words = f"{int(sums.value):,} of {int(sums.weight):,} ({int(percent)}%)"
    return Figure(int(sums.weight), words, percent)


def _median(definition: Definition, sums: Sums) -> Figure:
    quartiles = quartiles_of(sums.values)
    lower, upper = plain(quartiles.lower), plain(quartiles.upper)
    half = f"half lie from {lower} to {upper}" if lower != upper else f"half are {lower}"
    words = f"{_with_unit(quartiles.median, definition)} (median of {sums.rows:,}; {half})"
    return Figure(sums.rows, words, quartiles.median, quartiles)


def _total(definition: Definition, sums: Sums) -> Figure:
    total = _with_unit(sums.value, definition)
    each = "" if definition.value_unit.startswith(definition.unit) else f" ({sums.rows:,} {definition.unit}s)"
    return Figure(sums.rows, f"{total}{each}", sums.value)


def _with_unit(number: Decimal, definition: Definition) -> str:
    """ "1 file", "30 working days"."""
    return f"{plain(number)} {definition.value_unit.removesuffix('s') if number == 1 else definition.value_unit}"


def _mean(definition: Definition, sums: Sums) -> Figure:
    mean = (sums.value / sums.weight).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    out_of = "" if definition.code == "SURVEY_BURDEN" else " of 5"
    unit = " hours" if definition.code == "SURVEY_BURDEN" else ""
    return Figure(int(sums.weight), f"{mean}{out_of}{unit} ({int(sums.weight):,} answers)", mean)


def _spread(definition: Definition, sums: Sums) -> Figure:
    return Figure(sums.rows, f"{sums.rows:,} {definition.value_unit}", Decimal(sums.rows))


_MAKERS = {Kind.SHARE: _share, Kind.MEDIAN: _median, Kind.TOTAL: _total, Kind.MEAN: _mean, Kind.SPREAD: _spread}


def add_up(parts: Iterable[Sums]) -> Sums | None:
    """Several sums as one; None of none."""
    found = list(parts)
    if not found:
        return None
    return Sums(
        sum(one.rows for one in found), sum((one.value for one in found), Decimal(0)), sum((one.weight for one in found), Decimal(0)),
        tuple(value for one in found for value in one.values),
    )  # fmt: skip


def plain(number: Decimal) -> str:
    """A number for people: at most one decimal, none where it is whole."""
    text = f"{Decimal(number).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):,f}"
    return text.removesuffix(".0")
