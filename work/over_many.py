"""One act on many things by a job: each thing in a transaction of its own, and a line that says what became of it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import transaction

from work.jobs import RunningJob
from work.models import JobLine
from work.status import InvalidTransition


class Thing(NamedTuple):
    """One thing of many: its id, what people call it, and where it is looked at."""

    subject_id: int
    label: str
    path: str


def do_each(job: RunningJob, things: Sequence[Thing], act: Callable[[int], object], *, working: str) -> None:
    """Call ``act`` with the id of each thing; a refusal (InvalidTransition) is a line with its reason, and the rest goes on.

    The act and its line are one transaction, so a job that is run again does nothing twice. ``working`` says what is being
    done: "Accepting self-reports" shows as "Accepting self-reports: 12 of 46". Raises LeaseLost.
    """
    written = set(JobLine.objects.filter(job=job.job).values_list("subject_id", flat=True))
    for done, thing in enumerate(things, start=1):
        if thing.subject_id not in written:
            _do_one(job, thing, act)
        job.progress(done, len(things), f"{working}: {done:,} of {len(things):,}")
    job.lease.complete(sentence=words_of_lines(job.job.pk))


def _do_one(job: RunningJob, thing: Thing, act: Callable[[int], object]) -> None:
    with transaction.atomic():
        reason = ""
        try:
            with transaction.atomic():
                act(thing.subject_id)
        except InvalidTransition as refused:
            reason = str(refused)
        JobLine.objects.create(
            job=job.job, subject_id=thing.subject_id, label=thing.label, path=thing.path, is_done=not reason, reason=reason
        )
        job.lease.extend()


def words_of_lines(job_id: int) -> str:
    """ "44 done, 2 not done"; empty for a job without lines."""
    outcomes = list(JobLine.objects.filter(job=job_id).values_list("is_done", flat=True).order_by())
    done = sum(outcomes)
    if not outcomes:
        return ""
    return f"{done:,} done, {len(outcomes) - done:,} not done" if done < len(outcomes) else f"{done:,} done"
