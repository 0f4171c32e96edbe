"""What was told to whom, so that a job that runs again tells nobody twice."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from work.jobs import Lease
from work.models import ReminderSent


@transaction.atomic
def record_told(*, key: str, people: Iterable[User], lease: Lease) -> None:
    """Note that ``people`` got the notice called ``key``, and complete the job. Raises LeaseLost."""
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user=person) for person in people], ignore_conflicts=True)
    lease.complete()
