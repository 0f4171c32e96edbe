"""Writes of the work app: the table of bank holidays."""

import datetime as dt

from django.core.cache import caches
from django.db import transaction

from accounts import audit
from accounts.models import User
from work.models import BankHoliday
from work.working_days import CACHE_KEY


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
