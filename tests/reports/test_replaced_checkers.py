"""Somebody named to check a report who does not answer: another person takes the place, and what was asked stays on record."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.permissions import Role
from peerreview.models import TeamMember
from reports.models import QualityCheck, Report
from reports.queries.steps import report_next_step
from reports.queries.waiting import report_items
from reports.services import checking
from tests.factories import reports as scenes
from tests.factories.accounts import person
from tests.factories.learning import Learning, learning_report, make_learning, say_everywhere
from work import jobs
from work.models import Job
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
STATEMENTS_WAITING, STATEMENTS_PAGE = 5, 13


def kinds(user: User) -> list[str]:
    return [item.kind for item in report_items(User.objects.get(pk=user.pk))]


def waiting_check(scene: scenes.Scene, user: User) -> QualityCheck:
    return scene.report.quality_checks.get(checker=user, outcome="WAITING")


def address(report: Report) -> str:
    return reverse("reports:report_checkers", args=[report.pk])


def learning_at_check() -> tuple[Learning, Report]:
    made = make_learning()
    say_everywhere(made, "Seen at the bedside.")
    return made, learning_report(made, to="QUALITY_CHECK")


# Service --------------------------------------------------------------------------------------------------------------
def test_another_person_takes_the_place_and_the_old_check_stays_on_record() -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    old = waiting_check(scene, scene.other_officer)
    QualityCheck.objects.filter(pk=old.pk).update(due_date="2020-01-01")

    new = checking.replace_checker(check_id=old.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)

    old.refresh_from_db()
    assert (old.outcome, old.replaced_by, old.checked_at) == ("REPLACED", scene.place.officer, None)
    assert (new.checker, new.outcome, new.in_place_of) == (scene.place.manager, "WAITING", old)
    days = checking.procedure_days(scene.report, "QUALITY_CHECK", checking.CHECK_DAYS)
    assert new.due_date == add_working_days(timezone.localdate(), days)
    assert (kinds(scene.other_officer), kinds(scene.place.manager)) == ([], ["report.quality_check"])
    assert AuditEvent.objects.filter(action="report.checker_replaced").count() == 1
    with pytest.raises(InvalidTransition, match="Nothing waits for"):
        checking.replace_checker(check_id=old.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)


def test_report_goes_on_when_the_new_person_and_the_other_pass_it() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    old = waiting_check(scene, scene.other_officer)
    checking.replace_checker(check_id=old.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)

    with pytest.raises(InvalidTransition, match="does not wait for your quality check"):
        checking.answer_quality_check(report_id=report.pk, by=scene.other_officer, is_passed=True, criteria=list(checking.CRITERIA))
    for checker in (scene.place.manager, scene.national):
        checking.answer_quality_check(report_id=report.pk, by=checker, is_passed=True, criteria=list(checking.CRITERIA))

    assert scene.report.status == Report.Status.FACTUAL_ACCURACY
    assert list(scene.report.quality_checks.values_list("outcome", flat=True)) == ["REPLACED", "PASSED", "PASSED"]


def test_return_keeps_what_was_replaced() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    old = waiting_check(scene, scene.other_officer)
    checking.replace_checker(check_id=old.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)

    checking.answer_quality_check(report_id=report.pk, by=scene.national, is_passed=False, criteria=[], note="The tone is harsh.")

    assert list(scene.report.quality_checks.values_list("outcome", flat=True)) == ["REPLACED", "RETURNED"]


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("officer", "drafted this report"), ("reviewer", "was on the visit"), ("national", "checks this report already"),
     ("other_officer", "checks this report already"), ("lead", "does not work for this region’s hub")],
)  # fmt: skip
def test_who_may_not_check_takes_nobodys_place(who: str, sentence: str) -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    user = getattr(scene, who, None) or getattr(scene.place, who)

    with pytest.raises(InvalidTransition, match=sentence):
        checking.replace_checker(check_id=waiting_check(scene, scene.other_officer).pk, checker_id=user.pk, by=scene.place.officer)

    assert set(scene.report.quality_checks.values_list("outcome", flat=True)) == {"WAITING"}


def test_who_answered_is_not_replaced() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    check = waiting_check(scene, scene.other_officer)
    checking.answer_quality_check(report_id=report.pk, by=scene.other_officer, is_passed=True, criteria=list(checking.CRITERIA))

    with pytest.raises(InvalidTransition, match="Nothing waits for"):
        checking.replace_checker(check_id=check.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)


def test_member_of_the_team_takes_the_place_in_a_review_for_learning() -> None:
    made, report = learning_at_check()
    visit, old = made.visit, report.quality_checks.get(checker=made.visit.patient)

    with pytest.raises(InvalidTransition, match="nobody else reads this report"):
        checking.replace_checker(check_id=old.pk, checker_id=visit.scene.officer.pk, by=visit.manager)
    checking.replace_checker(check_id=old.pk, checker_id=visit.lead.pk, by=visit.manager)

    assert (kinds(visit.patient), kinds(visit.lead)) == ([], ["report.quality_check"])


def test_only_the_new_person_is_mailed(settings) -> None:
    settings.JOBS_RING_BELL = False
    scene = scenes.make_scene()
    scenes.to_check(scene)
    old = waiting_check(scene, scene.other_officer)
    checking.replace_checker(check_id=old.pk, checker_id=scene.place.manager.pk, by=scene.place.officer)

    for pk in Job.objects.filter(kind="mail.report_quality_check").order_by("pk").values_list("pk", flat=True):
        jobs.run_job(pk, heartbeat=False)

    assert sorted(address for message in mail.outbox for address in message.to) == sorted([scene.national.email, scene.place.manager.email])


def test_database_keeps_who_replaced_and_when_together() -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)

    for change in ({"outcome": "REPLACED"}, {"replaced_at": timezone.now()}, {"replaced_by": scene.place.officer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            scene.report.quality_checks.update(**change)


# What waits -----------------------------------------------------------------------------------------------------------
def test_drafter_is_told_when_the_access_of_a_checker_ended() -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    before = kinds(scene.place.officer)
    Membership.objects.filter(user=scene.other_officer).update(to_date=timezone.localdate() - dt.timedelta(days=1))

    items = report_items(User.objects.get(pk=scene.place.officer.pk))
    step = report_next_step(scene.report)

    assert before == []
    assert [(item.kind, item.url) for item in items] == [("report.checker", address(report))]
    assert step.what == f"The hub names another person to check the quality of the report in place of {scene.other_officer.name}"
    assert step.holder.startswith(scene.place.officer.name)
    checking.replace_checker(
        check_id=waiting_check(scene, scene.other_officer).pk, checker_id=scene.place.manager.pk, by=scene.place.officer
    )
    assert kinds(scene.place.officer) == []
    assert report_next_step(scene.report).what == "2 of 2 people check the quality of the report"


def test_drafter_is_told_when_a_checker_left_the_team_of_a_review_for_learning() -> None:
    made, _ = learning_at_check()
    before = kinds(made.visit.manager)

    TeamMember.objects.filter(user=made.visit.patient).update(ended_at=timezone.now())

    assert (before, kinds(made.visit.manager)) == ([], ["report.checker"])
    assert kinds(made.visit.patient) == []


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_for_the_drafter_costs_the_same_for_any_number(count: int, django_assert_num_queries) -> None:
    scene = scenes.make_scene()
    scenes.to_check(scene)
    for _ in range(count - 1):
        other = scenes.make_scene(region=scene.place.service.region)
        scenes.to_check(other)
        Report.objects.filter(pk=other.report.pk).update(drafter=scene.place.officer)
    User.objects.filter(pk__in=QualityCheck.objects.values("checker")).update(is_active=False)
    officer = User.objects.get(pk=scene.place.officer.pk)
    report_items(officer)

    with django_assert_num_queries(STATEMENTS_WAITING):
        items = report_items(officer)

    assert [item.kind for item in items] == ["report.checker"] * count


# Page -----------------------------------------------------------------------------------------------------------------
def test_drafter_names_another_person_on_the_page(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    client, old = signed_in(scene.place.officer), waiting_check(scene, scene.other_officer)
    link = f'href="{address(report)}"'

    before = client.get(reverse("reports:report_detail", args=[report.pk])).content.decode()
    page = client.get(address(report))
    empty = client.post(address(report), {"check": ""}).content.decode()
    done = client.post(address(report), {"check": old.pk, "checker": scene.place.manager.pk}, follow=True).content.decode()
    theirs = signed_in(scene.other_officer).get(reverse("reports:report_quality_check", args=[report.pk])).content.decode()

    assert link in before
    choices = page.context["form"].fields
    assert [words.split(",")[0] for _, words in choices["check"].choices] == [scene.other_officer.name, scene.national.name]
    assert [pk for pk, _ in choices["checker"].choices] == [scene.place.manager.pk]
    assert "Select who does not check the report after all" in empty
    assert "Select who checks the report instead" in empty
    assert f"{scene.place.manager.name} was asked to check the report" in done
    assert f"in place of {scene.other_officer.name}, who was asked on" in done
    assert "named somebody else to check this report in your place" in theirs


def test_page_says_why_nobody_can_be_named(signed_in: SignedIn) -> None:
    made, report = learning_at_check()
    TeamMember.objects.filter(user=made.visit.lead).update(ended_at=timezone.now())

    page = signed_in(made.visit.manager).get(address(report)).content.decode()

    assert "Nobody else on the team can check this report" in page
    assert '<form method="post"' not in page.split("<main")[1]


def test_checker_does_not_name_somebody_else(signed_in: SignedIn) -> None:
    made, report = learning_at_check()

    answers = [signed_in(user).get(address(report)).status_code for user in (made.visit.patient, made.visit.scene.officer)]

    assert answers == [403, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_number_of_candidates(count: int, signed_in: SignedIn, django_assert_num_queries) -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)
    for _ in range(count - 1):
        person(Role.HUB_OFFICER, scene.place.service.region)
    client = signed_in(scene.place.officer)
    client.get(address(report))

    with django_assert_num_queries(STATEMENTS_PAGE):
        page = client.get(address(report))

    assert len(page.context["form"].fields["checker"].choices) == count
