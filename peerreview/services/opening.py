"""Opening a review: from a decision that asks for one, from a risk or the random sample, or because a service asks for it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Procedure, Review, ReviewService
from peerreview.queries.opening import ahead_words
from peerreview.queries.teams import hub_managers
from peerreview.services.dates import procedure_in_use, set_dates
from surveillance.models import DrawnService, Service, SurveillanceDecision
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Origin, Status = Review.Origin, Review.Status


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

    The rows of the decision and its service are locked: two people opening a review open one. Raises InvalidTransition.
    """
    decision = SurveillanceDecision.objects.select_for_update(of=("self",)).get(pk=decision_id)
    if decision.status not in SurveillanceDecision.STANDING:
        raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so no review can be opened from it.")
    if not decision.needs_peer_review:
        raise InvalidTransition("This decision does not ask for a peer review.")
    live = decision.reviews.exclude(status=Status.CANCELLED).select_related("opened_by").first()
    if live:
        raise InvalidTransition(
            f"{live.opened_by.name} opened a review from this decision on {day_words(timezone.localdate(live.opened_at))}."
        )
    service = _service_without_review_ahead(decision.service_id)
    review = Review.objects.create(
        title=title.strip(), purpose=Review.Purpose.COMPLIANCE, kind=kind, mode=mode, procedure=procedure_in_use(procedure_id),
        decision=decision, region_id=service.region_id, visit_lead_id=visit_lead_id or by.pk, opened_by=by,
    )  # fmt: skip
    ReviewService.objects.create(review=review, service=service, position=1)
    audit.record("review.opened", target=review, by=by)
    if starts_date:
        set_dates(review, starts_date, ends_date, short_notice_reason, by)
    return review


@transaction.atomic
def open_compliance_review(
    *,
    service_id: int,
    origin: str,
    reason: str,
    procedure_id: int,
    kind: str,
    mode: str,
    title: str,
    starts_date: dt.date | None,
    ends_date: dt.date | None,
    by: User,
    short_notice_reason: str = "",
) -> Review:
    """Open a COMPLIANCE review of a service from a risk (with the risk in words) or from the sample; with dates it is planned.

    The service's row is locked: two people opening a review open one. Raises InvalidTransition. Source: design, two tracks.
    """
    if origin not in (Origin.RISK, Origin.SAMPLE):
        raise InvalidTransition("A compliance review starts from a decision, a risk or the random sample.")
    if origin == Origin.RISK and not reason.strip():
        raise InvalidTransition("Enter what the risk is")
    if origin == Origin.SAMPLE and not DrawnService.objects.filter(service=service_id).exists():
        raise InvalidTransition("The random sample has not drawn this service.")
    service = _service_without_review_ahead(service_id)
    review = Review.objects.create(
        title=title.strip(), purpose=Review.Purpose.COMPLIANCE, origin=origin, kind=kind, mode=mode,
        procedure=procedure_in_use(procedure_id), requested_reason=reason.strip(), region_id=service.region_id, visit_lead=by, opened_by=by,
    )  # fmt: skip
    ReviewService.objects.create(review=review, service=service, position=1)
    audit.record("review.opened", target=review, by=by)
    if starts_date:
        set_dates(review, starts_date, ends_date, short_notice_reason, by)
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
        origin=Review.Origin.REQUEST,
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


def refuse_second(service: Service) -> None:
    """Raises InvalidTransition while a compliance review of the service is ahead or goes on, whatever it was opened from."""
    if ahead := ahead_words(service):
        raise InvalidTransition(ahead)


def _service_without_review_ahead(service_id: int) -> Service:
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    refuse_second(service)
    return service


def _any_procedure() -> Procedure:
    procedure = Procedure.objects.filter(status=Procedure.Status.PUBLISHED).first()
    if procedure is None:
        raise InvalidTransition("No procedure is published yet, so no review can be asked for.")
    return procedure
