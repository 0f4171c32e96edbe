"""Writes of the work app: the table of bank holidays, and the private addresses of calendars."""

import datetime as dt
import secrets

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from work.calendar import hash_of
from work.models import BankHoliday, CalendarFeed
from work.working_days import CACHE_KEY

TOKEN_BYTES = 32


@transaction.atomic
def add_bank_holiday(*, date: dt.date, name: str, by: User) -> BankHoliday:
    """Add a day on which England does not work; every clock counts anew from then on."""
    holiday = BankHoliday.objects.create(date=date, name=name)
    audit.record("bank_holiday.added", target=holiday, by=by)
    transaction.on_commit(lambda: caches["local"].delete(CACHE_KEY))
    return holiday


@transaction.atomic
def remove_bank_holiday(*, holiday_id: int, by: User) -> None:
    """Take a day out of the table."""
    holiday = BankHoliday.objects.select_for_update().get(pk=holiday_id)
    audit.record("bank_holiday.removed", target=holiday, by=by)
    holiday.delete()
    transaction.on_commit(lambda: caches["local"].delete(CACHE_KEY))


@transaction.atomic
def make_calendar_address(*, by: User) -> str:
    """A new secret for the person's calendar, in place of the one before; gives it, for it is kept nowhere: only its hash is."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed, _ = CalendarFeed.objects.update_or_create(user=by, defaults={"token_hash": hash_of(token), "made_at": timezone.now()})
    audit.record("calendar.address_made", target=feed, by=by)
    return token


@transaction.atomic
def turn_calendar_off(*, by: User) -> bool:
    """Let the address go: it answers 404 from now on. False when there was none."""
    feed = CalendarFeed.objects.select_for_update().filter(user=by).first()
    if feed is None:
        return False
    audit.record("calendar.turned_off", target=feed, by=by)
    feed.delete()
    return True
