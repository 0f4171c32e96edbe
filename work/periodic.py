"""The sweeper: what no worker holds is rung again, what died too often fails in sight, old files go. And the daily summary."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from work import digest, jobs
from work.models import Job

RING_AGAIN_AFTER = dt.timedelta(seconds=15)


def sweep_jobs() -> dict[str, int]:
    """Ring lost bells, free jobs whose lease ran out, fail those out of attempts, delete results over 7 days old."""
    now = timezone.now()
    counts = {"rung": 0, "freed": 0, "failed": 0, "deleted": 0}
    for job in Job.objects.abandoned():
        is_last = job.attempt_count >= settings.JOB_MAX_ATTEMPTS
        held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, lease_until__lt=now)
        columns = {"lease_token": None, "lease_until": None}
        if is_last:
            sentence = f"This did not work after {settings.JOB_MAX_ATTEMPTS} tries."
            counts["failed"] += held.update(status=Job.Status.FAILED, finished_at=now, error=sentence, **columns)
        else:
            counts["freed"] += held.update(status=Job.Status.QUEUED, rung_at=now - RING_AGAIN_AFTER * 2, **columns)
    for job in Job.objects.waiting(longer_than=RING_AGAIN_AFTER):
        if Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED, rung_at=job.rung_at).update(rung_at=now):
            jobs.ring(job.pk, job.queue)
            counts["rung"] += 1
    for job in Job.objects.exclude(result_file="").filter(finished_at__lt=now - dt.timedelta(days=settings.JOB_RESULT_DAYS)):
        Path(settings.MEDIA_ROOT, job.result_file).unlink(missing_ok=True)
        counts["deleted"] += Job.objects.filter(pk=job.pk).update(result_file="", result_name="")
    return counts


def send_digest() -> dict[str, int]:
    """Ask for today's daily summaries, on a working day; running it again asks only for those that were not sent."""
    return digest.start(timezone.localdate())
