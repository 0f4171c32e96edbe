"""Recording that the service heard the agreed findings."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.feedback import GIVEN_IN
from peerreview.queries.teams import arranges, is_lead_reviewer
from peerreview.services.locks import locked_review
from surveillance.services.clash import AlreadyDone
from work.items import day_words
from work.status import InvalidTransition

NOON = dt.time(12)


@transaction.atomic
def record_feedback_given(*, review_id: int, by: User, heard_date: dt.date | None = None) -> Review:
    """Record on which day the service heard the agreed findings (today when none is named); from then on it reads the page.

    Raises InvalidTransition when nothing is agreed, the review is not at its visit or report, or the day is not one since it began.
    """
    review = locked_review(review_id)
    if not (is_lead_reviewer(review, by) or arranges(review, by)):
        raise InvalidTransition("Only the lead reviewer and the hub record that feedback was given.")
    if review.feedback_given_at and review.feedback_given_by:
        day = day_words(timezone.localdate(review.feedback_given_at))
        raise AlreadyDone(f"{review.feedback_given_by.name} recorded feedback given on {day}. You do not need to do anything.")
    if review.status not in GIVEN_IN:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Feedback is given at the visit.")
    if not review.findings.agreed().exists():
        raise InvalidTransition("No finding is agreed yet, so there is nothing to give feedback on.")
    review.feedback_given_at, review.feedback_given_by = _moment(review, heard_date), by
    review.version += 1
    review.save(update_fields=["feedback_given_at", "feedback_given_by", "version"])
    audit.record("review.feedback_given", target=review, by=by)
    return review


def _moment(review: Review, heard_date: dt.date | None) -> dt.datetime:
    """Now for today; noon of an earlier day, of which only the day is known."""
    today = timezone.localdate()
    if heard_date is None or heard_date == today:
        return timezone.now()
    began = timezone.localdate(review.visited_at) if review.visited_at else today
    if not began <= heard_date <= today:
        raise InvalidTransition("The day must be between the first day of the visit and today")
    return timezone.make_aware(dt.datetime.combine(heard_date, NOON))
