"""Which recommendation an action of a plan comes from, for the action's page below."""

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, FindingAction
from surveillance.facts import ActionCause


def cause_of_action(user: User, action_id: int) -> ActionCause | None:
    """The finding behind an action, by the title of its review to whoever may read it; None when no finding is."""
    link = FindingAction.objects.filter(action=action_id).select_related("finding__review").first()
    if link is None:
        return None
    if Finding.objects.for_user(user, Permission.FINDING_VIEW).filter(pk=link.finding_id).exists():
        address = reverse("peerreview:finding_detail", args=[link.finding_id])
        return ActionCause(f"A recommendation of {link.finding.review.title}", address)
    return ActionCause("A recommendation of a peer review")
