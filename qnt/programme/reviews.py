"""Reviews of a year with their points of fidelity."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum

from qnt.programme.choice import Choice
from qnt.programme.definitions import Group
from qnt.programme.measures import DEFINITIONS

CODES = [one.code for one in DEFINITIONS if one.group is Group.FIDELITY]


@dataclass(frozen=True)
class FidelityCount:
    """How many points of its checklist a review met, of those that are decided."""

    review_id: int
    title: str
    kind: str
    starts: object
    met: int
    decided: int


def fidelity_counts(choice: Choice) -> list[FidelityCount]:
    """The reviews that the person reads, by the day of their visit, in one statement."""
    rows = (
        choice.facts.filter(year=choice.year, measure__in=CODES)
        .order_by("day", "review")
        .values_list("review", "review__title", "kind", "day")
        .annotate(met=Sum("value"), decided=Count("pk"))
    )
    return [FidelityCount(pk, title, kind, day, int(met), decided) for pk, title, kind, day, met, decided in rows]


def review_points(choice: Choice) -> Iterator[tuple[int, str, str, bool]]:
    """Review, its title, the point, whether it is met: of each point that is decided, in one statement."""
    rows = choice.facts.filter(year=choice.year, measure__in=CODES, review__isnull=False).order_by("day", "review", "measure", "pk")
    for pk, title, code, value in rows.values_list("review", "review__title", "measure", "value").iterator(chunk_size=2000):
        yield pk, title, code, bool(value)
