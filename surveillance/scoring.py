"""Compliance arithmetic: what an answer is worth, and what a self-report scores. Plain functions, no database.

Source: the field guide of the programme, "What counts". Every indicator is answered, or "cannot answer" with a reason,
which counts as not met. Text answers, zero denominators and measured answers without a target are not applicable.
Values are compared unrounded; the percentage is rounded down to one decimal, so that 100.0 means every indicator.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Protocol

YES, NO, NA, CANNOT = "YES", "NO", "NA", "CANNOT"


class Asked(Protocol):
    """What scoring needs to know of an indicator."""

    answer_kind: str
    target: Decimal | None
    comparator: str


@dataclass(frozen=True)
class Line:
    """One answer as it counts: met, not met, or (None) not applicable; a suspended indicator leaves altogether."""

    met: bool | None
    is_suspended: bool = False
    is_key: bool = False


@dataclass(frozen=True)
class Result:
    """A score. ``percent`` has one decimal, rounded down; it and the two levels are None when nothing was applicable.

    ``key_not_met_count`` counts key indicators that are not met.
    """

    met_count: int
    applicable_count: int
    percent: Decimal | None
    is_threshold_met: bool | None
    is_visit_level_met: bool | None
    key_not_met_count: int = 0


def met_of(indicator: Asked, *, value: str, numerator: Decimal | None = None, denominator: Decimal | None = None) -> bool | None:
    """Whether an answer meets its indicator; None when it is not applicable or not given."""
    if value == CANNOT:
        return False
    if indicator.answer_kind == "YES_NO_NA":
        return {YES: True, NO: False}.get(value)
    if indicator.target is None:
        return None
    measured = measured_value(indicator, value=value, numerator=numerator, denominator=denominator)
    if measured is None:
        return None
    target = Fraction(indicator.target)
    return measured <= target if indicator.comparator == "AT_MOST" else measured >= target


def measured_value(indicator: Asked, *, value: str, numerator: Decimal | None, denominator: Decimal | None) -> Fraction | None:
    """The exact number behind a measured answer: per cent for a proportion, the number itself otherwise; None for nothing."""
    if indicator.answer_kind == "PERCENTAGE":
        if numerator is None or not denominator:
            return None
        return Fraction(numerator) * 100 / Fraction(denominator)
    if indicator.answer_kind != "NUMBER":
        return None
    try:
        return Fraction(Decimal(value))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def compliance_percent(*, met: int, applicable: int) -> Decimal:
    """Percentage of applicable indicators met: 0.0 to 100.0, one decimal, rounded down.

    Raises ValueError when ``applicable`` is 0: nothing measured is not full compliance.
    """
    if applicable <= 0 or not 0 <= met <= applicable:
        raise ValueError(f"{met} of {applicable} is not a score.")
    return Decimal(met * 1000 // applicable) / 10


def score(lines: Iterable[Line], *, threshold_percent: Decimal, visit_level_percent: Decimal) -> Result:
    """The score of one self-report at any stage; levels are compared unrounded and count as reached when equal."""
    counted = [line for line in lines if not line.is_suspended and line.met is not None]
    met, applicable = sum(bool(line.met) for line in counted), len(counted)
    if not applicable:
        return Result(0, 0, None, None, None)
    exact = Fraction(met * 100, applicable)
    return Result(
        met_count=met,
        applicable_count=applicable,
        percent=compliance_percent(met=met, applicable=applicable),
        is_threshold_met=exact >= Fraction(threshold_percent),
        is_visit_level_met=exact >= Fraction(visit_level_percent),
        key_not_met_count=sum(line.is_key and not line.met for line in counted),
    )
