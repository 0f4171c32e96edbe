"""The two sides of a review: the people of its services, and the visiting team."""

from accounts.models import User
from peerreview.models import Review, Side
from peerreview.queries.teams import is_on_team


def hosts(review: Review, user: User) -> bool:
    """Whether ``user`` leads or answers for a service under review: its lead, executive or network lead."""
    return Review.objects.hosted_by(user).filter(pk=review.pk).exists()


def side_of(review: Review, user: User) -> str:
    """The side on which ``user`` is, as a ``Side``; empty for those who are on neither (the hub, the national team)."""
    if is_on_team(review, user):
        return Side.TEAM
    return Side.SERVICE if hosts(review, user) else ""
