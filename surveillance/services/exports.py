"""Asking for the files of a round that a job makes."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.canonical import sha256_of
from surveillance.models import Round
from work import jobs
from work.models import Job


@transaction.atomic
def request_workbook(*, round_id: int, stage: str, query: str, by: User) -> Job:
    """Ask for the Excel file of a round at one stage, narrowed as ``query`` says; the same while it is being made is that job."""
    opened = Round.objects.get(pk=round_id)
    audit.record("round.workbook_requested", target=opened, by=by)
    key = sha256_of(f"{round_id}-{stage}-{query}-{by.pk}")
    return jobs.enqueue("round.workbook", key=key, requested_by=by, round_id=round_id, stage=stage, query=query)
