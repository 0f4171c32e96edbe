"""What the sections of a report are called, in every place where a title stands, and which of them readers find."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.models import User
from peerreview.models import Finding
from peerreview.services import findings
from reports import content, printing
from reports.models import ReportSection
from reports.outline import parts_for
from reports.papers.whole import save_whole
from reports.services import drafting
from reports.services.versions import freeze
from tests.factories import reports as scenes
from tests.factories.learning import Learning, learning_report, make_learning, say_everywhere
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
LEARNING_TITLES = [
    "Summary", "Introduction", "What was reviewed", "Acknowledgements", "Description of the service", "Views of service users and carers",
    "How people’s views were used", "Focus topics", "What each side learnt", "Findings at a glance", "Findings", "Notes for the service",
    "Appendix 1: The visiting team", "Appendix 2: Timetable",
]  # fmt: skip


def titles(frozen: dict) -> list[str]:
    return [section["title"] for section in frozen["sections"]]


def made_learning(text: str = "We saw handovers at the bedside.") -> Learning:
    made = make_learning()
    say_everywhere(made, text)
    return made


# Titles ---------------------------------------------------------------------------------------------------------------
def test_appendices_are_numbered_as_they_come() -> None:
    def found(*, is_learning: bool) -> list[str]:
        return [part.title for part in parts_for(is_learning=is_learning) if part.is_appendix]

    assert found(is_learning=False) == [
        "Appendix 1: The visiting team", "Appendix 2: Compliance with the standards", "Appendix 3: Timetable"
    ]  # fmt: skip
    assert found(is_learning=True) == ["Appendix 1: The visiting team", "Appendix 2: Timetable"]


def test_public_version_numbers_an_appendix_as_the_whole_report_does() -> None:
    scene = scenes.make_scene()
    scenes.draft(scene, public=("summary", "compliance", "timetable"))

    whole = content.live_content(scene.report)

    assert titles(content.public_part(whole)) == ["Summary", "Appendix 2: Compliance with the standards", "Appendix 3: Timetable"]
    assert titles(whole)[-3:] == ["Appendix 1: The visiting team", "Appendix 2: Compliance with the standards", "Appendix 3: Timetable"]


def test_report_of_a_review_for_learning_names_no_commissioner_anywhere(
    signed_in: SignedIn, tmp_path: Path, settings: LazySettings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = made_learning()
    report = learning_report(made, to="DRAFT")
    notes = report.sections.get(code="hub_notes")
    drafting.save_section(section_id=notes.pk, text="Seen with thanks.", by=made.visit.manager)
    version = freeze(report, purpose="DRAFT", by=made.visit.manager)
    client = signed_in(made.visit.manager)
    save_whole(version, tmp_path / "whole.docx")

    pages = {
        name: client.get(address).content.decode()
        for name, address in {
            "overview": reverse("reports:report_detail", args=[report.pk]),
            "marks": reverse("reports:report_marks", args=[report.pk]),
            "editor": reverse("reports:report_section", args=[report.pk, notes.pk]),
            "whole": reverse("reports:report_read", args=[report.pk]),
        }.items()
    }
    pages["paper"] = printing.version_html(version)
    pages["Word"] = "\n".join(paragraph.text for paragraph in Document(tmp_path / "whole.docx").paragraphs)

    assert titles(content.content_of(version)) == LEARNING_TITLES
    assert [name for name, page in pages.items() if "ommission" in page] == []
    assert [name for name, page in pages.items() if "Notes for the service" not in page] == []
    assert pages["paper"].count("Notes for the service") == 2  # in the contents and over the section


def test_drafts_begun_before_get_the_titles_of_today_and_frozen_ones_keep_theirs() -> None:
    rename = importlib.import_module("reports.migrations.0009_titles_of_drafts").rename
    made = made_learning()
    report = learning_report(made, to="DRAFT")
    report.sections.filter(code="hub_notes").update(title="Notes for the service and its commissioner")
    report.sections.filter(code="timetable").update(title="Appendix 3: Timetable")
    ReportSection.objects.create(report=report, code="commissioning", title="Commissioning findings", block="commissioning", position=99)
    frozen = freeze(report, purpose="DRAFT", by=made.visit.manager)

    rename(apps, None)

    assert [title for _, title in report.sections.order_by("position").values_list("position", "title")] == LEARNING_TITLES
    assert "Commissioning findings" in titles(content.content_of(frozen))


# Findings for learning ------------------------------------------------------------------------------------------------
def test_finding_for_learning_is_not_for_a_commissioner_to_act_on(signed_in: SignedIn) -> None:
    made = make_learning()
    visit, topic = made.visit, made.review.topics.get()
    said = findings.FindingContent(
        category="GOOD_PRACTICE", service_id=visit.scene.service.pk, what_was_seen="Seen", basis="Seen", topic_id=topic.pk,
        addressed_to="COMMISSIONER",
    )  # fmt: skip

    page = signed_in(visit.member).get(f"/reviews/{made.review.pk}/findings/new/").content.decode()
    with pytest.raises(InvalidTransition, match="No commissioner reads what a review for learning finds"):
        findings.record_finding(review_id=made.review.pk, content=said, by=visit.member)

    assert "What did you see?" in page
    assert 'name="addressed_to"' not in page


def test_finding_recorded_for_a_commissioner_before_stands_with_its_service() -> None:
    made = made_learning("Bells at night.")
    Finding.objects.filter(review=made.review, category="GOOD_PRACTICE").update(addressed_to="COMMISSIONER")

    report = learning_report(made, to="DRAFT")

    blocks = {section["block"]: section["data"] for section in content.live_content(report)["sections"] if "block" in section}
    printed = [
        finding["seen"] for service in blocks["findings"]["services"] for group in service["groups"] for finding in group["findings"]
    ]
    assert "commissioning" not in blocks
    assert printed == ["Bells at night.", "Bells at night."]


# Sections that say nothing --------------------------------------------------------------------------------------------
def test_notes_are_left_out_until_somebody_writes_any(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    notes = report.sections.get(code="hub_notes")
    address = reverse("reports:report_section", args=[report.pk, notes.pk])

    def shown() -> list[str]:
        return [section.code for section in content.shown_sections(content.live_content(scene.report))]

    before, left_out = shown(), content.restricted_count(content.live_content(scene.report))
    answers = [
        signed_in(scene.place.officer).post(address, {"text": text, "version": ReportSection.objects.get(pk=notes.pk).version}).status_code
        for text in ("For the board.", "")
    ]
    drafting.save_section(section_id=notes.pk, text="For the board.", by=scene.place.officer)

    assert "hub_notes" not in before
    assert left_out == 0
    assert answers == [302, 302]
    assert "hub_notes" in shown()
    assert content.restricted_count(content.live_content(scene.report)) == 1


def test_words_of_other_sections_cannot_be_emptied(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    section = report.sections.get(code="summary")

    page = signed_in(scene.place.officer).post(
        reverse("reports:report_section", args=[report.pk, section.pk]), {"text": " ", "visibility": "PUBLIC", "version": section.version}
    )

    assert "Enter the text of this section" in page.content.decode()
