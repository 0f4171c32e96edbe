"""Views of patients and carers that wait to be read by those who arrange the review."""

import datetime as dt

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES
from peerreview.models import PatientView, Review
from peerreview.queries.milestones import milestone_date
from peerreview.queries.next_steps import arranger_words, read_roles
from peerreview.queries.review_item import review_item
from work.items import WorkItem, counted


def views_items(user: User) -> list[WorkItem]:
    """One item a review with views to read: one statement where there are none.

    Due by the reviewers' briefing; what comes later, and what says that something felt unsafe, on the day it came.
    """
    if not user.roles & HUB_ROLES:
        return []
    arranged = Review.objects.arranged_by(user).exclude(status=Review.Status.CANCELLED)
    waiting = PatientView.objects.filter(status=PatientView.Status.WAITING, review__in=arranged.values("pk"))
    first = waiting.order_by().values("review").annotate(
        count=Count("pk"), oldest=Min("given_at"), unsafe=Min("given_at", filter=~Q(unsafe=""))
    )  # fmt: skip
    rows = {row["review"]: row for row in first}
    if not rows:
        return []
    found = Review.objects.filter(pk__in=rows).select_related("procedure", "region", "visit_lead").prefetch_related("services")
    reviews = list(found.order_by("pk"))
    leads = {review.visit_lead_id: review.visit_lead for review in reviews}
    read_roles(lead for lead in leads.values() if lead)
    for review in reviews:
        review.visit_lead = leads[review.visit_lead_id]  # one object a person, so that their roles are read once
    return [_item(review, user, **{name: rows[review.pk][name] for name in ("count", "oldest", "unsafe")}) for review in reviews]


def _item(review: Review, user: User, *, count: int, oldest: dt.datetime, unsafe: dt.datetime | None) -> WorkItem:
    came = timezone.localdate(oldest)
    briefing = milestone_date(review, "BRIEFING", facts={})
    days = [max(came, briefing) if briefing else came, *([timezone.localdate(unsafe)] if unsafe else [])]
    is_mine = review.visit_lead_id in (user.pk, None)
    return review_item(
        review, "views", f"Read {counted(count, 'view')} of patients and carers", reverse("peerreview:review_views", args=[review.pk]),
        min(days), is_mine=is_mine, holder="" if is_mine else arranger_words(review),
        holder_ids=() if is_mine else (review.visit_lead_id,), outside="Read views of patients and carers",
    )  # fmt: skip
