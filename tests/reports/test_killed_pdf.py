"""A real worker killed by SIGKILL in the middle of a PDF leaves exactly one file of the version in the end, on both brokers."""

import hashlib
import os
import signal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from reports.services.documents import folder_of, request_pdf
from tests.factories import reports as scenes
from tests.work.test_killed_worker import carry_to_the_end, make_site, wait_for
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
    site.start_worker()
    carry_to_the_end(job)

    version.refresh_from_db()
    files = list(Path(settings.MEDIA_ROOT, folder_of(version)).iterdir())
    assert (job.status, job.attempt_count) == (Job.Status.DONE, 2)
    assert [str(path.relative_to(settings.MEDIA_ROOT)) for path in files] == [version.pdf_path]
    assert hashlib.sha256(files[0].read_bytes()).hexdigest() == version.pdf_sha256


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
