"""Dates to answer about, and for those who arrange the review the people for whom they wait."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission
from peerreview.models import DateAnswer, DateOption, Review, TeamMember
from peerreview.models.reviews import ReviewQuerySet, hosting
from peerreview.queries.polls import POLL_STATUSES, people_words, silent_by_review
from peerreview.queries.review_item import review_item
from work.items import WorkItem

ANSWER = "Say which dates you can make"


def poll_items(user: User) -> list[WorkItem]:
    """Dates that ``user`` has not answered about, and for a hub's people those who have not; one statement where nothing is open."""
    if user.is_national or not user.has_permission(Permission.REVIEW_VIEW):
        return []
    open_polls = Review.objects.filter(poll_due_date__isnull=False, status__in=POLL_STATUSES).for_display()
    if user.roles & HUB_ROLES:
        return _hub_items(user, open_polls)
    hosts = hosting(user)
    places = TeamMember.objects.standing().filter(review=OuterRef("pk"), user=user)
    mine = Q(Exists(places)) if user.roles & REVIEWER_ROLES else Q(pk__in=[])
    if not hosts.is_empty:
        mine |= hosts.of_services("services__")
    unanswered = DateOption.objects.filter(review=OuterRef("pk")).exclude(
        Exists(DateAnswer.objects.filter(option=OuterRef("pk"), user=user))
    )
    reviews = open_polls.filter(mine).filter(Exists(unanswered)).distinct().order_by("poll_due_date", "pk")
    return [_asked_item(review, user) for review in reviews]


def _asked_item(review: Review, user: User) -> WorkItem:
    member = review.team.standing().filter(user=user).first() if user.roles & REVIEWER_ROLES else None
    url = (
        reverse("peerreview:team_member_dates", args=[member.pk]) if member else reverse("peerreview:review_poll_answer", args=[review.pk])
    )
    return review_item(review, "poll", ANSWER, url, review.poll_due_date)


def _hub_items(user: User, open_polls: ReviewQuerySet) -> list[WorkItem]:
    reviews = list(open_polls.arranged_by(user).order_by("poll_due_date", "pk"))
    silent_of, items = silent_by_review(reviews), []
    for review in reviews:
        silent, url = silent_of[review.pk], reverse("peerreview:review_poll", args=[review.pk])
        if silent and review.poll_due_date and review.poll_due_date >= timezone.localdate():
            names = silent[0].name if len(silent) == 1 else people_words(len(silent))
            ids = tuple(person.pk for person in silent)
            items.append(review_item(review, "poll", ANSWER, url, review.poll_due_date, is_mine=False, holder=names, holder_ids=ids))
        elif review.visit_lead_id in (user.pk, None):
            due, reference = review.poll_due_date, f"review:{review.pk}:poll_choice"
            items.append(review_item(review, "poll", "Choose a date of the visit", url, due, reference=reference))
    return items
