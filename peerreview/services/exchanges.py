"""What hosts ask of a reviewer after a visit: a return visit, a call, a document. Asked, agreed or declined, then it takes place."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Exchange, Review
from peerreview.notifications_learning import note_exchange_answered
from peerreview.queries.exchanges import hosts_exchange, reviewers_to_ask
from peerreview.queries.sides import hosts
from peerreview.services.locks import locked_review
from peerreview.services.once import kept_before
from surveillance.services.clash import AlreadyDone
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Status = Exchange.Status
# A return visit is asked for when the visit is over; also after the review was closed.
AFTER_VISIT = (Review.Status.REPORTING, Review.Status.FOLLOW_UP, Review.Status.CLOSED)


@transaction.atomic
def ask_exchange(
    *, review_id: int, service_id: int, kind: str, what: str, asked_of_id: int, by: User, client_id: uuid.UUID | None = None
) -> Exchange:
    """Ask a reviewer who visited for an exchange; they are told at once and may decline. The same form sent twice asks once.

    Raises InvalidTransition.
    """
    review = locked_review(review_id)
    if kept := kept_before(Exchange, client_id, review=review, asked_by=by):
        return kept
    if not hosts(review, by):
        raise InvalidTransition("Only the service that was visited asks for an exchange.")
    if review.status not in AFTER_VISIT:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Ask for an exchange after the visit.")
    if not review.services.filter(pk=service_id).exists():
        raise InvalidTransition("Select a service under review")
    if asked_of_id not in {person.pk for person in reviewers_to_ask(review)}:
        raise InvalidTransition("Select a reviewer who was on this visit")
    exchange = Exchange.objects.create(
        review=review, service_id=service_id, kind=kind, what=what.strip(), asked_by=by, asked_of_id=asked_of_id, client_id=client_id
    )
    audit.record("exchange.asked", target=exchange, by=by)
    jobs.enqueue("mail.exchange_asked", exchange_id=exchange.pk, requested_by=by)
    return exchange


@transaction.atomic
def answer_exchange(*, exchange_id: int, agrees: bool, note: str, by: User) -> Exchange:
    """Agree to an exchange or decline it; the service is told. Raises InvalidTransition."""
    exchange = _locked(exchange_id)
    if exchange.asked_of_id != by.pk:
        raise InvalidTransition("Only the reviewer who was asked can answer.")
    if exchange.status != Status.ASKED:
        raise AlreadyDone(f"This is {exchange.get_status_display().lower()} already. You do not need to do anything.")
    exchange.status, exchange.note, exchange.answered_at = (Status.AGREED if agrees else Status.DECLINED), note.strip(), timezone.now()
    exchange.save(update_fields=["status", "note", "answered_at"])
    audit.record("exchange.agreed" if agrees else "exchange.declined", target=exchange, by=by)
    if exchange.review.is_learning:
        jobs.enqueue("mail.exchange_answered", exchange_id=exchange.pk, requested_by=by)
    else:
        note_exchange_answered(exchange)
    return exchange


@transaction.atomic
def record_exchange(*, exchange_id: int, happened_on: dt.date, by: User) -> Exchange:
    """Record the day on which an agreed exchange took place; either side can. Raises InvalidTransition."""
    exchange = _locked(exchange_id)
    if exchange.asked_of_id != by.pk and not hosts_exchange(exchange, by):
        raise InvalidTransition("Only the service and the reviewer record that it took place.")
    if exchange.status == Status.HAPPENED and exchange.happened_on:
        raise AlreadyDone(f"It took place on {day_words(exchange.happened_on)}. You do not need to do anything.")
    if exchange.status != Status.AGREED:
        raise InvalidTransition(f"This is {exchange.get_status_display().lower()}, so it cannot be recorded as having taken place.")
    asked_on = timezone.localdate(exchange.asked_at)
    if not asked_on <= happened_on <= timezone.localdate():
        raise InvalidTransition(f"The day must be from {day_words(asked_on)}, when it was asked for, to today.")
    exchange.status, exchange.happened_on = Status.HAPPENED, happened_on
    exchange.save(update_fields=["status", "happened_on"])
    audit.record("exchange.took_place", target=exchange, by=by)
    return exchange


def _locked(exchange_id: int) -> Exchange:
    found = Exchange.objects.select_for_update(of=("self",)).select_related("review", "asked_by", "asked_of")
    return found.get(pk=exchange_id)
