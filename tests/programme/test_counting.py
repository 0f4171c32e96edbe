"""Counting a year from the record, publishing it, and what is never among its rows."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from peerreview.models import Exchange, Letter, PatientView, Pledge, Procedure, Session, SurveyResponse, VisitDay
from peerreview.queries.survey_cells import survey_cells
from peerreview.queries.survey_results import half_of, results
from qnt import integrity
from qnt.programme import services
from qnt.programme.counting.spread import options_of, score_band
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ProgrammeFact, ProgrammeYear
from surveillance.models import Action, EvidenceItem, EvidenceVersion
from surveillance.queries.burden import add_up, burden_by_report
from tests.factories.learning import make_learning, say_everywhere
from tests.factories.peerreview import make_visit
from tests.factories.programme import YEAR, held_review, hub, national, service_in
from tests.factories.surveillance import make_scene
from work import jobs
from work.jobs import RunningJob
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
LAST = YEAR - 1


def values(measure: str, year: int = YEAR) -> list[tuple[Decimal, Decimal]]:
    """Value and weight of each row of a measure."""
    return [(fact.value, fact.weight) for fact in ProgrammeFact.objects.filter(measure=measure, year=year).order_by("pk")]


def test_a_visit_is_counted_from_its_record():
    visit = make_visit()
    review = visit.carry("VISITING")
    finding = visit.find("SERIOUS_CONCERN", agreed=True)
    Letter.objects.filter(finding=finding).update(sent_at=timezone.now(), sent_by=visit.manager)
    PatientView.objects.create(
        review=review, service=visit.scene.service, channel="INTERVIEW", good="The nurses", status="SHARED", entered_by=visit.manager,
        read_by=visit.manager, read_at=timezone.now(),
    )  # fmt: skip
    day = VisitDay.objects.get_or_create(review=review, date=review.starts_date)[0]
    Session.objects.filter(day=day).delete()
    Session.objects.create(day=day, title="Lunch", starts_at=dt.time(12), ends_at=dt.time(14), is_informal=True, given_minutes=95)

    services.count_year(year=review.starts_date.year)

    year = review.starts_date.year
    met = {fact.measure: int(fact.value) for fact in ProgrammeFact.objects.filter(measure__startswith="FID", year=year)}
    # A team of three lacks people that the procedure requires; feedback and report are not due yet.
    assert met == {"FID_NOTICE": 1, "FID_TEAM": 0, "FID_CONFLICTS": 1, "FID_PATIENTS": 1, "FID_INFORMAL": 1, "FID_LETTERS": 1}
    assert values("LEAD_VISIT", year) == [(Decimal(60), Decimal(1))]
    assert values("STA_VIEWS", year) == [(Decimal(1), Decimal(1))]
    assert [fact.choice for fact in ProgrammeFact.objects.filter(measure="SPREAD_CATEGORIES", year=year)] == ["Serious concern"]


def test_actions_of_compliance_are_counted_and_those_for_learning_never():
    scene = make_scene()
    now, today = timezone.now(), timezone.localdate()
    facts = {"service": scene.service, "drafted_by": scene.lead, "drafted_at": now, "offered_at": now, "what": "Name a lead"}
    Action.objects.create(**facts, due_date=today - DAY, status="DONE", accepted_at=now, done_at=now - 2 * DAY)
    Action.objects.create(**facts, due_date=today - DAY, status="BLOCKED", accepted_at=now, blocked_reason="No money")
    Action.objects.create(**facts, due_date=today + DAY, status="OFFERED", offer_due_date=today + DAY, addressed_to="COMMISSIONER")

    for year in {YEAR, (today - DAY).year}:  # on 1 January they were due last year
        services.count_year(year=year)

    assert Counter(values("DIR_ON_TIME", (today - DAY).year)) == Counter([(Decimal(1), Decimal(1)), (Decimal(0), Decimal(1))])
    assert Counter(values("DIR_BLOCKED")) == Counter([(Decimal(0), Decimal(1)), (Decimal(1), Decimal(1))])
    assert values("DIR_OWNED") == [(Decimal(1), Decimal(1))] * 2  # the third still has time to answer
    assert values("ORG_OWN") == [(Decimal(1), Decimal(1))] * 3


def test_rows_of_a_learning_review_are_marked_and_hold_no_text():
    made = make_learning()
    say_everywhere(made, "CANARY-7431")
    Pledge.objects.update(ask_date=timezone.localdate())
    Exchange.objects.update(status="HAPPENED", happened_on=timezone.localdate())

    services.count_year(year=YEAR)

    rows = ProgrammeFact.objects.filter(review=made.review)
    assert rows.exists()
    assert not rows.filter(is_learning=False).exists()
    assert not ProgrammeFact.objects.filter(measure__startswith="CHANGE").exists()
    assert not any("CANARY" in f"{fact.detail}{fact.choice}{fact.side}" for fact in ProgrammeFact.objects.all())


def test_counting_twice_writes_the_same_rows_once():
    region = hub()
    held_review(service_in(region), by=national(), days_ago=2)

    counts = [services.count_year(year=(timezone.localdate() - 2 * DAY).year) for _ in range(2)]

    assert counts[0] == counts[1] > 0


def test_the_job_counts_the_year_and_the_night_asks_for_this_year_and_last():
    service, lead = service_in(hub()), national()
    held_review(service, by=lead, days_ago=2)
    held_review(service, by=lead, starts_date=dt.date(LAST, 5, 12), ends_date=dt.date(LAST, 5, 12))

    asked = services.ask_to_count_years()

    assert asked == 2
    assert sorted(job.arguments["year"] for job in Job.objects.filter(kind=services.KIND)) == [LAST, YEAR]
    job = Job.objects.get(kind=services.KIND, arguments={"year": YEAR})
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING)
    jobs._KINDS[services.KIND].handler(RunningJob(Job.objects.get(pk=job.pk)), year=YEAR)
    assert Job.objects.get(pk=job.pk).status == Job.Status.DONE
    assert ProgrammeYear.objects.get(year=YEAR).counted_at


# Publishing -----------------------------------------------------------------------------------------------------------
def test_a_published_year_keeps_its_rows_and_its_definitions_when_the_record_or_a_definition_changes():
    lead = national()
    review = held_review(service_in(hub()), by=lead, starts_date=dt.date(LAST, 5, 12), ends_date=dt.date(LAST, 5, 12))
    published = services.publish_year(year=LAST, by=lead)
    rows = list(ProgrammeFact.objects.filter(year=LAST).order_by("pk").values())
    changed = replace(next(one for one in DEFINITIONS if one.code == "FID_NOTICE"), version=2, since_year=LAST, title="Otherwise")
    known = (*DEFINITIONS, changed)
    review.notified_at = None
    review.save()

    services.count_year(year=LAST, known=known)

    after = ProgrammeYear.objects.get(year=LAST)
    assert list(ProgrammeFact.objects.filter(year=LAST).order_by("pk").values()) == rows
    assert {row["definition_version"] for row in rows} == {1}
    assert (after.facts_hash, after.definitions) == (published.facts_hash, published.definitions)
    assert "Otherwise" not in after.definitions
    assert list(integrity.faults()) == []
    with pytest.raises(InvalidTransition):
        services.publish_year(year=LAST, by=lead)


def test_a_year_that_is_not_published_is_counted_by_the_definition_of_its_time():
    held_review(service_in(hub()), by=national(), starts_date=dt.date(LAST, 5, 12), ends_date=dt.date(LAST, 5, 12))
    notice = next(one for one in DEFINITIONS if one.code == "FID_NOTICE")

    for since, version in ((YEAR, 1), (LAST, 2)):
        services.count_year(year=LAST, known=(*DEFINITIONS, replace(notice, version=2, since_year=since)))

        assert ProgrammeFact.objects.get(year=LAST, measure="FID_NOTICE").definition_version == version


def test_a_changed_row_of_a_published_year_is_named():
    lead = national()
    held_review(service_in(hub()), by=lead, starts_date=dt.date(LAST, 5, 12), ends_date=dt.date(LAST, 5, 12))
    services.publish_year(year=LAST, by=lead)

    ProgrammeFact.objects.filter(year=LAST, measure="FID_NOTICE").update(value=7)

    assert f"The programme's figures of {LAST} were changed after they were published." in list(integrity.faults())


def test_a_year_is_published_when_it_is_over():
    with pytest.raises(InvalidTransition, match="when the year is over"):
        services.publish_year(year=YEAR, by=national())


# Surveys --------------------------------------------------------------------------------------------------------------
def answer(review, count: int, day: dt.date, side: str = "TEAM", **answers: int) -> None:
    """So many people of a side who answered the same."""
    for _ in range(count):
        SurveyResponse.objects.create(review=review, wave="FIRST", side=side, answers=answers or {"TRUSTED": 4}, answered_date=day)


def test_groups_of_answers_are_those_that_a_hub_s_own_page_shows():
    region, lead = hub(), national()
    day, today = dt.date(LAST, 3, 2), dt.date(LAST, 8, 1)
    service = service_in(region)
    small = Procedure.objects.get(code="RAPID", status="PUBLISHED")
    answer(held_review(service, by=lead), 6, day, TRUSTED=4, EQUAL=5)
    answer(held_review(service, by=lead, procedure=small), 4, day)
    answer(held_review(service, by=lead, purpose="IMPROVEMENT"), 9, day)

    cells = survey_cells(LAST, today)

    assert [(cell.question, cell.count, cell.total) for cell in cells] == [("EQUAL", 6, 30), ("TRUSTED", 6, 24)]
    shown = results(region_id=region.pk, half=half_of(day), purpose="COMPLIANCE", today=today)
    assert sum(words.endswith("(6 answers)") for result in shown for row in result.rows for words in row.cells) == len(cells)


def test_no_sum_of_survey_figures_holds_a_group_of_fewer_than_5():
    """England is the sum of groups that are shown: the four answers of the other hub are in no row, so in no difference of rows."""
    lead, day = national(), dt.date(LAST, 3, 2)
    for region, count in ((hub(), 7), (hub(), 4), (hub(), 5)):
        answer(held_review(service_in(region), by=lead), count, day)

    services.count_year(year=LAST)

    rows = ProgrammeFact.objects.filter(measure="SURVEY_TRUST", year=LAST)
    assert sorted(int(row.weight) for row in rows) == [5, 7]


# Burden ---------------------------------------------------------------------------------------------------------------
def document(scene, answers, pages: int | None, *, years_ago: int = 0) -> None:
    """A document of so many pages under some answers."""
    item = EvidenceItem.objects.create(service=scene.service, title="Policy", added_by=scene.lead)
    EvidenceItem.objects.filter(pk=item.pk).update(added_at=timezone.now() - 366 * years_ago * DAY)
    EvidenceVersion.objects.create(item=item, link="https://documents.example/1", page_count=pages, uploaded_by=scene.lead)
    item.answers.set(answers)


def test_evidence_used_again_counts_as_saved():
    scene = make_scene()
    scene.declare()
    document(scene, scene.answers[:3], 12)  # new: one file for three answers
    document(scene, scene.answers[:1], 30, years_ago=1)  # of another year: no new file
    document(scene, scene.answers[3:], None)  # new, its pages are not known

    burden = add_up(burden_by_report(type(scene.report).objects.filter(pk=scene.report.pk)).values())
    services.count_year(year=scene.report.round.year)

    assert (burden.uses, burden.new_files, burden.saved_uses, burden.pages, burden.known_count) == (5, 2, 3, 12, 1)
    assert values("BURDEN_FILES") == [(Decimal(2), Decimal(1))]
    assert values("BURDEN_PAGES") == [(Decimal(12), Decimal(1))]
    assert values("BURDEN_SAVED") == [(Decimal(3), Decimal(5))]


# Spread ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("figures", "band"),
    [
        ('{"percent": "87.5"}', "80 to 89%"), ('{"percent": "100"}', "100%"), ('{"percent": "0"}', "0 to 9%"), ('{"percent": null}', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_like_scores_lie_in_the_same_ten_points(figures, band):
    assert score_band(figures) == band


def test_options_are_said_shortly():
    visit = make_visit()
    visit.decision.needs_commissioner_action = True

    assert options_of(visit.decision) == "Options 2 and 3"
