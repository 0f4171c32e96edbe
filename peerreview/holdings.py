"""What passes on when somebody's access at a hub ends: the reviews that they arrange."""

from accounts.holdings import Holding
from accounts.models import Membership, User
from accounts.permissions import HUB_ROLES
from peerreview.models import Review
from peerreview.services.reviews import pass_on_reviews


def review_holdings(membership: Membership) -> list[Holding]:
    """Open reviews that this person arranges in the hub's region."""
    if membership.role not in HUB_ROLES:
        return []
    held = Review.objects.filter(visit_lead=membership.user, region=membership.organisation)
    count = held.exclude(status__in=[Review.Status.CLOSED, Review.Status.CANCELLED]).count()
    if not count:
        return []

    def pass_to(successor: User, by: User) -> None:
        pass_on_reviews(from_user_id=membership.user_id, to_user_id=successor.pk, region_id=membership.organisation_id, by=by)

    return [Holding("review", count, pass_to)]
