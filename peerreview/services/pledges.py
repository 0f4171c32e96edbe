"""Pledges: made on a visit, kept once however often a device sends them, asked about months later."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Pledge, Review, Side
from peerreview.queries.milestones import add_months
from peerreview.queries.pledges import pledges_to_ask
from peerreview.queries.sides import side_of
from peerreview.services.learning import LEARNING
from peerreview.services.locks import locked_review
from surveillance.models import Service
from surveillance.services.clash import AlreadyDone
from work import jobs
from work.items import day_words
from work.status import InvalidTransition


@transaction.atomic
def make_pledge(*, review_id: int, client_id: uuid.UUID, text: str, by: User, service_id: int | None = None) -> Pledge:
    """Keep what somebody will do in their own service. The client makes the id: the same pledge sent twice is one row.

    ``service_id`` is the service that a pledge of the service's side is for. Raises InvalidTransition.
    """
    review = locked_review(review_id)
    kept = Pledge.objects.filter(client_id=client_id).first()
    if kept:
        return _own(kept, review, by)
    side = side_of(review, by)
    if not side:
        raise InvalidTransition("Only the service and the visiting team make pledges.")
    if review.status not in LEARNING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so no pledge can be made now.")
    service = _service(review, service_id) if side == Side.SERVICE else None
    made = {"side": side, "made_by": by, "service": service, "text": text.strip(), "ask_date": ask_date(review)}
    try:
        with transaction.atomic():
            pledge = Pledge.objects.create(review=review, client_id=client_id, **made)
    except IntegrityError:  # sent for another review at the same moment
        return _own(Pledge.objects.get(client_id=client_id), review, by)
    audit.record("pledge.made", target=pledge, by=by)
    return pledge


def ask_date(review: Review) -> dt.date:
    """When a pledge made today is asked about: the procedure's months after the visit, or after today once that has passed."""
    months, today = review.procedure.pledge_after_months, timezone.localdate()
    asked = add_months(review.ends_date or today, months)
    return asked if asked > today else add_months(today, months)


def may_answer(pledge: Pledge) -> bool:
    """Whether its day has come, and its maker has not said yet what came of it."""
    return pledge.answered_at is None and pledge.ask_date <= timezone.localdate()


@transaction.atomic
def answer_pledge(*, pledge_id: int, outcome: str, what_came_of_it: str, by: User) -> Pledge:
    """Say what came of one's own pledge, once, from the day on which it is asked about. Raises InvalidTransition."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge_id)
    if pledge.made_by_id != by.pk:
        raise InvalidTransition("Only the person who made a pledge says what came of it.")
    if pledge.answered_at:
        raise AlreadyDone(f"You answered this on {day_words(timezone.localdate(pledge.answered_at))}. You do not need to do anything.")
    if pledge.ask_date > timezone.localdate():
        raise InvalidTransition(f"You will be asked about this on {day_words(pledge.ask_date)}.")
    if not what_came_of_it.strip():
        raise InvalidTransition("Enter what came of it")
    pledge.outcome, pledge.what_came_of_it, pledge.answered_at = outcome, what_came_of_it.strip(), timezone.now()
    pledge.save(update_fields=["outcome", "what_came_of_it", "answered_at"])
    audit.record("pledge.answered", target=pledge, by=by)
    return pledge


@transaction.atomic
def ask_about_pledges(*, today: dt.date | None = None) -> int:
    """Ask for one mail to the maker of each pledge whose day has come; gives how many. Nobody is asked twice."""
    waiting = pledges_to_ask(today or timezone.localdate())
    for pledge in waiting:
        jobs.enqueue("mail.pledge_question", key=str(pledge.pk), pledge_id=pledge.pk)
    return len(waiting)


def _own(kept: Pledge, review: Review, by: User) -> Pledge:
    if kept.made_by_id != by.pk or kept.review_id != review.pk:
        raise InvalidTransition("This pledge was made by someone else.")
    return kept


def _service(review: Review, service_id: int | None) -> Service:
    services = list(review.services.all())
    if service_id is None and len(services) == 1:
        return services[0]
    found = next((service for service in services if service.pk == service_id), None)
    if found is None:
        raise InvalidTransition("Select the service that will do it")
    return found
