"""What waits for a person about indicator sets: comments to make, comments and challenges to answer. A fixed number of statements."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Permission, Role
from surveillance.models import IndicatorChallenge, IndicatorComment, IndicatorSet, Service
from surveillance.queries.challenges import due_date_of_open
from surveillance.queries.holders import own_words
from surveillance.reach import reach_of
from work.items import WorkItem, counted
from work.working_days import add_working_days

# Working days after the last day for comments in which they are answered: our default, to be confirmed.
REPLY_WORKING_DAYS = 10


def indicator_items(user: User) -> list[WorkItem]:
    """Sets to comment on for people of the services concerned; comments and challenges to answer for the national lead."""
    items: list[WorkItem] = []
    if user.has_permission(Permission.INDICATOR_CHALLENGE):
        items += _sets_to_comment_on(user)
    if user.has_permission(Permission.INDICATOR_SET_MANAGE):
        items += [*_comments_to_answer(user), *_challenges_to_answer(user)]
    return items


def _sets_to_comment_on(user: User) -> list[WorkItem]:
    """A set whose questions this person's services will answer, until they have commented or the last day has passed."""
    where = reach_of(user, Permission.INDICATOR_SET_COMMENT).only_hosts()
    for role in REVIEWER_ROLES:
        where, _ = where.split(role)
    today = timezone.localdate()
    said = IndicatorComment.objects.filter(
        indicator_set=OuterRef("pk"), made_by=user, made_at__date__gte=OuterRef("consultation_from_date")
    )
    sets = IndicatorSet.objects.filter(
        ~Exists(said),
        status=IndicatorSet.Status.IN_CONSULTATION,
        consultation_to_date__gte=today,
        specification__in=Service.objects.filter(where.of_services()).values("specification"),
    )
    return [
        WorkItem(
            kind="indicator_set.comment", task=f"Comment on {one.name}, version {one.version}",
            url=reverse("surveillance:indicator_comment_list", args=[one.pk]), service=str(one.specification),
            due=one.consultation_to_date, status="Not yet started", holder=_own(user), plural="Comment on {n} indicator sets",
            list_url=reverse("surveillance:indicator_set_list"), reference=f"indicator_set.comment:{one.pk}",
        )
        for one in sets.select_related("specification")
    ]  # fmt: skip


def _comments_to_answer(user: User) -> list[WorkItem]:
    open_ones = IndicatorSet.objects.filter(status__in=[IndicatorSet.Status.DRAFT, IndicatorSet.Status.IN_CONSULTATION])
    sets = open_ones.annotate(waiting=Count("comments", filter=Q(comments__replied_at=None))).filter(waiting__gt=0)
    items = []
    for one in sets.select_related("specification"):
        due = add_working_days(one.consultation_to_date, REPLY_WORKING_DAYS) if one.consultation_to_date else None
        items.append(
            WorkItem(
                kind="indicator_set.answer_comments", task=f"Answer {counted(one.waiting, 'comment')} on {one.name}",
                url=f"{reverse('surveillance:indicator_comment_list', args=[one.pk])}?show=unanswered", service=str(one.specification),
                due=due, status="Late" if due and due < timezone.localdate() else "Not yet started", holder=_own(user),
                plural="Answer comments on {n} indicator sets", list_url=reverse("surveillance:indicator_set_list"),
                reference=f"indicator_set.answer_comments:{one.pk}",
            )
        )  # fmt: skip
    return items


def _challenges_to_answer(user: User) -> list[WorkItem]:
    """One item for all of them: they are one list."""
    waiting = IndicatorChallenge.objects.open()
    count = waiting.count()
    if not count:
        return []
    due = due_date_of_open(waiting)
    return [
        WorkItem(
            kind="indicator_challenge.answer", task=f"Answer {counted(count, 'challenge')} of indicators",
            url=f"{reverse('surveillance:indicator_challenge_list')}?status=OPEN", service="All services", due=due,
            status="Late" if due < timezone.localdate() else "Not yet started", holder=_own(user),
            reference="indicator_challenge.answer",
        )
    ]  # fmt: skip


def _own(user: User) -> str:
    return own_words(user, Role.values, [])
