"""The days of a visit until its notice is sent: set, changed, set anew after a postponement."""

import datetime as dt

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import PlanChange, Procedure, Review
from peerreview.queries.milestones import notice_fault
from peerreview.services.locks import locked_review
from peerreview.services.plan_changes import NO_DATE, check_days, days_in_words, note_change
from peerreview.services.visit_days import set_days
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Status = Review.Status


@transaction.atomic
def plan_dates(
    *, review_id: int, starts_date: dt.date, ends_date: dt.date | None, by: User, mode: str | None = None, kind: str | None = None,
    procedure_id: int | None = None, short_notice_reason: str = "", version: int | None = None,
) -> Review:  # fmt: skip
    """Set or change the days of the visit until the notice is sent, also after a postponement; every clock is worked out anew.

    Raises InvalidTransition (also for too short a notice without a reason) and SomeoneElseChanged.
    """
    review = locked_review(review_id)
    check_version(review, review.version, version)
    review.mode, review.kind = mode or review.mode, kind or review.kind
    if procedure_id and procedure_id != review.procedure_id:  # a review keeps its version, also when a newer one is in use
        review.procedure = procedure_in_use(procedure_id)
    set_dates(review, starts_date, ends_date, short_notice_reason, by)
    return review


def set_dates(review: Review, starts_date: dt.date, ends_date: dt.date | None, short_notice_reason: str, by: User) -> None:
    """As ``plan_dates``, for a review that is locked or new. Raises InvalidTransition."""
    ends_date = ends_date or starts_date
    if review.status != Status.PLANNED:
        review.check_may_become(Status.PLANNED)
    check_days(starts_date, ends_date)
    fault = notice_fault(review.procedure, starts_date)
    if fault and not short_notice_reason.strip():
        raise InvalidTransition(fault)
    was_postponed = review.status == Status.POSTPONED
    review.starts_date, review.ends_date, review.poll_due_date = starts_date, ends_date, None
    review.short_notice_reason = short_notice_reason.strip() if fault else ""
    review.status, review.status_reason = Status.PLANNED, ""
    review.version += 1
    planned = ("status", "starts_date", "ends_date", "poll_due_date", "short_notice_reason", "mode", "kind", "procedure", "status_reason")
    review.save(update_fields=[*planned, "version"])
    set_days(review, [starts_date + dt.timedelta(days=n) for n in range((ends_date - starts_date).days + 1)])
    if was_postponed:
        note_change(review, PlanChange.What.DATES, NO_DATE, days_in_words(review), "The visit was postponed.", by)
    audit.record("review.dates_set", target=review, by=by)


def procedure_in_use(procedure_id: int) -> Procedure:
    """The published version of a procedure. Raises InvalidTransition when this version is not the one in use."""
    procedure = Procedure.objects.get(pk=procedure_id)
    if procedure.status != Procedure.Status.PUBLISHED:
        raise InvalidTransition(f"{procedure} is not in use. Select the version that is.")
    return procedure
