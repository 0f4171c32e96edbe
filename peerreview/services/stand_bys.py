"""Stand-bys: their order, and how they move up by themselves when somebody declines, is ruled out or does not answer."""

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review, TeamMember
from peerreview.models.teams import TeamMemberQuerySet
from peerreview.queries.suggestions import places_with, standing_counts
from peerreview.services.invitations import announce, answer_due, joining_fault
from peerreview.services.locks import locked_member
from peerreview.services.places import end_place_of
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status = TeamMember.Status


def next_order(review: Review, team_role: str) -> int:
    """The place in the order for one more stand-by of a role."""
    last = review.team.filter(team_role=team_role, status=Status.STAND_BY).aggregate(last=Max("stand_by_order"))["last"]
    return (last or 0) + 1


@transaction.atomic
def move_stand_by(*, member_id: int, earlier: bool, by: User) -> TeamMember:
    """Let a stand-by change places with the one before or after. Raises InvalidTransition when there is none."""
    member = locked_member(member_id)
    if member.status != Status.STAND_BY:
        raise InvalidTransition(f"{member.user.name} is no stand-by any more.")
    row = list(_stand_bys(member.review, member.team_role))
    at = [one.pk for one in row].index(member.pk)
    to = at - 1 if earlier else at + 1
    if not 0 <= to < len(row):
        raise InvalidTransition(f"{member.user.name} is the {'first' if earlier else 'last'} stand-by already.")
    row[at], row[to] = row[to], row[at]
    for order, one in enumerate(row, start=1):
        one.stand_by_order = order
    TeamMember.objects.bulk_update(row, ["stand_by_order"])
    audit.record("team.stand_by_moved", target=member, by=by)
    return row[to]


def move_up(left: TeamMember, *, by: User | None) -> TeamMember | None:
    """Invite the first stand-by of the same role who can join, in place of ``left``; None when nobody can or need.

    Call it inside the transaction that locked the review: each stand-by moves up once, whoever leaves at the same time.
    """
    if left.review.status not in Review.BEFORE_VISIT or not _is_needed(left):
        return None
    member = next_stand_by(left)
    if member is None:
        return None
    member.review = left.review
    member.check_may_become(Status.INVITED)
    member.status, member.invited_at, member.answer_due_date = Status.INVITED, timezone.now(), answer_due(left.review)
    member.moved_up_for, member.stand_by_order = left, None
    member.place_code = left.place_code or member.place_code
    member.save(update_fields=["status", "invited_at", "answer_due_date", "moved_up_for", "stand_by_order", "place_code"])
    audit.record("team.moved_up", target=member, by=by)
    announce(member, by)
    return member


def next_stand_by(left: TeamMember) -> TeamMember | None:
    """The first stand-by of the role who could join now."""
    row = _stand_bys(left.review, left.team_role).exclude(ruling=TeamMember.Ruling.NOT_CLEAR)
    return next((one for one in row if not joining_fault(one.user, one.team_role, left.review)), None)


def _stand_bys(review: Review, team_role: str) -> TeamMemberQuerySet:
    row = review.team.filter(status=Status.STAND_BY, team_role=team_role).select_related("user")
    return row.order_by(F("stand_by_order").asc(nulls_last=True), "pk")


def _is_needed(left: TeamMember) -> bool:
    """Whether the place that was left is short of people now; without a place of the procedure it is."""
    team = left.review.team.exclude(pk=left.pk).values_list("user_id", "place_code", "team_role", "status", "ended_at", "ruling")
    places = {place.code: place for place in places_with(left.review.procedure, standing_counts(left.review.procedure, team))}
    return left.place_code not in places or places[left.place_code].open_count > 0


def move_up_silent() -> int:
    """Where an invitation was not answered in time and a stand-by can take the place, end it and let them move up.

    Gives how many moved up. An invitation without a stand-by stays open: a late yes is better than an empty place.
    """
    today = timezone.localdate()
    late = TeamMember.objects.filter(status=Status.INVITED, ended_at=None, answer_due_date__lt=today)
    silent = late.filter(review__status__in=Review.BEFORE_VISIT)
    return sum(_move_up_for(pk) for pk in silent.order_by("answer_due_date", "pk").values_list("pk", flat=True))


@transaction.atomic
def _move_up_for(member_id: int) -> bool:
    member = locked_member(member_id)
    is_silent = member.status == Status.INVITED and member.answer_due_date < timezone.localdate()
    if not is_silent or member.review.status not in Review.BEFORE_VISIT or next_stand_by(member) is None:
        return False
    end_place_of(member, reason=f"No answer by {day_words(member.answer_due_date)}.")
    audit.record("team.ended", target=member, by=None, reason=member.ended_reason)
    moved = move_up(member, by=None)
    jobs.enqueue("mail.review_declined", member_id=member.pk)
    return moved is not None
