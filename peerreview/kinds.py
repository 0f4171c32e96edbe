"""Whether a refused person sees the object behind a route at all: then 403, else 404 like a missing one."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Course, Finding, Letter, Procedure, ProcedureComment, Review, Session, TeamMember
from peerreview.queries.exchanges import exchanges_open_to
from peerreview.queries.judgements import to_judge
from peerreview.queries.pledges import own_pledges
from peerreview.queries.reviewers import reviewers_for
from peerreview.queries.training_register import trainees

Visible = Callable[[User, dict[str, Any]], bool]


def sees_review(user: User, route: dict[str, Any]) -> bool:
    """Whether the review's page, and what the route names of it, is in the person's scope."""
    review = Review.objects.for_user(user, Permission.REVIEW_VIEW).filter(pk=route["pk"]).first()
    if review is None:
        return False
    if "indicator_pk" in route:
        named = (route["service_pk"], route["indicator_pk"])
        return any((row.service.pk, row.indicator.pk) == named for row in to_judge(review))
    if "topic_pk" in route:
        return review.topics.filter(pk=route["topic_pk"]).exists()
    if "learnt_pk" in route:
        return review.learnt.filter(pk=route["learnt_pk"]).exists()
    if "link_pk" in route:
        return review.views_links.filter(pk=route["link_pk"]).exists()
    if "view_pk" in route:
        return review.views.filter(pk=route["view_pk"]).exists()
    if "ask_pk" in route and not review.evidence_asks.filter(pk=route["ask_pk"]).exists():
        return False
    if "session_pk" in route:
        return Session.objects.filter(pk=route["session_pk"], day__review=review).exists()
    return "item_pk" not in route or review.services.filter(evidence=route["item_pk"]).exists()


def sees_member(user: User, route: dict[str, Any]) -> bool:
    """Whether it is the person's own invitation, or a place on a review that they arrange."""
    return TeamMember.objects.for_user(user, Permission.REVIEW_VIEW).filter(pk=route["pk"]).exists()


def sees_reviewer(user: User, route: dict[str, Any]) -> bool:
    """Whether the person plans reviews, and so reads reviewers' profiles."""
    return reviewers_for(user).filter(pk=route["pk"]).exists()


def sees_trainee(user: User, route: dict[str, Any]) -> bool:
    """Whether the person is of a hub whose register the user reads; where the route names a course, whether it is in use."""
    if not trainees(user).filter(user=route["pk"]).exists():
        return False
    return "course_pk" not in route or Course.objects.in_use().filter(pk=route["course_pk"]).exists()


def sees_course(user: User, route: dict[str, Any]) -> bool:
    """Whether the person reads courses at all."""
    return user.has_permission(Permission.TRAINING_VIEW) and Course.objects.filter(pk=route["pk"]).exists()


def sees_finding(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the finding."""
    return Finding.objects.for_user(user, Permission.FINDING_VIEW).filter(pk=route["pk"]).exists()


def sees_letter(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the letter."""
    return Letter.objects.for_user(user, Permission.FINDING_VIEW).filter(pk=route["pk"]).exists()


def sees_procedure(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read this version; where the route names a comment, whether it is of this version."""
    if not Procedure.objects.for_user(user, Permission.PROCEDURE_VIEW).filter(pk=route["pk"]).exists():
        return False
    return "comment_pk" not in route or ProcedureComment.objects.filter(pk=route["comment_pk"], procedure=route["pk"]).exists()


def sees_pledge(user: User, route: dict[str, Any]) -> bool:
    """Whether it is the person's own pledge."""
    return own_pledges(user).filter(pk=route["pk"]).exists()


def sees_exchange(user: User, route: dict[str, Any]) -> bool:
    """Whether the person was asked, or their service asked."""
    return exchanges_open_to(user).filter(pk=route["pk"]).exists()


KINDS: dict[str, Visible] = {
    "review": sees_review,
    "team_member": sees_member,
    "reviewer": sees_reviewer,
    "trainee": sees_trainee,
    "course": sees_course,
    "finding": sees_finding,
    "letter": sees_letter,
    "pledge": sees_pledge,
    "exchange": sees_exchange,
    "procedure": sees_procedure,
    "procedure_draft": sees_procedure,
}
