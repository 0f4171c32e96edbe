"""What becomes of an indicator between two versions of a set: plain comparison, no database.

Source: our rule. The same wording and target is carried; a changed one is to be confirmed by whoever answers; a number that
was not there, or that is now answered in another way, is new; a number that is gone is withdrawn.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol


class Change(Enum):
    """What a new version does to an indicator."""

    CARRIED = "Carried"
    TO_CONFIRM = "To confirm"
    NEW = "New"
    WITHDRAWN = "Withdrawn"


class Question(Protocol):
    """What is compared of an indicator."""

    title: str
    description: str
    answer_kind: str
    target: Decimal | None
    comparator: str


ASKED = ("title", "description", "target", "comparator")


def change_between(old: Question | None, new: Question | None) -> Change:
    """What becomes of an indicator of one number. Raises ValueError when it is in neither version."""
    if old is None and new is None:
        raise ValueError("An indicator must be in one of the two versions.")
    if new is None:
        return Change.WITHDRAWN
    if old is None or old.answer_kind != new.answer_kind:
        return Change.NEW
    return Change.TO_CONFIRM if wording_changes(old, new) else Change.CARRIED


def is_carried(old: Question, new: Question) -> bool:
    """Whether an indicator of the same number asks the same thing: only then is it the same indicator over the years."""
    return change_between(old, new) is Change.CARRIED


@dataclass(frozen=True)
class WordingChange:
    """A part of an indicator that reads differently now."""

    part: str
    before: str
    after: str


def wording_changes(old: Question, new: Question) -> list[WordingChange]:
    """Each part that changed, in the order in which a page shows them; white space alone changes nothing."""
    pairs = [(name, _text(getattr(old, name)), _text(getattr(new, name))) for name in ASKED]
    return [WordingChange(name, before, after) for name, before, after in pairs if before != after]


def _text(value: str | Decimal | None) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return " ".join((value or "").split())
