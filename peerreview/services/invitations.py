"""What inviting and moving up have in common: who may join, by when they answer, who is told."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES
from peerreview.models import Review, TeamMember
from peerreview.queries.milestones import days_after
from peerreview.queries.training import joining_training_fault, role_of_place
from work import jobs


def joining_fault(user: User, team_role: str, review: Review) -> str:
    """Why a person cannot join a team in a role: without that role today, or without training in date on the day of the visit.

    Empty when they can.
    """
    held = set(Membership.objects.active().filter(user=user, role__in=REVIEWER_ROLES).values_list("role", flat=True))
    needed = role_of_place(team_role)
    if needed not in held or not user.is_active:
        return f"{user.name} is not a {needed.label.lower()} now, so they cannot join in this place."
    return joining_training_fault(user, team_role, review)


def answer_due(review: Review) -> dt.date:
    """By when somebody who is asked today answers."""
    return days_after(review.procedure, "CONFLICT_ANSWER", timezone.localdate())


def announce(member: TeamMember, by: User | None) -> None:
    """Ask the person, and the service whether it knows them. A stand-by is asked to declare, not yet to join."""
    kind = "mail.review_stand_by" if member.status == TeamMember.Status.STAND_BY else "mail.review_invitation"
    jobs.enqueue(kind, member_id=member.pk, requested_by=by)
    jobs.enqueue(
        "mail.review_conflict_question", key=f"{member.review_id}:{timezone.localdate()}", review_id=member.review_id, requested_by=by
    )
