"""Waiting for the demonstration's jobs: by a real worker when one runs, else in this process."""

import datetime as dt
import time

from django.conf import settings
from django.utils import timezone

from work import jobs
from work.models import Job, PeriodicRun

PATIENCE_SECONDS = 240


def worker_runs() -> bool:
    """Whether a worker and beat are at work: the sweeper ran within the last half minute."""
    run = PeriodicRun.objects.filter(name="sweep_jobs").first()
    return settings.JOBS_RING_BELL and run is not None and timezone.now() - run.ran_at < dt.timedelta(seconds=30)


def finish_jobs(*kinds: str) -> None:
    """Return when no job (of ``kinds``) waits or runs. What a worker does not finish in time is run here."""
    live = Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    waiting = live.filter(kind__in=kinds) if kinds else live
    deadline = time.monotonic() + PATIENCE_SECONDS
    while worker_runs() and waiting.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    if waiting.exists():
        jobs.run_pending()
    failed = Job.objects.filter(status=Job.Status.FAILED)
    if failed.exists() and failed[0].kind[:5] != "mail.":
        raise RuntimeError(f"A job of the demonstration failed: {failed[0].kind}: {failed[0].error}")
