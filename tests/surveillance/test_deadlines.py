"""The deadline: one clock reading inside the transaction, midnight in London, the grace days, the close, and opening again.

Source: design, section 3. 11:59:59pm on the day due is on time; midnight is late, and taken; after ``close_round`` it is refused.
"""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, connections
from django.db.models.signals import pre_save
from django.utils import timezone

from accounts.models import AuditEvent
from surveillance.models import Answer, Assessment, Declaration, InvalidTransition, Score, SelfReport
from surveillance.services import answers, checking, round_scope, rounds, self_reports
from surveillance.services.answers import AnswerChanged
from tests.factories.surveillance import RoundFactory, make_scene
from work import jobs
from work.items import clock_words
from work.models import Job

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
Status = SelfReport.Status
# Clocks go forward on 28 March 2027 and back on 31 October 2027, both at 1am GMT.
SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2027, 10, 31)


def london(day: dt.date, hour: int = 0, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute, second), tzinfo=LONDON)


def sent_scene(closes: dt.date, **fields: object):
    """A scene with its executive three weeks before the round's last day."""
    opened = RoundFactory(
        year=closes.year, opens_date=dt.date(closes.year, 1, 4), closes_date=closes, check_by_date=dt.date(closes.year, 12, 31), **fields
    )
    with time_machine.travel(london(closes, 12) - dt.timedelta(days=21), tick=False):
        scene = make_scene(opened=opened)
        scene.send()
    return scene


@pytest.mark.parametrize("due", [day + dt.timedelta(days=step) for day in (SPRING, AUTUMN) for step in (-1, 0, 1)])
@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, True)])
def test_midnight_in_london_around_both_clock_changes(due, seconds, is_late):
    scene = sent_scene(due)
    midnight = london(due + dt.timedelta(days=1)).astimezone(dt.UTC)

    with time_machine.travel(midnight + dt.timedelta(seconds=seconds), tick=False):
        report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)

    assert (report.is_late, Declaration.objects.get().is_late) == (is_late, is_late)


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        (dt.datetime(2027, 7, 31, 22, 59, 59, 999_999, tzinfo=dt.UTC), False),
        (dt.datetime(2027, 7, 31, 23, 0, tzinfo=dt.UTC), True),  # midnight in London, still 31 July in UTC
        (dt.datetime(2027, 7, 31, 23, 59, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2027, 8, 1, 0, 0, tzinfo=dt.UTC), True),
    ],
)
def test_london_decides_and_not_utc(moment, is_late):
    scene = sent_scene(dt.date(2027, 7, 31))

    with time_machine.travel(moment, tick=False):
        report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)

    assert report.is_late is is_late


def test_one_clock_reading_decides_and_is_written_everywhere():
    scene = sent_scene(dt.date(2027, 7, 31))
    readings = [dt.datetime(2027, 7, 31, 22, 59, 59, tzinfo=dt.UTC), dt.datetime(2027, 7, 31, 23, 0, 1, tzinfo=dt.UTC)]

    with time_machine.travel(readings[0], tick=False) as clock:
        # The clock passes midnight while the declaration is written.
        def past_midnight(sender: type, **kwargs: object) -> None:
            clock.move_to(readings[1], tick=False)

        pre_save.connect(past_midnight, sender=Declaration, weak=False, dispatch_uid="midnight")
        try:
            report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
        finally:
            pre_save.disconnect(sender=Declaration, dispatch_uid="midnight")

    declaration = Declaration.objects.get()
    assert (report.is_late, declaration.is_late) == (False, False)
    assert (report.declared_at, declaration.declared_at) == (readings[0], readings[0])


def test_more_time_moves_the_deadline_of_one_service():
    scene = sent_scene(dt.date(2027, 7, 31))
    with time_machine.travel(london(dt.date(2027, 7, 20), 12), tick=False):
        other = make_scene(opened=scene.report.round)
        other.send()
        rounds.extend_self_report(self_report_id=scene.report.pk, due_date=dt.date(2027, 10, 31), reason="Flood", by=scene.national)

    with time_machine.travel(london(dt.date(2027, 10, 31), 23, 59, 59), tick=False):
        report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
        with pytest.raises(InvalidTransition, match="took declarations until Friday 13 August 2027"):
            self_reports.declare_self_report(self_report_id=other.report.pk, by=other.executive)

    assert report.is_late is False


def test_page_says_that_a_declaration_is_late(signed_in):
    scene = sent_scene(dt.date(2027, 7, 31))

    with time_machine.travel(london(dt.date(2027, 8, 4), 9), tick=False):
        page = signed_in(scene.executive).get(f"/self-reports/{scene.report.pk}/declare/").content.decode()

    assert "This is 3 working days late and will be marked so. It can be declared until Friday 13 August 2027." in page


def test_declaring_after_the_close_is_refused_on_a_page_that_names_the_contact(signed_in):
    scene = sent_scene(dt.date(2027, 7, 31))
    scene.service.region.contact_email = "hub@illustrative.example"
    scene.service.region.save()
    at, closing = f"/self-reports/{scene.report.pk}/declare/", london(dt.date(2027, 8, 14), 9)

    with time_machine.travel(closing, tick=False):
        rounds.close_round(year=2027)
        executive = signed_in(scene.executive)
        read, pressed = executive.get(at), executive.post(at, {"confirm": "YES"})

    contact = f"Ask the {scene.service.region.name} hub (hub@illustrative.example) if it needs to be opened again"
    assert [response.status_code for response in (read, pressed)] == [200, 200]
    assert all(contact in response.content.decode() for response in (read, pressed))
    assert all("This round has closed" in response.content.decode() for response in (read, pressed))
    assert (scene.status(), Declaration.objects.count()) == (Status.NOT_DECLARED, 0)


def test_declaring_in_the_days_between_the_last_day_and_the_close_names_the_contact_too(signed_in):
    scene = sent_scene(dt.date(2027, 7, 31))
    at = f"/self-reports/{scene.report.pk}/declare/"

    with time_machine.travel(london(dt.date(2027, 8, 14), 9), tick=False):
        executive = signed_in(scene.executive)
        read, pressed = executive.get(at), executive.post(at, {"confirm": "YES"})

    assert "took declarations until Friday 13 August 2027" in read.content.decode()
    assert f"Ask the {scene.service.region.name} hub" in pressed.content.decode()
    assert scene.status() == Status.WITH_EXECUTIVE


def test_closed_round_says_who_can_open_a_self_report_again(signed_in, settings):
    settings.CONTACT_EMAIL = "qnt@illustrative.example"
    scene = sent_scene(dt.date(2027, 7, 31))
    rounds.close_round(year=2027, at=london(dt.date(2027, 8, 14), 9))

    with time_machine.travel(london(dt.date(2027, 8, 14), 10)):
        pages = [signed_in(one).get("/rounds/2027/").content.decode() for one in (scene.officer, scene.national)]

    assert "Only the national team can open a single self-report again: ask qnt@illustrative.example." in pages[0]
    assert "You can open a single self-report again, with a reason, from its own page." in pages[1]


def test_close_page_says_from_when_and_how_many(signed_in):
    scene = sent_scene(dt.date(2027, 7, 31))

    with time_machine.travel(london(dt.date(2027, 8, 13), 23, 59, 59), tick=False):
        early = signed_in(scene.national).get("/rounds/2027/close/").content.decode()
    with time_machine.travel(london(dt.date(2027, 8, 14)), tick=False):
        now = signed_in(scene.national).get("/rounds/2027/close/").content.decode()

    assert "Late declarations are taken until Friday 13 August 2027." in early
    assert ["Close round" in page for page in (early, now)] == [False, True]
    assert "1 self-report is not declared" in now


# More time and opening again ------------------------------------------------------------------------------------------
def new_date(day: dt.date, reason: str = "Late data") -> dict[str, str]:
    return {"due_date_day": str(day.day), "due_date_month": str(day.month), "due_date_year": f"{day.year:04}", "reason": reason}


@pytest.mark.parametrize("day", [dt.date(9999, 12, 31), dt.date(2000, 1, 1), dt.date(2029, 1, 1)])
@pytest.mark.parametrize("act", ["extend", "reopen"])
def test_dates_that_make_no_sense_get_a_sentence_and_lose_nothing(signed_in, act, day):
    scene = sent_scene(dt.date(2027, 7, 31))
    if act == "reopen":
        rounds.close_round(year=2027, at=london(dt.date(2027, 8, 14), 9))

    with time_machine.travel(london(dt.date(2027, 8, 14), 10), tick=False):
        page = signed_in(scene.national).post(f"/self-reports/{scene.report.pk}/{act}/", new_date(day)).content.decode()

    assert "The new last day to declare must be from Saturday 14 August 2027 to Sunday 13 August 2028" in page
    assert "Late data" in page
    assert SelfReport.objects.get(pk=scene.report.pk).due_date == dt.date(2027, 7, 31)


def test_service_reads_why_it_has_more_time(signed_in):
    scene = make_scene()
    later = scene.report.due_date + dt.timedelta(days=9)

    signed_in(scene.national).post(f"/self-reports/{scene.report.pk}/extend/", new_date(later, "The ward was flooded."))

    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/").content.decode()
    assert "You have more time, until" in page
    assert "The ward was flooded." in page
    assert clock_words(later) in page


@pytest.fixture
def reopened():
    """A self-report that the hub accepted after agreeing with two answers and changing one, opened again."""
    scene = make_scene()
    scene.declare()
    first, second, third = (answer.pk for answer in scene.answers[:3])
    for pk in (first, second):
        checking.agree_answer(answer_id=pk, self_report_id=scene.report.pk, by=scene.officer)
    raw = {"value": "9"}
    checking.change_value(answer_id=third, self_report_id=scene.report.pk, raw=raw, why="The audit says so.", by=scene.officer)
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)
    due = timezone.localdate() + dt.timedelta(days=30)
    rounds.reopen_self_report(self_report_id=scene.report.pk, due_date=due, reason="A wrong figure", by=scene.national)
    return scene


def declare_again(scene, changed: dict[int, dict[str, str]]) -> None:
    for place, raw in changed.items():
        answer = Answer.objects.get(pk=scene.answers[place].pk)
        answers.save_answer(answer_id=answer.pk, self_report_id=scene.report.pk, raw=raw, version=answer.version, by=scene.lead)
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)


def test_reopening_keeps_checks_and_drops_those_of_changed_answers_when_declared_again(reopened):
    kept = Assessment.objects.count()

    # The second is changed; the first is saved again with the same answer, which changes nothing.
    declare_again(reopened, {0: {"value": "YES"}, 1: {"numerator": "46", "denominator": "50"}})

    assert kept == 3
    left = set(Assessment.objects.values_list("answer", flat=True))
    assert left == {reopened.answers[0].pk, reopened.answers[2].pk}


def test_comment_that_changed_asks_for_a_new_check(reopened):
    declare_again(reopened, {0: {"value": "YES", "comment": "Since May only."}})

    assert reopened.answers[0].pk not in set(Assessment.objects.values_list("answer", flat=True))


def test_hub_reads_that_its_checks_are_kept(signed_in, reopened):
    declare_again(reopened, {})

    page = signed_in(reopened.officer).get(f"/self-reports/{reopened.report.pk}/validation/").content.decode()

    day = timezone.localdate().strftime("%-d %B %Y")
    assert f"{day}. Your checks of unchanged answers are kept." in page
    assert "3 of 4 answers checked" in page


def test_validated_score_is_written_again_only_on_acceptance(reopened):
    declare_again(reopened, {2: {"value": "50"}})
    declared = set(Score.objects.values_list("stage", flat=True))

    checking.accept_self_report(self_report_id=reopened.report.pk, by=reopened.officer)

    assert declared == {"SELF_ASSESSED"}
    assert Score.objects.get(stage="VALIDATED").met_count == 2


def test_reopening_is_dated_and_the_service_reads_why(signed_in, reopened):
    page = signed_in(reopened.lead).get(f"/self-reports/{reopened.report.pk}/").content.decode()
    report = SelfReport.objects.get(pk=reopened.report.pk)

    assert (report.reopened_by, timezone.localdate(report.reopened_at)) == (reopened.national, timezone.localdate())
    assert "This self-report was opened again on" in page
    assert "A wrong figure" in page


# At once --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")


def at_once(*calls) -> list[BaseException | None]:
    """Run the calls at once, each in a thread with a connection of its own; what each raised."""
    barrier = threading.Barrier(len(calls))
    raised: list[BaseException | None] = [None] * len(calls)

    def run(place: int) -> None:
        barrier.wait()
        try:
            calls[place]()
        except (InvalidTransition, AnswerChanged) as error:
            raised[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return raised


@pytest.mark.postgres
@pytest.mark.usefixtures("_postgres")
@pytest.mark.django_db(transaction=True)
def test_twenty_declares_make_one_declaration_receipt_mail_and_audit_row():
    scene = make_scene()
    scene.send()

    raised = at_once(*[lambda: self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)] * 20)
    jobs.run_pending()

    assert sum(error is None for error in raised) == 1
    assert (Declaration.objects.count(), Declaration.objects.values("receipt_code").distinct().count()) == (1, 1)
    assert Job.objects.filter(kind="mail.self_report_declared").count() == 1
    assert AuditEvent.objects.filter(action="self_report.declared").count() == 1
    assert Score.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("_postgres")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(5))
def test_a_save_that_races_a_declaration_is_inside_the_hash_or_refused(_turn):
    scene = make_scene()
    scene.send()
    answer = Answer.objects.get(pk=scene.answers[3].pk)

    def save_words(words: str) -> None:
        answers.save_answer(
            answer_id=answer.pk, self_report_id=scene.report.pk, raw={"value": words}, version=answer.version, by=scene.lead
        )

    def take_back_save_send() -> None:
        self_reports.take_back(self_report_id=scene.report.pk, by=scene.lead)
        save_words("Saved after taking it back")
        self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)

    raised = at_once(
        lambda: self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive),
        take_back_save_send,
        *(lambda n=n: save_words(f"Saved by {n}") for n in range(6)),
    )

    stored = Answer.objects.get(pk=answer.pk)
    declared = Declaration.objects.first()
    if scene.status() == Status.DECLARED:
        assert f'"value":"{stored.value}","version":{stored.version}' in declared.content
    else:  # it was taken back first: nothing was declared, and at most one of the saves went through
        assert declared is None
        assert isinstance(raised[0], InvalidTransition)
    assert stored.version - answer.version == sum(error is None for error in raised[2:]) + ("taking it back" in stored.value)


@pytest.mark.postgres
@pytest.mark.usefixtures("_postgres")
@pytest.mark.django_db(transaction=True)
def test_taking_a_service_out_races_its_first_answer():
    scene = make_scene()

    def save() -> None:
        try:
            answers.save_answer(
                answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "YES"}, version=0, by=scene.lead
            )
        except Answer.DoesNotExist as error:
            raise InvalidTransition("gone") from error

    def take_out() -> None:
        round_scope.take_out_of_round(round_id=scene.report.round_id, service_id=scene.service.pk, reason="x", by=scene.national)

    raised = at_once(save, take_out)

    assert sum(error is None for error in raised) == 1
    assert SelfReport.objects.filter(pk=scene.report.pk).exists() == (raised[0] is None)
