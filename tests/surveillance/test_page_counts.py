"""Pages of files that came before pages were counted on upload."""

import io
from pathlib import Path

import pikepdf
import pytest
from django.core.management import call_command

from surveillance.models import EvidenceItem, EvidenceVersion
from surveillance.services import page_counts
from tests.factories.accounts import UserFactory
from tests.factories.surveillance import ServiceFactory
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db

PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def pdf_of(pages: int) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(file)
    return file.getvalue()


def stored(settings, content: bytes | None, media_type: str = PDF, **columns) -> EvidenceVersion:
    """A file of a document, without its pages unless told; None: its file is away."""
    user = UserFactory()
    item = EvidenceItem.objects.create(service=ServiceFactory(), title="Policy", added_by=user)
    name = f"{item.pk}.bin"
    if content is not None:
        Path(settings.MEDIA_ROOT, name).write_bytes(content)
    return EvidenceVersion.objects.create(item=item, file_path=name, file_name="f", media_type=media_type, uploaded_by=user, **columns)


def run_all() -> list[str]:
    """Run what waits until nothing does; the sentences of the jobs."""
    said = []
    while job := Job.objects.filter(kind=page_counts.KIND, status="QUEUED").first():
        done = jobs.run_job(job.pk, heartbeat=False)
        assert (done.status, done.error) == ("DONE", "")
        said.append(done.sentence)
    return said


def pages() -> list[int | None]:
    return list(EvidenceVersion.objects.order_by("pk").values_list("page_count", flat=True))


def test_old_files_get_their_pages_once_and_others_stay_as_they_are(settings, capsys):
    stored(settings, pdf_of(3))
    stored(settings, b"picture", "image/png")
    stored(settings, b"PK", WORD)
    stored(settings, b"%PDF-1.7 broken")
    stored(settings, None)
    stored(settings, pdf_of(2), page_count=7)

    call_command("count_evidence_pages")
    run_all()
    first = pages()
    call_command("count_evidence_pages")
    run_all()

    assert first == pages() == [3, 1, None, None, None, 7]
    assert capsys.readouterr().out == "4 files to count\n2 files to count\n"


def test_a_large_store_is_counted_in_batches_past_files_that_cannot_be_read(settings, monkeypatch):
    monkeypatch.setattr(page_counts, "BATCH", 2)
    for content in (b"%PDF-1.7 broken", b"%PDF-1.7 broken", pdf_of(1), pdf_of(2), pdf_of(5)):
        stored(settings, content)

    page_counts.ask_to_count_pages()
    said = run_all()

    assert pages() == [None, None, 1, 2, 5]
    assert len(said) == 3


def test_nothing_to_count_asks_for_nothing():
    assert page_counts.ask_to_count_pages() == 0
    assert not Job.objects.exists()
