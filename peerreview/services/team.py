"""The team: invitations, answers, conflicts of interest declared by both sides, and the manager's ruling on them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import ConflictDeclaration, Review, TeamMember
from peerreview.notifications import note_ruling
from peerreview.queries.conflicts import bar_words, services_for_facts
from peerreview.queries.suggestions import places_with, standing_counts
from peerreview.queries.teams import conflict_answer_due, missing_declarations
from peerreview.services.invitations import announce, answer_due, joining_fault
from peerreview.services.judging import open_complete_panels
from peerreview.services.locks import locked_member, locked_review
from peerreview.services.places import close_papers, end_place_of, open_papers
from peerreview.services.stand_bys import move_up, next_order
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status, TeamRole, Ruling, Side = TeamMember.Status, TeamMember.TeamRole, TeamMember.Ruling, ConflictDeclaration.Side


@transaction.atomic
def invite_member(*, review_id: int, user_id: int, team_role: str, by: User, as_stand_by: bool = False, place_code: str = "") -> TeamMember:
    """Ask a reviewer to join the team, or to stand by. Without ``place_code`` they fill the first open place of their role.

    Raises InvalidTransition with why they cannot join.
    """
    review = _open_review(review_id)
    user = User.objects.get(pk=user_id)
    fault = joining_fault(user, team_role, review)
    if fault:
        raise InvalidTransition(fault)
    if review.team.filter(user=user).exists():
        raise InvalidTransition(f"{user.name} has a place on this review already.")
    if not as_stand_by:
        _check_one_lead(review, team_role)
    member = TeamMember.objects.create(
        review=review, user=user, team_role=team_role, status=Status.STAND_BY if as_stand_by else Status.INVITED, invited_by=by,
        invited_at=timezone.now(), answer_due_date=answer_due(review), place_code=_place_for(review, team_role, place_code, as_stand_by),
        stand_by_order=next_order(review, team_role) if as_stand_by else None,
    )  # fmt: skip
    audit.record("team.stand_by_added" if as_stand_by else "team.invited", target=member, by=by)
    announce(member, by)
    return member


def _place_for(review: Review, team_role: str, place_code: str, as_stand_by: bool) -> str:
    """The place of the procedure that somebody fills or stands by for; empty for one more than it asks for."""
    team = review.team.values_list("user_id", "place_code", "team_role", "status", "ended_at", "ruling")
    places = [place for place in places_with(review.procedure, standing_counts(review.procedure, team)) if place.role == team_role]
    if not place_code:
        wanted = [place for place in places if as_stand_by or place.open_count]
        return wanted[0].code if wanted else ""
    chosen = next((place for place in places if place.code == place_code), None)
    if chosen is None:
        raise InvalidTransition("The procedure of this review has no such place for this role.")
    if not chosen.open_count and not as_stand_by:
        raise InvalidTransition(f"This place is filled: {chosen.label}, {chosen.standing_words}. Add a stand-by instead.")
    return chosen.code


def _check_one_lead(review: Review, team_role: str) -> None:
    if team_role == TeamRole.LEAD and review.team.standing().filter(team_role=TeamRole.LEAD).exists():
        raise InvalidTransition("This team has a lead reviewer already. End that place before you invite another.")


@transaction.atomic
def invite_stand_by(*, member_id: int, by: User) -> TeamMember:
    """Ask a stand-by to join now. Raises InvalidTransition."""
    member = locked_member(member_id)
    _open_review(member.review_id)
    member.check_may_become(Status.INVITED)
    if fault := joining_fault(member.user, member.team_role, member.review):
        raise InvalidTransition(fault)
    if member.ruling == Ruling.NOT_CLEAR:
        raise InvalidTransition(f"{member.user.name} was ruled not clear, so they cannot join.")
    _check_one_lead(member.review, member.team_role)
    member.status, member.invited_at, member.answer_due_date = Status.INVITED, timezone.now(), answer_due(member.review)
    member.stand_by_order = None
    member.save(update_fields=["status", "invited_at", "answer_due_date", "stand_by_order"])
    audit.record("team.invited", target=member, by=by)
    announce(member, by)
    return member


@transaction.atomic
def accept_invitation(*, member_id: int, by: User) -> TeamMember:
    """Accept one's own invitation, with training in date. Papers stay closed until the ruling; a stand-by may be cleared before.

    Raises InvalidTransition.
    """
    member = _own(member_id, by)
    member.check_may_become(Status.ACCEPTED)
    if fault := joining_fault(member.user, member.team_role, member.review):
        raise InvalidTransition(f"{fault} Tell your hub when you have renewed it.")
    member.status, member.answered_at = Status.ACCEPTED, timezone.now()
    member.save(update_fields=["status", "answered_at"])
    if member.is_cleared:
        open_papers(member)
    audit.record("team.accepted", target=member, by=by)
    return member


@transaction.atomic
def decline_invitation(*, member_id: int, reason: str, by: User) -> TeamMember:
    """Decline one's own invitation, or step back later; whatever was open closes, and the first stand-by moves up.

    Raises InvalidTransition.
    """
    member = _own(member_id, by)
    member.check_may_become(Status.DECLINED)
    had_place = member.status != Status.STAND_BY
    member.status, member.answered_at, member.declined_reason = Status.DECLINED, timezone.now(), reason.strip()
    member.save(update_fields=["status", "answered_at", "declined_reason"])
    close_papers(member)
    open_complete_panels(member.review)
    audit.record("team.declined", target=member, by=by)
    if had_place and member.ruling != Ruling.NOT_CLEAR:
        move_up(member, by=by)
    jobs.enqueue("mail.review_declined", member_id=member.pk, requested_by=by)
    return member


@transaction.atomic
def declare_conflict(
    *, member_id: int, side: str, service_id: int, has_conflict: bool, by: User, details: str = "", rule_codes: Iterable[str] = ()
) -> ConflictDeclaration:
    """Say what one side knows of ties between a reviewer and a service; it may be changed until the ruling.

    ``rule_codes`` name the ties of the procedure that apply. Raises InvalidTransition.
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
        defaults={
            "has_conflict": has_conflict, "details": details.strip() if has_conflict else "",
            "declared_by": by, "declared_at": timezone.now(),
            "rule_codes": [row["code"] for row in member.review.procedure.ties if has_conflict and row["code"] in set(rule_codes)],
        },
    )  # fmt: skip
    audit.record("conflict.declared", target=declaration, by=by)
    return declaration


@transaction.atomic
def rule_on_conflict(*, member_id: int, ruling: str, reason: str, by: User, mitigation: str = "") -> TeamMember:
    """Rule on a reviewer's conflicts of interest, with a reason; clearing opens the papers.

    It needs the reviewer's acceptance (but a stand-by's) and declarations, and the service's unless its day has passed. A tie
    that the procedure bars cannot be cleared. Who is ruled out leaves the place to the first stand-by. Raises InvalidTransition.
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
    barred = bar_words(member, services_for_facts(member.review))
    if is_clear and barred:
        raise InvalidTransition(barred)
    member.ruling, member.ruling_reason, member.mitigation = ruling, reason.strip(), mitigation.strip()
    member.ruled_by, member.ruled_at, member.is_cleared = by, timezone.now(), is_clear
    member.save(update_fields=["ruling", "ruling_reason", "mitigation", "ruled_by", "ruled_at", "is_cleared"])
    audit.record("conflict.ruled", target=member, by=by)
    if is_clear and member.status == Status.ACCEPTED:
        open_papers(member)
    if not is_clear and member.status == Status.ACCEPTED:
        move_up(member, by=by)
    if member.review.is_learning:
        jobs.enqueue("mail.review_ruled", member_id=member.pk, requested_by=by)  # no summary mixes the tracks
    else:
        note_ruling(member)
    return member


def _check_ready_for_ruling(member: TeamMember) -> None:
    if member.status not in (Status.ACCEPTED, Status.STAND_BY):
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
    open_complete_panels(member.review)
    audit.record("team.ended", target=member, by=by, reason=reason.strip())
    return member


def _own(member_id: int, by: User) -> TeamMember:
    member = locked_member(member_id)
    if member.user_id != by.pk:
        raise InvalidTransition("Only the person who was invited can answer.")
    return member


def _open_review(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in Review.TO_THE_VISIT:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its team cannot change.")
    return review
