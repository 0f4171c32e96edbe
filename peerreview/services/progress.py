"""Progress checks after the final report, one after the other, each with what was seen."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import ProgressCheck, Review
from peerreview.queries.progress import next_progress, progress_codes
from peerreview.services.locks import locked_review
from surveillance.services.clash import AlreadyDone
from work.items import day_words
from work.status import InvalidTransition


@transaction.atomic
def record_progress_check(*, review_id: int, milestone_code: str, what_was_seen: str, by: User) -> ProgressCheck:
    """Record what a progress check of the procedure showed. They come in the procedure's order, each once.

    Raises InvalidTransition.
    """
    review = locked_review(review_id)
    if review.status != Review.Status.FOLLOW_UP:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Progress is checked during follow-up.")
    if milestone_code not in progress_codes(review.procedure):
        raise InvalidTransition("The procedure of this review asks for no such check.")
    done = {check.milestone_code: check for check in review.progress_checks.select_related("done_by")}
    if milestone_code in done:
        check = done[milestone_code]
        day = day_words(timezone.localdate(check.done_at))
        raise AlreadyDone(f"{check.done_by.name} recorded this check on {day}. You do not need to do anything.")
    upcoming = next_progress(review, set(done))
    if upcoming is None or upcoming[0] != milestone_code:
        raise InvalidTransition("Record the earlier check first.")
    if not what_was_seen.strip():
        raise InvalidTransition("Enter what you saw")
    due = upcoming[1] or timezone.localdate()
    check = ProgressCheck.objects.create(
        review=review, milestone_code=milestone_code, due_date=due, what_was_seen=what_was_seen.strip(), done_by=by, done_at=timezone.now()
    )
    audit.record("review.progress_checked", target=review, by=by)
    return check
