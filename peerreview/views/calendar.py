"""The calendar of visits: a month at a time, week by week, compliance and learning apart; and how long visits take to come about."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries import lead_times, visit_calendar


@access(Permission.REVIEW_VIEW, methods="GET")
def review_calendar(request: SignedInRequest) -> HttpResponse:
    """Visits of a month (``?month=2027-05``) that this person may know of; for a hub its room, and lead times."""
    user = request.user
    month = visit_calendar.month_of(request.GET.get("month", ""), timezone.localdate())
    compliance = visit_calendar.weeks_of(user, month, Review.Purpose.COMPLIANCE)
    learning = visit_calendar.weeks_of(user, month, Review.Purpose.IMPROVEMENT)
    context = {
        "month": month, "compliance": compliance, "learning": learning,
        "openable": visit_calendar.openable_ids(user, learning) if learning else set(), "holidays": visit_calendar.holiday_words(month),
    }  # fmt: skip
    if user.has_permission(Permission.REVIEW_PLAN):
        visit_calendar.note_room(compliance)
        context |= {
            "room": visit_calendar.room_words(user, month), "plans": True, "compliance_times": lead_times.compliance_lead_times(user),
            "learning_times": lead_times.learning_lead_times(user),
        }  # fmt: skip
    return render(request, "peerreview/review_calendar.html", context)
