"""A reminder by hand: somebody who waits for others asks them once more, at most once a day about each thing."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import clock_time
from work import jobs
from work.items import WorkItem, work_items
from work.models import ReminderSent
from work.status import InvalidTransition

NOBODY = "This no longer waits for anyone. No reminder was sent."


def _key(reference: str, day: dt.date) -> str:
    return f"hand:{reference}:{day.isoformat()}"


def can_be_reminded(item: WorkItem, by: User) -> bool:
    """Whether ``by`` waits for people who are known, other than themselves."""
    return bool(not item.is_mine and item.reference and set(item.holder_ids) - {by.pk})


def sent_today(by: User, references: Iterable[str]) -> dict[str, dt.datetime]:
    """When ``by`` sent a reminder today, by the things' references; one statement."""
    today = timezone.localdate()
    keys = {_key(reference, today): reference for reference in references}
    return {keys[row.key]: row.sent_at for row in ReminderSent.objects.filter(user=by, key__in=keys)}


def item_of(holder: User, reference: str) -> WorkItem | None:
    """The thing as its holder sees it among their own work, or None when it waits for them no more."""
    return next((item for item in work_items(holder) if item.is_mine and item.reference == reference), None)


@transaction.atomic
def send_reminder(*, reference: str, by: User, at: dt.datetime | None = None) -> WorkItem:
    """Remind the people for whom ``by`` waits; gives the thing as ``by`` sees it.

    Raises InvalidTransition when it is not among what ``by`` waits for, when its holders have it on their lists no more,
    and when a reminder about it went today already. Two presses at once send one.
    """
    now = at or timezone.now()
    listed = (item for item in work_items(by) if item.reference == reference and can_be_reminded(item, by))
    item = next(listed, None)
    if item is None:
        raise InvalidTransition(NOBODY)
    holders = User.objects.filter(pk__in=item.holder_ids, is_active=True).exclude(pk=by.pk).order_by("pk")
    holder_ids = [holder.pk for holder in holders if item_of(holder, reference)]
    if not holder_ids:
        raise InvalidTransition(NOBODY)
    key = _key(reference, timezone.localdate(now))
    sent, is_first = ReminderSent.objects.get_or_create(key=key, user=by, defaults={"sent_at": now})
    if not is_first:
        raise InvalidTransition(f"You sent this reminder at {clock_time(sent.sent_at)}. You can send another tomorrow.")
    audit.record("reminder.sent", target=sent, by=by)
    jobs.enqueue(
        "mail.reminder_by_hand", key=f"{key}:{by.pk}", requested_by=by, reference=reference, sender_id=by.pk, holder_ids=holder_ids
    )
    return item
