"""Publishing a version of a set, which from then on never changes, and retiring an older one."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from surveillance.models import IndicatorSet, InvalidTransition, Round
from surveillance.notifications.indicators import note_published
from surveillance.services.clash import check_version

Status = IndicatorSet.Status


def repeated_numbers(numbers: list[str]) -> list[str]:
    """Numbers that are used twice, whatever their case and spaces: QPI 1 and qpi1 are one number to people."""
    seen: dict[str, str] = {}
    repeated = []
    for number in numbers:
        key = "".join(number.split()).casefold()
        if key in seen and number not in repeated:
            repeated.append(number)
        seen.setdefault(key, number)
    return repeated


def faults_of(indicator_set: IndicatorSet) -> list[str]:
    """Sentences that say why the set cannot be published; empty when it can."""
    numbers = list(indicator_set.indicators.order_by("position", "pk").values_list("number", flat=True))
    if not numbers:
        return ["This set has no indicators. Add at least one before you publish it."]
    return [f"Number {number} is used twice" for number in repeated_numbers(numbers)]


def open_rounds_using(indicator_set: IndicatorSet) -> list[int]:
    """Years of rounds that are not closed and ask this version: they keep it."""
    rounds = Round.objects.filter(sets__indicator_set=indicator_set, opened_at__isnull=False, closed_at=None)
    return sorted(set(rounds.values_list("year", flat=True)))


@transaction.atomic
def publish_indicator_set(
    *, set_id: int, change_note: str, by: User, retire_id: int | None = None, revision: int | None = None, at: dt.datetime | None = None
) -> IndicatorSet:
    """Publish a version. Its text never changes after this; versions published before stay until they are retired.

    ``retire_id`` retires an older version of the same code in the same act. Those who commented read it in their daily summary.
    Raises SomeoneElseChanged when the draft changed after ``revision``, InvalidTransition for a set that cannot be published.
    """
    indicator_set = IndicatorSet.objects.select_for_update().get(pk=set_id)
    indicator_set.check_may_become(Status.PUBLISHED)
    check_version(indicator_set, indicator_set.revision, revision)
    if faults := faults_of(indicator_set):
        raise InvalidTransition(". ".join(faults))
    indicator_set.status, indicator_set.published_at, indicator_set.published_by = Status.PUBLISHED, at or timezone.now(), by
    indicator_set.change_note = change_note.strip()
    indicator_set.save(update_fields=["status", "published_at", "published_by", "change_note"])
    audit.record("indicator_set.published", target=indicator_set, by=by)
    if retire_id is not None:
        older = IndicatorSet.objects.get(pk=retire_id, code=indicator_set.code, version__lt=indicator_set.version)
        retire_indicator_set(set_id=older.pk, reason=f"Version {indicator_set.version} takes its place.", by=by)
    note_published(indicator_set)
    return indicator_set


@transaction.atomic
def retire_indicator_set(*, set_id: int, reason: str, by: User) -> IndicatorSet:
    """Retire a published version, with a reason that its page keeps: no new round proposes it.

    Raises InvalidTransition unless it is published, and while an open round uses it.
    """
    indicator_set = IndicatorSet.objects.select_for_update().get(pk=set_id)
    indicator_set.check_may_become(Status.RETIRED)
    if years := open_rounds_using(indicator_set):
        raise InvalidTransition(f"The {years[0]} round is open and asks this version. Retire it when the round is closed.")
    retired = f"Retired on {month_date(timezone.localdate())}: {reason.strip()}"
    indicator_set.status = Status.RETIRED
    indicator_set.change_note = f"{indicator_set.change_note}\n{retired}".strip()
    indicator_set.save(update_fields=["status", "change_note"])
    audit.record("indicator_set.retired", target=indicator_set, by=by, reason=reason)
    return indicator_set
