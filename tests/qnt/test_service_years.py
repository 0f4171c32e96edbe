"""A service across its years: every stage beside the others, what changed, what stands beside it; and its decisions as a timeline."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qnt.cycle import cycles
from qnt.standing import change_words, years_compared, years_of
from surveillance.models import Answer, Assessment, Indicator, Score, SelfReport, Service, SurveillanceDecision
from surveillance.queries.decision_history import decisions_of
from surveillance.services import actions, decisions
from tests.factories.accounts import OrganisationFactory
from tests.factories.decisions import give_positions, make_action, make_decision, make_place, make_report, make_round
from tests.factories.surveillance import ServiceFactory

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
MOST_STATEMENTS = 15


def years(place):
    """The years of a place's service, as its pages read them."""
    cycle = cycles([Service.objects.for_display().get(pk=place.service.pk)])[0]
    return years_of(cycle.reports, cycle.scores)


def validate(answer: Answer, place, *, met: bool | None) -> None:
    """What the hub held the answer to be."""
    Assessment.objects.create(
        answer=answer, stage="VALIDATED", met=met, reason="Seen", assessed_by=place.officer, assessed_at=timezone.now()
    )


def statements(client, address):
    """The statements that a page takes, after a first visit that notes the session's activity."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# Scores ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("80.0", "80.0", "No change"),
        ("80.0", "80.9", "Up less than 1 point"),
        ("80.0", "81.0", "Up 1 point"),
        ("80.0", "67.6", "Down 12 points"),
    ],
)
def test_change_is_whole_points_in_words(old, new, words):
    assert change_words(Decimal(old), Decimal(new)) == words


def test_years_keep_every_stage_and_compare_the_newest_that_both_reached():
    place = make_place()
    make_report(place, met=2, year=YEAR - 2)
    make_report(place, met=3, year=YEAR - 1)
    newest = make_report(place, met=4, year=YEAR)
    Score.objects.filter(self_report=newest, stage="VALIDATED").update(met_count=2, percent=50)
    Score.objects.create(self_report=newest, stage="PEER_REVIEWED", met_count=1, applicable_count=4, percent=25)

    found = [(year.report.round.year, [score and score.met_count for score in year.stages], year.change) for year in years(place)]

    assert found == [
        (YEAR, [4, 2, 1], "Down 25 points, validated"),
        (YEAR - 1, [3, 3, None], "Up 25 points, validated"),
        (YEAR - 2, [2, 2, None], ""),
    ]


def test_years_with_a_gap_between_them_are_not_compared():
    place = make_place()
    make_report(place, year=YEAR - 2)
    make_report(place, year=YEAR)

    found = years(place)

    assert ([year.change for year in found], years_compared(found)) == (["", ""], [])


# Results --------------------------------------------------------------------------------------------------------------
def test_changed_results_come_from_what_was_declared_and_validated():
    place = make_place()
    before, after = make_report(place, met=3, year=YEAR - 1, has_key=True), make_report(place, met=4, year=YEAR, has_key=True)
    first, second, third, fourth = after.answers.order_by("indicator__position")
    validate(first, place, met=False)
    validate(second, place, met=None)
    Answer.objects.filter(self_report__in=[before, after]).update(met=None)  # edited since: what was declared counts
    Indicator.objects.filter(pk=third.indicator_id).update(title="Measure 2, in other words")

    pair = years_compared(years(place))[0]

    assert [(one.number, one.before, one.after, one.is_key, one.is_reworded) for one in pair.changed] == [
        ("10-1A-301", "Met", "Not met", False, False),
        ("10-1A-304", "Not met", "Met", True, False),
        ("10-1A-302", "Met", "Not applicable", False, False),
    ]
    assert pair.sentence == "Of the indicators asked in both years, 1 is now met, 1 is now not met and 1 is now not applicable (validated)."
    assert fourth.indicator.is_key


def test_changed_results_leave_out_what_is_suspended_new_or_answered_in_another_way():
    place = make_place()
    make_report(place, met=0, year=YEAR - 1)
    after = make_report(place, met=4, year=YEAR)
    first, second, third, _ = after.answers.order_by("indicator__position")
    Indicator.objects.filter(pk=first.indicator_id).update(suspended_from=timezone.localdate() - dt.timedelta(days=1))
    Indicator.objects.filter(pk=second.indicator_id).update(answer_kind="NUMBER")
    Indicator.objects.filter(pk=third.indicator_id).update(number="10-1A-399")

    pair = years_compared(years(place))[0]

    assert [one.number for one in pair.changed] == ["10-1A-304"]
    assert pair.left_out == "Not compared: 2 are new or answered in another way and 1 is no longer asked."


# Pages ----------------------------------------------------------------------------------------------------------------
def test_lead_reads_own_years_beside_england_whatever_stands_in_the_address(signed_in):
    place = make_place()
    make_report(place, met=3, year=YEAR)
    for _ in range(5):
        other = ServiceFactory(specification=place.service.specification, provider=OrganisationFactory())
        report = SelfReport.objects.create(service=other, round=make_round(YEAR), due_date=dt.date(YEAR, 7, 31))
        Score.objects.create(self_report=report, stage="SELF_ASSESSED", met_count=4, applicable_count=4, percent=100)
    client = signed_in(place.lead)

    page = client.get(f"/services/{place.service.pk}/self-reports/").content.decode()
    narrowed = client.get(f"/services/{place.service.pk}/self-reports/", {"region": "ZZR1", "icb": "x"}).content.decode()

    assert "3 of 4 met (75%)" in page
    assert f"England average in {YEAR}: 95% (6 services)." in page
    assert f"{place.service.region.name} average in {YEAR}: not shown." in page
    assert "Fewer than 5 services: not shown" in page
    assert "95.8% (6 services)" in narrowed
    assert other.provider.name not in page


def test_commissioner_reads_no_score_before_the_hub_has_accepted(signed_in):
    place = make_place()
    report = make_report(place, year=YEAR, status=SelfReport.Status.DECLARED)
    client, pages = signed_in(place.commissioner), ("", "self-reports/")

    hidden = [client.get(f"/services/{place.service.pk}/{page}").content.decode() for page in pages]
    SelfReport.objects.filter(pk=report.pk).update(status="ACCEPTED")
    shown = [client.get(f"/services/{place.service.pk}/{page}").content.decode() for page in pages]

    assert ["3 of 4" in page for page in hidden] == [False, False]
    assert "No self-report that you can read yet." in hidden[1]
    assert ["3 of 4" in page for page in shown] == [True, True]


@pytest.mark.parametrize("part", ["", "self-reports/", "decisions/"])
def test_service_parts_take_the_same_statements_for_many_years(signed_in, part):
    place = make_place()
    make_report(place, year=YEAR - 4, met=1)
    decided = make_decision(place, report=make_report(place, year=YEAR - 3))
    give_positions(place, decided)
    client = signed_in(place.manager)
    few = statements(client, f"/services/{place.service.pk}/{part}")

    for year in (YEAR - 2, YEAR - 1, YEAR):
        give_positions(place, make_decision(place, report=make_report(place, year=year, met=YEAR - year)))

    assert statements(client, f"/services/{place.service.pk}/{part}") == few
    assert few <= MOST_STATEMENTS


# Decisions ------------------------------------------------------------------------------------------------------------
def in_force(place, year, **options):
    """A decision of ``year`` that all three parties agreed to."""
    decision = make_decision(place, report=make_report(place, year=year, threshold="50.0"), **options)
    give_positions(place, decision)
    return decisions.bring_into_force(decision_id=decision.pk, by=place.manager, without_action_reason="Nobody took one.")


def test_decisions_tell_what_replaced_or_ended_each_and_what_is_next():
    place = make_place()
    first, second = in_force(place, YEAR - 2), in_force(place, YEAR - 1, needs_peer_review=True)
    proposed = make_decision(place, report=make_report(place, year=YEAR))
    withdrawn = decisions.end_decision(decision_id=proposed.pk, reason="Wrong year.", by=place.manager)
    today = timezone.localdate()

    told = decisions_of(place.service)

    day = f"{today:%A} {today.day} {today:%B} {today.year}"
    assert [(one.decision.pk, one.became, one.next.split(".")[0]) for one in told] == [
        (withdrawn.pk, f"{place.manager.name} withdrew the proposal on {day}. Wrong year.", ""),
        (second.pk, "", "Review of this decision"),
        (
            first.pk,
            f"Replaced by option 2, enhanced (provider) and option 3, peer review of the {YEAR - 1} round on {day}. "
            "Without an accepted action: Nobody took one.",
            "",
        ),
    ]


def test_decision_says_that_it_was_made_on_older_figures_and_who_kept_it(signed_in):
    place = make_place()
    decision = in_force(place, YEAR)
    Score.objects.filter(self_report__service=place.service, stage="VALIDATED").update(met_count=2, applicable_count=3)
    SurveillanceDecision.objects.filter(pk=decision.pk).update(
        is_on_older_figures=True, older_figures_reason="An indicator was suspended.", kept_reason="The risk is the same.",
        kept_at=timezone.now(), kept_by=place.manager,
    )  # fmt: skip

    told = decisions_of(place.service)[0]

    start = "Made on older figures: 3 of 4 then, 2 of 3 now. An indicator was suspended."
    assert told.older_figures.startswith(f"{start} {place.manager.name} kept it on ")
    assert told.older_figures.endswith(": The risk is the same.")
    assert start in signed_in(place.lead).get(f"/services/{place.service.pk}/decisions/").content.decode()


def test_decision_tells_positions_and_actions_in_words(signed_in):
    place = make_place()
    decision = make_decision(place, report=make_report(place, year=YEAR))
    decisions.record_position(decision_id=decision.pk, party="PROVIDER", view="DISAGREE", note="Two posts are filled.", by=place.executive)
    make_action(place, decision_id=decision.pk)
    actions.draft_action(service_id=place.service.pk, what="Another", due_date=timezone.localdate(), by=place.lead, decision_id=decision.pk)

    told = decisions_of(place.service)[0]

    assert [card.view for card in told.cards] == ["Position needed", "Disagrees", "Position needed"]
    assert (told.actions, told.figures) == ("2 actions", "3 of 4 met (75%), validated by the hub")
    assert "Two posts are filled." in signed_in(place.lead).get(f"/services/{place.service.pk}/decisions/").content.decode()


def test_service_without_a_self_report_says_when_the_next_round_opens():
    place = make_place()
    coming = make_round(YEAR + 1)

    step = cycles([Service.objects.for_display().get(pk=place.service.pk)])[0].next_step

    opens = coming.opens_date
    assert step.clock_words == f"No self-report yet. The {YEAR + 1} round opens on {opens:%A} {opens.day} {opens:%B} {opens.year}."
