"""What the home page shows of reviews: visits by month and open immediate risks."""

import datetime as dt
from collections import Counter

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, Review


def visits_by_month(user: User, year: int) -> list[tuple[dt.date, int]]:
    """How many COMPLIANCE visits of this person's scope begin in each of the twelve months of ``year``."""
    mine = Review.objects.for_user(user, Permission.REVIEW_VIEW).filter(purpose=Review.Purpose.COMPLIANCE, starts_date__year=year)
    counts = Counter(
        day.month
        for day in mine.exclude(status__in=[Review.Status.CANCELLED, Review.Status.POSTPONED]).values_list("starts_date", flat=True)
    )
    return [(dt.date(year, month, 1), counts[month]) for month in range(1, 13)]


def open_immediate_risks_for(user: User) -> QuerySet[Finding]:
    """Open immediate risks that this person may read, oldest first."""
    return Finding.objects.for_user(user, Permission.FINDING_VIEW).open_immediate_risks().for_display().order_by("agreed_at")
