"""Exact binomial tails and the limits of a funnel, in plain Python.

The tails come from the incomplete beta function (its continued fraction), so that a total of 100,000 costs no more than one
of 100. Limits are interpolated between whole numbers (Spiegelhalter 2005, "Funnel plots for comparing institutional
performance"), so that a service lies beyond a drawn limit exactly when its tail is smaller than the limit's.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache

MOST_ROUNDS = 20_000
TINY = 1e-300
ENOUGH = 1e-14


def at_most(count: int, total: int, share: float) -> float:
    """Probability of ``count`` or fewer of ``total`` when each has the chance ``share``."""
    if count >= total:
        return 1.0
    return 0.0 if count < 0 else _beta(total - count, count + 1, 1 - share)


def at_least(count: int, total: int, share: float) -> float:
    """Probability of ``count`` or more of ``total`` when each has the chance ``share``."""
    if count <= 0:
        return 1.0
    return 0.0 if count > total else _beta(count, total - count + 1, share)


@lru_cache(maxsize=4096)
def lower_limit(total: int, share: float, tail: float) -> float:
    """The share of ``total`` under which a count has a smaller chance than ``tail``; 0 where no count is that rare."""
    count = bisect_left(range(total + 1), tail, key=lambda one: at_most(one, total, share))
    reached = at_most(count, total, share)
    exactly = reached - at_most(count - 1, total, share)
    rest = (reached - tail) / exactly if exactly > 0 else 0.0
    return max(0.0, (count - rest) / total)


def upper_limit(total: int, share: float, tail: float) -> float:
    """The share of ``total`` over which a count has a smaller chance than ``tail``; 1 where no count is that rare."""
    return 1 - lower_limit(total, 1 - share, tail)


def _beta(first: int, second: int, x: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (first + 1) / (first + second + 2):  # the fraction converges fast on the other side
        return 1 - _beta(second, first, 1 - x)
    logs = math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second) + first * math.log(x) + second * math.log1p(-x)
    return math.exp(logs) * _fraction(first, second, x) / first


def _fraction(first: int, second: int, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    lower = 1 / _kept(1 - (first + second) * x / (first + 1))
    upper, value = 1.0, lower
    for step in range(1, MOST_ROUNDS):
        twice = first + 2 * step
        even = step * (second - step) * x / ((twice - 1) * twice)
        odd = -(first + step) * (first + second + step) * x / (twice * (twice + 1))
        for part in (even, odd):
            lower, upper = 1 / _kept(1 + part * lower), _kept(1 + part / upper)
            value *= lower * upper
        if abs(lower * upper - 1) < ENOUGH:
            return value
    raise ArithmeticError("The binomial tail does not converge")


def _kept(number: float) -> float:
    return number if abs(number) > TINY else TINY
