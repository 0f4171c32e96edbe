"""All answers and the receipt on paper: made by a job, read back as PDFs."""

import shutil

import pikepdf
import pytest
from django.utils import timezone

from rendering.pdf.fonts import find_font, font_file_names
from surveillance import printing
from surveillance.models import Answer, EvidenceItem, EvidenceVersion, SelfReport
from surveillance.services import answers as answer_services
from tests.factories.surveillance import make_scene
from tests.rendering.test_pdf_gates import elements, page_texts
from tests.surveillance.workbooks import nasty_texts
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db
HOSTILE = [
    '<script>alert(1)</script><img src="file:///etc/passwd">', "<style>*{display:none}</style>", "{{ settings.SECRET_KEY }}",
    '"><h1>Fake</h1>',
    "<link rel=attachment href=file:///etc/passwd>", "&lt;b&gt; & \u202eright to left",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scene():
    return make_scene()


def made(client, address, kind):
    """Ask for the PDF, let the worker make it, download it."""
    answer = client.post(address)
    jobs.run_pending()
    job = Job.objects.filter(kind=kind).first()
    assert (answer.status_code, answer.url, job.status, job.error) == (302, address, "DONE", "")
    page = client.get(address).content.decode()
    assert f"/files/{job.pk}/" in page
    return b"".join(client.get(f"/files/{job.pk}/").streaming_content)


def opened(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return path


def words(path):
    return " ".join(" ".join(page_texts(path)).split())


def report_of(scene):
    return SelfReport.objects.for_display().get(pk=scene.report.pk)


def gates(path):
    """What every PDF must have: marked, English, PDF/UA named, cells tied, fonts embedded, nothing attached."""
    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        cells = list(elements(pdf.Root.StructTreeRoot, {"/TD"}))
        heads = {str(head.get("/ID", "")) for head in elements(pdf.Root.StructTreeRoot, {"/TH"})}
        untied = [cell for cell in cells if not {str(name) for name in cell.A.get("/Headers", [])} & heads]
        levels = [int(str(one.S)[2:]) for one in elements(pdf.Root.StructTreeRoot, {f"/H{n}" for n in range(1, 7)})]
        fonts = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor"]
        return {
            "marked": bool(pdf.Root.MarkInfo.Marked), "language": str(pdf.Root.Lang), "ua": metadata["pdfuaid:part"],
            "title": str(pdf.docinfo["/Title"]), "cells": len(cells) > 0, "untied": len(untied), "attached": list(pdf.attachments),
            "first heading": levels[0], "skipped": [b for a, b in zip(levels, levels[1:], strict=False) if b > a + 1],
            "embedded": all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts),
        }  # fmt: skip


def passed(title):
    return {
        "marked": True, "language": "en-GB", "ua": "1", "title": title, "cells": True, "untied": 0, "attached": [], "first heading": 1,
        "skipped": [], "embedded": True,
    }  # fmt: skip


@pytest.fixture
def _arimo():
    assert [name for name in font_file_names() if find_font(name) is None] == [], "run the set-up: scripts/prepare_assets.py"


needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads pages with poppler-utils")


@needs_pdftotext
@pytest.mark.usefixtures("_arimo")
def test_live_answers_on_paper(scene, signed_in, tmp_path):
    scene.fill({0: "NA"})
    item = EvidenceItem.objects.create(service=scene.service, title="Operational policy", added_by=scene.lead)
    EvidenceVersion.objects.create(item=item, link="https://example.org", document_date=timezone.localdate(), uploaded_by=scene.lead)
    item.answers.add(scene.answers[1])

    path = opened(made(signed_in(scene.lead), f"/self-reports/{scene.report.pk}/paper/", "self_report.pdf"), tmp_path)

    text = words(path)
    assert gates(path) == passed(f"{scene.report.round.year} self-report: {scene.service.name}")
    assert "Not declared: as it stood at" in text
    assert "45 of 50 (90%)" in text
    assert "Not applicable" in text
    assert "Because" in text
    assert "Operational" in text
    assert "4 of 4" in text


@needs_pdftotext
@pytest.mark.usefixtures("_arimo")
def test_declared_answers_are_printed_as_declared(scene, signed_in, tmp_path):
    scene.declare()
    declaration = scene.report.declarations.get()
    Answer.objects.filter(pk=scene.answers[3].pk).update(value="Changed behind the declaration")

    path = opened(made(signed_in(scene.officer), f"/self-reports/{scene.report.pk}/paper/", "self_report.pdf"), tmp_path)

    text = words(path)
    assert ("Written" in text, "Changed behind" in text) == (True, False)
    assert (declaration.hash[:12] in text, "By Eve Executive at" in text, "on time" in text) == (True, True, True)


@pytest.mark.usefixtures("_arimo")
def test_receipt_on_paper(scene, signed_in, tmp_path):
    scene.declare()
    declaration = scene.report.declarations.get()

    path = opened(made(signed_in(scene.executive), f"/self-reports/{scene.report.pk}/receipt/paper/", "receipt.pdf"), tmp_path)

    assert gates(path) == passed(f"Receipt for the {scene.report.round.year} self-report of {scene.service.name}")
    text = words(path)
    code = declaration.receipt_code
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in text
    assert all(f"{declaration.hash[n : n + 4]}" in text for n in range(0, 64, 4))
    assert ("Eve Executive" in text, "On time" in text) == (True, True)
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1


@needs_pdftotext
@pytest.mark.usefixtures("_arimo")
def test_hostile_texts_stay_text(scene, signed_in, tmp_path):
    texts = HOSTILE + [text for text in nasty_texts() if text.strip()][:40]
    save = answer_services.save_answer
    save(
        answer_id=scene.answers[3].pk, self_report_id=scene.report.pk, version=0, by=scene.lead,
        raw={"value": HOSTILE[0], "comment": "\n".join(texts)[:10_000]},
    )  # fmt: skip
    indicator = scene.answers[3].indicator
    type(indicator).objects.filter(pk=indicator.pk).update(title=HOSTILE[3], section=HOSTILE[1])
    type(scene.service).objects.filter(pk=scene.service.pk).update(name=HOSTILE[0][:100])

    path = opened(made(signed_in(scene.lead), f"/self-reports/{scene.report.pk}/paper/", "self_report.pdf"), tmp_path)

    text = words(path)
    assert "<script>alert(1)</script>" in text
    assert "{{ settings.SECRET_KEY }}" in text
    assert "root:" not in text
    found = gates(path)
    assert (found["attached"], found["untied"], found["skipped"]) == ([], 0, [])


@needs_pdftotext
@pytest.mark.usefixtures("_arimo")
def test_longest_comment_goes_on_over_the_pages(scene, signed_in, tmp_path):
    comment = " ".join(f"word{n}" for n in range(1_250))[:9_990] + " THE END"
    answer_services.save_answer(
        answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, version=0, by=scene.lead, raw={"value": "YES", "comment": comment}
    )  # fmt: skip

    path = opened(made(signed_in(scene.lead), f"/self-reports/{scene.report.pk}/paper/", "self_report.pdf"), tmp_path)

    pages = page_texts(path)
    assert len(pages) > 3
    assert any("THE END" in page for page in pages)


def test_paper_is_not_made_for_somebody_who_lost_access(scene, signed_in):
    signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/paper/")
    scene.service.assignments.filter(user=scene.lead).delete()

    jobs.run_pending()

    job = Job.objects.get(kind="self_report.pdf")
    assert (job.status, job.error, job.result_file) == ("FAILED", "You cannot read this self-report any more.", "")


def test_receipt_needs_a_declaration(scene, signed_in):
    client = signed_in(scene.lead)

    assert [
        client.get(f"/self-reports/{scene.report.pk}/receipt/paper/").status_code,
        client.post(f"/self-reports/{scene.report.pk}/receipt/paper/").status_code,
    ] == [404, 404]


def test_paper_of_a_reopened_self_report_is_live(scene):
    scene.accept()
    SelfReport.objects.filter(pk=scene.report.pk).update(status="IN_PROGRESS")

    html, content_hash = printing.paper_html(report_of(scene), now=timezone.now())

    assert "Not declared: as it stood at" in html
    assert len(content_hash) == 64


def test_pages_cost_few_statements(scene, signed_in, django_assert_num_queries):
    client = signed_in(scene.lead)

    with django_assert_num_queries(8):
        client.get(f"/self-reports/{scene.report.pk}/paper/")
