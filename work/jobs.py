"""Jobs: ask for one, run one, report progress, and hold the lease while its result is written.

``enqueue`` inserts the row in the caller's transaction and rings the bell on commit; a bell that fails is logged and
never reaches the person, since the sweeper rings again. A handler takes ids, does one slow thing, may run twice without
harm, and ends in one service call that completes the lease in the transaction of the result.
"""

import datetime as dt
import json
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.utils import timezone

from accounts.models import User
from work.models import Job

log = logging.getLogger(__name__)

Handler = Callable[..., None]


class JobFailed(Exception):
    """The work cannot succeed, however often it is tried; the message is a sentence for people."""


class LeaseLost(Exception):
    """Another worker holds this job now: whatever this one made must not be kept."""


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its handler, its queue, its hard limit in seconds, and what people call it."""

    name: str
    handler: Handler
    queue: str
    time_limit_seconds: int
    label: str


_KINDS: dict[str, JobKind] = {}


def job_kind(name: str, *, queue: str = "interactive", time_limit_seconds: int = 120, label: str = "") -> Callable[[Handler], Handler]:
    """Register a handler for jobs called ``name``; ``label`` is what "Your files" calls them ("Report (PDF)")."""

    def register(handler: Handler) -> Handler:
        _KINDS[name] = JobKind(name, handler, queue, time_limit_seconds, label or name.replace(".", " ").replace("_", " ").capitalize())
        return handler

    return register


def label_of(job: Job) -> str:
    """What people call this job, also when its kind is gone."""
    return _KINDS[job.kind].label if job.kind in _KINDS else "Work in the background"


@dataclass(frozen=True)
class Lease:
    """The right to write the result of a job, until another worker takes it over."""

    job_id: int
    token: uuid.UUID | None

    def complete(self, *, result_file: str = "", result_name: str = "", sentence: str = "") -> None:
        """Mark the job done; call it in the transaction that writes the result. Raises LeaseLost."""
        done = Job.objects.filter(pk=self.job_id, lease_token=self.token, status=Job.Status.RUNNING).update(
            status=Job.Status.DONE, lease_token=None, lease_until=None, finished_at=timezone.now(),
            result_file=result_file, result_name=result_name, sentence=sentence[:300], error="",
        )  # fmt: skip
        if not done:
            raise LeaseLost(f"Job {self.job_id} is not held by this worker any more.")

    def extend(self, **columns: Any) -> None:
        """Keep the job for another lease, writing progress along. Raises LeaseLost."""
        until = timezone.now() + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        held = Job.objects.filter(pk=self.job_id, lease_token=self.token, status=Job.Status.RUNNING)
        if not held.update(lease_until=until, **columns):
            raise LeaseLost(f"Job {self.job_id} is not held by this worker any more.")


@dataclass
class RunningJob:
    """What a handler is given: the job's row, its lease, and a way to say how far it is."""

    job: Job
    lease: Lease = field(init=False)

    def __post_init__(self) -> None:
        self.lease = Lease(self.job.pk, self.job.lease_token)

    def progress(self, done: int, total: int, sentence: str = "") -> None:
        """Show that ``done`` of ``total`` is ready, in words for people. Raises LeaseLost."""
        self.lease.extend(progress_count=done, total_count=total, sentence=sentence[:300])


def enqueue(kind: str, *, requested_by: User | None = None, key: str = "", **arguments: Any) -> Job:
    """Ask for a job of ``kind``; arguments are ids only. The same kind and key while one is live gives that one."""
    key = key or json.dumps(arguments, sort_keys=True)
    fields = {
        "arguments": arguments, "queue": _KINDS[kind].queue, "requested_by": requested_by,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }  # fmt: skip
    live = Job.objects.filter(kind=kind, key=key, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    job = live.first()
    if job is None:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, **fields)
        except IntegrityError:
            job = live.get()
    transaction.on_commit(lambda: ring(job.pk, job.queue), robust=True)
    return job


def ring(job_id: int, queue: str) -> None:
    """Tell a worker that a job waits. A broker that is down costs nothing but a log line."""
    if settings.JOBS_RING_BELL:
        try:
            current_app.send_task("work.run", args=[job_id], queue=queue, retry=False)
        except Exception:
            log.warning("The bell for job %s could not be rung; the sweeper will ring it.", job_id)


def run_job(job_id: int, *, heartbeat: bool = True) -> Job | None:
    """Run a job once, if it is free; gives its row afterwards, or None when there was nothing to do."""
    job = Job.claim(job_id)
    if job is None:
        return None
    running, stop = RunningJob(job), threading.Event()
    if heartbeat:
        threading.Thread(target=_keep_lease, args=(running.lease, stop), daemon=True).start()
    try:
        _KINDS[job.kind].handler(running, **job.arguments)
        if Job.objects.filter(pk=job.pk, lease_token=running.lease.token).exists():
            running.lease.complete()
    except LeaseLost as error:
        log.warning("%s", error)
    except JobFailed as error:
        _fail(running.lease, str(error))
    except Exception:
        log.exception("Job %s (%s) failed on attempt %s", job.pk, job.kind, job.attempt_count)
        _give_back(job, running.lease)
    finally:
        stop.set()
    return Job.objects.get(pk=job_id)


def run_pending() -> int:
    """Run every queued job in this process, also those that they enqueue; gives how many. For seeding without a worker."""
    count = 0
    while job_id := Job.objects.filter(status=Job.Status.QUEUED).order_by("pk").values_list("pk", flat=True).first():
        run_job(job_id, heartbeat=False)
        count += 1
    return count


def retry_job(*, job_id: int, by: User) -> Job:
    """Start a failed job of one's own once more, with fresh attempts."""
    with transaction.atomic():
        job = Job.objects.for_user(by).select_for_update().get(pk=job_id)
        if job.status == Job.Status.FAILED:
            Job.objects.filter(pk=job.pk).update(
                status=Job.Status.QUEUED, attempt_count=0, error="", finished_at=None, rung_at=timezone.now()
            )
            transaction.on_commit(lambda: ring(job.pk, job.queue), robust=True)
    return Job.objects.get(pk=job_id)


def _keep_lease(lease: Lease, stop: threading.Event) -> None:
    """Extend the lease until told to stop: a long handler that lives keeps its job."""
    while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
        try:
            lease.extend()
        except LeaseLost:
            break
        except Exception:
            log.warning("The lease of job %s could not be extended.", lease.job_id)
            close_old_connections()
    connection.close()


def _fail(lease: Lease, sentence: str) -> None:
    Job.objects.filter(pk=lease.job_id, lease_token=lease.token).update(
        status=Job.Status.FAILED, lease_token=None, lease_until=None, finished_at=timezone.now(), error=sentence
    )


def _give_back(job: Job, lease: Lease) -> None:
    """Queue the job again, or fail it in sight of the person after the last attempt."""
    if job.attempt_count >= settings.JOB_MAX_ATTEMPTS:
        _fail(lease, f"This did not work after {settings.JOB_MAX_ATTEMPTS} tries.")
        return
    Job.objects.filter(pk=lease.job_id, lease_token=lease.token).update(
        status=Job.Status.QUEUED, lease_token=None, lease_until=None, rung_at=timezone.now()
    )
