"""Places on teams by who may open them, and the services for which a person answers."""

from django.shortcuts import get_object_or_404

from accounts.access import SignedInRequest, require
from accounts.permissions import Permission
from peerreview.models import TeamMember
from peerreview.models.teams import TeamMemberQuerySet


def all_members() -> TeamMemberQuerySet:
    """Places with what every page of one shows."""
    return TeamMember.objects.select_related("user", "review__procedure", "review__region", "ruled_by")


def visible_member(request: SignedInRequest, pk: int) -> TeamMember:
    """A place in this person's scope, else 404."""
    return get_object_or_404(all_members().for_user(request.user, Permission.REVIEW_VIEW), pk=pk)


def own_member(request: SignedInRequest, pk: int) -> TeamMember:
    """The person's own place; 404 out of scope, 403 for those who arrange the review."""
    member = visible_member(request, pk)
    require(member.user_id == request.user.pk)
    return member
