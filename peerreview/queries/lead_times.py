"""How long it takes from the decision to the visit, kind by kind: reviews for compliance; those for learning from the request, apart."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries.milestones import add_months
from surveillance.reach import reach_of
from work.working_days import working_days_between

FEWEST_SHOWN = 5  # no figure says something of fewer reviews
MONTHS = 24


@dataclass(frozen=True)
class LeadTime:
    """Working days from the start to the first day of the visit, of one kind of review."""

    kind: str
    days: tuple[int, ...]

    @property
    def is_shown(self) -> bool:
        """Whether there are enough visits to say something of them."""
        return len(self.days) >= FEWEST_SHOWN

    @property
    def median(self) -> int:
        """Rounded half up: whole working days."""
        return int(median(self.days) + 0.5)

    @property
    def shortest(self) -> int:
        return min(self.days)

    @property
    def longest(self) -> int:
        return max(self.days)


def compliance_lead_times(user: User, today: dt.date | None = None) -> list[LeadTime]:
    """For each kind: from the day on which the decision came into force to the visit; one statement.

    A review that a risk or the sample led to has no decision: it counts from the day on which it was opened.
    """
    return _by_kind(_held(user, Review.Purpose.COMPLIANCE, today).select_related("decision"))


def learning_lead_times(user: User, today: dt.date | None = None) -> list[LeadTime]:
    """The same for reviews for learning, from the request; one statement."""
    return _by_kind(_held(user, Review.Purpose.IMPROVEMENT, today).select_related("decision"))


def days_to_visit(review: Review) -> int | None:
    """Working days from the decision in force, else from the opening (a request, a risk, the sample), to the visit; None without days."""
    if review.starts_date is None:
        return None
    decided = review.decision.in_force_at if review.decision else None
    return max(0, working_days_between(timezone.localdate(decided or review.opened_at), review.starts_date))


def _held(user: User, purpose: str, today: dt.date | None) -> Iterable[Review]:
    """Visits held in the last two years in the regions whose reviews ``user`` plans."""
    since = add_months(today or timezone.localdate(), -MONTHS)
    where = reach_of(user, Permission.REVIEW_PLAN)
    found = Review.objects.filter(purpose=purpose, status__in=Review.HELD, starts_date__gte=since).order_by("pk")
    return found if where.is_national else found.filter(region__in=where.regions)


def _by_kind(reviews: Iterable[Review]) -> list[LeadTime]:
    days: dict[str, list[int]] = {kind: [] for kind in Review.Kind.values}
    for review in reviews:
        if (found := days_to_visit(review)) is not None:
            days[review.kind].append(found)
    return [LeadTime(Review.Kind(kind).label, tuple(sorted(found))) for kind, found in days.items()]
