"""What a cleared place on a team opens, and what ends with it: the reviewer's assignments to the services."""

import datetime as dt

from django.utils import timezone

from accounts.permissions import Role
from peerreview.models import Review, TeamMember
from surveillance.models import ServiceAssignment

LIVE = (TeamMember.Status.INVITED, TeamMember.Status.ACCEPTED, TeamMember.Status.STAND_BY)


def open_papers(member: TeamMember) -> None:
    """Write who works on the review's services, from today; a reviewer on two reviews of one service has one assignment."""
    role = Role.PATIENT_REVIEWER if member.team_role == TeamMember.TeamRole.PATIENT_REVIEWER else Role.REVIEWER
    made = [
        ServiceAssignment.objects.get_or_create(
            user=member.user, service=service, role=role, to_date=None,
            defaults={"from_date": timezone.localdate(), "why": f"Peer review {member.review_id}"},
        )[0]
        for service in member.review.services.all()
    ]  # fmt: skip
    member.assignments.set(made)


def close_papers(member: TeamMember) -> None:
    """End the assignments of a place at once, except those that another place of this person still needs."""
    others = TeamMember.objects.on_team().filter(user=member.user).exclude(pk=member.pk)
    kept = set(others.values_list("assignments", flat=True))
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    member.assignments.filter(to_date=None).exclude(pk__in=[pk for pk in kept if pk]).update(to_date=yesterday)


def end_place_of(member: TeamMember, *, reason: str = "") -> None:
    """End one place and what it opened."""
    member.status, member.ended_at, member.ended_reason = TeamMember.Status.ENDED, timezone.now(), reason
    member.save(update_fields=["status", "ended_at", "ended_reason"])
    close_papers(member)


def end_open_places(review: Review, *, reason: str = "") -> None:
    """End every place of a review that is asked for or taken."""
    for member in review.team.select_for_update(of=("self",)).select_related("user").filter(status__in=LIVE):
        end_place_of(member, reason=reason if reason or member.papers_open else "The report was signed off.")
