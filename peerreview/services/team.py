"""The team: invitations, answers, conflicts of interest declared by both sides, and the manager's ruling on them."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES, Role
from peerreview.models import ConflictDeclaration, Review, TeamMember
from peerreview.queries.milestones import days_after
from peerreview.queries.teams import bar_words, conflict_answer_due, is_training_valid, missing_declarations, profile_of
from peerreview.services.locks import locked_member, locked_review
from peerreview.services.places import close_papers, end_place_of, open_papers
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status, TeamRole, Ruling, Side = TeamMember.Status, TeamMember.TeamRole, TeamMember.Ruling, ConflictDeclaration.Side
OPEN_TO_TEAM = (
    Review.Status.PROPOSED,
    Review.Status.PLANNED,
    Review.Status.NOTIFIED,
    Review.Status.PREPARING,
    Review.Status.VISITING,
    Review.Status.POSTPONED,
)


@transaction.atomic
def invite_member(*, review_id: int, user_id: int, team_role: str, by: User, as_stand_by: bool = False) -> TeamMember:
    """Ask a reviewer to join the team, or note them as a stand-by. Raises InvalidTransition with why they cannot join."""
    review = _open_review(review_id)
    user = User.objects.select_related("reviewer_profile").get(pk=user_id)
    _check_may_join(review, user, team_role)
    standing = review.team.standing()
    if team_role == TeamRole.LEAD and not as_stand_by and standing.filter(team_role=TeamRole.LEAD).exists():
        raise InvalidTransition("This team has a lead reviewer already. End that place before you invite another.")
    member = TeamMember.objects.create(
        review=review, user=user, team_role=team_role, status=Status.STAND_BY if as_stand_by else Status.INVITED, invited_by=by,
        invited_at=timezone.now(), answer_due_date=_answer_due(review),
    )  # fmt: skip
    audit.record("team.stand_by_added" if as_stand_by else "team.invited", target=member, by=by)
    if not as_stand_by:
        _announce(member, by)
    return member


def _check_may_join(review: Review, user: User, team_role: str) -> None:
    held = set(Membership.objects.active().filter(user=user, role__in=REVIEWER_ROLES).values_list("role", flat=True))
    needed = Role.PATIENT_REVIEWER if team_role == TeamRole.PATIENT_REVIEWER else Role.REVIEWER
    if needed not in held or not user.is_active:
        raise InvalidTransition(f"{user.name} is not a {needed.label.lower()} now, so they cannot join in this place.")
    if not is_training_valid(profile_of(user)):
        raise InvalidTransition(f"{user.name}'s training is not recorded or has run out, so they cannot join a team.")
    if review.team.filter(user=user).exists():
        raise InvalidTransition(f"{user.name} has a place on this review already.")


@transaction.atomic
def invite_stand_by(*, member_id: int, by: User) -> TeamMember:
    """Ask a stand-by to join now. Raises InvalidTransition."""
    member = locked_member(member_id)
    _open_review(member.review_id)
    member.check_may_become(Status.INVITED)
    member.status, member.invited_at, member.answer_due_date = Status.INVITED, timezone.now(), _answer_due(member.review)
    member.save(update_fields=["status", "invited_at", "answer_due_date"])
    audit.record("team.invited", target=member, by=by)
    _announce(member, by)
    return member


@transaction.atomic
def accept_invitation(*, member_id: int, by: User) -> TeamMember:
    """Accept one's own invitation. Papers stay closed until the ruling. Raises InvalidTransition."""
    member = _own(member_id, by)
    member.check_may_become(Status.ACCEPTED)
    member.status, member.answered_at = Status.ACCEPTED, timezone.now()
    member.save(update_fields=["status", "answered_at"])
    audit.record("team.accepted", target=member, by=by)
    return member


@transaction.atomic
def decline_invitation(*, member_id: int, reason: str, by: User) -> TeamMember:
    """Decline one's own invitation, or step back later; whatever was open closes. Raises InvalidTransition."""
    member = _own(member_id, by)
    member.check_may_become(Status.DECLINED)
    member.status, member.answered_at, member.declined_reason = Status.DECLINED, timezone.now(), reason.strip()
    member.save(update_fields=["status", "answered_at", "declined_reason"])
    close_papers(member)
    audit.record("team.declined", target=member, by=by)
    jobs.enqueue("mail.review_declined", member_id=member.pk, requested_by=by)
    return member


@transaction.atomic
def declare_conflict(*, member_id: int, side: str, service_id: int, has_conflict: bool, by: User, details: str = "") -> ConflictDeclaration:
    """Say what one side knows of ties between a reviewer and a service; it may be changed until the ruling.

    Raises InvalidTransition.
    """
    member = locked_member(member_id)
    if member.status not in (Status.INVITED, Status.ACCEPTED, Status.STAND_BY):
        raise InvalidTransition(f"This place is {member.get_status_display().lower()}, so nothing is declared about it any more.")
    if member.ruled_at:
        raise InvalidTransition(
            f"The hub ruled on this on {day_words(timezone.localdate(member.ruled_at))}. Tell the hub if something changed."
        )
    if side == Side.REVIEWER and member.user_id != by.pk:
        raise InvalidTransition("Only the reviewer declares for themselves.")
    if not member.review.services.filter(pk=service_id).exists():
        raise InvalidTransition("This service is not under review.")
    if has_conflict and not details.strip():
        raise InvalidTransition("Enter what the tie is")
    declaration, _ = ConflictDeclaration.objects.update_or_create(
        member=member, service_id=service_id, side=side,
        defaults={"has_conflict": has_conflict, "details": details.strip(), "declared_by": by, "declared_at": timezone.now()},
    )  # fmt: skip
    audit.record("conflict.declared", target=declaration, by=by)
    return declaration


@transaction.atomic
def rule_on_conflict(*, member_id: int, ruling: str, reason: str, by: User, mitigation: str = "") -> TeamMember:
    """Rule on a reviewer's conflicts of interest, with a reason; clearing opens the papers.

    It needs the reviewer's acceptance and declarations, and the service's unless its day has passed. A tie that the
    procedure bars cannot be cleared. Raises InvalidTransition.
    """
    member = locked_member(member_id)
    _open_review(member.review_id)
    if member.ruled_at:
        who = member.ruled_by.name if member.ruled_by else "Someone"
        raise InvalidTransition(f"{who} ruled on this on {day_words(timezone.localdate(member.ruled_at))}. You do not need to do anything.")
    if member.user_id == by.pk:
        raise InvalidTransition("Someone else must rule on your own conflicts of interest.")
    _check_ready_for_ruling(member)
    is_clear = ruling in (Ruling.CLEAR, Ruling.CONDITIONS)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for the ruling")
    if ruling == Ruling.CONDITIONS and not mitigation.strip():
        raise InvalidTransition("Enter the conditions under which this reviewer can take part")
    barred = bar_words(member, list(member.review.services.select_related("provider", "network")))
    if is_clear and barred:
        raise InvalidTransition(barred)
    member.ruling, member.ruling_reason, member.mitigation = ruling, reason.strip(), mitigation.strip()
    member.ruled_by, member.ruled_at, member.is_cleared = by, timezone.now(), is_clear
    member.save(update_fields=["ruling", "ruling_reason", "mitigation", "ruled_by", "ruled_at", "is_cleared"])
    if is_clear:
        open_papers(member)
    audit.record("conflict.ruled", target=member, by=by)
    jobs.enqueue("mail.review_ruled", member_id=member.pk, requested_by=by)
    return member


def _check_ready_for_ruling(member: TeamMember) -> None:
    if member.status != Status.ACCEPTED:
        raise InvalidTransition(f"{member.user.name} has not accepted the invitation, so there is nothing to rule on yet.")
    services = list(member.review.services.select_related("provider", "network"))
    if missing_declarations(member, Side.REVIEWER, services):
        raise InvalidTransition(f"{member.user.name} has not declared yet whether they have a conflict of interest.")
    due = conflict_answer_due(member)
    if missing_declarations(member, Side.SERVICE, services) and timezone.localdate() <= due:
        raise InvalidTransition(f"The service has until {day_words(due)} to say whether it knows of a conflict of interest.")


@transaction.atomic
def end_place(*, member_id: int, reason: str, by: User) -> TeamMember:
    """End a place on the team with a reason; its papers close at once. Raises InvalidTransition."""
    member = locked_member(member_id)
    member.check_may_become(Status.ENDED)
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    end_place_of(member, reason=reason.strip())
    audit.record("team.ended", target=member, by=by, reason=reason.strip())
    return member


def _own(member_id: int, by: User) -> TeamMember:
    member = locked_member(member_id)
    if member.user_id != by.pk:
        raise InvalidTransition("Only the person who was invited can answer.")
    return member


def _open_review(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in OPEN_TO_TEAM:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its team cannot change.")
    return review


def _answer_due(review: Review) -> dt.date:
    return days_after(review.procedure, "CONFLICT_ANSWER", timezone.localdate())


def _announce(member: TeamMember, by: User) -> None:
    jobs.enqueue("mail.review_invitation", member_id=member.pk, requested_by=by)
    jobs.enqueue(
        "mail.review_conflict_question", key=f"{member.review_id}:{timezone.localdate()}", review_id=member.review_id, requested_by=by
    )
