"""A real worker killed by SIGKILL in the middle of a job leaves exactly one result in the end, on both brokers."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from accounts.models import Organisation
from tests.work import worker_kinds
from work import jobs
from work.jobs import enqueue
from work.models import Job
from work.periodic import sweep_jobs

assert worker_kinds
PATIENCE_SECONDS = 300  # a wait ends as soon as its condition holds
WORKER = [
    *(sys.executable, "-m", "celery", "-A", "qnt", "worker", "-P", "prefork", "-c", "1", "-Q", "interactive"),
    *("--without-mingle", "--without-gossip"),
]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds; fail with ``what`` when it never does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, f"Waited {PATIENCE_SECONDS} seconds for this: {what}"
        time.sleep(0.2)


class Site:
    """A worker and a sweeper of their own on the test's database."""

    def __init__(self, marks: Path, broker_url: str, hang_attempts: int) -> None:
        self.marks, self.workers = marks, []
        folders = {"data_folder_in": str(marks / "broker/queue"), "data_folder_out": str(marks / "broker/queue")}
        folders["control_folder"] = str(marks / "broker/control")
        for folder in folders.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        is_files = broker_url.startswith("filesystem://")
        self.bell = Celery("bell", broker=broker_url, set_as_current=False)
        self.bell.conf.broker_transport_options = folders if is_files else {}
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.work.worker_settings",
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker_url,
            "TEST_MARKS": str(marks),
            "TEST_HANG_ATTEMPTS": str(hang_attempts),
        }

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A Celery worker in a process group of its own."""
        name = f"killed-{os.getpid()}-{len(self.workers)}@%h"
        command = [*WORKER, "-I", "tests.work.worker_kinds", "-n", name]
        with (self.marks / f"worker-{len(self.workers)}.log").open("wb") as log:
            worker = subprocess.Popen(command, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True)
        self.workers.append(worker)
        return worker

    def ring(self, job_id: int, queue: str) -> None:
        """Ring the bell of this site's broker."""
        with self.bell.connection_for_write() as connection:
            self.bell.send_task("work.run", args=[job_id], queue=queue, connection=connection)

    def has_begun(self, attempt: int) -> bool:
        """Whether the handler of this attempt runs."""
        mark = self.marks / f"attempt-{attempt}"
        return mark.is_file() and mark.read_text() != ""

    def stop(self) -> None:
        """Leave no process behind."""
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def database_url() -> str:
    """The test's database, for another process."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    password = f":{now['PASSWORD']}" if now["PASSWORD"] else ""
    return f"postgres://{now['USER']}{password}@{now['HOST']}:{now['PORT'] or 5432}/{now['NAME']}"


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], Site]]:
    """``make_site(broker_url, hang_attempts)``: a site whose processes end with the test."""
    sites: list[Site] = []

    def make(broker_url: str, hang_attempts: int) -> Site:
        sites.append(Site(tmp_path, broker_url, hang_attempts))
        monkeypatch.setattr(jobs, "ring", sites[-1].ring)
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


def ask_for_job(number: int) -> Job:
    """A job whose bell nobody heard: the sweeper rings."""
    job = enqueue("test.slow", number=number)
    Job.objects.filter(pk=job.pk).update(rung_at="2020-01-01T00:00Z")
    return job


def let_lease_run_out(job: Job) -> None:
    """The time that the dead worker's lease still had passes at once. A living worker's is long: a slow machine loses none."""
    Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(lease_until="2020-01-01T00:00Z")


def carry_to_the_end(job: Job) -> None:
    """Sweep until the job has ended, as beat would."""

    def is_over() -> bool:
        sweep_jobs()
        job.refresh_from_db()
        return job.is_finished

    wait_for(is_over, "the job has ended")


def results() -> list[str]:
    """Codes of the rows that the handler made."""
    return list(Organisation.objects.filter(code__startswith="RESULT-").values_list("code", flat=True))


@pytest.mark.django_db(transaction=True)
def test_killed_worker_on_files_leaves_one_result(make_site) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The embedded profile: files and SQLite.")
    site = make_site("filesystem://", 1)
    job = ask_for_job(1)
    worker = site.start_worker()
    sweep_jobs()
    wait_for(lambda: site.has_begun(1), "the first attempt begins")

    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    let_lease_run_out(job)
    site.start_worker()
    carry_to_the_end(job)

    assert (job.status, job.attempt_count, results()) == (Job.Status.DONE, 2, ["RESULT-1-2"])


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_killed_child_and_killed_worker_on_redis_leave_one_result(make_site) -> None:
    """First only the child that runs the job dies, then the whole worker; the third attempt makes the result."""
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL database."
    broker = os.environ.get("CELERY_BROKER_URL", "")
    assert broker.startswith("redis://"), "Set CELERY_BROKER_URL to a Redis database."
    site = make_site(broker, 2)
    job = ask_for_job(2)
    worker = site.start_worker()
    sweep_jobs()
    wait_for(lambda: site.has_begun(1), "the first attempt begins")

    os.kill(int((site.marks / "attempt-1").read_text()), signal.SIGKILL)
    let_lease_run_out(job)
    wait_for(lambda: bool(sweep_jobs()) and site.has_begun(2), "the second attempt begins")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    let_lease_run_out(job)
    site.start_worker()
    carry_to_the_end(job)

    assert (job.status, job.attempt_count, results()) == (Job.Status.DONE, 3, ["RESULT-2-3"])
