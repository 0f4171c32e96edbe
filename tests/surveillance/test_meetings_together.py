"""Two people of the hub record, propose, keep or object at once, on a database that locks rows."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from surveillance.models import SelfReport, SurveillanceDecision
from surveillance.services import decisions, meetings, option_1
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.older_figures import keep_decision
from tests.factories.accounts import person
from tests.factories.decisions import Place, give_positions, make_decision, make_place, make_report
from tests.surveillance.test_decisions_together import together
from work.status import InvalidTransition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
RISK = {"likelihood": 1, "consequence": 2, "review_date": timezone.localdate() + dt.timedelta(days=365)}


@pytest.fixture(autouse=True)
def _needs_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")


@pytest.fixture
def place() -> Place:
    return make_place()


def test_two_managers_record_one_service_once(place: Place) -> None:
    report = make_report(place, met=4)
    meeting = meetings.call_meeting(
        region_id=place.service.region_id, round_id=report.round_id, date=timezone.localdate(), by=place.manager
    )
    meetings.choose_agenda(meeting_id=meeting.pk, shown=[report.pk], chosen=[report.pk], by=place.manager)
    item, other = meeting.items.get(), person("HUB_MANAGER", place.service.region)
    proposal = RISK | {"rationale": "All is well.", "is_routine": True}

    outcomes = together(
        *(
            lambda by=by: meetings.record_item(item_id=item.pk, by=by, positions=[], proposal=proposal, version=0)
            for by in (place.manager, other)
        )
    )

    assert outcomes == [SomeoneElseChanged.__name__, "done"]
    assert SurveillanceDecision.objects.count() == 1


def test_a_meeting_and_an_officer_propose_once(place: Place) -> None:
    report = make_report(place, met=4)
    meeting = meetings.call_meeting(
        region_id=place.service.region_id, round_id=report.round_id, date=timezone.localdate(), by=place.manager
    )
    meetings.choose_agenda(meeting_id=meeting.pk, shown=[report.pk], chosen=[report.pk], by=place.manager)
    item, proposal = meeting.items.get(), RISK | {"rationale": "All is well.", "is_routine": True}

    outcomes = together(
        lambda: meetings.record_item(item_id=item.pk, by=place.manager, positions=[], proposal=proposal, version=0),
        lambda: make_decision(place, report=report),
    )

    assert sorted(outcomes) in (["AlreadyDone", "done"], ["SomeoneElseChanged", "done"])
    assert SurveillanceDecision.objects.count() == 1


def test_keeping_and_ending_at_once_do_one(place: Place) -> None:
    decision = make_decision(place)
    SelfReport.objects.get().scores.update(met_count=2)

    outcomes = together(
        lambda: keep_decision(decision_id=decision.pk, reason="Same risk", by=place.manager, version=1),
        lambda: decisions.end_decision(decision_id=decision.pk, reason="New figures", by=place.manager, version=1),
    )

    assert sorted(outcomes) in ([InvalidTransition.__name__, "done"], [SomeoneElseChanged.__name__, "done"])


def test_objection_and_the_passing_of_the_day_never_both_win(place: Place) -> None:
    past = timezone.now() - dt.timedelta(days=40)
    decision = option_1.propose_by_notice(self_report_id=make_report(place, met=4).pk, by=place.manager, at=past, **RISK)

    outcomes = together(
        lambda: decisions.record_position(
            decision_id=decision.pk, party="PROVIDER", view="DISAGREE", note="Two incidents", by=place.executive
        ),
        option_1.bring_notices_into_force,
    )

    decision.refresh_from_db()
    objected = decision.positions.get(party="PROVIDER").view == "DISAGREE"
    assert outcomes.count("done") >= 1
    assert (decision.status, objected) in {("IN_FORCE", False), ("PROPOSED", True)}


def test_two_presses_of_ending_end_once(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4), needs_provider_action=False, is_routine=True)
    give_positions(place, decision)
    decisions.bring_into_force(decision_id=decision.pk, by=place.manager)

    outcomes = together(
        *(lambda: decisions.end_decision(decision_id=decision.pk, reason="Moved", by=place.manager, version=2) for _ in range(2))
    )

    assert sorted(outcomes) in ([InvalidTransition.__name__, "done"], [SomeoneElseChanged.__name__, "done"])
