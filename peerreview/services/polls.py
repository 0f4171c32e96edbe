"""Asking people which days they can make, their answers, and choosing the date of the visit from them."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import DateAnswer, DateOption, Review
from peerreview.queries.polls import POLL_STATUSES, is_asked, is_poll_open
from peerreview.services.dates import plan_dates
from peerreview.services.locks import locked_review
from surveillance.services.clash import check_version
from work import jobs
from work.status import InvalidTransition

FEWEST, MOST = 2, 8


@transaction.atomic
def ask_about_dates(
    *, review_id: int, options: list[tuple[dt.date, dt.date]], due_date: dt.date, by: User, version: int | None = None
) -> Review:
    """Put 2 to 8 dates, each first and last day, to the team, the leads and the executives, who answer by ``due_date``.

    Dates that were asked about before keep their answers; others fall away. Raises InvalidTransition and SomeoneElseChanged.
    """
    review = locked_review(review_id)
    check_version(review, review.version, version)
    if review.status not in POLL_STATUSES:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}: nobody is asked about dates now.")
    wanted = list(dict.fromkeys(options))
    if not FEWEST <= len(wanted) <= MOST:
        raise InvalidTransition(f"Propose {FEWEST} to {MOST} dates, each of them once.")
    today = timezone.localdate()
    if due_date <= today or any(starts <= due_date for starts, _ in wanted):
        raise InvalidTransition("People must be able to answer after today and before the first of the dates.")
    kept = {(option.starts_date, option.ends_date): option for option in review.date_options.all()}
    DateOption.objects.filter(pk__in=[option.pk for days, option in kept.items() if days not in wanted]).delete()
    DateOption.objects.bulk_create(
        [DateOption(review=review, starts_date=days[0], ends_date=days[1]) for days in wanted if days not in kept]
    )
    review.poll_due_date = due_date
    review.version += 1
    review.save(update_fields=["poll_due_date", "version"])
    audit.record("review.dates_asked", target=review, by=by)
    jobs.enqueue("mail.review_poll", key=f"{review.pk}:{review.version}", review_id=review.pk, requested_by=by)
    return review


@transaction.atomic
def answer_dates(*, review_id: int, answers: Mapping[int, str], by: User) -> Review:
    """Keep what one person says of each date, by the options' ids; until a date is chosen they may change it.

    Raises InvalidTransition when nothing is asked of this person now, or a date is missing or unknown.
    """
    review = locked_review(review_id)
    if not is_poll_open(review):
        raise InvalidTransition("Nobody is asked about dates of this visit now. You do not need to do anything.")
    if not is_asked(review, by):
        raise InvalidTransition("You are not asked about the dates of this visit.")
    if set(answers) != set(review.date_options.values_list("pk", flat=True)):
        raise InvalidTransition("The dates changed while you answered. Answer for each date that is asked about now.")
    moment = timezone.now()
    rows = [DateAnswer(option_id=pk, user=by, answer=answer, answered_at=moment) for pk, answer in answers.items()]
    DateAnswer.objects.bulk_create(rows, update_conflicts=True, unique_fields=["option", "user"], update_fields=["answer", "answered_at"])
    audit.record("review.dates_answered", target=review, by=by)
    return review


@transaction.atomic
def choose_date(*, review_id: int, option_id: int, by: User, short_notice_reason: str = "", version: int | None = None) -> Review:
    """Set the visit for one of the dates asked about; the asking ends. Raises InvalidTransition and SomeoneElseChanged."""
    review = locked_review(review_id)
    check_version(review, review.version, version)
    if not is_poll_open(review):
        raise InvalidTransition("Nobody is asked about dates of this visit now.")
    option = review.date_options.filter(pk=option_id).first()
    if option is None:
        raise InvalidTransition("This date is not asked about any more. Select another.")
    if option.starts_date <= timezone.localdate():
        raise InvalidTransition("This date has passed. Select another or ask about other dates.")
    return plan_dates(
        review_id=review.pk, starts_date=option.starts_date, ends_date=option.ends_date, by=by, short_notice_reason=short_notice_reason
    )
