"""Rows of actions of compliance, of challenges, of receipts, and of changes that services filed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from peerreview.models import FindingAction, ImpactEvidence, Review
from qnt.programme.counting.years import on_days, within
from qnt.programme.models import ProgrammeFact, half_of
from reports.models import Receipt
from surveillance.models import Action, IndicatorChallenge

Row = tuple[int, dt.date, bool]


def action_facts(year: int) -> Iterator[ProgrammeFact]:
    """Everything about actions in a year, and the measures of domains that come from no review."""
    actions = Action.objects.of_compliance().select_related("service").order_by("pk")
    reviews = {pk: (review, kind, procedure) for pk, review, kind, procedure in _causes()}
    today = timezone.localdate()
    yield from _owned(actions, year, today, reviews)
    yield from _on_time(actions, year, today, reviews)
    for action in actions.filter(**within("accepted_at", year)).iterator():
        yield _of_action(action, "DIR_BLOCKED", _day(action.accepted_at), bool(action.blocked_reason), reviews)
    for action in actions.filter(**within("drafted_at", year)).iterator():
        is_own = action.decision_id is None and action.pk not in reviews
        yield _of_action(action, "ORG_OWN", _day(action.drafted_at), is_own, reviews)
    yield from _challenges(year)
    yield from _receipts(year)
    yield from _changes(year)


def _causes() -> Iterable[tuple[int, int, str, int]]:
    """Action, review, kind and procedure, of actions that answer a finding."""
    return FindingAction.objects.order_by("pk").values_list(
        "action", "finding__review", "finding__review__kind", "finding__review__procedure"
    )


def _owned(actions: QuerySet[Action], year: int, today: dt.date, reviews: dict[int, Any]) -> Iterator[ProgrammeFact]:
    answered = Q(accepted_at__isnull=False) | ~Q(status=Action.Status.OFFERED) | Q(offer_due_date__lt=today)
    for action in actions.filter(answered, **within("offered_at", year)).iterator():
        yield _of_action(action, "DIR_OWNED", _day(action.offered_at), action.accepted_at is not None, reviews)


def _on_time(actions: QuerySet[Action], year: int, today: dt.date, reviews: dict[int, Any]) -> Iterator[ProgrammeFact]:
    for action in actions.exclude(status=Action.Status.DRAFT).filter(due_date__lt=today, **on_days("due_date", year)).iterator():
        is_done = action.done_at is not None and _day(action.done_at) <= action.due_date
        yield _of_action(action, "DIR_ON_TIME", action.due_date, is_done, reviews)
        if action.addressed_to == Action.AddressedTo.COMMISSIONER:
            yield _of_action(action, "STA_COMMISSIONER", action.due_date, is_done, reviews)


def _of_action(action: Action, code: str, day: dt.date, value: bool, reviews: dict[int, Any]) -> ProgrammeFact:
    review, kind, procedure = reviews.get(action.pk, (None, "", None))
    return ProgrammeFact(
        year=day.year, half=half_of(day), measure=code, unit_id=action.pk, day=day, region_id=action.service.region_id,
        service_id=action.service_id, review_id=review, kind=kind, procedure_id=procedure, value=int(value),
    )  # fmt: skip


def _challenges(year: int) -> Iterator[ProgrammeFact]:
    made = IndicatorChallenge.objects.filter(**within("made_at", year)).select_related("service", "indicator").order_by("pk")
    for one in made.iterator():
        day = _day(one.made_at)
        yield ProgrammeFact(
            year=year, half=half_of(day), measure="ANT_CHALLENGES", unit_id=one.pk, day=day, region_id=one.service.region_id,
            service_id=one.service_id, indicator_set_id=one.indicator.indicator_set_id, value=1,
        )  # fmt: skip


def _receipts(year: int) -> Iterator[ProgrammeFact]:
    """Receipts of people whose organisation runs none of the services that were visited."""
    compliance = Q(report__review__purpose=Review.Purpose.COMPLIANCE, organisation__isnull=False)
    runs = Q(report__review__services__provider=F("organisation")) | Q(report__review__services__network=F("organisation"))
    hosts = Q(report__review__services__network__host=F("organisation"))
    issued = Receipt.objects.filter(compliance, **within("issued_at", year))
    others = issued.exclude(pk__in=issued.filter(runs | hosts).values("pk")).select_related("report__review").order_by("pk")
    for one in others.iterator():
        day, review = _day(one.issued_at), one.report.review
        yield _of_review(review, "INF_OPENED", one.pk, day, int(one.opened_at is not None))


def _changes(year: int) -> Iterator[ProgrammeFact]:
    compliance = ImpactEvidence.objects.filter(review__purpose=Review.Purpose.COMPLIANCE, **within("filed_at", year))
    for one in compliance.select_related("review").order_by("pk").iterator():
        yield _of_review(one.review, f"CHANGE_{one.domain}", one.pk, _day(one.filed_at), 1, service_id=one.service_id)


def _of_review(review: Review, code: str, unit_id: int, day: dt.date, value: int, **columns: Any) -> ProgrammeFact:
    return ProgrammeFact(
        year=day.year, half=half_of(day), measure=code, unit_id=unit_id, day=day, region_id=review.region_id, review=review,
        kind=review.kind, procedure_id=review.procedure_id, value=value, **columns,
    )  # fmt: skip


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)
