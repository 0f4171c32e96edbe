"""A review from its opening to its close: dates, notice, preparation, visit, follow-up, postponement."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, Procedure, Review, ReviewService, VisitDay
from peerreview.queries.milestones import milestone_date, notice_fault
from peerreview.queries.teams import hub_managers, missing_roles
from peerreview.services.locks import locked_review
from peerreview.services.places import end_open_places
from surveillance.models import Service, SurveillanceDecision
from surveillance.services.clash import check_version
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status = Review.Status
# With a decision in one of these a review can be opened from it.
IN_FORCE = (SurveillanceDecision.Status.IN_FORCE, SurveillanceDecision.Status.REVIEW_DUE)
MAX_VISIT_DAYS = 10


@transaction.atomic
def open_review(
    *,
    decision_id: int,
    procedure_id: int,
    kind: str,
    mode: str,
    title: str,
    starts_date: dt.date | None,
    ends_date: dt.date | None,
    by: User,
    short_notice_reason: str = "",
    visit_lead_id: int | None = None,
) -> Review:
    """Open a COMPLIANCE review from a decision in force that asks for one; with dates it is planned, without them proposed.

    The decision's row is locked: two people opening a review open one. Raises InvalidTransition.
    """
    decision = SurveillanceDecision.objects.select_for_update(of=("self",)).select_related("service").get(pk=decision_id)
    if decision.status not in IN_FORCE:
        raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so no review can be opened from it.")
    if not decision.needs_peer_review:
        raise InvalidTransition("This decision does not ask for a peer review.")
    live = decision.reviews.exclude(status=Status.CANCELLED).select_related("opened_by").first()
    if live:
        raise InvalidTransition(
            f"{live.opened_by.name} opened a review from this decision on {day_words(timezone.localdate(live.opened_at))}."
        )
    review = Review.objects.create(
        title=title.strip(), purpose=Review.Purpose.COMPLIANCE, kind=kind, mode=mode, procedure=_procedure(procedure_id), decision=decision,
        region_id=decision.service.region_id, visit_lead_id=visit_lead_id or by.pk, opened_by=by,
    )  # fmt: skip
    ReviewService.objects.create(review=review, service=decision.service, position=1)
    audit.record("review.opened", target=review, by=by)
    if starts_date:
        _set_dates(review, starts_date, ends_date, short_notice_reason, by)
    return review


@transaction.atomic
def request_review(*, service_id: int, title: str, question: str, reason: str, visit_lead_id: int, by: User) -> Review:
    """Ask for a review for learning of one's own service; the hub manager whom the service chose arranges it.

    ``question`` becomes its first topic. Raises InvalidTransition when that person does not manage the region's hub.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if visit_lead_id not in {manager.pk for manager in hub_managers([service.region_id])}:
        raise InvalidTransition("Choose a manager of your region's hub to arrange the review.")
    procedure = Procedure.objects.filter(status=Procedure.Status.PUBLISHED, code="SMALL_NETWORK").first() or _any_procedure()
    review = Review.objects.create(
        title=title.strip(),
        purpose=Review.Purpose.IMPROVEMENT,
        procedure=procedure,
        requested_reason=reason.strip(),
        region_id=service.region_id,
        visit_lead_id=visit_lead_id,
        opened_by=by,
    )
    ReviewService.objects.create(review=review, service=service, position=1)
    review.topics.create(position=1, title=question.strip()[:200], question=question.strip())
    audit.record("review.requested", target=review, by=by)
    jobs.enqueue("mail.review_requested", review_id=review.pk, requested_by=by)
    return review


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
    if procedure_id:
        review.procedure = _procedure(procedure_id)
    _set_dates(review, starts_date, ends_date, short_notice_reason, by)
    return review


def _set_dates(review: Review, starts_date: dt.date, ends_date: dt.date | None, short_notice_reason: str, by: User) -> None:
    ends_date = ends_date or starts_date
    if review.status != Status.PLANNED:
        review.check_may_become(Status.PLANNED)
    if not starts_date <= ends_date < starts_date + dt.timedelta(days=MAX_VISIT_DAYS):
        raise InvalidTransition(f"The last day of the visit must be the first day or at most {MAX_VISIT_DAYS - 1} days after it.")
    fault = notice_fault(review.procedure, starts_date)
    if fault and not short_notice_reason.strip():
        raise InvalidTransition(fault)
    review.starts_date, review.ends_date = starts_date, ends_date
    review.short_notice_reason = short_notice_reason.strip() if fault else ""
    review.status, review.status_reason = Status.PLANNED, ""
    _save(review, "starts_date", "ends_date", "short_notice_reason", "mode", "kind", "procedure", "status_reason")
    review.days.all().delete()
    days = (starts_date + dt.timedelta(days=n) for n in range((ends_date - starts_date).days + 1))
    VisitDay.objects.bulk_create([VisitDay(review=review, date=day) for day in days])
    audit.record("review.dates_set", target=review, by=by)


@transaction.atomic
def send_notice(*, review_id: int, by: User) -> Review:
    """Tell the service and its executive of the visit. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.NOTIFIED)
    review.status, review.notified_at = Status.NOTIFIED, timezone.now()
    _save(review, "notified_at")
    audit.record("review.notified", target=review, by=by)
    jobs.enqueue("mail.review_notice", key=f"{review.pk}:{review.version}", review_id=review.pk, requested_by=by)
    return review


@transaction.atomic
def start_preparing(*, review_id: int, by: User) -> Review:
    """Agree the focus topics and open the preparation. Raises InvalidTransition when a topic is missing."""
    review = locked_review(review_id)
    review.check_may_become(Status.PREPARING)
    check_topics(review)
    review.status, review.preparing_at = Status.PREPARING, timezone.now()
    _save(review, "preparing_at")
    audit.record("review.preparing", target=review, by=by)
    return review


def check_topics(review: Review) -> None:
    """Raises InvalidTransition unless the review has its topics, and each names an indicator (for learning: a question)."""
    topics = list(review.topics.prefetch_related("indicators"))
    if not topics:
        raise InvalidTransition("Add at least one focus topic before you continue.")
    for topic in topics:
        if not review.is_learning and not topic.indicators.all():
            raise InvalidTransition(f"The topic “{topic.title}” must name at least one indicator.")


@transaction.atomic
def begin_visit(*, review_id: int, by: User) -> Review:
    """Begin the visit: a lead and a patient reviewer must be cleared. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.VISITING)
    if missing := missing_roles(review, cleared=True):
        raise InvalidTransition(missing[0])
    review.status, review.visited_at = Status.VISITING, timezone.now()
    _save(review, "visited_at")
    audit.record("review.visit_began", target=review, by=by)
    return review


@transaction.atomic
def finish_visit(*, review_id: int, by: User) -> Review:
    """End the visit; every draft finding must be agreed or withdrawn first. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.REPORTING)
    drafts = review.findings.filter(status=Finding.Status.DRAFT).count()
    if drafts:
        words = "1 finding is" if drafts == 1 else f"{drafts} findings are"
        raise InvalidTransition(f"{words} still a draft. The lead reviewer must agree or withdraw each one before the visit ends.")
    review.status = Status.REPORTING
    _save(review)
    audit.record("review.visit_finished", target=review, by=by)
    return review


@transaction.atomic
def begin_follow_up(*, review_id: int, by: User) -> Review:
    """At sign-off of the report: findings open, except good practice, and the places of the team end with their rights.

    Called by the app above in the transaction of the sign-off. Raises InvalidTransition.
    """
    review = locked_review(review_id)
    review.check_may_become(Status.FOLLOW_UP)
    review.status = Status.FOLLOW_UP
    _save(review)
    recheck = milestone_date(review, "PROGRESS_3")
    for finding in review.findings.select_for_update(of=("self",)).filter(status__in=[Finding.Status.AGREED, Finding.Status.AMENDED]):
        if finding.category == Finding.Category.GOOD_PRACTICE:
            continue
        finding.check_may_become(Finding.Status.OPEN)
        finding.status, finding.recheck_date = Finding.Status.OPEN, recheck
        finding.version += 1
        finding.save(update_fields=["status", "recheck_date", "version"])
    end_open_places(review)
    audit.record("review.follow_up", target=review, by=by)
    return review


@transaction.atomic
def close_review(*, review_id: int, next_review_date: dt.date | None, by: User) -> Review:
    """Close a followed-up review with the date of the next one. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.CLOSED)
    if next_review_date is None:
        raise InvalidTransition("Set a next review date before you close this review")
    if review.findings.open_immediate_risks().exists():
        raise InvalidTransition("An immediate risk is still open. Check that it is put right before you close this review.")
    review.status, review.closed_at, review.next_review_date = Status.CLOSED, timezone.now(), next_review_date
    _save(review, "closed_at", "next_review_date")
    if not review.is_learning:
        Service.objects.filter(pk__in=review.review_services.values("service")).update(next_review_date=next_review_date)
    audit.record("review.closed", target=review, by=by)
    return review


@transaction.atomic
def postpone_review(*, review_id: int, reason: str, by: User) -> Review:
    """Put the visit off with a reason: every clock stops until new dates are set. Raises InvalidTransition."""
    review = _stopped(review_id, Status.POSTPONED, reason)
    review.notified_at, review.preparing_at = None, None
    _save(review, "status_reason", "notified_at", "preparing_at")
    audit.record("review.postponed", target=review, by=by, reason=review.status_reason)
    return review


@transaction.atomic
def cancel_review(*, review_id: int, reason: str, by: User) -> Review:
    """End a review before its visit, with a reason; the places of the team end. Raises InvalidTransition."""
    review = _stopped(review_id, Status.CANCELLED, reason)
    _save(review, "status_reason")
    end_open_places(review, reason="The review was cancelled.")
    audit.record("review.cancelled", target=review, by=by, reason=review.status_reason)
    return review


@transaction.atomic
def pass_on_reviews(*, from_user_id: int, to_user_id: int, region_id: int, by: User) -> int:
    """Give the reviews that somebody arranges in a region to someone else; gives how many."""
    reviews = (
        Review.objects.select_for_update()
        .filter(visit_lead=from_user_id, region=region_id)
        .exclude(status__in=[Status.CLOSED, Status.CANCELLED])
    )
    for review in reviews:
        review.visit_lead_id = to_user_id
        _save(review, "visit_lead")
        audit.record("review.passed_on", target=review, by=by)
    return len(reviews)


def _stopped(review_id: int, status: str, reason: str) -> Review:
    review = locked_review(review_id)
    review.check_may_become(status)
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    review.status, review.status_reason = status, reason.strip()
    return review


def _save(review: Review, *fields: str) -> None:
    review.version += 1
    review.save(update_fields=["status", "version", *fields])


def _procedure(procedure_id: int) -> Procedure:
    return Procedure.objects.get(pk=procedure_id, status=Procedure.Status.PUBLISHED)


def _any_procedure() -> Procedure:
    procedure = Procedure.objects.filter(status=Procedure.Status.PUBLISHED).first()
    if procedure is None:
        raise InvalidTransition("No procedure is published yet, so no review can be asked for.")
    return procedure
