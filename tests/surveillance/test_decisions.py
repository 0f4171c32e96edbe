"""Decisions: proposing on frozen figures, positions, coming into force, silence, ending, and what the database refuses."""

import datetime as dt
import hashlib
import json
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveillance.models import Position, SelfReport, SurveillanceDecision
from surveillance.periodic.decisions import lapse_deadlines
from surveillance.queries import decisions as queries
from surveillance.services import decisions as services
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_place, make_report
from work import jobs
from work.models import DigestEntry, Job
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
Status, View = SurveillanceDecision.Status, Position.View

MOVES = {
    ("PROPOSED", "IN_FORCE"), ("PROPOSED", "ENDED"), ("IN_FORCE", "REVIEW_DUE"), ("IN_FORCE", "SUPERSEDED"), ("IN_FORCE", "ENDED"),
    ("REVIEW_DUE", "SUPERSEDED"), ("REVIEW_DUE", "ENDED"),
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return make_place()


@pytest.mark.parametrize(("before", "after"), list(product(Status.values, Status.values)))
def test_decision_moves_by_the_table_only(before: str, after: str) -> None:
    decision = SurveillanceDecision(status=before)

    if (before, after) in MOVES:
        decision.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            decision.check_may_become(after)


# Proposing ------------------------------------------------------------------------------------------------------------
def test_propose_freezes_figures_and_asks_three_parties(place: Place) -> None:
    report = make_report(place, met=3, has_key=True)

    decision = make_decision(place, report=report)

    figures = json.loads(decision.figures)
    assert (figures["met"], figures["applicable"], figures["stage"]) == (3, 4, "VALIDATED")
    assert figures["not_met"] == [{"number": "10-1A-304", "title": "Measure 3", "is_key": True}]
    assert decision.figures_hash == hashlib.sha256(decision.figures.encode()).hexdigest()
    assert decision.rule_sentence == (
        "3 of 4 met (75%). Under the good practice level of 80% and key indicator not met (10-1A-304 Measure 3):"
        " option 2, provider action (rule 3 and rule 6). It comes into force only with at least one provider action."
    )
    due = add_working_days(timezone.localdate(), 10)
    assert [(p.party, p.organisation, p.view, p.due_date) for p in queries.positions_of(decision)] == [
        ("QNT", place.service.region, "WAITING", due),
        ("PROVIDER", place.service.provider, "WAITING", due),
        ("COMMISSIONER", place.board, "WAITING", due),
    ]


def test_propose_reads_self_assessed_score_when_none_is_validated(place: Place) -> None:
    report = make_report(place)
    report.scores.filter(stage="VALIDATED").delete()

    decision = make_decision(place, report=report)

    assert json.loads(decision.figures)["stage"] == "SELF_ASSESSED"


@pytest.mark.parametrize("status", [s for s in SelfReport.Status.values if s not in {"ACCEPTED", "NOT_DECLARED"}])
def test_propose_is_refused_before_acceptance(place: Place, status: str) -> None:
    report = make_report(place, status=status)

    with pytest.raises(InvalidTransition):
        make_decision(place, report=report)


def test_propose_on_what_a_service_did_not_declare(place: Place) -> None:
    report = make_report(place, status="NOT_DECLARED")
    report.scores.all().delete()

    decision = make_decision(place, report=report)

    assert decision.rule_sentence == ("No self-report was declared. The service did not declare: option 2, provider action (rule 9).")


def test_propose_is_refused_while_the_round_has_a_live_decision(place: Place) -> None:
    decision = make_decision(place)
    report = SelfReport.objects.get()

    with pytest.raises(AlreadyDone, match=decision.proposed_by.name):
        make_decision(place, report=report)


def test_propose_is_refused_when_the_figures_changed_since_they_were_read(place: Place) -> None:
    report = make_report(place)

    with pytest.raises(InvalidTransition, match="figures changed"):
        make_decision(place, report=report, figures_seen="0" * 64)


# Positions ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("view", ["DISAGREE", "AGREE_WITH_NOTE"])
def test_record_position_needs_a_note(place: Place, view: str) -> None:
    decision = make_decision(place)

    with pytest.raises(InvalidTransition):
        services.record_position(decision_id=decision.pk, party="PROVIDER", view=view, note=" ", by=place.executive)


def test_record_position_refuses_an_old_version(place: Place) -> None:
    decision = make_decision(place)
    services.record_position(decision_id=decision.pk, party="PROVIDER", view="AGREE", by=place.executive, version=0)

    with pytest.raises(SomeoneElseChanged):
        services.record_position(decision_id=decision.pk, party="PROVIDER", view="DISAGREE", note="No", by=place.executive, version=0)

    assert decision.positions.get(party="PROVIDER").view == View.AGREE


def test_record_position_may_change_until_in_force(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4), is_routine=True, needs_provider_action=False)
    give_positions(place, decision)
    services.record_position(decision_id=decision.pk, party="PROVIDER", view="AGREE_WITH_NOTE", note="Noted", by=place.executive)
    services.bring_into_force(decision_id=decision.pk, by=place.manager)

    with pytest.raises(InvalidTransition, match="brought this into force"):
        services.record_position(decision_id=decision.pk, party="PROVIDER", view="AGREE", by=place.executive)

    assert decision.positions.get(party="PROVIDER").view == View.AGREE_WITH_NOTE


def test_lapse_records_silence_after_the_day_only(place: Place) -> None:
    decision = make_decision(place)
    services.record_position(decision_id=decision.pk, party="QNT", view="AGREE", by=place.manager)
    due = decision.positions_due_date

    on_the_day = services.lapse_positions(today=due)
    after = services.lapse_positions(today=due + dt.timedelta(days=1))
    again = services.lapse_positions(today=due + dt.timedelta(days=1))

    assert (on_the_day, after, again) == (0, 2, 0)
    assert sorted(decision.positions.values_list("party", "view", "given_at")) == [
        ("COMMISSIONER", "NOT_GIVEN", None), ("PROVIDER", "NOT_GIVEN", None),
        ("QNT", "AGREE", decision.positions.get(party="QNT").given_at),
    ]  # fmt: skip


# In force -------------------------------------------------------------------------------------------------------------
def test_bring_into_force_waits_for_positions(place: Place) -> None:
    decision = make_decision(place)

    with pytest.raises(InvalidTransition, match="Still waiting for a position from: Quality & Nursing Team and Provider and Commissioner"):
        services.bring_into_force(decision_id=decision.pk, by=place.manager)


def test_bring_into_force_after_the_day_records_silence(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4), is_routine=True)
    later = timezone.now() + dt.timedelta(days=40)

    decision = services.bring_into_force(decision_id=decision.pk, by=place.manager, at=later)

    assert decision.status == Status.IN_FORCE
    assert not decision.is_with_dissent
    assert set(decision.positions.values_list("view", flat=True)) == {View.NOT_GIVEN}


def test_bring_into_force_under_the_level_needs_a_provider_action(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=3))
    give_positions(place, decision)
    make_action(place, addressed_to="COMMISSIONER", decision_id=decision.pk, by=place.officer)
    with pytest.raises(InvalidTransition, match="at least one provider action"):
        services.bring_into_force(decision_id=decision.pk, by=place.manager)
    make_action(place, decision_id=decision.pk)

    decision = services.bring_into_force(decision_id=decision.pk, by=place.manager)

    assert decision.status == Status.IN_FORCE


def test_bring_into_force_with_dissent_must_be_confirmed(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision, provider="DISAGREE")
    with pytest.raises(services.DissentUnconfirmed):
        services.bring_into_force(decision_id=decision.pk, by=place.manager)

    decision = services.bring_into_force(decision_id=decision.pk, by=place.manager, is_dissent_confirmed=True)

    assert decision.is_with_dissent


def test_bring_into_force_replaces_the_older_decision(place: Place) -> None:
    older = make_decision(place, report=make_report(place, met=4, year=2026), needs_provider_action=False, is_routine=True)
    give_positions(place, older)
    services.bring_into_force(decision_id=older.pk, by=place.manager)
    newer = make_decision(place, report=make_report(place, met=4, year=2027))
    give_positions(place, newer)

    services.bring_into_force(decision_id=newer.pk, by=place.manager)

    assert dict(SurveillanceDecision.objects.values_list("pk", "status")) == {older.pk: "SUPERSEDED", newer.pk: "IN_FORCE"}


def test_bring_into_force_twice_says_who_did(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)
    services.bring_into_force(decision_id=decision.pk, by=place.manager, version=1)

    with pytest.raises(AlreadyDone, match=f"{place.manager.name} brought this into force"):
        services.bring_into_force(decision_id=decision.pk, by=place.manager, version=1)


def test_bring_into_force_refuses_an_old_version(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)

    with pytest.raises(SomeoneElseChanged):
        services.bring_into_force(decision_id=decision.pk, by=place.manager, version=7)


def test_review_is_due_after_its_day_and_stays_in_force(place: Place) -> None:
    day = timezone.localdate() + dt.timedelta(days=50)
    decision = make_decision(place, report=make_report(place, met=4), review_date=day)
    give_positions(place, decision)
    services.bring_into_force(decision_id=decision.pk, by=place.manager)

    counts = [services.make_reviews_due(today=day), services.make_reviews_due(today=day + dt.timedelta(days=1))]

    assert counts == [0, 1]
    assert queries.decision_in_force(place.service) == decision


def test_end_decision_frees_the_round(place: Place) -> None:
    decision = make_decision(place)

    services.end_decision(decision_id=decision.pk, reason="Proposed by mistake", by=place.manager)

    again = make_decision(place, report=SelfReport.objects.get())
    assert again.status == Status.PROPOSED
    with pytest.raises(InvalidTransition):
        services.end_decision(decision_id=decision.pk, reason="Again", by=place.manager)


def test_lapse_deadlines_does_nothing_the_second_time(place: Place) -> None:
    make_decision(place, at=timezone.now() - dt.timedelta(days=40))

    first, second = lapse_deadlines(), lapse_deadlines()

    others = ("notices_sent", "notices_in_force", "reviews_due", "offers_unanswered", "owners_gone", "blocks_unanswered")
    nothing = dict.fromkeys(others, 0)
    assert first == {"positions_not_given": 3} | nothing
    assert set(second.values()) == {0}


# Database -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [
        {"needs_provider_action": False},
        {"likelihood": 6},
        {"consequence": 0},
        {"in_force_at": timezone.now()},
    ],
)  # fmt: skip
def test_database_refuses_a_bad_decision(place: Place, wrong: dict[str, object]) -> None:
    decision = make_decision(place)

    with pytest.raises(IntegrityError), transaction.atomic():
        SurveillanceDecision.objects.filter(pk=decision.pk).update(**wrong)


def test_database_refuses_two_live_decisions_of_a_round(place: Place) -> None:
    decision = make_decision(place)
    decision.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save(force_insert=True)


def test_database_refuses_two_positions_of_a_party_and_dissent_without_a_note(place: Place) -> None:
    decision = make_decision(place)
    position = decision.positions.get(party="PROVIDER")
    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(view="DISAGREE", note="")

    position.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        position.save(force_insert=True)


# Mails ----------------------------------------------------------------------------------------------------------------
def test_positions_mail_goes_once_to_each_party(place: Place, mailoutbox: list) -> None:
    decision = make_decision(place)
    jobs.run_pending()
    jobs.enqueue("mail.decision_positions", decision_id=decision.pk)

    jobs.run_pending()

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([place.manager.email, place.executive.email, place.commissioner.email])
    assert all("Cover is thin" not in mail.body for mail in mailoutbox)
    assert set(Job.objects.values_list("status", flat=True)) == {"DONE"}


def test_news_of_a_decision_in_force_waits_for_the_daily_summary(place: Place, mailoutbox: list) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)
    services.bring_into_force(decision_id=decision.pk, by=place.manager)

    jobs.run_pending()

    told = DigestEntry.objects.filter(sentence=f"The decision for {place.service} came into force.").values_list("user", flat=True)
    assert set(told) == {place.lead.pk, place.executive.pk, place.commissioner.pk, place.officer.pk}
    assert not [mail for mail in mailoutbox if "force" in mail.subject]
