"""Jobs: asked for once, claimed once, finished once, or failed in sight."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from tests.factories.accounts import UserFactory
from work import jobs, schedule
from work.jobs import JobFailed, Lease, LeaseLost, RunningJob, enqueue, job_kind, run_job, run_pending
from work.models import Job, PeriodicRun
from work.periodic import sweep_jobs

pytestmark = pytest.mark.django_db
Handler = Callable[..., None]


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Handler], str]]:
    """``kind(handler)``: a kind of job that exists during this test."""
    monkeypatch.setattr(jobs, "_KINDS", dict(jobs._KINDS))

    def register(handler: Handler, *, label: str = "") -> str:
        job_kind("test.kind", label=label)(handler)
        return "test.kind"

    return register


def nothing(job: RunningJob, **arguments: object) -> None:
    """A handler that does nothing."""


def started(name: str, **columns: object) -> Job:
    """A job that a worker holds."""
    made = enqueue(name)
    claimed = Job.claim(made.pk)
    assert claimed is not None
    Job.objects.filter(pk=claimed.pk).update(**columns)
    claimed.refresh_from_db()
    return claimed


def test_enqueue_gives_the_same_job_while_it_is_live(kind) -> None:
    name = kind(nothing)

    first, again, other = enqueue(name, report_id=1), enqueue(name, report_id=1), enqueue(name, report_id=2)
    run_job(first.pk)
    later = enqueue(name, report_id=1)

    assert (first.pk == again.pk, first.pk == other.pk, first.pk == later.pk) == (True, False, False)
    assert first.arguments == {"report_id": 1}


def test_database_refuses_two_live_jobs_of_one_kind_and_key() -> None:
    Job.objects.create(kind="k", key="1", status="RUNNING", lease_token=uuid.uuid4(), lease_until=timezone.now())
    Job.objects.create(kind="k", key="1", status="DONE")

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="k", key="1")


@pytest.mark.parametrize("columns", [{"lease_token": uuid.uuid4()}, {"lease_until": timezone.now()}], ids=["token", "until"])
def test_database_refuses_half_a_lease(columns: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="k", key="1", **columns)


def test_bell_rings_on_commit_and_a_broken_one_never_reaches_the_person(
    kind, monkeypatch: pytest.MonkeyPatch, settings, django_capture_on_commit_callbacks
) -> None:
    settings.JOBS_RING_BELL = True
    rung: list[list[int]] = []

    def broken(name: str, *, args: list[int], queue: str, retry: bool) -> None:
        rung.append(args)
        raise OSError("The broker is down.")

    monkeypatch.setattr(jobs.current_app, "send_task", broken)

    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind(nothing))
        before_commit = list(rung)

    assert (before_commit, rung) == ([], [[job.pk]])
    assert Job.objects.get(pk=job.pk).status == Job.Status.QUEUED


def test_job_whose_transaction_rolls_back_was_never_asked_for(kind) -> None:
    name = kind(nothing)

    with transaction.atomic():
        enqueue(name)
        transaction.set_rollback(True)

    assert Job.objects.count() == 0


def test_handler_runs_and_the_job_is_done(kind) -> None:
    def handler(job: RunningJob, *, report_id: int) -> None:
        job.progress(1, 2, "Page 1 of 2")
        seen.append((report_id, Job.objects.get().progress_count, Job.objects.get().sentence))

    seen: list[tuple[int, int, str]] = []
    enqueue(kind(handler), report_id=7)

    count = run_pending()

    job = Job.objects.get()
    assert (count, seen) == (1, [(7, 1, "Page 1 of 2")])
    assert (job.status, job.attempt_count, job.lease_token, job.finished_at is not None) == (Job.Status.DONE, 1, None, True)
    assert run_job(job.pk) is None


def test_failing_handler_is_tried_three_times_and_fails_in_sight(kind) -> None:
    def handler(job: RunningJob) -> None:
        tries.append(job.job.attempt_count)
        raise ValueError("secret text of a report")

    tries: list[int] = []
    user = UserFactory()
    enqueue(kind(handler), requested_by=user)

    run_pending()

    job = Job.objects.get()
    assert tries == [1, 2, 3]
    assert (job.status, job.error) == (Job.Status.FAILED, "This did not work after 3 tries.")


def test_job_that_cannot_succeed_fails_at_once_with_its_sentence(kind) -> None:
    def handler(job: RunningJob) -> None:
        raise JobFailed("The report has no findings.")

    enqueue(kind(handler))

    run_pending()

    job = Job.objects.get()
    assert (job.status, job.attempt_count, job.error) == (Job.Status.FAILED, 1, "The report has no findings.")


def test_failed_job_starts_again_with_fresh_attempts_for_its_owner_only(kind) -> None:
    user, other = UserFactory(), UserFactory()
    job = enqueue(kind(nothing), requested_by=user)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED, attempt_count=3, error="No", finished_at=timezone.now())

    with pytest.raises(Job.DoesNotExist):
        jobs.retry_job(job_id=job.pk, by=other)
    again = jobs.retry_job(job_id=job.pk, by=user)
    run_pending()

    assert (again.status, again.attempt_count, again.error) == (Job.Status.QUEUED, 0, "")
    assert Job.objects.get().status == Job.Status.DONE


def test_job_that_is_not_failed_is_not_started_again(kind) -> None:
    user = UserFactory()
    job = enqueue(kind(nothing), requested_by=user)
    run_pending()

    assert jobs.retry_job(job_id=job.pk, by=user).status == Job.Status.DONE


def test_result_of_a_lost_lease_is_not_kept(kind) -> None:
    """The lease runs out, another worker takes the job; what the first one made is rolled back."""

    def handler(job: RunningJob) -> None:
        Job.objects.filter(pk=job.job.pk).update(lease_token=taken_over, lease_until=timezone.now() + dt.timedelta(minutes=1))
        with transaction.atomic():
            UserFactory(name="Made by the slow worker")
            job.lease.complete()

    taken_over = uuid.uuid4()
    job = enqueue(kind(handler))

    run_job(job.pk, heartbeat=False)

    job.refresh_from_db()
    assert (job.status, job.lease_token) == (Job.Status.RUNNING, taken_over)
    assert not jobs.User.objects.filter(name="Made by the slow worker").exists()


def test_lost_lease_can_neither_complete_nor_report_progress(kind) -> None:
    job = started(kind(nothing))
    lost = Lease(job.pk, uuid.uuid4())

    for act in (lost.complete, lost.extend):
        with pytest.raises(LeaseLost):
            act()


def test_held_job_is_not_claimed_and_a_free_one_is_claimed_once(kind) -> None:
    job = enqueue(kind(nothing))

    first, second = Job.claim(job.pk), Job.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    third = Job.claim(job.pk)

    assert (first is not None, second, third is not None) == (True, None, True)
    assert Job.objects.get().attempt_count == 2


@pytest.mark.django_db(transaction=True)
def test_job_is_claimed_once_by_many_workers_at_once(kind) -> None:
    job = enqueue(kind(nothing))
    ready, won = threading.Barrier(8), []

    def claim() -> None:
        ready.wait()
        if Job.claim(job.pk):
            won.append(threading.get_ident())
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert Job.objects.get().attempt_count == 1


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_make_one_job(kind) -> None:
    name, ready, made = kind(nothing), threading.Barrier(6), []

    def ask() -> None:
        ready.wait()
        made.append(enqueue(name, report_id=1).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), len(set(made)), Job.objects.count()) == (6, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_long_handler_keeps_its_lease_while_it_lives(kind) -> None:
    def handler(job: RunningJob) -> None:
        past = timezone.now() - dt.timedelta(seconds=1)
        row = Job.objects.filter(pk=job.job.pk)
        row.update(lease_until=past)
        until = time.monotonic() + 60
        while row.get().lease_until == past and time.monotonic() < until:
            time.sleep(0.05)
        seen.append(sweep_jobs()["freed"])

    seen: list[int] = []
    job = enqueue(kind(handler))

    with override_settings(JOB_LEASE_SECONDS=6):  # extended every two seconds
        run_job(job.pk)

    job.refresh_from_db()
    assert (seen, job.status, job.attempt_count) == ([0], Job.Status.DONE, 1)


def test_sweeper_frees_what_a_dead_worker_left_and_rings(kind, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id, queue: rung.append(job_id))
    job = started(kind(nothing), lease_until=timezone.now() - dt.timedelta(seconds=1))

    counts = sweep_jobs()

    job.refresh_from_db()
    assert counts == {"rung": 1, "freed": 1, "failed": 0, "deleted": 0}
    assert (job.status, job.lease_token, rung) == (Job.Status.QUEUED, None, [job.pk])
    run_pending()
    assert Job.objects.get().attempt_count == 2


def test_sweeper_fails_in_sight_what_died_three_times(kind) -> None:
    job = started(kind(nothing), lease_until=timezone.now() - dt.timedelta(seconds=1), attempt_count=3)

    counts = sweep_jobs()

    job.refresh_from_db()
    assert counts["failed"] == 1
    assert (job.status, job.error) == (Job.Status.FAILED, "This did not work after 3 tries.")


def test_sweeper_leaves_what_a_living_worker_holds_and_rings_only_what_lies(kind, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id, queue: rung.append(job_id))
    held = started(kind(nothing))
    fresh = enqueue("test.kind", number=1)
    lying = enqueue("test.kind", number=2)
    Job.objects.filter(pk=lying.pk).update(rung_at=timezone.now() - dt.timedelta(seconds=16))

    counts = [sweep_jobs(), sweep_jobs()]

    held.refresh_from_db()
    assert [count["rung"] for count in counts] == [1, 0]
    assert (rung, held.status, Job.objects.get(pk=fresh.pk).status) == ([lying.pk], Job.Status.RUNNING, Job.Status.QUEUED)


@pytest.mark.parametrize(("age_days", "is_kept"), [(6, True), (8, False)])
def test_result_file_goes_after_7_days(kind, age_days: int, is_kept: bool) -> None:
    file = Path(settings.MEDIA_ROOT, "results", "file.csv")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a,b")
    job = enqueue(kind(nothing))
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.DONE,
        result_file="results/file.csv",
        result_name="file.csv",
        finished_at=timezone.now() - dt.timedelta(days=age_days),
    )

    counts = [sweep_jobs()["deleted"], sweep_jobs()["deleted"]]

    job.refresh_from_db()
    assert counts == ([0, 0] if is_kept else [1, 0])
    assert (file.exists(), bool(job.result_file)) == (is_kept, is_kept)
    file.unlink(missing_ok=True)


def test_periodic_work_is_noted_with_its_time() -> None:
    before = timezone.now()

    counts = schedule.run_periodic("sweep_jobs")

    assert set(counts) == {"rung", "freed", "failed", "deleted"}
    assert PeriodicRun.objects.get(name="sweep_jobs").ran_at >= before
