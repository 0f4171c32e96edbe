"""Whether a refused person sees the decision, action or service behind a route at all: then 403, else 404."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import Action, Meeting, MeetingAttendee, MeetingItem, Service, SurveillanceDecision

Visible = Callable[[User, dict[str, Any]], bool]


def sees_decision(user: User, route: dict[str, Any]) -> bool:
    """Whether the decision is in the person's scope."""
    pk = route["decision_pk"] if "decision_pk" in route else route["pk"]
    return SurveillanceDecision.objects.for_user(user, Permission.DECISION_VIEW).filter(pk=pk).exists()


def sees_action(user: User, route: dict[str, Any]) -> bool:
    """Whether the action is in the person's scope, or theirs."""
    return Action.objects.for_user(user, Permission.ACTION_VIEW).filter(pk=route["pk"]).exists()


def sees_service(user: User, route: dict[str, Any]) -> bool:
    """Whether the service is in the person's scope; routes name it ``service_pk`` where ``pk`` is something else's."""
    pk = route["service_pk"] if "service_pk" in route else route["pk"]
    return Service.objects.for_user(user, Permission.SERVICE_VIEW).filter(pk=pk).exists()


def sees_meeting(user: User, route: dict[str, Any]) -> bool:
    """Whether the meeting is one of the person's hub; where the route names a service or a person of it, whether they are of it."""
    if not Meeting.objects.for_user(user, Permission.DECISION_VIEW).filter(pk=route["pk"]).exists():
        return False
    item, attendee = route.get("item_pk"), route.get("attendee_pk")
    if item is not None and not MeetingItem.objects.filter(pk=item, meeting=route["pk"]).exists():
        return False
    return attendee is None or MeetingAttendee.objects.filter(pk=attendee, meeting=route["pk"]).exists()


DECISION_KINDS: dict[str, Visible] = {"decision": sees_decision, "action": sees_action, "service": sees_service, "meeting": sees_meeting}
