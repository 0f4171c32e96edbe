"""That a reviewer read the context of the services: before it, notes and judgements stay closed."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import TeamMember
from peerreview.services.locks import locked_review
from work.status import InvalidTransition


@transaction.atomic
def read_context(*, review_id: int, by: User) -> TeamMember:
    """Keep when a member ticked that they read the context of the services; ticking again changes nothing.

    Raises InvalidTransition for who is not on the team now.
    """
    review = locked_review(review_id)
    member = review.team.on_team().filter(user=by).first()
    if member is None:
        raise InvalidTransition("Only members of the team read the papers.")
    if member.context_read_at is None:
        member.context_read_at = timezone.now()
        member.save(update_fields=["context_read_at"])
        audit.record("team.context_read", target=member, by=by)
    return member
