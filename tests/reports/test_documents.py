"""What a report holds, what the public version never holds, and its PDF: made once, also when the job runs twice."""

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import reverse

from peerreview.models import Review
from reports import content
from reports.models import ReportVersion
from reports.services import drafting, publication
from reports.services.documents import folder_of, request_pdf
from surveillance.models import Action, Service
from tests.factories import reports as scenes
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db
CANARY = "CANARY-7f3a91c0"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def pdf_text(path: Path) -> str:
    found = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def run_pdf_jobs() -> None:
    for pk in Job.objects.filter(kind="report.pdf", status="QUEUED").values_list("pk", flat=True):
        jobs.run_job(pk, heartbeat=False)


def test_report_holds_each_finding_recommendation_indicator_and_action_once() -> None:
    scene = scenes.make_scene()
    made = scenes.make_actions(scene)
    report = scenes.draft(scene)

    shown = words(" ".join(section.html for section in content.shown_sections(content.live_content(report))))

    findings = list(scene.review.findings.all())
    texts = [finding.what_was_seen for finding in findings] + [finding.recommendation for finding in findings if finding.recommendation]
    texts += [action.what for action in made] + [indicator.title for indicator in scene.self_report.indicator_set.indicators.all()]
    assert {text: shown.count(text) for text in texts} == dict.fromkeys(texts, 1)


def test_report_leaves_out_drafts_withdrawn_findings_and_actions_that_nobody_accepted() -> None:
    scene = scenes.make_scene()
    actions = scenes.make_actions(scene)
    Action.objects.filter(pk=actions[1].pk).update(status="OFFERED", accepted_at=None)
    scene.review.findings.filter(category="GOOD_PRACTICE").update(status="WITHDRAWN")
    report = scenes.draft(scene)

    shown = words(" ".join(section.html for section in content.shown_sections(content.live_content(report))))

    assert "Nurses ring every patient" not in shown
    assert actions[1].what not in shown


def test_content_hash_is_the_same_until_something_changes() -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    before = [content.content_hash(content.live_content(report)) for _ in range(2)]

    drafting.mark_sections(report_id=report.pk, public_codes=["summary"], by=scene.place.officer)

    assert before[0] == before[1]
    assert content.content_hash(content.live_content(report)) != before[0]


def test_public_part_fails_closed_on_unknown_marks() -> None:
    sections = [
        {"code": "summary", "title": "S", "text": "x", **mark}
        for mark in ({}, {"visibility": "public"}, {"visibility": ""}, {"visibility": "RESTRICTED"})
    ]

    assert content.public_part({"schema": 1, "cover": {}, "sections": sections})["sections"] == []


def test_restricted_text_reaches_no_public_page_pdf_or_search() -> None:
    scene = scenes.make_scene()
    scene.review.findings.filter(addressed_to="COMMISSIONER").update(
        what_was_seen=f"{CANARY} seen", basis=f"{CANARY} basis", recommendation=f"{CANARY} do"
    )
    Service.objects.filter(pk=scene.place.service.pk).update(outside_control=f"{CANARY} context")
    Review.objects.filter(pk=scene.review.pk).update(status_reason=CANARY, short_notice_reason=CANARY, requested_reason=CANARY)
    report = scenes.draft(scene)
    notes = report.sections.get(code="hub_notes")
    drafting.save_section(section_id=notes.pk, text=f"{CANARY} notes", by=scene.place.officer)
    public = ("summary", "introduction", "findings", "compliance", "scores", "overview", "timetable", "team", "topics", "reviewed")
    drafting.mark_sections(report_id=report.pk, public_codes=public, by=scene.place.officer)
    scenes.start_accuracy(scene)
    scenes.sign(scene)
    publication.publish_report(report_id=report.pk, by=scene.national)
    run_pdf_jobs()

    version = scenes.public_version(report)
    address = scene.report.address
    pages = [
        Client().get(reverse("reports:library")).content.decode(),
        Client()
        .get(reverse("reports:library"), {"words": CANARY})
        .content.decode()
        .replace(f"No reports match {CANARY}", "")
        .replace(f'value="{CANARY}"', ""),
        Client().get(reverse("reports:library_report", args=[address])).content.decode(),
        version.content,
        version.publications.get().summary,
    ]
    path = Path(_root(), version.pdf_path)
    with pikepdf.open(path) as pdf:
        pages += [str(pdf.docinfo), str(pdf.open_metadata())]
    assert [CANARY in text for text in [*pages, pdf_text(path)]] == [False] * (len(pages) + 1)
    final = report.versions.get(purpose="FINAL")
    assert CANARY in pdf_text(Path(_root(), final.pdf_path))


def _root() -> str:
    return str(settings.MEDIA_ROOT)


def test_pdf_of_a_version_is_made_once_also_when_asked_twice() -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    version = scenes.public_version(report)
    run_pdf_jobs()
    version.refresh_from_db()
    first = (version.pdf_path, version.pdf_sha256)

    request_pdf(version_id=version.pk, by=scene.national)
    run_pdf_jobs()

    version.refresh_from_db()
    assert (version.pdf_path, version.pdf_sha256) == first
    assert [str(path.relative_to(_root())) for path in Path(_root(), folder_of(version)).iterdir()] == [version.pdf_path]
    assert version.pdf_page_count >= 10
    assert list(Job.objects.filter(kind="report.pdf", key=str(version.pk)).values_list("status", flat=True)) == ["DONE", "DONE"]


def test_pdf_job_whose_lease_is_lost_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.make_scene()
    version = scenes.public_version(scenes.to_published(scene))
    job = Job.objects.get(kind="report.pdf", key=str(version.pk))

    def lose(self: jobs.Lease, **_: object) -> None:
        raise jobs.LeaseLost("taken over")

    monkeypatch.setattr(jobs.Lease, "complete", lose)
    jobs.run_job(job.pk, heartbeat=False)

    version.refresh_from_db()
    assert version.pdf_path == ""
    assert list(Path(_root(), folder_of(version)).glob("*.pdf")) == []


def test_public_pdf_is_served_with_a_validator_and_without_an_account() -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    run_pdf_jobs()
    url = reverse("reports:library_pdf", args=[report.address])

    first = Client().get(url)
    again = Client().get(url, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, first["Content-Type"], again.status_code) == (200, "application/pdf", 304)
    assert b"".join(first.streaming_content)[:5] == b"%PDF-"
    assert "Full report (PDF, " in Client().get(reverse("reports:library_report", args=[report.address])).content.decode()


def test_draft_pdf_carries_its_mark_and_the_signed_one_does_not() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    run_pdf_jobs()

    marked = {
        version.purpose: "draft" in pdf_text(Path(_root(), version.pdf_path)).lower().split("contents")[0]
        for version in report.versions.exclude(pdf_path="")
    }

    assert marked == {ReportVersion.Purpose.DRAFT: True, ReportVersion.Purpose.FINAL: False}
