"""What is held back so that nobody can work out a group of fewer than 5, not even by taking sums apart. No database.

A total stands beside its parts only where what is held back is at least two parts with 5 rows or more between them: then the
difference of the total and the parts that are shown is itself no small group. Source: our rule; official statistics call it
secondary suppression.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from qnt.programme.figures import FEWEST

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """Which parts may be shown, and whether the total may stand beside them."""

    parts: frozenset[Key]
    total: bool


def may_show(counts: Mapping[Key, int], fewest: int = FEWEST, unfit: Collection[Key] = ()) -> Shown[Key]:
    """Which parts of a whole may be shown, from how many rows each has.

    Empty parts hide nobody. ``unfit`` parts are held back whatever their number. Where the total could be taken apart, more parts
    are held back, the smallest first; where that does not help, the total is.
    """
    others = {key: count for key, count in counts.items() if count}
    small = {key for key, count in others.items() if count < fewest or key in unfit}
    hidden = set(small)
    rest = sorted((key for key in others if key not in hidden), key=lambda key: (others[key], str(key)))
    while hidden and rest and not _is_safe([others[key] for key in hidden], fewest):
        hidden.add(rest.pop(0))
    is_safe = not hidden or _is_safe([others[key] for key in hidden], fewest)
    if not is_safe:  # the total goes, so what was held back for its sake alone may stay
        hidden = small
    return Shown(frozenset(counts) - hidden, is_safe)


def may_hand_on(counts: Mapping[Key, int], known: Collection[Key]) -> Shown[Key]:
    """What a table may hold for a reader who knows some parts, and who may hand it to somebody who knows none of them.

    Small parts are held back, the reader's too. What follows from the total may be known where it is no small group, for either of
    the two; else more is held back, the smallest of what the reader does not know first. Where that does not help, the total is.
    """
    small = {key for key, count in counts.items() if 0 < count < FEWEST}
    hidden, readers = set(small), (frozenset(known), frozenset[Key]())
    rest = sorted(
        (key for key, count in counts.items() if count and key not in small), key=lambda key: (key in known, counts[key], str(key))
    )

    def is_safe() -> bool:
        unknown = [[counts[key] for key in hidden if key not in own] for own in readers]
        return all(not counted or sum(counted) >= FEWEST for counted in unknown)

    while rest and not is_safe():
        hidden.add(rest.pop(0))
    return Shown(frozenset(counts) - hidden, True) if is_safe() else Shown(frozenset(counts) - small, False)


def may_show_beside_total(counts: Mapping[Key, int], unfit: Collection[Key] = ()) -> frozenset[Key]:
    """Which parts may be shown where everybody reads the total in any case; none where that gives a small group away."""
    shown = may_show(counts, unfit=unfit)
    return shown.parts if shown.total else frozenset()


def _is_safe(held_back: list[int], fewest: int) -> bool:
    """Whether the sum of what is held back may be known: it is several parts, and no small group together."""
    return len(held_back) > 1 and sum(held_back) >= fewest
