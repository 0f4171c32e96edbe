"""What was told to whom, so that a job that runs again tells nobody twice."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from work.jobs import Lease
from work.models import ReminderSent


def record_told(*, key: str, people: Iterable[User], lease: Lease) -> None:
    """Note that ``people`` got the notice called ``key``, and complete the job. Raises LeaseLost."""
    record_told_of_many(keys=[key], people=people, lease=lease)


@transaction.atomic
def record_told_of_many(*, keys: Iterable[str], people: Iterable[User], lease: Lease) -> None:
    """Note that ``people`` got one mail about all that ``keys`` name, and complete the job. Raises LeaseLost."""
    told = [ReminderSent(key=key, user=person) for key in keys for person in people]
    ReminderSent.objects.bulk_create(told, ignore_conflicts=True)
    lease.complete()
