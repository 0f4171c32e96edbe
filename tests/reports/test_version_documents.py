"""Documents of one version: the two-page summary, the workbook, Word; whose they are, and that public ones hold public sections alone."""

import datetime as dt
import json
from pathlib import Path

import docx
import openpyxl
import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peerreview.models import Finding
from reports import content
from reports.models import Publication, Report, ReportVersion, VersionFile
from reports.papers.frozen import NotPublishable, checked_content
from reports.papers.summary import MEASURES, sections_of
from reports.services import drafting, files, publication
from surveillance.canonical import sha256_of
from tests.factories import reports as scenes
from tests.pdf_gates import everything_in, faults_of, page_texts, unnumbered_pages
from work import jobs
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
CANARY = "CANARY-5d2e77a1"
FORMULA = '=HYPERLINK("http://127.0.0.1:9/x","y")'


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def make(version: ReportVersion, kind: str, by: object) -> Job:
    job = files.request_file(version_id=version.pk, kind=kind, by=by)
    return jobs.run_job(job.pk, heartbeat=False)


def made_path(job: Job, settings: LazySettings) -> Path:
    assert (job.status, job.error) == ("DONE", "")
    return Path(settings.MEDIA_ROOT, job.result_file)


def run(kind: str) -> Job:
    job = Job.objects.get(kind=kind, status="QUEUED")
    return jobs.run_job(job.pk, heartbeat=False)


def refreeze(version: ReportVersion, change: object) -> None:
    """Write another content as if it had been frozen so."""
    frozen = content.content_of(version)
    change(frozen)
    text = content.as_text(frozen)
    ReportVersion.objects.filter(pk=version.pk).update(content=text, hash=sha256_of(text))


def final_of(report: Report) -> ReportVersion:
    return report.versions.get(purpose="FINAL")


# Summary --------------------------------------------------------------------------------------------------------------
def test_summary_of_a_signed_report_says_what_was_found_on_two_pages(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    scenes.make_actions(scene)
    version = final_of(scenes.to_signed(scene))

    path = made_path(make(version, "summary", scene.place.lead), settings)

    pages = page_texts(path)
    words = " ".join(" ".join(pages).split())
    assert len(pages) <= 2
    assert faults_of(path) == []
    assert unnumbered_pages(path) == []
    for text in ("Two pumps were in use past their service date. (F2)", "Nurses ring every patient on the day after treatment. (F1)",
                 "actions are still to be done by the date of this version. The next is due by",
                 "Made from the whole report. Not for publication."):  # fmt: skip
        assert text in words


def test_summary_asks_for_change_only_where_there_is_a_shortfall() -> None:
    scene = scenes.make_scene()
    frozen = content.content_of(final_of(scenes.to_signed(scene)))

    found = {section.title: section.html for section in sections_of(frozen, MEASURES[0], on=timezone.localdate())}

    assert "Further consideration" not in found["What must change"]
    seen = Finding.objects.get(category="FURTHER_CONSIDERATION").what_was_seen
    assert (seen in found["What must change"], seen in found["What to think about"]) == (False, True)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([], "No action was agreed yet."),
        ([("31 July 2026", "Verified"), ("1 August 2026", "Done but not verified")], "2 actions were agreed, and all are done."),
        ([("31 July 2026", "Verified")], "1 action was agreed, and it is done."),
        (
            [("31 July 2026", "Verified"), ("2 November 2026", "Blocked"), ("1 September 2026", "In progress")],
            "2 actions are still to be done by the date of this version. The next is due by 1 September 2026.",
        ),
        (
            [("31 July 2026", "In progress"), ("31 August 2026", "Accepted by owner")],
            "2 actions are still to be done by the date of this version. The next is due by 31 August 2026. "
            "1 of them is past the day that was agreed.",
        ),
        ([("31 July 2026", "Sent back")], "1 action is still to be done by the date of this version. The day that was agreed is past."),
    ],
)
def test_summary_looks_ahead_from_the_day_of_its_version(actions: list[tuple[str, str]], expected: str) -> None:
    data = {"actions": [{"due": due, "status": status} for due, status in actions], "without_action": [], "recommendation_count": 3}
    frozen = {"sections": [{"code": "actions", "title": "Actions", "block": "actions", "data": data}]}

    (section,) = sections_of(frozen, MEASURES[0], on=dt.date(2026, 8, 31))

    assert (section.title, section.html) == ("What happens next", f"<p>The team made 3 recommendations. {expected}</p>")


def test_short_words_keep_their_list_in_the_summary(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    version = final_of(scenes.to_signed(scene))

    def fill(frozen: dict) -> None:
        next(section for section in frozen["sections"] if section["code"] == "summary")["text"] = "Good practice:\n\n- F1\n- F2"

    refreeze(version, fill)

    words = " ".join(page_texts(made_path(make(version, "summary", scene.place.lead), settings))[0].split())
    assert "Good practice: • F1 • F2" in words


LONG_SENTENCE = "The service " + "really " * 900 + "works."
LONG_WORDS = "One sentence that says a thing about the service. " * 400
ONE_WORD = "x" * 4000
HOSTILE = (
    '"><script>x</script><img src="http://127.0.0.1:9/x"><style>@page{size:1mm}</style> <svg><image href="file:///etc/passwd"/></svg> '
)


TEXTS = {
    "sentence": LONG_SENTENCE, "words": LONG_WORDS, "word": ONE_WORD, "hostile": HOSTILE * 60, "headings": "# A heading\n\n" * 300,
    "items": "- item\n" * 500,
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_summary_never_exceeds_two_pages_and_never_ends_inside_a_sentence(text: str, settings: LazySettings) -> None:
    rows = [(category, text, text, "PROVIDER") for category, *_ in scenes.FINDINGS for _ in range(4) if category != "GOOD_PRACTICE"]
    rows += [("GOOD_PRACTICE", text, "", "PROVIDER")] * 6
    scene = scenes.make_scene(findings=tuple(rows))
    version = final_of(scenes.to_signed(scene))

    name = "Name " * 50 if "sentence" in text or "really" in text else text

    def fill(frozen: dict) -> None:
        frozen["cover"] |= {"title": name[:250], "services": [name[:200]] * 9, "holders": [name[:200]] * 9}
        for section in frozen["sections"]:
            if "text" in section:
                section["text"] = text
            for service in section.get("data", {}).get("services", []):
                for group in service.get("groups", []) if isinstance(service, dict) else []:
                    group["definition"] = text

    refreeze(version, fill)

    path = made_path(make(version, "summary", scene.place.lead), settings)

    words = " ".join(" ".join(page_texts(path)).split())
    assert len(page_texts(path)) <= 2
    assert faults_of(path) == []
    assert b"root:" not in everything_in(path)
    if text is LONG_WORDS:
        assert words.count("One sentence") > 20
        cut = words.count("One sentence") - words.count("One sentence that says a thing about the service.")
        assert cut <= 1  # a sentence that goes on over the page
    if text is LONG_SENTENCE:
        assert "This part is too long for a summary. Read it in the full report." in words
        assert "really" not in words


def test_public_summary_is_made_with_the_publication_and_goes_with_it(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    run("report_summary.public")
    url = reverse("reports:library_summary", args=[report.address])

    first = Client().get(url)
    again = Client().get(url, headers={"if-none-match": first["ETag"]})
    kept = VersionFile.objects.get()
    publication.withdraw_report(report_id=report.pk, reason="Wrong site", by=scene.national)
    gone = Client().get(url)

    assert (first.status_code, first["Content-Type"], again.status_code, gone.status_code) == (200, "application/pdf", 304, 410)
    assert b"".join(first.streaming_content)[:5] == b"%PDF-"
    words = " ".join(" ".join(page_texts(Path(settings.MEDIA_ROOT, kept.path))).split())
    assert "Made from the public sections of the report only." in words
    assert faults_of(Path(settings.MEDIA_ROOT, kept.path)) == []


def test_public_summary_is_made_once_when_its_job_runs_twice(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    version = scenes.public_version(scenes.to_published(scene))
    run("report_summary.public")
    before = VersionFile.objects.get()

    files.request_public_summary(version_id=version.pk, by=None)
    run("report_summary.public")

    after = VersionFile.objects.get()
    assert (after.pk, after.sha256) == (before.pk, before.sha256)
    assert [path.name for path in Path(settings.MEDIA_ROOT, "summaries").iterdir()] == [Path(after.path).name]


# Restricted -----------------------------------------------------------------------------------------------------------
def test_restricted_words_reach_no_document_of_the_public_version(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    scene.review.findings.filter(addressed_to="COMMISSIONER").update(
        what_was_seen=f"{CANARY} seen", basis=f"{CANARY} basis", recommendation=f"{CANARY} do"
    )
    report = scenes.draft(scene, public=("summary", "findings", "overview", "reviewed"))
    for code in ("hub_notes", "views", "introduction"):
        section = report.sections.get(code=code)
        drafting.save_section(section_id=section.pk, text=f"{CANARY} words", by=scene.place.officer)
    scenes.start_accuracy(scene)
    scenes.sign(scene)
    publication.publish_report(report_id=report.pk, by=scene.national)
    version = scenes.public_version(report)
    run("report_summary.public")

    paths = [made_path(make(version, kind, scene.place.officer), settings) for kind in ("summary", "findings", "word")]
    paths.append(Path(settings.MEDIA_ROOT, VersionFile.objects.get().path))

    assert [path.name for path in paths if CANARY in text_of(path)] == []
    assert CANARY in text_of(made_path(make(final_of(report), "word", scene.place.officer), settings))


def text_of(path: Path) -> str:
    if path.suffix == ".docx":
        document = docx.Document(path)
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return " ".join(page_texts(path)) + everything_in(path).decode("latin-1")


@pytest.mark.parametrize("mark", [None, "", "public", "EVERYBODY", "RESTRICTED"])
@pytest.mark.parametrize("kind", ["summary", "findings", "word"])
def test_public_document_of_a_section_not_marked_public_fails_with_a_sentence(kind: str, mark: str | None) -> None:
    scene = scenes.make_scene()
    version = scenes.public_version(scenes.to_published(scene))

    def change(frozen: dict) -> None:
        frozen["sections"][0].pop("visibility")
        frozen["sections"][0] |= {} if mark is None else {"visibility": mark}

    refreeze(version, change)

    job = make(version, kind, scene.place.officer)

    assert (job.status, job.result_file) == ("FAILED", "")
    assert job.error == "“Summary” is not marked public, so the public version was not made."


def test_report_whose_signed_text_has_an_unknown_mark_is_not_published() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    version = final_of(report)
    refreeze(version, lambda frozen: frozen["sections"][1].update(visibility="EVERYBODY"))
    version.refresh_from_db()
    report.sign_offs.update(content_hash=version.hash)

    with pytest.raises(InvalidTransition, match="“Introduction” is marked neither public nor restricted"):
        publication.publish_report(report_id=report.pk, by=scene.national)

    assert (scene.report.status, Publication.objects.count()) == ("SIGNED_OFF", 0)


def test_text_that_was_changed_after_freezing_makes_no_document() -> None:
    scene = scenes.make_scene()
    version = final_of(scenes.to_signed(scene))
    ReportVersion.objects.filter(pk=version.pk).update(content=json.dumps({"sections": []}))
    version.refresh_from_db()

    with pytest.raises(NotPublishable, match="is not the one that was frozen"):
        checked_content(version)


# Workbook and Word ----------------------------------------------------------------------------------------------------
def test_workbook_holds_findings_and_plan_and_defines_its_words(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    actions = scenes.make_actions(scene)
    Finding.objects.filter(review=scene.review, category="SERIOUS_CONCERN").update(what_was_seen=FORMULA, recommendation=FORMULA)
    version = final_of(scenes.to_signed(scene))

    book = openpyxl.load_workbook(made_path(make(version, "findings", scene.place.lead), settings))

    findings = list(book["Findings"].iter_rows(values_only=True))
    plan = list(book["Plan"].iter_rows(values_only=True))
    about = {row[0]: row[1] for row in book["About this workbook"].iter_rows(values_only=True)}
    assert [row[0] for row in findings] == ["Finding", "F1", "F2", "F3", "F4", "F5", "F6"]
    assert [row[3] for row in findings[1:]] == [
        "Good practice", "Immediate risks", "Serious concerns", "Concerns", "Concerns", "Further consideration",
    ]  # fmt: skip
    assert [row[4] for row in findings[1:]].count("Commissioner") == 1
    assert findings[3][7] == f"'{FORMULA}"
    assert len(plan) == len(actions) + 1
    assert [term for term in ("Finding", "Basis", "Action", "Immediate risks") if not about.get(term)] == []
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_word_file_has_the_sections_of_the_report(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    version = report.versions.get(purpose="ACCURACY")

    document = docx.Document(made_path(make(version, "word", scene.place.lead), settings))

    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [section.title for section in report.sections.exclude(block="", text="").order_by("position")]
    assert "ACCURACY CHECK" in document.sections[0].header.paragraphs[0].text
    assert document.core_properties.title == report.title


# Whose they are -------------------------------------------------------------------------------------------------------
def test_person_who_may_no_longer_read_the_version_gets_a_sentence(settings: LazySettings) -> None:
    scene = scenes.make_scene()
    version = final_of(scenes.to_signed(scene))
    job = files.request_file(version_id=version.pk, kind="word", by=scene.place.lead)
    scene.place.lead.memberships.all().delete()
    scene.place.service.assignments.filter(user=scene.place.lead).delete()

    done = jobs.run_job(job.pk, heartbeat=False)

    assert (done.status, done.error, done.result_file) == ("FAILED", "You cannot read this version any more.", "")


def test_page_offers_only_versions_that_the_person_may_read(signed_in) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    url = reverse("reports:report_documents", args=[report.pk])

    page = signed_in(scene.place.lead).get(url).content.decode()
    asked = signed_in(scene.place.lead).post(url, {"number": report.versions.get(purpose="ACCURACY").number, "kind": "word"})
    refused = signed_in(scene.place.commissioner).get(url)

    assert "Factual accuracy check, version" in page
    assert (asked.status_code, refused.status_code) == (302, 403)
    assert list(Job.objects.filter(kind="report.docx").values_list("requested_by", flat=True)) == [scene.place.lead.pk]


@pytest.mark.parametrize(
    "form", [{}, {"number": "999", "kind": "word"}, {"number": "1", "kind": "other"}, {"number": "x", "kind": "summary"}]
)
def test_form_that_names_nothing_readable_makes_no_job(form: dict[str, str], signed_in) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)

    signed_in(scene.place.lead).post(reverse("reports:report_documents", args=[report.pk]), form)

    assert not Job.objects.filter(kind__in=files.KINDS.values()).exists()
