"""The evidence request: documents asked of a service for a topic or a key indicator, each with why; how the service answers."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import EvidenceAsk, Review
from peerreview.queries.evidence_asks import fitting_documents, key_indicators_of
from peerreview.services.locks import locked_review
from peerreview.services.once import kept_before
from surveillance.models import EvidenceItem
from surveillance.services import evidence as filing
from surveillance.services.clash import check_version
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status = Review.Status
ASKING = (Status.PROPOSED, Status.PLANNED, Status.NOTIFIED, Status.PREPARING)
SENDING = (Status.NOTIFIED, Status.PREPARING)
ANSWERING = (Status.NOTIFIED, Status.PREPARING, Status.VISITING)
ONLY = "Choose a focus topic or a key indicator: documents are asked for nothing else."
ONLY_LEARNING = "Choose a learning question: documents are asked for nothing else."


@transaction.atomic
def ask_for_document(
    *, review_id: int, service_id: int, what: str, why: str, by: User, topic_id: int | None = None, indicator_id: int | None = None,
    client_id: uuid.UUID | None = None,
) -> EvidenceAsk:  # fmt: skip
    """Ask for a document for one topic or one key indicator. After the request was sent the service hears of it once a day.

    The same form sent twice asks once.

    Raises InvalidTransition for anything else than a topic of the review or a key indicator of its services.
    """
    review = _review_in(review_id, ASKING, "no more documents can be asked for")
    if kept := kept_before(EvidenceAsk, client_id, review=review, asked_by=by):
        return kept
    _check_about(review, topic_id, indicator_id)
    if not review.services.filter(pk=service_id).exists():
        raise InvalidTransition("Select a service under review")
    ask = EvidenceAsk.objects.create(
        review=review, service_id=service_id, topic_id=topic_id, indicator_id=indicator_id, what=what.strip(), why=why.strip(),
        asked_by=by, asked_at=timezone.now(), client_id=client_id,
    )  # fmt: skip
    audit.record("evidence.asked", target=ask, by=by)
    if review.evidence_requested_at and review.status in SENDING:
        _tell(review, by)
    return ask


@transaction.atomic
def change_ask(*, ask_id: int, what: str, why: str, by: User, version: int | None = None) -> EvidenceAsk:
    """Say better which document is meant, or why. Raises InvalidTransition, SomeoneElseChanged."""
    ask = _locked(ask_id, ASKING, "what is asked for cannot change")
    check_version(ask, ask.version, version)
    ask.what, ask.why = what.strip(), why.strip()
    ask.version += 1
    ask.save(update_fields=["what", "why", "version"])
    audit.record("evidence_ask.changed", target=ask, by=by)
    return ask


@transaction.atomic
def remove_ask(*, ask_id: int, by: User) -> None:
    """Ask for it no more; a document that answered it stays filed. Raises InvalidTransition."""
    ask = _locked(ask_id, ASKING, "what is asked for cannot change")
    audit.record("evidence_ask.removed", target=ask, by=by)
    ask.delete()


@transaction.atomic
def send_request(*, review_id: int, by: User) -> Review:
    """Send the list to the service. Raises InvalidTransition before the notice, when it is empty, and when it was sent."""
    review = _review_in(review_id, SENDING, "the evidence request cannot be sent now")
    if review.evidence_requested_at:
        raise InvalidTransition(
            f"The evidence request was sent on {day_words(timezone.localdate(review.evidence_requested_at))}. "
            "The service sees at once what you add."
        )
    if not review.evidence_asks.exists():
        raise InvalidTransition("Add at least one document before you send the request.")
    review.evidence_requested_at, review.evidence_requested_by = timezone.now(), by
    review.version += 1
    review.save(update_fields=["evidence_requested_at", "evidence_requested_by", "version"])
    audit.record("evidence.requested", target=review, by=by)
    _tell(review, by)
    return review


@transaction.atomic
def choose_document(*, ask_id: int, item_id: int, by: User) -> EvidenceAsk:
    """Answer an ask with a document that is filed for the same service already. Raises InvalidTransition."""
    ask = _locked(ask_id, (*ASKING, *ANSWERING), "it cannot be answered now")
    item = fitting_documents(ask).filter(pk=item_id).first()
    if item is None:
        raise InvalidTransition("Select a document of this service")
    return _answer(ask, by, item=item)


def file_document(*, ask_id: int, title: str, content: dict[str, Any], by: User) -> EvidenceAsk:
    """File a new document, by the rules of all evidence, and answer the ask with it.

    ``content`` is what ``add_file`` or ``add_link`` takes. Raises InvalidTransition and UploadRefused.
    """
    with transaction.atomic():
        ask = _locked(ask_id, ANSWERING, "it cannot be answered now")
        add = filing.add_link if "link" in content else filing.add_file
        item = add(service_id=ask.service_id, title=title.strip() or ask.what, by=by, **content)
        return _answer(ask, by, item=item)


@transaction.atomic
def say_cannot(*, ask_id: int, reason: str, by: User) -> EvidenceAsk:
    """Say why the service cannot give the document. Raises InvalidTransition."""
    ask = _locked(ask_id, ANSWERING, "it cannot be answered now")
    if not reason.strip():
        raise InvalidTransition("Enter why you cannot give it")
    return _answer(ask, by, cannot_reason=reason.strip())


def _answer(ask: EvidenceAsk, by: User, *, item: EvidenceItem | None = None, cannot_reason: str = "") -> EvidenceAsk:
    ask.item, ask.cannot_reason, ask.answered_by, ask.answered_at = item, cannot_reason, by, timezone.now()
    ask.save(update_fields=["item", "cannot_reason", "answered_by", "answered_at"])
    audit.record("evidence_ask.answered", target=ask, by=by)
    return ask


def _check_about(review: Review, topic_id: int | None, indicator_id: int | None) -> None:
    is_topic = topic_id is not None and indicator_id is None and review.topics.filter(pk=topic_id).exists()
    is_key = topic_id is None and indicator_id in {indicator.pk for indicator in key_indicators_of(review)}
    if not (is_topic or is_key):
        raise InvalidTransition(ONLY_LEARNING if review.is_learning else ONLY)


def _tell(review: Review, by: User) -> None:
    today = timezone.localdate()
    jobs.enqueue("mail.evidence_request", key=f"{review.pk}:{today.isoformat()}", review_id=review.pk, requested_by=by)


def _locked(ask_id: int, statuses: tuple[str, ...], so: str) -> EvidenceAsk:
    review = _review_in(EvidenceAsk.objects.values_list("review", flat=True).get(pk=ask_id), statuses, so)
    ask = EvidenceAsk.objects.select_for_update(of=("self",)).select_related("service").get(pk=ask_id)
    ask.review = review
    return ask


def _review_in(review_id: int, statuses: tuple[str, ...], so: str) -> Review:
    review = locked_review(review_id)
    if review.status not in statuses:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so {so}.")
    return review
