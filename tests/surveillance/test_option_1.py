"""Option 1 in bulk by notice: who is listed, what the job does, who may object, and what silence does."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from surveillance.models import DrawnService, SelfReport, SurveillanceDecision
from surveillance.queries.option_1 import option_1_candidates
from surveillance.services import decisions, option_1
from surveillance.work_items_decisions import work_items_decisions
from tests.factories.decisions import Place, make_action, make_place, make_report
from work import jobs
from work.models import Job, JobLine
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST, CHECK = reverse("surveillance:option_1"), reverse("surveillance:option_1_check")
REVIEW = timezone.localdate() + dt.timedelta(days=365)
RISK = {"likelihood": 1, "consequence": 2, "review_date": REVIEW}
SENT = {
    "confirmed": "on", "likelihood": "1", "consequence": "2", "review_date_day": "30", "review_date_month": "9", "review_date_year": "2099",
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def whole(place: Place) -> SelfReport:
    return make_report(place, met=4)


def near(place: Place) -> Place:
    return make_place(region=place.service.region)


def test_only_what_meets_everything_and_has_nothing_against_it_is_listed(place: Place) -> None:
    mine = whole(place)
    make_report(near(place), met=3)
    drawn, late = near(place), near(place)
    DrawnService.objects.create(round=whole(drawn).round, service=drawn.service, seed=1, percent=2)
    whole(late)
    action = make_action(late, due_date=timezone.localdate() + dt.timedelta(days=1))
    type(action).objects.filter(pk=action.pk).update(status="IN_PROGRESS", due_date=timezone.localdate() - dt.timedelta(days=1))
    whole(make_place())

    assert list(option_1_candidates(place.officer)) == [mine]


def test_manager_proposes_with_qnt_position_and_officer_without(place: Place) -> None:
    other = near(place)
    first = option_1.propose_by_notice(self_report_id=whole(place).pk, by=place.manager, **RISK)
    second = option_1.propose_by_notice(self_report_id=whole(other).pk, by=place.officer, **RISK)

    views = [dict(decision.positions.values_list("party", "view")) for decision in (first, second)]
    waiting = {"PROVIDER": "WAITING", "COMMISSIONER": "WAITING"}
    assert views == [waiting | {"QNT": "AGREE"}, waiting | {"QNT": "WAITING"}]
    assert (first.is_by_notice, first.is_routine, first.status) == (True, True, "PROPOSED")


def test_rules_that_propose_more_refuse_the_notice(place: Place) -> None:
    report = make_report(place, met=3)

    with pytest.raises(InvalidTransition, match=r"The rules propose more than option 1. 3 of 4 met \(75%\)"):
        option_1.propose_by_notice(self_report_id=report.pk, by=place.manager, **RISK)


def after(decision: SurveillanceDecision) -> dt.date:
    return decision.positions_due_date + dt.timedelta(days=1)


def test_silence_brings_it_into_force_and_is_never_agreement(place: Place) -> None:
    decision = option_1.propose_by_notice(
        self_report_id=whole(place).pk, by=place.manager, at=timezone.now() - dt.timedelta(days=40), **RISK
    )
    on_the_day = option_1.bring_notices_into_force(today=decision.positions_due_date)

    decisions.lapse_positions()
    counts = [option_1.bring_notices_into_force(), option_1.bring_notices_into_force()]

    decision.refresh_from_db()
    assert (on_the_day, counts) == (0, [1, 0])
    assert (decision.status, decision.in_force_by, decision.is_with_dissent) == ("IN_FORCE", place.manager, False)
    assert dict(decision.positions.values_list("party", "view")) == {
        "QNT": "AGREE", "PROVIDER": "NOT_GIVEN", "COMMISSIONER": "NOT_GIVEN"
    }  # fmt: skip


@pytest.mark.parametrize("party", ["PROVIDER", "COMMISSIONER"])
def test_objection_leaves_it_to_the_hub(place: Place, party: str) -> None:
    decision = option_1.propose_by_notice(
        self_report_id=whole(place).pk, by=place.manager, at=timezone.now() - dt.timedelta(days=40), **RISK
    )
    by = place.executive if party == "PROVIDER" else place.commissioner
    decisions.record_position(decision_id=decision.pk, party=party, view="DISAGREE", note="We had two incidents.", by=by)
    decisions.lapse_positions()

    count = option_1.bring_notices_into_force()

    decision.refresh_from_db()
    assert (count, decision.status) == (0, "PROPOSED")
    assert "decision.decide" in [item.kind for item in work_items_decisions(place.manager)]


def test_notice_without_qnt_position_or_on_older_figures_waits(place: Place) -> None:
    past = timezone.now() - dt.timedelta(days=40)
    other = near(place)
    option_1.propose_by_notice(self_report_id=whole(place).pk, by=place.officer, at=past, **RISK)
    moved = option_1.propose_by_notice(self_report_id=whole(other).pk, by=place.manager, at=past, **RISK)
    SurveillanceDecision.objects.filter(pk=moved.pk).update(is_on_older_figures=True)

    assert option_1.bring_notices_into_force() == 0


# The job and the mail -------------------------------------------------------------------------------------------------
def test_job_proposes_each_says_why_not_and_tells_each_organisation_once(place: Place, mailoutbox: list) -> None:
    second = make_place(region=place.service.region, provider=place.service.provider, board=place.board)
    reports = [whole(place), whole(second), make_report(near(place), met=3)]

    option_1.ask_for_option_1(self_report_ids=[report.pk for report in reports], by=place.manager, **RISK)
    jobs.run_pending()
    again = option_1.ask_for_notices()
    jobs.run_pending()

    job = Job.objects.get(kind="decisions.option_1")
    assert job.sentence == "2 done, 1 not done"
    assert JobLine.objects.get(is_done=False).reason.startswith("The rules propose more than option 1.")
    notices = [mail for mail in mailoutbox if mail.subject.startswith("Read the notice of option 1 for 2 services")]
    told = {place.executive.email, second.executive.email, place.commissioner.email, second.commissioner.email}
    assert {mail.to[0] for mail in notices} == told
    assert len(notices) == len(told)
    assert all(place.service.name in mail.body and second.service.name in mail.body for mail in notices)
    assert all("met" not in mail.body for mail in notices)
    assert (again, [mail for mail in mailoutbox if mail.subject.startswith("Give")]) == (0, [])


# Pages ----------------------------------------------------------------------------------------------------------------
def test_from_the_list_to_the_job(place: Place, signed_in: SignIn) -> None:
    report, browser = whole(place), signed_in(place.manager)
    foreign = whole(make_place())

    listed = text_of(browser.get(reverse("surveillance:decision_list")))
    chosen = browser.get(LIST)
    nothing = browser.post(CHECK, {})
    checked = browser.post(CHECK, {"selected": [report.pk, foreign.pk]})
    faulty = browser.post(CHECK, {"selected": [report.pk], "confirmed": "on"})
    done = browser.post(CHECK, {"selected": [report.pk, foreign.pk]} | SENT)
    jobs.run_pending()

    assert "1 service meets 100% and its good practice level. Propose option 1" in listed
    assert place.service.name in text_of(chosen)
    assert "Select at least one service" in text_of(nothing)
    assert b"<title>Error: " in nothing.content
    assert "1 service gets a proposal of option 1" in text_of(checked)
    assert "1 service that you selected is decided on already, or not yours, and left out." in text_of(checked)
    assert "checked" not in re.sub(r"unchecked|left out", "", checked.content.decode().split("<main")[1])
    assert "Select how likely it is to go wrong" in text_of(faulty)
    job = Job.objects.get(kind="decisions.option_1")
    assert done["Location"] == f"/jobs/{job.pk}/"
    assert list(SurveillanceDecision.objects.values_list("service", "is_by_notice")) == [(place.service.pk, True)]


def test_provider_objects_on_the_page(place: Place, signed_in: SignIn) -> None:
    decision = option_1.propose_by_notice(self_report_id=whole(place).pk, by=place.manager, **RISK)
    detail = reverse("surveillance:decision_detail", args=[decision.pk])
    address, browser = reverse("surveillance:decision_position", args=[decision.pk]), signed_in(place.executive)

    shown = browser.get(detail)
    empty = browser.post(address, {"view": "DISAGREE", "note": "", "version": "PROVIDER:0"})
    done = browser.post(address, {"view": "DISAGREE", "note": "We had two incidents.", "version": "PROVIDER:0"})

    assert "Object to this notice" in text_of(shown)
    assert "Why do you object?" in text_of(shown)
    assert "Record our position" not in text_of(shown)
    assert "Enter a note to say why you disagree" in text_of(empty)
    assert "Why do you object?" in text_of(empty)
    assert done["Location"] == detail
    assert "We had two incidents." in text_of(browser.get(detail))
    assert "Record our position" in text_of(browser.get(detail))
    assert "Object to this notice" not in text_of(signed_in(place.manager).get(detail))


def test_notice_is_on_the_list_of_those_who_may_object(place: Place) -> None:
    option_1.propose_by_notice(self_report_id=whole(place).pk, by=place.manager, **RISK)

    kinds = [[item.kind for item in work_items_decisions(user) if item.is_mine] for user in (place.executive, place.commissioner)]

    assert kinds == [["decision.notice"], ["decision.notice"]]


@pytest.mark.parametrize("row_count", [1, 3])
def test_pages_take_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    reports = [whole(near(place)).pk for _ in range(row_count)]
    browser = signed_in(place.officer)
    browser.get(LIST)

    with django_assert_num_queries(8):
        browser.get(LIST)
    with django_assert_num_queries(8):
        browser.post(CHECK, {"selected": reports})
