"""The guide of a review for its service: when things happen, who comes, what is asked and what is not, what follows; a buddy."""

from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When

from accounts.models import User
from peerreview.models import Procedure, Review, TeamMember
from peerreview.procedure_parts import days_words
from surveillance.models import Service
from surveillance.queries.people import leads_of
from work.items import counted

WENT_THROUGH = (Review.Status.FOLLOW_UP, Review.Status.CLOSED)


@dataclass(frozen=True)
class Buddy:
    """A service that went through it, and whom to ask there."""

    service: Service
    leads: list[User]
    visited: Review | None


def buddy_of(review: Review) -> Buddy | None:
    """The buddy service with its leads; None when none was chosen."""
    service = review.buddy_service
    if service is None:
        return None
    held = _went_through(review.purpose).filter(services=service).order_by("-starts_date", "-pk")
    return Buddy(service, list(leads_of(service)), held.first())


def _went_through(purpose: str) -> QuerySet[Review]:
    """Reviews of a track whose visit is over; of those for learning the released ones, since their services agreed that others know."""
    held = Review.objects.filter(purpose=purpose, status__in=WENT_THROUGH)
    return held.filter(released_at__isnull=False) if purpose == Review.Purpose.IMPROVEMENT else held


def possible_buddies(review: Review, user: User) -> QuerySet[Service]:
    """Services that went through a review of the same track, of the same specification first, then of the same programme.

    Those of reviews for learning are among them only where their service released the review, and ``user`` may know of it.
    """
    held = _went_through(review.purpose)
    if review.is_learning:
        held = held.filter(pk__in=Review.objects.in_lists_for(user).values("pk"))
    under_review = list(review.services.select_related("specification"))
    specifications = {service.specification_id for service in under_review}
    programmes = {service.specification.programme_id for service in under_review}
    alike = Q(specification__in=specifications) | Q(specification__programme__in=programmes)
    found = Service.objects.filter(alike, pk__in=held.values("services")).exclude(pk__in=[service.pk for service in under_review])
    nearest = Case(When(specification__in=specifications, then=Value(0)), default=Value(1))
    return found.select_related("provider", "network").order_by(nearest, "name", "pk")


def team_words(review: Review) -> list[str]:
    """Who comes: members by name once they are cleared, before that what the procedure asks for."""
    members = review.team.filter(is_cleared=True, status__in=[TeamMember.Status.ACCEPTED, TeamMember.Status.ENDED], ended_reason="")
    named = [f"{member.user.name}, {member.get_team_role_display().lower()}" for member in members.select_related("user").order_by("pk")]
    return named or [_place_words(row) for row in review.procedure.roles_required]


def _place_words(row: dict[str, object]) -> str:
    return f"{row['label']}: {'1 person' if row['count'] == 1 else '{} people'.format(row['count'])}"


def ask_lines(review: Review, asked: int) -> tuple[list[str], list[str]]:
    """What the service is asked for, and what it is not asked for."""
    most, questions = review.procedure.topics_max_count, "learning questions" if review.is_learning else "focus topics"
    for_what = questions if review.is_learning else "focus topics and key indicators"
    documents = f"{counted(asked, 'document')} until now" if asked else "None until now"
    asks = [
        f"Agree at most {most} {questions}, or say what should change.",
        f"Documents for these {for_what} only, each with why. {documents}. What is filed already counts: you choose it.",
        "Say whether you know the reviewers, before they read anything.",
        f"Time to talk: at least {review.procedure.informal_minutes} minutes of informal exchange during the visit.",
    ]
    asks_not = [
        "Documents about anything else, or copies of what is filed already.",
        "New reports, slides or folders made for the visit.",
        "Names or details of patients.",
    ]
    return asks, ([*asks_not, "Answers to indicators, scores or marks."] if review.is_learning else asks_not)


def get_lines(procedure: Procedure) -> list[str]:
    """What the service gets back and when, by the days of the procedure."""
    labels = {
        "DRAFT": "The draft report", "ACCURACY": "Your check of its facts; after that day it stands as written",
        "FINAL": "The final report", "PLAN": "Your action plan",
    }  # fmt: skip
    rows = {row["code"]: row for row in procedure.milestones}
    found = ["The agreed findings, told by the team at the end of the visit."]
    found += [f"{label}: {days_words(rows[code])}." for code, label in labels.items() if code in rows]
    return found


def shared_lines(review: Review) -> list[str]:
    """What happens to what the service shares."""
    danger = "If the team sees an immediate risk to people, it must report it."
    if review.is_learning:
        return [
            "Only the people on this review read what you share, until your service releases it.",
            "The report belongs to your service. It is published only when you agree.",
            "No score, judgement or decision comes of it.",
            danger,
        ]
    return [
        "The team and your hub read the documents that you file. They are not published.",
        "The team's notes stay with the team. You read the findings when the team has agreed them.",
        "The final report is published unless the national team decides otherwise and says why. Restricted parts are left out.",
        danger,
    ]
