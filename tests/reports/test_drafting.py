"""A draft by the anatomy of a report, edited section by section: nothing typed is lost, nothing restricted gets out by a mark."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from peerreview.models import Finding, PatientView, Review, ReviewService
from reports import content
from reports.models import Report, ReportSection
from reports.outline import parts_for
from reports.queries.clocks import clocks_of
from reports.queries.drafts import text_from_data
from reports.queries.sections import history_of
from reports.services import drafting
from reports.words import drafted_text
from surveillance.services.clash import SomeoneElseChanged
from tests.factories import report_states
from tests.factories import reports as scenes
from tests.factories.surveillance import ServiceFactory
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def section_of(report: Report, code: str = "summary") -> ReportSection:
    return report.sections.get(code=code)


def block_of(report: Report, code: str) -> dict:
    return next(section["data"] for section in content.live_content(report)["sections"] if section["code"] == code)


def say(scene: scenes.Scene, finding: Finding) -> None:
    """A view of a patient, shared with the team, on which the finding rests."""
    view = PatientView.objects.create(
        review=scene.review, service=scene.place.service, channel="LINK", status="SHARED", who="PATIENT", good="Kind staff",
        read_by=scene.place.officer, read_at=timezone.now(),
    )  # fmt: skip
    finding.views.add(view)


def url(name: str, section: ReportSection) -> str:
    return reverse(f"reports:{name}", args=[section.report_id, section.pk])


# What the draft holds -------------------------------------------------------------------------------------------------
def test_draft_holds_every_part_of_the_anatomy() -> None:
    scene = scenes.make_scene()

    report = scenes.draft(scene)

    assert list(report.sections.values_list("code", flat=True)) == [
        "summary", "introduction", "reviewed", "acknowledgements", "description", "scores", "views", "heard", "topics", "overview",
        "findings", "commissioning", "actions", "hub_notes", "team", "compliance", "timetable",
    ]  # fmt: skip


def test_report_for_learning_has_no_scores_and_its_words_speak_of_none() -> None:
    scene = scenes.make_scene(findings=scenes.FINDINGS[:1])
    Review.objects.filter(pk=scene.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST")

    report = drafting.start_report(review_id=scene.review.pk, by=scene.place.officer)

    assert set(report.sections.values_list("block", flat=True)) & {"scores", "compliance", "actions"} == set()
    words = " ".join(report.sections.values_list("text", flat=True))
    assert "Indicators of" not in words
    assert "judges no indicator and gives no score" in words


def test_findings_of_a_pathway_stand_by_its_steps_with_their_hand_over() -> None:
    scene = scenes.make_scene()
    Review.objects.filter(pk=scene.review.pk).update(is_pathway=True)
    ReviewService.objects.filter(review=scene.review).update(step="Referral")
    after = ServiceFactory(provider__region=scene.review.region, region=scene.review.region, name="Surgery service")
    ReviewService.objects.create(review=scene.review, service=after, position=2, step="Surgery")
    Finding.objects.filter(category="GOOD_PRACTICE").update(handover_to=after)

    data = block_of(scenes.draft(scene), "findings")

    first, second = data["services"]
    assert first["heading"] == f"Step 1: Referral. {scene.place.service.name}, {scene.place.service.holder.name}"
    assert second["heading"].startswith("Step 2: Surgery. Surgery service")
    assert first["groups"][0]["findings"][0]["handover"] == "Surgery service"


def test_views_say_which_findings_rest_on_them_and_never_what_was_said() -> None:
    scene = scenes.make_scene()
    say(scene, Finding.objects.get(category="CONCERN", addressed_to="PROVIDER"))
    held_back = Finding.objects.get(category="SERIOUS_CONCERN")
    say(scene, held_back)
    held_back.views.update(status="HELD_BACK")

    report = scenes.draft(scene)

    data = block_of(report, "heard")
    assert [reference for reference, _, _ in data["resting"]] == ["F4"]
    assert "How these views were used: F4 rests on them" in section_of(report, "views").text
    assert "Kind staff" not in str(content.live_content(report))


def test_views_without_any_deny_nothing_that_a_finding_says_it_rests_on() -> None:
    scene = scenes.make_scene()
    Finding.objects.filter(category="CONCERN").update(basis="What six patients told the patient reviewer.")

    text = section_of(scenes.draft(scene), "views").text

    assert text.endswith(
        "No views of patients and carers were recorded in this system. "
        "Where a finding rests on what people told the team, what it rests on says so."
    )


def test_summary_counts_every_category_and_says_where_to_look() -> None:
    scene = scenes.make_scene()

    text = section_of(scenes.draft(scene)).text

    assert (
        "The team agreed 6 findings: 1 point of good practice, 1 immediate risk, 1 serious concern, 2 concerns and "
        "1 point for further consideration.\n\n"
        "F2 is an immediate risk. F3 is a serious concern. F4 is a concern. F5 is for the commissioner. "
        "What the team saw, and what it recommends, stands under these numbers in the findings."
    ) in text
    assert "indicator" not in text.split("Indicators of")[0]


def test_summary_uses_the_names_that_a_procedure_gave_its_categories() -> None:
    facts = {
        "cover": {"services": ["Renal"], "holders": ["Trust"], "visit_dates": ""},
        "overview": {"categories": ["Strengths", "Alerts", "Thoughts"], "services": [{"counts": [0, 2, 1]}], "total": 3},
        "findings": {"services": [{"groups": [
            {"label": "Strengths", "findings": []}, {"label": "Alerts", "findings": [{"reference": "F1"}, {"reference": "F2"}]},
            {"label": "Thoughts", "findings": [{"reference": "F3"}]},
        ]}]},
        "heard": {"given": 0},
    }  # fmt: skip

    assert drafted_text("summary", facts) == (
        "A peer review team reviewed Renal at Trust.\n\n"
        "The team agreed 3 findings: 2 under “Alerts” and 1 under “Thoughts”.\n\n"
        "F1 and F2 are under “Alerts”. What the team saw, and what it recommends, stands under these numbers in the findings."
    )


def test_topics_name_the_findings_about_them() -> None:
    scene = scenes.make_scene()
    Finding.objects.filter(category="GOOD_PRACTICE").update(topic=scene.review.topics.get())

    data = block_of(scenes.draft(scene), "topics")

    assert [topic["findings"] for topic in data["topics"]] == [["F1"]]


def test_summary_names_findings_by_number_and_never_quotes_them() -> None:
    scene = scenes.make_scene()

    text = section_of(scenes.draft(scene)).text

    assert "F2 is an immediate risk." in text
    assert [seen for _, seen, _, _ in scenes.FINDINGS if seen in text] == []


# Words, preview, two people's edits -----------------------------------------------------------------------------------
def test_preview_shows_what_was_typed_and_saves_nothing(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section = section_of(scenes.draft(scene))
    data = {"text": "## A heading\n\nNew **words**", "visibility": "PUBLIC", "version": section.version, "preview": "1"}

    answer = signed_in(scene.place.officer).post(url("report_section", section), data)

    body = answer.content.decode()
    assert answer.status_code == 200
    assert '<h3 class="nhsuk-heading-s">A heading</h3>' in body
    assert "Not saved yet." in body
    assert section_of(scene.report).text == section.text


def test_saving_what_a_browser_sends_back_unchanged_changes_no_word(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section = section_of(scenes.draft(scene))
    sent = {"text": section.text.replace("\n", "\r\n"), "visibility": "PUBLIC", "version": section.version}

    signed_in(scene.place.officer).post(url("report_section", section), sent)

    assert section_of(scene.report).text == section.text


@pytest.mark.parametrize(
    ("choice", "kept"), [("THEIRS", "Theirs"), ("MINE", "Mine"), ("BOTH", "From both")], ids=["theirs", "mine", "both"]
)
def test_two_peoples_edits_meet_on_one_page_and_either_can_be_kept(signed_in: SignedIn, choice: str, kept: str) -> None:
    scene = scenes.make_scene()
    section, officer = section_of(scenes.draft(scene)), signed_in(scene.place.officer)
    drafting.save_section(section_id=section.pk, text="Theirs", by=scene.place.manager)
    first = officer.post(url("report_section", section), {"text": "Mine", "visibility": "PUBLIC", "version": section.version})
    form = first.context["form"]
    hidden = {name: form[name].value() for name in ("keep_asked", "mine", "version", "visibility")}

    answer = officer.post(url("report_section", section), hidden | {"keep": choice, "both": "From both"})

    assert (first.status_code, answer.status_code) == (409, 302)
    assert section_of(scene.report).text == kept


def test_choice_between_two_edits_is_asked_again_when_it_is_missing_or_late(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section, officer = section_of(scenes.draft(scene)), signed_in(scene.place.officer)
    drafting.save_section(section_id=section.pk, text="Theirs", by=scene.place.manager)
    hidden = {"keep_asked": "1", "mine": "Mine", "version": section.version, "visibility": "PUBLIC"}

    unanswered = officer.post(url("report_section", section), hidden)
    late = officer.post(url("report_section", section), hidden | {"keep": "MINE"})

    assert (unanswered.status_code, late.status_code) == (409, 409)
    assert "Select which text you want to keep" in unanswered.content.decode()
    assert "It changed again at" in late.content.decode()
    assert section_of(scene.report).text == "Theirs"


def test_marks_saved_by_two_people_meet_on_one_page(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report, officer = scenes.draft(scene, public=("summary",)), signed_in(scene.place.officer)
    address = reverse("reports:report_marks", args=[report.pk])
    opened = officer.get(address).context["form"]["opened_mark"].value()
    drafting.mark_sections(report_id=report.pk, public_codes=["findings"], by=scene.place.manager)

    answer = officer.post(address, {"public": ["team"], "opened_mark": opened})

    assert answer.status_code == 409
    assert "Someone else changed these marks" in answer.content.decode()
    assert list(report.sections.filter(visibility="PUBLIC").values_list("code", flat=True)) == ["findings"]


# Public and restricted ------------------------------------------------------------------------------------------------
def test_section_that_may_never_be_public_is_refused_and_left_out_whatever_its_mark() -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)

    with pytest.raises(InvalidTransition, match="cannot be public"):
        drafting.mark_sections(report_id=report.pk, public_codes=["hub_notes"], by=scene.place.officer)
    ReportSection.objects.filter(report=report).update(visibility="PUBLIC")

    public = content.public_part(content.live_content(scene.report))
    assert {section["code"] for section in public["sections"]} == {part.code for part in parts_for(is_learning=False)} - {"hub_notes"}


def test_history_says_who_wrote_and_who_marked() -> None:
    scene = scenes.make_scene()
    section = section_of(drafting.start_report(review_id=scene.review.pk, by=scene.place.officer))
    drafting.save_section(section_id=section.pk, text="New words", by=scene.place.manager)
    drafting.mark_sections(report_id=section.report_id, public_codes=["summary"], by=scene.other_officer)

    entries = history_of(section)

    assert [(entry.who, entry.acts) for entry in entries] == [
        (scene.other_officer.name, ["Marked it public"]),
        (scene.place.manager.name, ["Changed the text"]),
        (scene.place.officer.name, ["Drafted from the data"]),
    ]
    assert "New words" in "".join(piece.text for piece in entries[0].pieces)


# Data that changed after an edit --------------------------------------------------------------------------------------
def edited_then_changed(scene: scenes.Scene) -> ReportSection:
    """A summary that somebody edited, after which a finding was withdrawn."""
    report_states.edited_then_changed(scene)
    return section_of(scene.report)


def test_data_that_changed_after_an_edit_is_shown_and_overwrites_nothing(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section, officer = edited_then_changed(scene), signed_in(scene.place.officer)

    overview = officer.get(reverse("reports:report_detail", args=[section.report_id])).content.decode()
    page = officer.get(url("report_section", section)).content.decode()
    choice = officer.get(url("report_section_data", section)).content.decode()

    assert "The data changed since you edited this" in overview
    assert "The data changed since you edited this" in page
    assert "Removed:" in choice
    assert "The team agreed 5 findings" in text_from_data(section)
    assert section_of(scene.report).text == "Mine"


@pytest.mark.parametrize(("keep", "expected"), [("MINE", "Mine"), ("THEIRS", None), ("BOTH", "From both")])
def test_choice_about_changed_data_is_kept_and_asked_once(signed_in: SignedIn, keep: str, expected: str | None) -> None:
    scene = scenes.make_scene()
    section, officer = edited_then_changed(scene), signed_in(scene.place.officer)
    now = text_from_data(section)
    form = officer.get(url("report_section_data", section)).context["form"]
    hidden = {name: form[name].value() for name in ("keep_asked", "version", "opened_mark")}

    answer = officer.post(url("report_section_data", section), hidden | {"keep": keep, "both": "From both"})

    assert answer.status_code == 302
    assert section_of(scene.report).text == (expected or now)
    assert "The data changed since you edited this" not in officer.get(url("report_section", section)).content.decode()


def test_data_that_changes_again_while_somebody_chooses_asks_again(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section, officer = edited_then_changed(scene), signed_in(scene.place.officer)
    form = officer.get(url("report_section_data", section)).context["form"]
    hidden = {name: form[name].value() for name in ("keep_asked", "version", "opened_mark")}
    Finding.objects.filter(category="GOOD_PRACTICE").update(status="WITHDRAWN")

    answer = officer.post(url("report_section_data", section), hidden | {"keep": "BOTH", "both": "Half a day of work"})

    assert answer.status_code == 409
    assert "Half a day of work" in answer.content.decode()
    assert section_of(scene.report).text == "Mine"


def test_text_from_both_is_not_lost_when_somebody_else_chose_meanwhile(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    section, officer = edited_then_changed(scene), signed_in(scene.place.officer)
    form = officer.get(url("report_section_data", section)).context["form"]
    hidden = {name: form[name].value() for name in ("keep_asked", "version", "opened_mark")}
    now = text_from_data(section)
    drafting.settle_section_data(section_id=section.pk, text=now, opened_mark=hidden["opened_mark"], by=scene.place.manager)

    answer = officer.post(url("report_section_data", section), hidden | {"keep": "BOTH", "both": "Half a day of work"})

    assert answer.status_code == 409
    assert "Half a day of work" in answer.content.decode()
    assert section_of(scene.report).text == now


def test_settling_with_an_old_version_meets_the_other_edit() -> None:
    scene = scenes.make_scene()
    section = edited_then_changed(scene)

    with pytest.raises(SomeoneElseChanged):
        drafting.settle_section_data(
            section_id=section.pk, text="Other", opened_mark="", by=scene.place.officer, version=section.version - 1
        )


# Clocks ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("carry", "done_count"),
    [
        (scenes.draft, 0), (scenes.to_check, 2), (scenes.to_accuracy, 3), (scenes.to_answered, 4), (scenes.to_signed, 5),
        (scenes.to_published, 6),
    ],
)  # fmt: skip
def test_clocks_of_all_six_steps_stand_on_the_page(carry: Callable[..., Report], done_count: int) -> None:
    scene = scenes.make_scene()

    clocks = clocks_of(carry(scene))

    assert [clock.is_done for clock in clocks] == [True] * done_count + [False] * (6 - done_count)
    assert all(clock.holder and clock.words for clock in clocks)
