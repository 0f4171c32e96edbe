"""A real worker killed by SIGKILL in the middle of a PDF leaves exactly one file of the version in the end, on both brokers."""

import hashlib
import os
import signal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from reports.models import Publication, Report, ReportVersion
from reports.services import publication
from reports.services.documents import folder_of, request_pdf
from tests.factories import reports as scenes
from tests.work.test_killed_worker import carry_to_the_end, let_lease_run_out, make_site, wait_for
from work.models import Job
from work.periodic import sweep_jobs

__all__ = ["make_site"]


def kill_in_the_middle_of_a_pdf(site, tmp_path: Path, settings: LazySettings) -> None:
    """Carry a report to its first version, kill its worker while it makes the PDF, and compare row and file at the end."""
    settings.MEDIA_ROOT = tmp_path / "media"
    site.environment["MEDIA_ROOT"] = str(settings.MEDIA_ROOT)
    scene = scenes.make_scene()
    version = scenes.to_check(scene).versions.get()
    job = request_pdf(version_id=version.pk, by=scene.place.officer)
    Job.objects.exclude(pk=job.pk).delete()
    Job.objects.filter(pk=job.pk).update(rung_at="2020-01-01T00:00Z")
    worker = site.start_worker()
    sweep_jobs()
    wait_for(lambda: Job.objects.filter(pk=job.pk, sentence__startswith="Making the PDF").exists(), "the PDF is being made")

    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    let_lease_run_out(job)
    site.start_worker()
    carry_to_the_end(job)

    assert (job.status, job.attempt_count) == (Job.Status.DONE, 2)
    assert_one_file(version, Path(settings.MEDIA_ROOT))


def assert_one_file(version: ReportVersion, media: Path) -> None:
    """The version's folder holds its own file alone, as its row says; the worker clears the rest just after the job is done."""
    version.refresh_from_db()
    own = media / version.pdf_path
    wait_for(lambda: list(own.parent.iterdir()) == [own], "the version's own file alone is left")
    assert own.parent == media / folder_of(version)
    assert hashlib.sha256(own.read_bytes()).hexdigest() == version.pdf_sha256


def kill_in_the_middle_of_publishing(site, tmp_path: Path, settings: LazySettings) -> None:
    """Publish, withdraw, publish a correction, killing the worker in the middle of each PDF; then compare rows and files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    site.environment["MEDIA_ROOT"] = str(settings.MEDIA_ROOT)
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    kill_while_one_is_made(site, report)
    publication.withdraw_report(report_id=report.pk, reason="It named the wrong site.", by=scene.national)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=report.pk, by=scene.national)
    kill_while_one_is_made(site, report)

    public = Publication.objects.public().get(report=report)
    assert Publication.objects.standing().get(report=report) == public
    assert "The corrected summary." in public.version.content
    for version in report.versions.filter(purpose__in=["PUBLIC", "FINAL"]):
        assert_one_file(version, Path(settings.MEDIA_ROOT))


def kill_while_one_is_made(site, report: Report) -> None:
    """Kill the worker while it makes the PDF of the newest public version, then let another carry the others to the end."""
    newest = report.versions.filter(purpose="PUBLIC").first()
    wanted = [str(pk) for pk in report.versions.filter(purpose__in=["PUBLIC", "FINAL"], pdf_path="").values_list("pk", flat=True)]
    Job.objects.exclude(kind="report.pdf", key__in=wanted).delete()
    job = Job.objects.get(kind="report.pdf", key=str(newest.pk))
    Job.objects.filter(status="QUEUED").update(rung_at="2020-01-01T00:00Z")
    worker = site.start_worker()
    sweep_jobs()
    wait_for(lambda: Job.objects.filter(pk=job.pk, sentence__startswith="Making the PDF").exists(), "the public PDF is being made")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    let_lease_run_out(job)
    last = site.start_worker()
    for waiting in Job.objects.filter(kind="report.pdf", key__in=wanted):
        carry_to_the_end(waiting)
    os.killpg(last.pid, signal.SIGKILL)
    last.wait()


@pytest.mark.django_db(transaction=True)
def test_killed_publishing_on_files_leaves_one_public_version(make_site, tmp_path: Path, settings: LazySettings) -> None:  # noqa: F811
    if connection.vendor != "sqlite":
        pytest.skip("The embedded profile: files and SQLite.")

    kill_in_the_middle_of_publishing(make_site("filesystem://", 0), tmp_path, settings)


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_killed_publishing_on_redis_leaves_one_public_version(make_site, tmp_path: Path, settings: LazySettings) -> None:  # noqa: F811
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL database."

    kill_in_the_middle_of_publishing(make_site(os.environ["CELERY_BROKER_URL"], 0), tmp_path, settings)


@pytest.mark.django_db(transaction=True)
def test_killed_pdf_on_files_leaves_one_version(make_site, tmp_path: Path, settings: LazySettings) -> None:  # noqa: F811
    if connection.vendor != "sqlite":
        pytest.skip("The embedded profile: files and SQLite.")

    kill_in_the_middle_of_a_pdf(make_site("filesystem://", 0), tmp_path, settings)


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_killed_pdf_on_redis_leaves_one_version(make_site, tmp_path: Path, settings: LazySettings) -> None:  # noqa: F811
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL database."

    kill_in_the_middle_of_a_pdf(make_site(os.environ["CELERY_BROKER_URL"], 0), tmp_path, settings)
