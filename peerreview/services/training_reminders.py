"""Reminders of training that ends: 60 and 14 days before, each once to the person and to the managers of their hub."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from peerreview.models import Course
from peerreview.queries.teams import hub_managers
from peerreview.queries.training_ends import Ending, training_that_ends
from peerreview.training import REMIND_DAYS_BEFORE
from surveillance import ladder
from work import jobs
from work.models import ReminderSent


@transaction.atomic
def remind_of_training(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Ask for the mails of every step that today stands on; counts the people. Running it again sends nothing twice.

    The courses are locked: two runs at once remind nobody twice.
    """
    list(Course.objects.select_for_update(of=("self",)).filter(retired_at=None).order_by("pk"))
    today = timezone.localdate(at)
    steps = [(one, step) for one in training_that_ends(today) if (step := ladder.days_before(one.last_date, today, REMIND_DAYS_BEFORE))]
    return {"people": _remind_people(steps), "managers": _remind_managers(steps)}


def _key(one: Ending, step: str) -> str:
    return f"training:{one.record_id}:{one.last_date.isoformat()}:{step}"


def _remind_people(steps: list[tuple[Ending, str]]) -> int:
    sent = 0
    for one, step in steps:
        _, is_first = ReminderSent.objects.get_or_create(key=_key(one, step), user_id=one.user_id)
        if is_first:
            jobs.enqueue("mail.training_ends", key=_key(one, step), record_id=one.record_id, last_date=one.last_date.isoformat())
            sent += 1
    return sent


def _remind_managers(steps: list[tuple[Ending, str]]) -> int:
    """One mail a manager and run, however many people it is about."""
    news: dict[int, list[str]] = defaultdict(list)
    for hub_id in sorted({one.hub_id for one, _ in steps if one.hub_id}):
        theirs = [(one, _key(one, step)) for one, step in steps if one.hub_id == hub_id]
        for manager in hub_managers([hub_id]):
            asked = [key for one, key in theirs if one.user_id != manager.pk]
            had = set(ReminderSent.objects.filter(key__in=asked, user=manager).values_list("key", flat=True))
            news[manager.pk] += [key for key in asked if key not in had]
    for manager_id, keys in news.items():
        if keys:
            ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=manager_id) for key in dict.fromkeys(keys)])
            jobs.enqueue("mail.training_in_hub", key=f"{keys[0]}:{manager_id}", manager_id=manager_id)
    return sum(bool(keys) for keys in news.values())
