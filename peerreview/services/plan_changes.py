"""Changing the days or the mode of a visit once people know of it: with a reason, kept, and everybody told."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import date_range
from peerreview.models import PlanChange, Review
from peerreview.queries.milestones import notice_fault
from peerreview.services.locks import locked_review
from peerreview.services.visit_days import set_days
from surveillance.services.clash import check_version
from work import jobs
from work.status import InvalidTransition

Status = Review.Status
What = PlanChange.What
AFTER_NOTICE = (Status.NOTIFIED, Status.PREPARING)
MODE_MAY_CHANGE = (Status.PLANNED, *AFTER_NOTICE)
MAX_VISIT_DAYS = 10
NO_DATE = "No date is set"


def days_in_words(review: Review) -> str:
    """The days of the visit: "12 to 14 May 2027"; words where none are set."""
    return date_range(review.starts_date, review.ends_date) or NO_DATE


def check_days(starts_date: dt.date, ends_date: dt.date) -> None:
    """Raises InvalidTransition unless the last day is the first or at most nine days after it."""
    if not starts_date <= ends_date < starts_date + dt.timedelta(days=MAX_VISIT_DAYS):
        raise InvalidTransition(f"The last day of the visit must be the first day or at most {MAX_VISIT_DAYS - 1} days after it.")


def note_change(review: Review, what: str, before: str, after: str, reason: str, by: User) -> PlanChange:
    """Keep what changed and why, and have the service, the team and the hub told; for a review that is locked.

    Raises InvalidTransition without a reason.
    """
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    change = PlanChange.objects.create(review=review, what=what, before=before, after=after, reason=reason.strip(), changed_by=by)
    jobs.enqueue("mail.review_plan_changed", change_id=change.pk, requested_by=by)
    return change


@transaction.atomic
def change_dates(
    *, review_id: int, starts_date: dt.date, ends_date: dt.date | None, reason: str, by: User, short_notice_reason: str = "",
    version: int | None = None,
) -> Review:  # fmt: skip
    """Move the visit after the notice was sent: the timetable moves with its days, every clock is worked out anew, all are told.

    The notice counts from the day on which it was given. Raises InvalidTransition and SomeoneElseChanged.
    """
    review = locked_review(review_id)
    check_version(review, review.version, version)
    ends_date = ends_date or starts_date
    if review.status not in AFTER_NOTICE:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}: its dates do not change in this way.")
    check_days(starts_date, ends_date)
    if (starts_date, ends_date) == (review.starts_date, review.ends_date):
        raise InvalidTransition("These are the days that the visit has now. Enter other days.")
    fault = notice_fault(review.procedure, starts_date, timezone.localdate(review.notified_at))
    if fault and not short_notice_reason.strip():
        raise InvalidTransition(fault)
    before = days_in_words(review)
    review.starts_date, review.ends_date, review.poll_due_date = starts_date, ends_date, None
    review.short_notice_reason = short_notice_reason.strip() if fault else ""
    _save(review, "starts_date", "ends_date", "poll_due_date", "short_notice_reason")
    set_days(review, [starts_date + dt.timedelta(days=n) for n in range((ends_date - starts_date).days + 1)])
    note_change(review, What.DATES, before, days_in_words(review), reason, by)
    audit.record("review.dates_changed", target=review, by=by, reason=reason.strip())
    return review


@transaction.atomic
def change_mode(*, review_id: int, mode: str, reason: str, by: User, version: int | None = None) -> Review:
    """Change how the team visits, until the visit begins; all are told. Raises InvalidTransition and SomeoneElseChanged."""
    review = locked_review(review_id)
    check_version(review, review.version, version)
    if review.status not in MODE_MAY_CHANGE:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}: how the team visits does not change now.")
    if mode == review.mode:
        raise InvalidTransition(f"The visit is {review.get_mode_display().lower()} already. Select another way.")
    before = review.get_mode_display()
    review.mode = mode
    _save(review, "mode")
    note_change(review, What.MODE, before, review.get_mode_display(), reason, by)
    audit.record("review.mode_changed", target=review, by=by, reason=reason.strip())
    return review


def _save(review: Review, *fields: str) -> None:
    review.version += 1
    review.save(update_fields=["version", *fields])
