"""Sections given to people, each with a day; each person's own work; and the one list of all self-reports."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from surveillance.models import InvalidTransition, SectionAssignment, SelfReport
from surveillance.queries.last_year import last_year_answers, to_confirm
from surveillance.queries.self_report_list import rows_of
from surveillance.queries.self_reports import light_answers, sections_of
from surveillance.queries.waiting import section_counts, self_report_items
from surveillance.services import checking, section_people, self_reports
from surveillance.services.answers import save_answer
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.section_people import Given, fingerprint, given_sections
from tests.factories.accounts import person
from tests.factories.surveillance import (
    AnswerFactory,
    IndicatorFactory,
    RoundFactory,
    SelfReportFactory,
    ServiceFactory,
    assign,
    make_scene,
)
from work.items import day_words

pytestmark = pytest.mark.django_db
STRUCTURE, OUTCOME = "Structure and function", "Clinical outcome"


def sent(scene, **changes: object) -> dict[str, object]:
    """The page as it stands, sent with these changes: ``people_1=[...]`` and ``day_1=date``."""
    now = given_sections(scene.report)
    fields: dict[str, object] = {"shown": fingerprint(now)}
    for number, section in enumerate((STRUCTURE, OUTCOME), start=1):
        one = now.get(section, Given())
        fields[f"section_{number}"] = changes.get(f"people_{number}", list(one.user_ids))
        day = changes.get(f"day_{number}", one.due_date or scene.report.due_date)
        if day:
            fields |= {f"date_{number}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return fields | {name: value for name, value in changes.items() if name == "shown"}


def given(scene) -> list[tuple[str, int, dt.date | None]]:
    rows = SectionAssignment.objects.filter(self_report=scene.report).order_by("section", "user")
    return list(rows.values_list("section", "user", "due_date"))


def test_lead_gives_a_section_to_people_by_a_day(signed_in):
    scene = make_scene()
    day = scene.report.due_date - dt.timedelta(days=5)

    response = signed_in(scene.lead).post(
        f"/self-reports/{scene.report.pk}/people/", sent(scene, people_2=[scene.contributor.pk, scene.lead.pk], day_2=day)
    )

    assert response.status_code == 302
    assert given(scene) == [(OUTCOME, pk, day) for pk in sorted((scene.contributor.pk, scene.lead.pk))]
    assert AuditEvent.objects.filter(action="self_report.section_assigned").count() == 1


def test_day_that_is_the_self_reports_own_moves_along_with_it(signed_in):
    scene = make_scene()
    signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/people/", sent(scene, people_1=[scene.contributor.pk]))
    later = scene.report.due_date + dt.timedelta(days=9)

    SelfReport.objects.filter(pk=scene.report.pk).update(due_date=later)

    assert given(scene) == [(STRUCTURE, scene.contributor.pk, None)]
    assert [item.due for item in self_report_items(scene.contributor)] == [later]


@pytest.mark.parametrize("days", [1, -1_000, 400_000])
def test_day_outside_the_self_reports_time_gets_a_sentence(signed_in, days):
    scene = make_scene()
    day = scene.report.due_date + dt.timedelta(days=days)

    page = signed_in(scene.lead).post(
        f"/self-reports/{scene.report.pk}/people/", sent(scene, people_1=[scene.contributor.pk], day_1=day)
    ).content.decode()  # fmt: skip

    first, last = day_words(scene.report.round.opens_date), day_words(scene.report.due_date)
    assert f"The date for “{STRUCTURE}” must be from {first} to {last}" in page
    assert f'value="{day.year}"' in page
    assert given(scene) == []


@pytest.mark.parametrize(
    "bad", [{"section_1": ["999999999999999999999"]}, {"section_1": ["x"]}, {"date_1_day": "x"}, {"date_1_month": "13"}]
)
def test_bad_input_gets_a_sentence_and_saves_nothing(signed_in, bad):
    scene = make_scene()

    response = signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/people/", sent(scene, people_2=[scene.contributor.pk]) | bad)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert given(scene) == []


def test_somebody_of_another_service_cannot_be_given_a_section(signed_in):
    scene = make_scene()

    response = signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/people/", sent(scene, people_1=[scene.stranger.pk]))

    assert "Choose people who work on this service" in response.content.decode()
    with pytest.raises(InvalidTransition, match="work on this service"):
        section_people.assign_section(self_report_id=scene.report.pk, section=OUTCOME, user_ids=[scene.stranger.pk], by=scene.lead)


def test_two_leads_at_once_see_each_other_and_nothing_is_overwritten(signed_in):
    scene = make_scene()
    second, third = assign(scene.service, Role.SERVICE_LEAD, name="Lou Lead"), assign(scene.service, Role.CONTRIBUTOR, name="Tia Third")
    at = f"/self-reports/{scene.report.pk}/people/"
    stale = sent(scene, people_1=[third.pk])
    day = scene.report.due_date - dt.timedelta(days=3)
    signed_in(second).post(at, sent(scene, people_1=[scene.contributor.pk], day_1=day))

    clash = signed_in(scene.lead).post(at, stale)
    page = clash.content.decode()

    assert clash.status_code == 409
    assert f"Sam Contributor, by {day_words(day)}" in page
    assert f'value="{third.pk}" checked' in page
    assert given(scene) == [(STRUCTURE, scene.contributor.pk, day)]
    again = signed_in(scene.lead).post(at, stale | {"shown": fingerprint(given_sections(scene.report))})
    assert (again.status_code, [user for _, user, _ in given(scene)]) == (302, [third.pk])


def test_clash_saves_no_part_of_it():
    scene = make_scene()
    wanted = {STRUCTURE: Given((scene.contributor.pk,)), OUTCOME: Given((scene.lead.pk,))}

    with pytest.raises(SomeoneElseChanged):
        section_people.give_sections(self_report_id=scene.report.pk, wanted=wanted, shown="", by=scene.lead)

    assert given(scene) == []


def test_sections_of_a_declared_self_report_stay_as_they_are():
    scene = make_scene()
    scene.declare()

    with pytest.raises(InvalidTransition, match="its sections cannot be given"):
        section_people.assign_section(self_report_id=scene.report.pk, section=OUTCOME, user_ids=[scene.lead.pk], by=scene.lead)


def test_contributor_does_not_choose_who_answers(signed_in):
    scene = make_scene()

    assert signed_in(scene.contributor).post(f"/self-reports/{scene.report.pk}/people/", sent(scene)).status_code == 403


# Each person's own work -----------------------------------------------------------------------------------------------
def test_contributor_sees_the_section_with_its_day_and_count(signed_in):
    scene = make_scene()
    day = scene.report.due_date - dt.timedelta(days=4)
    section_people.assign_section(
        self_report_id=scene.report.pk, section=OUTCOME, user_ids=[scene.contributor.pk], by=scene.lead, due_date=day
    )
    save_answer(answer_id=scene.answers[2].pk, self_report_id=scene.report.pk, raw={"value": "3"}, version=0, by=scene.lead)

    item = self_report_items(scene.contributor)[0]

    year = scene.report.round.year
    assert item.task == f"Answer “Clinical outcome” in the {year} self-report: 1 of 2 answered"
    assert (item.url, item.due) == (f"/self-reports/{scene.report.pk}/sections/2/", day)
    assert item.task in signed_in(scene.contributor).get("/home/").content.decode()


def test_answered_section_waits_for_nobody():
    scene = make_scene()
    section_people.assign_section(self_report_id=scene.report.pk, section=OUTCOME, user_ids=[scene.contributor.pk], by=scene.lead)
    scene.fill()

    assert self_report_items(scene.contributor) == []


def test_sections_of_many_self_reports_are_numbered_as_each_numbers_its_own():
    scenes = [make_scene() for _ in range(2)]
    late = IndicatorFactory(indicator_set=scenes[0].indicator_set, section="Late", position=9_999_999)
    AnswerFactory(self_report=scenes[0].report, indicator=late)

    counts = section_counts([scene.report.pk for scene in scenes])

    assert {key: (one.number, one.words) for key, one in counts.items()} == {
        (scene.report.pk, section.title): (section.number, f"{section.answered_count} of {section.total_count} answered")
        for scene in scenes
        for section in sections_of(scene.report)
    }


@pytest.mark.parametrize("count", [1, 4])
def test_work_of_a_contributor_costs_the_same_for_one_section_and_for_many(django_assert_num_queries, count):
    worker = None
    for number in range(count):
        scene = make_scene(opened=RoundFactory(year=2010 + number))
        worker = worker or scene.contributor
        scene.service.assignments.filter(user=scene.contributor).update(user=worker)
        SectionAssignment.objects.create(self_report=scene.report, section=OUTCOME, user=worker)
    worker = type(worker).objects.get(pk=worker.pk)

    with django_assert_num_queries(4):
        items = self_report_items(worker)

    assert [item.kind for item in items] == ["self_report.section"] * count


# The list -------------------------------------------------------------------------------------------------------------
def test_list_counts_and_names_and_dates(signed_in):
    scene = make_scene(opened=RoundFactory(year=2027))
    save_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "YES"}, version=0, by=scene.lead)

    page = signed_in(scene.lead).get("/self-reports/").content.decode()

    for words in ("2027 round: 0 of 1 declared, 1 to answer.", "Lee Lead", "1 of 4 answered", f"Due {day_words(scene.report.due_date)}"):
        assert words in page
    assert "to declare" not in page


def test_executive_declares_one_after_the_other_from_the_list(signed_in):
    opened = RoundFactory(year=2027)
    scene, second = make_scene(opened=opened), make_scene(opened=opened)
    second.service.provider = scene.service.provider
    second.service.save()
    for one in (scene, second):
        one.fill()
        self_reports.send_to_executive(self_report_id=one.report.pk, executive_id=scene.executive.pk, by=one.lead)
    client = signed_in(scene.executive)

    page = client.get("/self-reports/").content.decode()
    client.post(f"/self-reports/{scene.report.pk}/declare/", {"confirm": "YES"})
    receipt, after = client.get(f"/self-reports/{scene.report.pk}/receipt/").content.decode(), client.get("/self-reports/").content.decode()

    assert "2 self-reports to declare." in page
    assert f'href="/self-reports/{scene.report.pk}/declare/"' in page
    assert f'href="/self-reports/{second.report.pk}/declare/"' in receipt
    assert "1 self-report to declare." in after
    assert f'href="/self-reports/{second.report.pk}/declare/"' in after
    assert "Declared on" in after


@pytest.mark.parametrize(
    ("query", "years"),
    [("", [2027, 2026]), ("year=2026", [2026]), ("status=ACCEPTED", []), ("year=x&status=x&programme=9999999999999999999999", [2027, 2026]),
     ("year=2027&status=NOT_STARTED", [2027])],
)  # fmt: skip
def test_list_is_filtered_by_its_address(signed_in, query, years):
    scene = make_scene(opened=RoundFactory(year=2027))
    SelfReportFactory(service=scene.service, round=RoundFactory(year=2026))

    page = signed_in(scene.lead).get(f"/self-reports/?{query}").content.decode()

    assert [year for year in (2027, 2026) if f'<span class="nhsuk-u-visually-hidden">, {year}</span>' in page] == years


def test_to_confirm_follows_the_rule_of_the_self_report():
    scene = make_scene(opened=RoundFactory(year=2026))
    scene.declare()
    report = SelfReportFactory(service=scene.service, round=RoundFactory(year=2027), indicator_set=scene.indicator_set)
    for answer in scene.answers[1:]:
        AnswerFactory(self_report=report, indicator=answer.indicator)
    untouched = make_scene(opened=RoundFactory(year=2027))

    rows = rows_of(SelfReport.objects.for_display().with_query_due().filter(round__year=2027).order_by("pk"))

    assert [(row.report.pk, row.to_confirm) for row in rows] == [(report.pk, 3), (untouched.report.pk, 0)]
    before = {row.report.pk: last_year_answers(row.report) for row in rows}
    assert [row.to_confirm for row in rows] == [
        sum(to_confirm(answer, before[row.report.pk]) for answer in light_answers(row.report)) for row in rows
    ]


def test_query_of_the_hub_is_due_on_its_own_day(signed_in):
    scene = make_scene()
    scene.declare()
    query = checking.ask_service(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, question="Which?", by=scene.officer)
    checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)

    page = signed_in(scene.lead).get("/self-reports/").content.decode()

    assert f"Due {day_words(query.due_date)}" in page
    assert "1 with a query to answer" in page


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize(("role", "statements"), [(Role.EXECUTIVE, 13), (Role.NETWORK_LEAD, 13)])
def test_list_costs_the_same_for_one_row_and_for_fifty(signed_in, django_assert_num_queries, count, role, statements):
    reader = person(role)
    place = reader.memberships.get().organisation
    where = {"network": place, "provider": None, "region": place.region} if role == Role.NETWORK_LEAD else {"provider": place}
    scene, opened = make_scene(opened=RoundFactory(year=2026)), RoundFactory(year=2027)
    scene.declare()
    for _ in range(count):
        service = ServiceFactory(**where)
        before = SelfReportFactory(
            service=service, round=RoundFactory(year=2025), declared_at=timezone.now(), declared_by=reader, status="DECLARED"
        )
        report = SelfReportFactory(service=service, round=opened)
        for one in (before, report):
            AnswerFactory(self_report=one, indicator=scene.answers[0].indicator, value="YES" if one is before else "")
    client = signed_in(reader)
    client.get("/self-reports/?year=2027")

    with django_assert_num_queries(statements):
        page = client.get("/self-reports/?year=2027").content.decode()

    assert page.count("0 of 1 answered") == count
