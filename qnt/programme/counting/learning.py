"""Rows of learning: cards, what others do with them, exchanges, pledges. Those of reviews for learning are marked, and stand apart."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from peerreview.models import Exchange, Pledge, Review
from qnt.programme.counting.years import on_days, within
from qnt.programme.models import ProgrammeFact, half_of
from reports.models import LearningCard, Uptake

TAKEN_UP = (Uptake.Step.TRYING, Uptake.Step.ADOPTED)


def learning_facts(year: int) -> Iterator[ProgrammeFact]:
    """Everything that was shared, taken up, exchanged and pledged in a year."""
    cards = LearningCard.objects.filter(status=LearningCard.Status.SHARED, **within("answered_at", year))
    for card in cards.select_related("review").order_by("pk").iterator():
        yield _fact(card.review, "LEARN_CARDS", card.pk, timezone.localdate(card.answered_at), 1, service_id=card.service_id)
    uptakes = Uptake.objects.filter(**within("said_at", year)).select_related("card__review", "service").order_by("pk")
    for one in uptakes.iterator():
        day, is_taken = timezone.localdate(one.said_at), int(one.step in TAKEN_UP)
        where = {"service_id": one.service_id, "region_id": one.service.region_id, "choice": one.step}
        yield _fact(one.card.review, "LEARN_UPTAKE", one.pk, day, is_taken, **where)
    asked = Exchange.objects.filter(**within("asked_at", year)).select_related("review").order_by("pk")
    for exchange in asked.iterator():
        took_place = int(exchange.status == Exchange.Status.HAPPENED)
        where = {"service_id": exchange.service_id, "choice": exchange.kind}
        yield _fact(exchange.review, "LEARN_EXCHANGES", exchange.pk, timezone.localdate(exchange.asked_at), took_place, **where)
    due = Pledge.objects.filter(ask_date__lte=timezone.localdate(), **on_days("ask_date", year)).exclude(review__status="CANCELLED")
    for pledge in due.select_related("review").order_by("pk").iterator():
        is_kept = int(pledge.outcome == Pledge.Outcome.KEPT)
        yield _fact(pledge.review, "LEARN_PLEDGES", pledge.pk, pledge.ask_date, is_kept, side=pledge.side, choice=pledge.outcome)


def _fact(review: Review, code: str, unit_id: int, day: dt.date, value: int, **columns: Any) -> ProgrammeFact:
    facts: dict[str, Any] = {"region_id": review.region_id} | columns
    return ProgrammeFact(
        year=day.year, half=half_of(day), measure=code, unit_id=unit_id, day=day, review=review, kind=review.kind,
        procedure_id=review.procedure_id, is_learning=review.is_learning, value=value, **facts,
    )  # fmt: skip
