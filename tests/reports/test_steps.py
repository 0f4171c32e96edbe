"""A report from draft to publication: moves, two-person rules, the hash that a signature binds, silence."""

import datetime as dt
from itertools import product

import pytest
from django.utils import timezone

from peerreview.models import Finding, Review, TeamMember
from reports.models import AccuracyPoint, Publication, QualityCheck, Receipt, Report, ReportVersion, SignOff
from reports.outline import may_be_empty
from reports.queries.people import checker_candidates
from reports.queries.steps import report_next_step
from reports.services import accuracy, checking, drafting, publication, signing
from surveillance.services.clash import SomeoneElseChanged
from tests.factories import reports as scenes
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
S = Report.Status
ALLOWED = {
    (S.DRAFT, S.QUALITY_CHECK), (S.QUALITY_CHECK, S.DRAFT), (S.QUALITY_CHECK, S.FACTUAL_ACCURACY), (S.FACTUAL_ACCURACY, S.SIGNED_OFF),
    (S.SIGNED_OFF, S.PUBLISHED), (S.SIGNED_OFF, S.WITHHELD), (S.PUBLISHED, S.WITHDRAWN), (S.PUBLISHED, S.WITHHELD),
    (S.WITHHELD, S.PUBLISHED), (S.WITHDRAWN, S.PUBLISHED),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_status_moves_only_where_the_table_allows(before: str, after: str) -> None:
    report = Report(status=before)

    if (before, after) in ALLOWED:
        report.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            report.check_may_become(after)


def test_start_report_drafts_every_section_restricted() -> None:
    scene = scenes.make_scene()

    report = drafting.start_report(review_id=scene.review.pk, by=scene.place.officer)

    assert set(report.sections.values_list("visibility", flat=True)) == {"RESTRICTED"}
    assert {section.code for section in report.sections.filter(block="", text="") if not may_be_empty(section.code)} == set()
    assert report.drafter == scene.place.officer


def test_start_report_before_the_visit_is_finished_is_refused() -> None:
    scene = scenes.make_scene()
    Review.objects.filter(pk=scene.review.pk).update(status="VISITING")

    with pytest.raises(InvalidTransition):
        drafting.start_report(review_id=scene.review.pk, by=scene.place.officer)


def test_save_section_with_an_old_version_meets_the_other_edit() -> None:
    scene = scenes.make_scene()
    section = scenes.draft(scene).sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="First", by=scene.place.officer, version=section.version)

    with pytest.raises(SomeoneElseChanged) as clash:
        drafting.save_section(section_id=section.pk, text="Second", by=scene.place.manager, version=section.version)

    assert clash.value.current.text == "First"


def test_checker_candidates_leave_out_drafter_team_and_visit_lead() -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)

    found = set(checker_candidates(report))

    assert found == {scene.place.manager, scene.other_officer, scene.national}


def test_quality_check_needs_two_different_people() -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    twice = [scene.other_officer.pk, scene.other_officer.pk]

    with pytest.raises(InvalidTransition, match="2 different people"):
        checking.ask_for_quality_check(report_id=report.pk, checker_ids=twice, by=scene.place.officer)


def test_quality_check_passes_only_with_all_four_points() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)

    with pytest.raises(InvalidTransition, match="all 4 points"):
        checking.answer_quality_check(report_id=report.pk, by=scene.national, is_passed=True, criteria=["tone_is_fair"])


def test_quality_check_returned_goes_back_to_draft_and_drops_the_other() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)

    checking.answer_quality_check(report_id=report.pk, by=scene.national, is_passed=False, criteria=[], note="The tone is harsh.")

    assert scene.report.status == S.DRAFT
    assert list(QualityCheck.objects.values_list("outcome", flat=True)) == ["RETURNED"]


def test_second_pass_starts_the_accuracy_check_with_an_item_a_finding() -> None:
    scene = scenes.make_scene()

    report = scenes.to_accuracy(scene)

    assert report.status == S.FACTUAL_ACCURACY
    assert report.accuracy_points.exclude(finding=None).count() == len(scenes.FINDINGS)
    assert list(report.accuracy_points.filter(party="COMMISSIONER").values_list("text", flat=True)) == [
        "Nobody pays for the outreach clinic."
    ]
    assert report.versions.filter(purpose="ACCURACY").count() == 1


def test_accuracy_item_of_the_commissioner_is_not_the_service_s_to_answer() -> None:
    scene = scenes.make_scene()
    point = scenes.to_accuracy(scene).accuracy_points.get(party="COMMISSIONER")

    with pytest.raises(InvalidTransition):
        accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=True)


def test_accuracy_accepted_changes_the_finding_and_keeps_both_sides() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    point = report.accuracy_points.get(finding__what_was_seen__startswith="No consultant")
    for other in report.accuracy_points.filter(party="SERVICE"):
        accuracy.answer_point(point_id=other.pk, by=scene.place.lead, is_correct=other != point, what_is_wrong="Saturday is covered.")
    accuracy.send_accuracy_answers(report_id=report.pk, by=scene.place.lead)

    accuracy.accept_point(point_id=point.pk, new_text="No consultant covers the service on Sundays.", by=scene.lead_reviewer)

    finding = Finding.objects.get(pk=point.finding_id)
    point.refresh_from_db()
    assert (finding.status, finding.what_was_seen) == ("AMENDED", "No consultant covers the service on Sundays.")
    assert (point.text, point.what_is_wrong, point.outcome) == (
        "No consultant covers the service at weekends.",
        "Saturday is covered.",
        "ACCEPTED",
    )


def test_accuracy_silence_accepts_as_written_after_the_day_only() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    due = report.accuracy_due_date

    on_the_day = accuracy.lapse_accuracy(today=due)
    after = accuracy.lapse_accuracy(today=due + dt.timedelta(days=1))

    assert (on_the_day, after) == (0, report.accuracy_points.count())
    assert set(report.accuracy_points.values_list("answer", flat=True)) == {AccuracyPoint.Answer.SILENT}


def test_sign_off_by_the_drafter_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_answered(scene)
    version = signing.prepare_final(report_id=report.pk, by=scene.place.officer)

    with pytest.raises(InvalidTransition, match="You drafted this report, so someone else must sign it off."):
        signing.sign_off_report(report_id=report.pk, version_number=version.number, by=scene.place.officer)


def test_sign_off_with_open_items_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)

    with pytest.raises(InvalidTransition, match="still open"):
        signing.prepare_final(report_id=report.pk, by=scene.place.officer)


def test_sign_off_of_a_report_that_changed_since_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_answered(scene)
    version = signing.prepare_final(report_id=report.pk, by=scene.place.officer)
    drafting.mark_sections(report_id=report.pk, public_codes=["summary"], by=scene.place.officer)

    with pytest.raises(InvalidTransition, match="changed after version"):
        signing.sign_off_report(report_id=report.pk, version_number=version.number, by=scene.place.manager)


def test_sign_off_opens_findings_ends_places_and_issues_the_report() -> None:
    scene = scenes.make_scene()

    report = scenes.to_signed(scene)

    signed = SignOff.objects.get()
    assert (signed.signed_by, signed.content_hash) == (scene.place.manager, signed.version.hash)
    assert Review.objects.get(pk=scene.review.pk).status == "FOLLOW_UP"
    assert set(TeamMember.objects.values_list("status", flat=True)) == {"ENDED"}
    assert set(Finding.objects.exclude(category="GOOD_PRACTICE").values_list("status", flat=True)) == {"OPEN"}
    assert set(Receipt.objects.values_list("user", flat=True)) == {
        scene.place.lead.pk,
        scene.place.executive.pk,
        scene.place.commissioner.pk,
        scene.lead_reviewer.pk,
        scene.reviewer.pk,
    }
    assert report.publication_due_date is not None


@pytest.mark.parametrize("who", ["manager", "officer"])
def test_publish_by_drafter_or_signer_is_refused(who: str) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    words = {"manager": "You signed this off, so someone else must publish it.", "officer": "You drafted this report"}[who]

    with pytest.raises(InvalidTransition, match=words):
        publication.publish_report(report_id=report.pk, by=getattr(scene.place, who))


def test_publish_with_a_tampered_version_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    ReportVersion.objects.filter(purpose="FINAL").update(content='{"schema":1,"cover":{},"sections":[]}')

    with pytest.raises(InvalidTransition, match="The report changed after sign-off"):
        publication.publish_report(report_id=report.pk, by=scene.national)


def test_publish_without_public_sections_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene, public=())

    with pytest.raises(InvalidTransition, match="nothing to publish"):
        publication.publish_report(report_id=report.pk, by=scene.national)


def test_withhold_keeps_reason_and_review_date_and_can_be_published_later() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    day = timezone.localdate() + dt.timedelta(days=30)

    publication.withhold_report(report_id=report.pk, reason="A court case is under way.", review_date=day, by=scene.national)
    publication.publish_report(report_id=report.pk, by=scene.national)

    assert scene.report.status == S.PUBLISHED
    assert list(Publication.objects.order_by("pk").values_list("decision", flat=True)) == ["WITHHOLD", "PUBLISH"]


@pytest.mark.parametrize(
    "carry", [scenes.draft, scenes.to_check, scenes.to_accuracy, scenes.to_answered, scenes.to_signed, scenes.to_published]
)
def test_next_step_always_names_a_holder(carry) -> None:  # type: ignore[no-untyped-def]
    scene = scenes.make_scene()
    carry(scene)

    step = report_next_step(scene.report)

    assert step.holder
    assert step.what
    assert step.clock_words != "No date is set"
