"""Challenges: a service says that an indicator is out of date, the national lead answers; one upheld suspends the indicator."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.models import Answer, Indicator, IndicatorChallenge, InvalidTransition, Service
from surveillance.notifications.indicators import note_challenge_answered
from surveillance.services.clash import AlreadyDone, check_version
from surveillance.services.rescoring import ask_to_rescore
from surveillance.suspension import reason_of_lifting

Status = IndicatorChallenge.Status


class AlreadyChallenged(AlreadyDone):
    """The service has a challenge of this indicator that waits for an answer; ``current`` is it."""

    def __init__(self, current: IndicatorChallenge) -> None:
        self.current = current
        super().__init__(
            f"{current.made_by.name} challenged this indicator for your service at {long_datetime(current.made_at)}. "
            "It waits for an answer, so yours was not sent."
        )


@transaction.atomic
def raise_challenge(*, answer_id: int, self_report_id: int, reason: str, by: User, at: dt.datetime | None = None) -> IndicatorChallenge:
    """Say for a service that an indicator is out of date. The answer still counts until a challenge is upheld.

    The service is locked: two of its people make one challenge. Raises AlreadyChallenged while one is open.
    """
    answer = Answer.objects.select_related("indicator", "self_report").get(pk=answer_id, self_report=self_report_id)
    service = Service.objects.select_for_update().get(pk=answer.self_report.service_id)
    current = IndicatorChallenge.objects.open().filter(indicator=answer.indicator, service=service).select_related("made_by").first()
    if current:
        raise AlreadyChallenged(current)
    challenge = IndicatorChallenge.objects.create(
        indicator=answer.indicator, service=service, reason=reason.strip(), made_by=by, made_at=at or timezone.now()
    )
    audit.record("indicator_challenge.made", target=challenge, by=by)
    return challenge


@transaction.atomic
def answer_challenges(
    *, challenge_ids: list[int], decision: str, reply: str, by: User, suspend_from: dt.date | None = None, suspend_reason: str = "",
    revision: int | None = None, at: dt.datetime | None = None,
) -> list[IndicatorChallenge]:  # fmt: skip
    """Answer open challenges of one indicator with one decision and one reply.

    UPHELD suspends the indicator from ``suspend_from``; a job writes the scores. ``revision`` is the indicator's when the page
    was opened. Raises AlreadyDone when one is answered already, SomeoneElseChanged when the indicator changed, InvalidTransition.
    """
    challenges = list(IndicatorChallenge.objects.select_for_update().filter(pk__in=challenge_ids).order_by("pk"))
    if not challenges or len({one.indicator_id for one in challenges}) != 1 or len(challenges) != len(set(challenge_ids)):
        raise InvalidTransition("Select challenges of one indicator")
    for one in challenges:
        if one.replied_at and one.replied_by:
            raise AlreadyDone(f"{one.replied_by.name} answered this at {long_datetime(one.replied_at)}. You do not need to do anything.")
        one.check_may_become(decision)
    indicator = Indicator.objects.select_for_update().get(pk=challenges[0].indicator_id)
    check_version(indicator, indicator.revision, revision)
    for one in challenges:
        one.status, one.reply, one.replied_by, one.replied_at = decision, reply.strip(), by, at or timezone.now()
        one.save(update_fields=["status", "reply", "replied_by", "replied_at"])
        audit.record(f"indicator_challenge.{decision.lower()}", target=one, by=by)
        note_challenge_answered(one)
    if decision == Status.UPHELD:
        if suspend_from is None or not suspend_reason.strip():
            raise InvalidTransition("Enter from which day the indicator is suspended, and why")
        _suspend(indicator, from_day=suspend_from, reason=suspend_reason.strip(), by=by)
    return challenges


def _suspend(indicator: Indicator, *, from_day: dt.date, reason: str, by: User) -> None:
    indicator.suspended_from, indicator.suspended_reason, indicator.revision = from_day, reason, indicator.revision + 1
    indicator.save(update_fields=["suspended_from", "suspended_reason", "revision"])
    audit.record("indicator.suspended", target=indicator, by=by, reason=reason)
    ask_to_rescore(indicator, by=by)


@transaction.atomic
def lift_suspension(*, indicator_id: int, reason: str, by: User, revision: int | None = None) -> Indicator:
    """Let a suspended indicator count again, with a reason; a job writes the scores.

    Raises InvalidTransition when it is not suspended, SomeoneElseChanged when it changed after the page was opened.
    """
    indicator = Indicator.objects.select_for_update().get(pk=indicator_id)
    if indicator.suspended_from is None:
        raise InvalidTransition(f"Indicator {indicator.number} is not suspended.")
    check_version(indicator, indicator.revision, revision)
    indicator.suspended_from, indicator.suspended_reason = None, reason_of_lifting(timezone.localdate(), reason)
    indicator.revision += 1
    indicator.save(update_fields=["suspended_from", "suspended_reason", "revision"])
    audit.record("indicator.suspension_lifted", target=indicator, by=by, reason=reason)
    ask_to_rescore(indicator, by=by)
    return indicator
