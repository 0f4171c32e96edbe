"""Whether a refused person sees the object behind a route at all: then 403, else 404 like a missing one."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, Letter, Procedure, Review, TeamMember

Visible = Callable[[User, dict[str, Any]], bool]


def sees_review(user: User, route: dict[str, Any]) -> bool:
    """Whether the review's page, and the topic or document that the route names, is in the person's scope."""
    review = Review.objects.for_user(user, Permission.REVIEW_VIEW).filter(pk=route["pk"]).first()
    if review is None:
        return False
    if "topic_pk" in route:
        return review.topics.filter(pk=route["topic_pk"]).exists()
    return "item_pk" not in route or review.services.filter(evidence=route["item_pk"]).exists()


def sees_member(user: User, route: dict[str, Any]) -> bool:
    """Whether it is the person's own invitation, or a place on a review that they arrange."""
    return TeamMember.objects.for_user(user, Permission.REVIEW_VIEW).filter(pk=route["pk"]).exists()


def sees_finding(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the finding."""
    return Finding.objects.for_user(user, Permission.FINDING_VIEW).filter(pk=route["pk"]).exists()


def sees_letter(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the letter."""
    return Letter.objects.for_user(user, Permission.FINDING_VIEW).filter(pk=route["pk"]).exists()


def sees_procedure(user: User, route: dict[str, Any]) -> bool:
    """Procedures are open to everybody who has to do with reviews."""
    return user.has_permission(Permission.REVIEW_VIEW) and Procedure.objects.filter(pk=route["pk"]).exists()


KINDS: dict[str, Visible] = {
    "review": sees_review,
    "team_member": sees_member,
    "finding": sees_finding,
    "letter": sees_letter,
    "procedure": sees_procedure,
}
