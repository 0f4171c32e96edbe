"""What a report holds, what the public version never holds, and its PDF: made once, also when the job runs twice."""

import datetime as dt
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from django.conf import LazySettings, settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerreview.models import Note, PatientView, Review
from reports import content
from reports.models import LibraryEntry, Publication, ReportVersion, Subscription
from reports.periodic import send_library_news
from reports.queries.library import Asked, results
from reports.services import cards, drafting, publication, subscriptions
from reports.services.cards import CardText
from reports.services.documents import folder_of, request_pdf
from reports.subscription_tokens import token_of
from surveillance.models import Action, EvidenceItem, Service
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


def test_blocks_read_what_they_share_once_in_a_drawing_and_anew_in_the_next() -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    with CaptureQueriesContext(connection) as captured:
        one = content.live_content(report)
    scene.review.findings.filter(category="GOOD_PRACTICE").update(status="WITHDRAWN")

    another = content.live_content(report)

    asked = [query["sql"] for query in captured if '"peerreview_finding"."what_was_seen"' in query["sql"]]
    assert len(asked) == 1
    assert "Nurses ring every patient" in str(one)
    assert "Nurses ring every patient" not in str(another)


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
    _say_everywhere(scene)
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
        .replace(f'value="{CANARY}"', "")
        .replace(f"words={CANARY}", ""),
        Client().get(reverse("reports:library_report", args=[address])).content.decode(),
        version.content,
        version.publications.get().summary,
    ]
    entry = LibraryEntry.objects.get(publication__version=version)
    pages += [entry.title, entry.services, entry.holders, entry.extract, entry.head, entry.words, str(entry.vector), str(entry.head_vector)]
    pages += [str(list(entry.facets.values())), address, version.pdf_path, str(list(results(Asked(f"trust or {CANARY}"))))]
    for name, arguments in PUBLIC_ROUTES:
        answer = Client().get(reverse(f"reports:{name}", args=[address] if arguments else []))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        pages += [body.decode(errors="replace") if name != "library_pdf" else "", str(answer.headers)]
    pages += _library_mails()
    path = Path(_root(), version.pdf_path)
    with pikepdf.open(path) as pdf:
        pages += [str(pdf.docinfo), str(pdf.open_metadata())]
    assert [CANARY in text for text in [*pages, pdf_text(path)]] == [False] * (len(pages) + 1)
    final = report.versions.get(purpose="FINAL")
    assert CANARY in pdf_text(Path(_root(), final.pdf_path))


def _say_everywhere(scene: scenes.Scene) -> None:
    """A canary in notes, views of patients, files, a withdrawn finding and a card: nothing that a report prints."""
    review, service = scene.review, scene.place.service
    item = EvidenceItem.objects.create(service=service, title=f"{CANARY} file", added_by=scene.place.lead)
    note = Note.objects.create(review=review, author=scene.reviewer, text=f"{CANARY} note")
    shared = {"status": "SHARED", "read_by": scene.place.officer, "read_at": timezone.now()}
    said = {"good": f"{CANARY} good", "better": f"{CANARY} better", "unsafe": f"{CANARY} unsafe"}
    view = PatientView.objects.create(review=review, service=service, channel="PAPER", entered_by=scene.place.officer, **said, **shared)
    finding = review.findings.filter(addressed_to="PROVIDER").first()
    for rows, row in ((finding.evidence, item), (finding.notes, note), (finding.views, view)):
        rows.add(row)
    withdrawn = {"category": "CONCERN", "recommendation": f"{CANARY} do", "basis": CANARY, "recorded_by": scene.reviewer}
    review.findings.create(service=service, status="WITHDRAWN", what_was_seen=f"{CANARY} seen", **withdrawn)
    praised = review.findings.filter(category="GOOD_PRACTICE").get()
    text = CardText(*[f"{CANARY} {name}" for name in ("title", "what", "whom", "how", "contact")])
    cards.write_card(finding_id=praised.pk, text=text, by=scene.place.officer)


PUBLIC_ROUTES = [
    ("library_pdf", True),
    ("library_figures", True),
    ("catalogue_csv", False),
    ("catalogue_json", False),
    ("subscribe", False),
]


def _library_mails() -> list[str]:
    """What an address that follows everything gets, headers included."""
    Publication.objects.update(public_from=timezone.now() - dt.timedelta(hours=1))
    subscriptions.ask_for_emails(email="reader@example.org", facets={})
    row = Subscription.objects.get()
    subscriptions.confirm_emails(token=token_of(row))
    Subscription.objects.update(told_until=timezone.now() - dt.timedelta(days=1))
    send_library_news()
    jobs.run_pending()
    sent = [message for message in mail.outbox if message.to == ["reader@example.org"]]
    assert len(sent) == 2
    return [str(message.message()) for message in sent]


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
