"""A kind of job for a real worker in tests: its first attempts wait to be killed, a later one makes the result."""

import os
import time
from pathlib import Path

from django.db import transaction

from accounts.models import Organisation
from work.jobs import RunningJob, job_kind


@job_kind("test.slow", queue="interactive")
def slow(job: RunningJob, *, number: int) -> None:
    """Say which attempt began; hang in the first ``TEST_HANG_ATTEMPTS``; then make one row and complete the lease with it."""
    attempt = job.job.attempt_count
    job.progress(1, 2, f"Attempt {attempt}")
    Path(os.environ["TEST_MARKS"], f"attempt-{attempt}").write_text(str(os.getpid()))
    if attempt <= int(os.environ["TEST_HANG_ATTEMPTS"]):
        time.sleep(600)
    with transaction.atomic():
        Organisation.objects.create(kind=Organisation.Kind.PROVIDER, code=f"RESULT-{number}-{attempt}", name="Result")
        job.lease.complete(sentence="Made")
