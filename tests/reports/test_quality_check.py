"""The quality check: by whom, on what it looks, and that both pass the same words."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Finding, TeamMember
from reports.models import QualityCheck, Report, ReportSection
from reports.queries.quality import evidence_behind, person_hints
from reports.queries.waiting import report_items
from reports.services import checking
from surveillance.models import EvidenceItem
from tests.factories import reports as scenes
from tests.factories.accounts import person
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def answer(scene: scenes.Scene, by: User, **options: object) -> QualityCheck:
    return checking.answer_quality_check(report_id=scene.report.pk, by=by, is_passed=True, criteria=list(checking.CRITERIA), **options)


def outcomes(scene: scenes.Scene) -> list[tuple[str, str]]:
    return list(scene.report.quality_checks.order_by("pk").values_list("checker__email", "outcome"))


@pytest.mark.parametrize("who", ["drafter", "team member", "declined", "other region"])
def test_who_drafted_visited_or_is_elsewhere_cannot_check(who: str) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    scenes.hear_team(scene)
    people = {
        "drafter": (scene.place.officer, "drafted this report"),
        "team member": (scene.reviewer, "was on the visit"),
        "declined": (scene.other_officer, "was on the visit"),
        "other region": (person(Role.HUB_OFFICER), "does not work for this region’s hub"),
    }
    if who == "declined":
        place = TeamMember.objects.first()
        TeamMember.objects.create(
            review=scene.review, user=scene.other_officer, status="DECLINED", invited_by=place.invited_by, invited_at=place.invited_at,
            answer_due_date=place.answer_due_date,
        )  # fmt: skip
    user, words = people[who]

    with pytest.raises(InvalidTransition, match=f"{user.name} {words}"):
        checking.ask_for_quality_check(report_id=report.pk, checker_ids=[user.pk, scene.national.pk], by=scene.place.officer)


def test_pass_is_bound_to_what_was_read(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    client, address = signed_in(scene.national), reverse("reports:report_quality_check", args=[report.pk])
    read_hash = client.get(address).context["form"]["read_hash"].value()
    Finding.objects.filter(category="CONCERN").update(what_was_seen="Something else was seen.")

    late = client.post(address, {"criteria": list(checking.CRITERIA), "outcome": "PASS", "note": "", "read_hash": read_hash})
    fresh = late.context["form"]["read_hash"].value()
    again = client.post(address, {"criteria": list(checking.CRITERIA), "outcome": "PASS", "note": "", "read_hash": fresh})

    assert (late.status_code, again.status_code) == (409, 302)
    assert "The report changed after you opened this page" in late.content.decode()
    assert late.context["form"]["criteria"].value() == list(checking.CRITERIA)
    assert scene.report.quality_checks.get(checker=scene.national).content_hash == fresh != read_hash


def test_change_between_two_passes_asks_the_first_again_and_both_must_pass() -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    answer(scene, scene.other_officer)
    Finding.objects.filter(category="CONCERN").update(what_was_seen="Something else was seen.")

    answer(scene, scene.national)
    before = scene.report.status
    items = [item.kind for item in report_items(User.objects.get(pk=scene.other_officer.pk))]
    answer(scene, scene.other_officer)

    assert before == Report.Status.QUALITY_CHECK
    assert items == ["report.quality_check"]
    assert scene.report.status == Report.Status.FACTUAL_ACCURACY
    assert outcomes(scene) == [
        (scene.other_officer.email, "OUTDATED"), (scene.national.email, "PASSED"), (scene.other_officer.email, "PASSED"),
    ]  # fmt: skip


def test_change_while_the_other_still_reads_asks_again_overnight_and_once() -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    answer(scene, scene.other_officer)
    Finding.objects.filter(category="CONCERN").update(what_was_seen="Something else was seen.")

    asked = [checking.ask_again_everywhere(), checking.ask_again_everywhere()]

    assert asked == [1, 0]
    assert outcomes(scene)[-1] == (scene.other_officer.email, "WAITING")


def test_figures_of_other_services_do_not_undo_a_pass() -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    found = checking.checked_hash(scene.report)
    for _ in range(6):
        scenes.make_scene(region=scene.place.service.region)

    assert checking.checked_hash(scene.report) == found


def test_pass_does_not_outlive_a_return() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    answer(scene, scene.other_officer)
    checking.answer_quality_check(report_id=report.pk, by=scene.national, is_passed=False, criteria=[], note="The tone is harsh.")

    checking.ask_for_quality_check(report_id=report.pk, checker_ids=[scene.national.pk, scene.place.manager.pk], by=scene.place.officer)
    answer(scene, scene.national)

    assert scene.report.status == Report.Status.QUALITY_CHECK


def test_checker_sees_definition_and_evidence_of_every_finding(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    finding = Finding.objects.get(category="SERIOUS_CONCERN")
    finding.evidence.add(EvidenceItem.objects.create(service=scene.place.service, title="Rota of March", added_by=scene.place.lead))

    body = signed_in(scene.national).get(reverse("reports:report_quality_check", args=[report.pk])).content.decode()

    behind = evidence_behind(report)
    assert [one.is_bare for one in behind] == [True, True, False, True, True, True]
    assert "Rota of March" in body
    assert scene.review.procedure.definition_of("SERIOUS_CONCERN") in body
    assert body.count("no document, view or note is linked to this finding") == 5


def test_names_and_nhs_numbers_are_pointed_out_where_they_stand() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    User.objects.filter(pk=scene.reviewer.pk).update(name="Amina Bello")
    ReportSection.objects.filter(report=report, code="summary").update(
        text="As Dr Bello saw, patient 943 476 5919 waited. Bellows hang there."
    )
    Finding.objects.filter(category="CONCERN", addressed_to="PROVIDER").update(basis="Amina Bello wrote it down.")

    hints = [(hint.what, hint.place) for hint in person_hints(Report.objects.get(pk=report.pk))]

    assert hints == [
        ("“Dr Bello” may be Amina Bello", "Summary"),
        ("943 476 5919 may be an NHS number", "Summary"),
        ("“Amina Bello” may be Amina Bello", "Finding F4"),
    ]


def test_text_without_a_person_gives_no_hint() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)

    assert person_hints(report) == []
