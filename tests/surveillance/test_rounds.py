"""Rounds: opening, what came in, exports, reminders; lists cost the same for one row and for three."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import Organisation
from accounts.permissions import Role
from surveillance.ladder import step_of
from surveillance.models import Answer, IndicatorSet, InvalidTransition, Round, SelfReport
from surveillance.queries.waiting import self_report_items
from surveillance.services import rounds
from surveillance.services.reminders import send_reminders
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, RoundFactory, SelfReportFactory, ServiceFactory, make_scene
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db


def read(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_national_lead_opens_a_round_and_the_job_makes_its_self_reports(signed_in):
    indicator_set = IndicatorSetFactory()
    IndicatorFactory.create_batch(3, indicator_set=indicator_set)
    ServiceFactory(specification=indicator_set.specification)
    ServiceFactory()
    dates = {"opens_date": "1 6", "closes_date": "31 7", "check_by_date": "30 9"}
    fields = {f"{name}_{part}": value for name, day in dates.items() for part, value in zip(("day", "month"), day.split(), strict=True)}
    fields |= {f"{name}_year": "2027" for name in dates}
    fields |= {"year": "2027", "grace_working_days": "10", f"set_{indicator_set.specification_id}": str(indicator_set.pk)}

    response = signed_in(person(Role.NATIONAL_LEAD)).post("/rounds/open/", fields)
    jobs.run_pending()

    assert response["Location"] == "/rounds/2027/"
    key_requirements = IndicatorSet.objects.get(is_counted=False)
    assert set(SelfReport.objects.values_list("indicator_set", flat=True)) == {indicator_set.pk, key_requirements.pk}
    assert Answer.objects.count() == 4
    assert Job.objects.get().status == "DONE"


def test_opening_again_makes_only_what_is_missing():
    lead = person(Role.NATIONAL_LEAD)
    dates = {"opens_date": dt.date(2027, 6, 1), "closes_date": dt.date(2027, 7, 31), "check_by_date": dt.date(2027, 9, 30)}
    ServiceFactory.create_batch(5)
    opened = rounds.create_round(year=2027, **dates, by=lead)

    made = [rounds.open_next_services(round_id=opened.pk, limit=2) for _ in range(5)]
    ServiceFactory()

    assert made == [2, 2, 1, 0, 0]
    assert rounds.open_next_services(round_id=opened.pk) == 0  # its specification is not in the round
    with pytest.raises(InvalidTransition, match="is open already"):
        rounds.create_round(year=2027, **dates, by=lead)


def test_round_form_names_faults(signed_in):
    page = signed_in(person(Role.NATIONAL_LEAD)).post("/rounds/open/", {"year": "2027", "grace_working_days": "10"}).content.decode()

    assert "Enter the last day to declare" in page
    assert not Round.objects.exists()


def test_exports_follow_the_contract_and_the_scope(signed_in):
    scene, foreign = make_scene(), make_scene()
    scene.accept()
    foreign.declare()
    client, year = signed_in(scene.officer), scene.report.round.year

    services = read(client.get(f"/rounds/{year}/services.csv"))
    answers = read(client.get(f"/rounds/{year}/answers.csv?stage=VALIDATED"))

    assert services == [
        {
            "service_id": str(scene.service.pk), "ods_code": scene.service.provider.code, "provider": scene.service.provider.name,
            "specification": scene.service.specification.number, "programme": "B", "region": scene.service.region.code, "icb": "",
            "status": "ACCEPTED", "stage": "SELF_ASSESSED", "met": "2", "applicable": "3", "percent": "66.6", "threshold": "80.0",
            "below_100": "true", "below_threshold": "true", "change_on_last_year": "",
        }
    ]  # fmt: skip
    assert [(row["value"], row["numerator"], row["met"], row["stage"]) for row in answers] == [
        ("YES", "", "true", "VALIDATED"), ("", "45", "true", "VALIDATED"),
        ("12", "", "false", "VALIDATED"), ("Written", "", "", "VALIDATED"),
    ]  # fmt: skip


def test_export_of_an_unknown_stage_or_year_is_a_missing_page(signed_in):
    scene = make_scene()
    client, year = signed_in(scene.officer), scene.report.round.year

    codes = [client.get(path).status_code for path in (f"/rounds/{year}/services.csv?stage=x", f"/rounds/{year + 1}/answers.csv")]

    assert codes == [404, 404]


def test_change_on_last_year_may_be_negative_and_stays_a_number(signed_in):
    scene = make_scene()
    scene.declare()
    year = scene.report.round.year
    before = SelfReportFactory(service=scene.service, round=RoundFactory(year=year - 1))
    before.scores.create(stage="SELF_ASSESSED", met_count=3, applicable_count=4, percent="75.0")

    rows = read(signed_in(scene.officer).get(f"/rounds/{year}/services.csv"))

    assert rows[0]["change_on_last_year"] == "-8.4"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "statements"), [("/self-reports/", 11), ("/rounds/", 6), ("/indicators/", 7), ("/evidence/", 11)])
def test_lists_cost_the_same_for_one_row_and_for_three(signed_in, django_assert_num_queries, count, path, statements):
    hub = Organisation.objects.create(kind="REGION", code="ZY1", name="Illustrative region")
    for number in range(count):
        service = ServiceFactory(provider__region=hub)
        SelfReportFactory(service=service, round=RoundFactory(year=2020 + number), indicator_set=IndicatorSetFactory())
        worker = person(Role.SERVICE_LEAD)
        service.evidence.create(title="Policy", added_by=worker).versions.create(link="https://a.example/", uploaded_by=worker)
    client = signed_in(person(Role.HUB_OFFICER, hub))
    client.get(path)

    with django_assert_num_queries(statements):
        response = client.get(path)

    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_a_round_costs_the_same_for_one_row_and_for_three(signed_in, django_assert_num_queries, count):
    hub = Organisation.objects.create(kind="REGION", code="ZY1", name="Illustrative region")
    opened = RoundFactory(year=2027)
    for _ in range(count):
        report = SelfReportFactory(service=ServiceFactory(provider__region=hub), round=opened, indicator_set=IndicatorSetFactory())
        report.scores.create(stage="SELF_ASSESSED", met_count=3, applicable_count=4, percent="75.0")
    client = signed_in(person(Role.HUB_OFFICER, hub))
    SelfReport.objects.update(declared_at=timezone.now(), declared_by=opened.opened_by)
    client.get("/rounds/2027/")

    with django_assert_num_queries(9):
        response = client.get("/rounds/2027/self-reports/?status=NOT_STARTED")

    assert response.content.decode().count("3 of 4 met (75%)") == count


@pytest.mark.parametrize("count", [1, 3])
def test_work_items_cost_the_same_for_one_row_and_for_three(django_assert_max_num_queries, count):
    scene = make_scene()
    for number in range(count - 1):
        SelfReportFactory(service=scene.service, round=RoundFactory(year=2000 + number))

    with django_assert_max_num_queries(4):
        items = self_report_items(scene.lead)

    assert [item.kind for item in items] == ["self_report.self_report"] * count


def test_waiting_work_names_its_holder():
    scene = make_scene()
    scene.send()

    mine, theirs = self_report_items(scene.executive), self_report_items(scene.lead)

    assert [(item.kind, item.is_mine) for item in mine + theirs] == [("self_report.declare", True), ("self_report.declare", False)]
    assert theirs[0].holder.startswith("Eve Executive, executive, ")


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (dt.date(2027, 7, 16), ""), (dt.date(2027, 7, 17), "due_in_14"), (dt.date(2027, 7, 23), "due_in_14"),
        (dt.date(2027, 7, 24), "due_in_7"),
        (dt.date(2027, 7, 30), "due_in_1"), (dt.date(2027, 7, 31), "due_in_1"), (dt.date(2027, 8, 1), ""), (dt.date(2027, 8, 2), "late"),
        (dt.date(2027, 8, 5), "late"), (dt.date(2027, 8, 6), "escalated"),
    ],
)  # fmt: skip
def test_reminder_ladder(today, step):
    assert step_of(dt.date(2027, 7, 31), today) == step


def test_reminders_reach_each_person_once_a_step():
    scene = make_scene()
    day = scene.report.due_date - dt.timedelta(days=7)

    with time_machine.travel(dt.datetime.combine(day, dt.time(6, 30), tzinfo=timezone.get_current_timezone()), tick=False):
        counts = [send_reminders()["reminders"] for _ in range(2)]
        jobs.run_pending()

    assert counts == [1, 0]
    assert [message.to for message in mail.outbox] == [[scene.lead.email]]


def test_hub_sees_its_region_only(signed_in):
    scene, foreign = make_scene(), make_scene()
    client = signed_in(scene.officer)

    codes = [client.get(f"/self-reports/{one.report.pk}/").status_code for one in (scene, foreign)]

    assert codes == [200, 404]
    assert foreign.service.name not in client.get("/self-reports/").content.decode()


def test_service_without_a_set_declares_against_the_key_requirements(signed_in):
    scene = make_scene()
    scene.answers[0].self_report.answers.all().delete()
    SelfReport.objects.filter(pk=scene.report.pk).update(indicator_set=None, status=SelfReport.Status.IN_PROGRESS)
    at = f"/self-reports/{scene.report.pk}/"

    sent = signed_in(scene.lead).post(at + "check/", {})
    declared = signed_in(scene.executive).post(at + "declare/", {"confirm": "YES"})
    accepted = signed_in(scene.officer).post(at + "validation/", {"act": "accept"})
    pages = [signed_in(scene.officer).get(at + part).status_code for part in ("", "answers/", "receipt/", "summary/", "validation/")]

    assert [sent.status_code, declared.status_code, accepted.status_code] == [302, 302, 302]
    assert pages == [200] * 5
    assert [(score.applicable_count, score.percent) for score in scene.report.scores.all()] == [(0, None)] * 2


def test_opening_round_shows_how_far_it_is(signed_in):
    lead = person(Role.NATIONAL_LEAD)
    dates = {"opens_date": dt.date(2027, 6, 1), "closes_date": dt.date(2027, 7, 31), "check_by_date": dt.date(2027, 9, 30)}
    rounds.create_round(year=2027, **dates, by=lead)

    page = signed_in(lead).get("/rounds/2027/").content.decode()

    assert f'href="/jobs/{Job.objects.get().pk}/"' in page
