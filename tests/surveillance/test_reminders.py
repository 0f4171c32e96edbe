"""Reminders: the ladder on the calendar of 2026 to 2028, whom each step reaches, and that nobody gets one twice."""

import datetime as dt
import threading
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from surveillance import ladder
from surveillance.models import Answer, Query, Round, SectionAssignment, SelfReport
from surveillance.queries.steps import next_step_of
from surveillance.queries.waiting import self_report_items
from surveillance.services import checking, rounds, section_people, self_reports
from surveillance.services.reminders import send_reminders
from tests.factories.accounts import person
from tests.factories.surveillance import RoundFactory, Scene, assign, make_delegate, make_scene
from work import jobs
from work.models import ReminderSent
from work.working_days import is_working_day

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
DUE = dt.date(2027, 7, 31)  # a Saturday
ONE_DAY = dt.timedelta(days=1)


def run(day: dt.date) -> list[tuple[str, str]]:
    """The morning of ``day``: who was mailed, with the first word of the subject."""
    mail.outbox.clear()
    with time_machine.travel(dt.datetime.combine(day, dt.time(6, 30), tzinfo=LONDON), tick=False):
        send_reminders()
        jobs.run_pending()
    names = dict(User.objects.values_list("email", "name"))
    return sorted((names[message.to[0]], message.subject.split()[0]) for message in mail.outbox)


def summer_scene() -> Scene:
    """A self-report of the round of 2027, due on Saturday 31 July."""
    dates = {"opens_date": dt.date(2027, 6, 1), "closes_date": DUE, "check_by_date": dt.date(2027, 9, 30)}
    return make_scene(opened=RoundFactory(year=2027, **dates))


def sent_to_executive(scene: Scene) -> None:
    """On the desk of the scene's executive since 1 July."""
    sent = {"status": SelfReport.Status.WITH_EXECUTIVE, "executive": scene.executive, "sent_by": scene.lead}
    SelfReport.objects.filter(pk=scene.report.pk).update(**sent, sent_at=dt.datetime(2027, 7, 1, 12, tzinfo=LONDON))


# The calendar -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due", "late", "escalated"),
    [
        (dt.date(2026, 4, 2), dt.date(2026, 4, 7), dt.date(2026, 4, 13)),  # before Good Friday 2026
        (dt.date(2026, 7, 31), dt.date(2026, 8, 3), dt.date(2026, 8, 7)),  # a Friday
        (dt.date(2026, 8, 29), dt.date(2026, 9, 1), dt.date(2026, 9, 7)),  # a Saturday before the summer bank holiday
        (dt.date(2026, 12, 24), dt.date(2026, 12, 29), dt.date(2027, 1, 5)),  # Boxing Day's substitute, and New Year
        (dt.date(2027, 3, 25), dt.date(2027, 3, 30), dt.date(2027, 4, 5)),  # before Good Friday 2027; the clocks change
        (dt.date(2027, 3, 28), dt.date(2027, 3, 30), dt.date(2027, 4, 5)),  # Easter Sunday itself
        (dt.date(2027, 7, 31), dt.date(2027, 8, 2), dt.date(2027, 8, 6)),  # a Saturday
        (dt.date(2027, 10, 31), dt.date(2027, 11, 1), dt.date(2027, 11, 5)),  # a Sunday; the clocks change
        (dt.date(2027, 12, 24), dt.date(2027, 12, 29), dt.date(2028, 1, 5)),  # two substitutes, and New Year's on a Monday
        (dt.date(2028, 4, 14), dt.date(2028, 4, 18), dt.date(2028, 4, 24)),  # Good Friday 2028 itself
        (dt.date(2028, 7, 31), dt.date(2028, 8, 1), dt.date(2028, 8, 7)),  # a Monday
        (dt.date(2028, 12, 22), dt.date(2028, 12, 27), dt.date(2029, 1, 3)),  # Christmas on a Monday
    ],
)
def test_ladder_on_the_calendar(due: dt.date, late: dt.date, escalated: dt.date) -> None:
    days = [due + dt.timedelta(days=n) for n in range(-20, 20)]

    firsts: dict[str, dt.date] = {}
    for day in days:
        firsts.setdefault(ladder.step_of(due, day), day)

    before = {f"due_in_{n}": due - dt.timedelta(days=n) for n in (14, 7, 1)}
    assert {step: day for step, day in firsts.items() if step} == before | {"late": late, "escalated": escalated}
    assert [ladder.step_of(due, due + n * ONE_DAY) for n in range(1, (late - due).days)] == [""] * ((late - due).days - 1)


@pytest.mark.parametrize(
    ("due", "five", "one", "late"),
    [
        (dt.date(2027, 8, 6), dt.date(2027, 7, 30), dt.date(2027, 8, 5), dt.date(2027, 8, 9)),
        (dt.date(2026, 4, 8), dt.date(2026, 3, 30), dt.date(2026, 4, 7), dt.date(2026, 4, 9)),  # over Easter
        (dt.date(2027, 1, 4), dt.date(2026, 12, 23), dt.date(2026, 12, 31), dt.date(2027, 1, 5)),  # over Christmas
        (dt.date(2028, 1, 4), dt.date(2027, 12, 23), dt.date(2027, 12, 31), dt.date(2028, 1, 5)),
    ],
)
def test_questions_count_working_days(due: dt.date, five: dt.date, one: dt.date, late: dt.date) -> None:
    assert ladder.working_days_before(due, five - ONE_DAY) == ""
    assert [ladder.working_days_before(due, day) for day in (five, one - ONE_DAY, one, due)] == ["due_in_5"] * 2 + ["due_in_1"] * 2
    assert [ladder.is_late(due, day) for day in (due, late - ONE_DAY, late)] == [False, False, True]


# Whom each step reaches -------------------------------------------------------------------------------------------------
def test_every_step_of_an_unanswered_self_report() -> None:
    scene = summer_scene()
    manager = person("HUB_MANAGER", scene.service.region, name="Max Manager")

    mails = {day: told for n in range(-20, 25) if (told := run(day := DUE + dt.timedelta(days=n)))}

    both = [("Eve Executive", "Declare"), ("Lee Lead", "Declare")]
    assert mails == {
        dt.date(2027, 7, 17): [("Lee Lead", "Declare")],
        dt.date(2027, 7, 24): [("Lee Lead", "Declare")],
        dt.date(2027, 7, 30): [("Lee Lead", "Declare")],
        dt.date(2027, 8, 2): both,
        dt.date(2027, 8, 6): [("Cam Commissioner", "Follow"), ("Hal Officer", "Follow"), (manager.name, "Follow")],
    }


def test_executive_who_has_it_is_reminded_with_the_lead_and_the_delegate() -> None:
    scene = summer_scene()
    sent_to_executive(scene)
    person("EXECUTIVE", scene.service.provider, name="Another Executive")
    delegate = make_delegate(scene)
    run(dt.date(2027, 7, 16))

    told = run(dt.date(2027, 7, 17))
    links = {message.to[0]: message.body for message in mail.outbox}

    assert told == sorted((name, "Declare") for name in ("Eve Executive", "Lee Lead", delegate.name))
    assert f"/self-reports/{scene.report.pk}/declare/" in links[scene.executive.email]
    assert f"/self-reports/{scene.report.pk}/declare/" not in links[scene.lead.email]
    assert "It is with the executive. It is not declared yet." in links[scene.lead.email]


def test_every_executive_is_reminded_when_the_one_who_has_it_is_gone() -> None:
    scene = summer_scene()
    sent_to_executive(scene)
    other = person("EXECUTIVE", scene.service.provider, name="Another Executive")
    scene.executive.memberships.update(to_date=dt.date(2027, 7, 10))

    assert run(dt.date(2027, 7, 17)) == [(other.name, "Declare"), ("Lee Lead", "Declare")]


def test_days_on_which_nothing_ran_are_made_good_with_the_newest_step_only() -> None:
    scene = summer_scene()

    assert run(dt.date(2027, 7, 25)) == [("Lee Lead", "Declare")]
    assert run(dt.date(2027, 7, 26)) == []
    assert run(dt.date(2027, 8, 9)) == [
        ("Cam Commissioner", "Follow"), ("Eve Executive", "Declare"), ("Hal Officer", "Follow"), ("Lee Lead", "Declare"),
    ]  # fmt: skip
    assert run(dt.date(2027, 8, 10)) == []
    assert {row.key.rsplit(":", 1)[1] for row in ReminderSent.objects.filter(user=scene.lead)} == {"due_in_7", "late"}


def test_nobody_is_told_to_declare_once_no_declaration_is_taken() -> None:
    summer_scene()

    assert run(dt.date(2027, 8, 16)) == []  # the grace days ended on Friday 13 August


def test_more_time_starts_a_new_ladder_also_after_the_round_was_closed() -> None:
    scene = summer_scene()
    for day in (dt.date(2027, 7, 17), dt.date(2027, 7, 30)):
        run(day)
    rounds.extend_self_report(self_report_id=scene.report.pk, due_date=dt.date(2027, 8, 31), reason="Flood", by=scene.national)
    rounds.close_round(year=2027, at=dt.datetime(2027, 8, 14, 12, tzinfo=LONDON))

    mails = {day: told for n in range(1, 45) if (told := run(day := DUE + dt.timedelta(days=n)))}

    assert Round.objects.get(year=2027).closed_at
    assert list(mails) == [dt.date(2027, 8, 17), dt.date(2027, 8, 24), dt.date(2027, 8, 30), dt.date(2027, 9, 1), dt.date(2027, 9, 7)]


def test_declared_self_report_reminds_nobody() -> None:
    scene = summer_scene()
    with time_machine.travel(dt.datetime(2027, 7, 10, 12, tzinfo=LONDON), tick=False):
        scene.declare()
        jobs.run_pending()

    assert [run(DUE + dt.timedelta(days=n)) for n in range(-14, 10)] == [[]] * 24


def test_reminder_that_was_overtaken_before_its_mail_is_not_sent() -> None:
    scene = summer_scene()
    morning = dt.datetime(2027, 7, 24, 6, 30, tzinfo=LONDON)
    with time_machine.travel(morning, tick=False):
        send_reminders()
        scene.declare()
        jobs.run_pending()

    assert not [message for message in mail.outbox if message.to == [scene.lead.email] and message.subject.startswith("Declare")]


# Questions of the hub ---------------------------------------------------------------------------------------------------
def test_questions_have_a_ladder_of_their_own() -> None:
    scene = summer_scene()
    with time_machine.travel(dt.datetime(2027, 8, 2, 12, tzinfo=LONDON), tick=False):
        scene.declare()
        asked = {"answer_id": scene.answers[0].pk, "self_report_id": scene.report.pk, "question": "Which?", "by": scene.officer}
        checking.ask_service(**asked)
        jobs.run_pending()
        assert run(dt.date(2027, 8, 12)) == []  # noted, and not asked yet
        checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)
        jobs.run_pending()
    assert Query.objects.get().due_date == dt.date(2027, 8, 16)

    mails = {day: told for n in range(30) if (told := run(day := dt.date(2027, 8, 3) + dt.timedelta(days=n)))}

    assert mails == {
        dt.date(2027, 8, 9): [("Lee Lead", "Answer")],
        dt.date(2027, 8, 13): [("Lee Lead", "Answer")],
        dt.date(2027, 8, 17): [("Eve Executive", "Answer"), ("Lee Lead", "Answer")],
    }


def test_executive_is_reminded_to_declare_again() -> None:
    scene = summer_scene()
    with time_machine.travel(dt.datetime(2027, 8, 2, 12, tzinfo=LONDON), tick=False):
        scene.declare()
        checking.ask_service(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, question="Which?", by=scene.officer)
        checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)
        Query.objects.update(reply="This", answered_by=scene.lead, answered_at=dt.datetime(2027, 8, 3, 12, tzinfo=LONDON))
        self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
        jobs.run_pending()

    assert run(dt.date(2027, 8, 13)) == [("Eve Executive", "Declare"), ("Lee Lead", "Declare")]
    scene.report.refresh_from_db()
    with time_machine.travel(dt.datetime(2027, 8, 13, 9, tzinfo=LONDON), tick=False):
        item = next(one for one in self_report_items(scene.executive) if one.kind == "self_report.declare")
        step = next_step_of(scene.report)
    assert (item.due, step.is_late) == (dt.date(2027, 8, 16), False)  # not the day of the round, which is over

    with time_machine.travel(dt.datetime(2027, 8, 13, 12, tzinfo=LONDON), tick=False):
        self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
        jobs.run_pending()
    assert run(dt.date(2027, 8, 17)) == []


# Sections ---------------------------------------------------------------------------------------------------------------
def test_section_with_a_day_of_its_own_reminds_who_has_it() -> None:
    scene = summer_scene()
    due = dt.date(2027, 7, 9)
    for section in ("Structure and function", "Clinical outcome"):
        section_people.assign_section(
            self_report_id=scene.report.pk, section=section, user_ids=[scene.contributor.pk, scene.lead.pk], by=scene.lead, due_date=due
        )

    mails = {day: told for n in range(20) if (told := run(day := dt.date(2027, 6, 25) + dt.timedelta(days=n)))}

    assert mails == {dt.date(2027, 7, 2): [("Sam Contributor", "Answer")], dt.date(2027, 7, 8): [("Sam Contributor", "Answer")]}


@pytest.mark.parametrize("why", ["answered", "no day", "after the whole", "left", "sent"])
def test_section_reminds_nobody(why: str) -> None:
    scene = summer_scene()
    due = {"no day": None, "after the whole": DUE + ONE_DAY}.get(why, dt.date(2027, 7, 9))
    given = SectionAssignment.objects.create(
        self_report=scene.report, section="Structure and function", user=scene.contributor, due_date=due
    )
    if why == "answered":
        Answer.objects.filter(indicator__section=given.section).update(value="YES")
    if why == "left":
        scene.contributor.assignments.update(to_date=dt.date(2027, 6, 30))
    if why == "sent":
        sent_to_executive(scene)

    told = [name for day in (dt.date(2027, 7, 2), dt.date(2027, 7, 8), DUE - ONE_DAY) for name, _ in run(day)]

    assert "Sam Contributor" not in told


# Never twice ------------------------------------------------------------------------------------------------------------
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.integers(-16, 16), min_size=3, max_size=8),
    sent_on=st.integers(-16, 20),
    new_lead_on=st.integers(-16, 20),
)
def test_any_sequence_of_days_reminds_each_person_once_a_step_and_once_a_day(days: list[int], sent_on: int, new_lead_on: int) -> None:
    with transaction.atomic():
        scene = summer_scene()
        SectionAssignment.objects.create(
            self_report=scene.report, section="Clinical outcome", user=scene.contributor, due_date=DUE - 3 * ONE_DAY
        )
        told: Counter[tuple[str, str]] = Counter()
        for place in sorted(days):
            if place >= sent_on:
                sent_to_executive(scene)
            if place >= new_lead_on and not User.objects.filter(name="New Lead").exists():
                assign(scene.service, "SERVICE_LEAD", name="New Lead")
            day = DUE + place * ONE_DAY
            morning = Counter(name for name, _ in run(day))
            assert set(morning.values()) <= {1}, f"twice on {day}"
            told.update((name, ladder.step_of(DUE, day)) for name in morning)
            assert run(day) == []

        steps = ReminderSent.objects.values_list("user__name", "key")
        assert sum(told.values()) == len(steps) == len(set(steps))
        transaction.set_rollback(True)


def test_late_notices_begin_on_working_days_only() -> None:
    for n in range(3 * 365):
        due = dt.date(2026, 1, 1) + n * ONE_DAY
        first = next(day for m in range(1, 12) if ladder.is_late(due, day := due + m * ONE_DAY))
        assert is_working_day(first)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_remind_nobody_twice() -> None:
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL database."
    summer_scene()
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        send_reminders(at=dt.datetime(2027, 8, 2, 6, 30, tzinfo=LONDON))
        connections.close_all()

    with time_machine.travel(dt.datetime(2027, 8, 2, 6, 30, tzinfo=LONDON), tick=False):
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mail.outbox.clear()
        jobs.run_pending()

    assert sorted(message.subject.split()[0] for message in mail.outbox) == ["Declare", "Declare"]
