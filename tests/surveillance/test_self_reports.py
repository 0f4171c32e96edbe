"""The self-report's way: sending, declaring in time and late, sending back, opening again."""

import datetime as dt
import hashlib
import json
import threading
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from accounts.models import AuditEvent
from surveillance.models import Declaration, InvalidTransition, Round, Score, SelfReport
from surveillance.services import answers, checking, rounds, self_reports
from tests.factories.surveillance import RoundFactory, make_delegate, make_scene
from work import jobs
from work.models import BankHoliday, DigestEntry, Job

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
Status = SelfReport.Status
ALLOWED = {
    (Status.NOT_STARTED, Status.IN_PROGRESS), (Status.NOT_STARTED, Status.NOT_DECLARED),
    (Status.IN_PROGRESS, Status.WITH_EXECUTIVE), (Status.IN_PROGRESS, Status.NOT_DECLARED),
    (Status.WITH_EXECUTIVE, Status.IN_PROGRESS), (Status.WITH_EXECUTIVE, Status.QUERIED),
    (Status.WITH_EXECUTIVE, Status.DECLARED), (Status.WITH_EXECUTIVE, Status.NOT_DECLARED),
    (Status.DECLARED, Status.BEING_CHECKED), (Status.DECLARED, Status.QUERIED), (Status.DECLARED, Status.ACCEPTED),
    (Status.BEING_CHECKED, Status.QUERIED), (Status.BEING_CHECKED, Status.ACCEPTED),
    (Status.QUERIED, Status.WITH_EXECUTIVE),
    (Status.ACCEPTED, Status.IN_PROGRESS), (Status.NOT_DECLARED, Status.IN_PROGRESS),
}  # fmt: skip


@pytest.mark.parametrize(("present", "wanted"), list(product(Status, Status)))
def test_status_moves_only_as_the_table_says(present, wanted):
    report = SelfReport(status=present)

    try:
        report.check_may_become(wanted)
    except InvalidTransition:
        moved = False
    else:
        moved = True

    assert moved == ((present, wanted) in ALLOWED)


def test_sending_needs_every_answer(signed_in):
    scene = make_scene()
    client = signed_in(scene.lead)

    response = client.post(f"/self-reports/{scene.report.pk}/check/", {"executive": scene.executive.pk})

    assert "Answer 4 more questions before you send this" in response.content.decode()
    assert scene.status() == Status.NOT_STARTED


def test_lead_sends_and_executive_declares_on_pages(signed_in):
    scene = make_scene()
    scene.fill({0: "CANNOT"})

    sent = signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/check/", {"executive": scene.executive.pk, "hours_spent": "12.5"})
    declared = signed_in(scene.executive).post(f"/self-reports/{scene.report.pk}/declare/", {"confirm": "YES"}, follow=True)

    assert sent.status_code == 302
    assert "Self-report declared" in declared.content.decode()
    score = Score.objects.get()
    assert (scene.status(), score.met_count, score.applicable_count, str(score.percent)) == (Status.DECLARED, 1, 3, "33.3")


def test_declaration_binds_to_exactly_the_answers():
    scene = make_scene()
    scene.declare()

    declaration = Declaration.objects.get()

    assert declaration.hash == hashlib.sha256(declaration.content.encode()).hexdigest()
    content = json.loads(declaration.content)
    assert [(one["value"], one["numerator"], one["denominator"], one["met"]) for one in content["answers"]] == [
        ("YES", None, None, True), ("", "45", "50", True), ("12", None, None, False), ("Written", None, None, None),
    ]  # fmt: skip
    assert len(declaration.receipt_code) == 12


def test_declaring_needs_the_box(signed_in):
    scene = make_scene()
    scene.send()

    page = signed_in(scene.executive).post(f"/self-reports/{scene.report.pk}/declare/", {}).content.decode()

    assert "Confirm that the answers are true and accurate" in page
    assert scene.status() == Status.WITH_EXECUTIVE


def test_declaring_twice_shows_the_one_receipt(signed_in):
    scene = make_scene()
    scene.declare()

    response = signed_in(scene.executive).post(f"/self-reports/{scene.report.pk}/declare/", {"confirm": "YES"})

    assert (response.status_code, Declaration.objects.count()) == (302, 1)


def test_delegate_declares_for_the_executive(signed_in):
    scene = make_scene()
    scene.send()

    signed_in(make_delegate(scene)).post(f"/self-reports/{scene.report.pk}/declare/", {"confirm": "YES"})

    assert Declaration.objects.get().for_person == "Eve Executive"


def test_executive_sends_back_with_a_reason(signed_in):
    scene = make_scene()
    scene.send()
    client = signed_in(scene.executive)

    empty = client.post(f"/self-reports/{scene.report.pk}/send-back/", {"reason": ""})
    given = client.post(f"/self-reports/{scene.report.pk}/send-back/", {"reason": "Check the rota"})

    assert "Enter why you send it back" in empty.content.decode()
    assert (given.status_code, scene.status()) == (302, Status.IN_PROGRESS)


def test_lead_takes_it_back_and_the_executive_is_told_on_the_page(signed_in):
    scene = make_scene()
    scene.send()

    signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/take-back/")
    response = signed_in(scene.executive).post(f"/self-reports/{scene.report.pk}/declare/", {"confirm": "YES"})

    assert (response.status_code, scene.status()) == (200, Status.IN_PROGRESS)
    assert "This self-report is not with you" in response.content.decode()


def test_main_events_send_one_mail_each(django_capture_on_commit_callbacks):
    scene = make_scene()
    scene.accept()

    jobs.run_pending()

    assert [message.subject.split(":")[0].split(" the ")[0] for message in mail.outbox] == [
        "Declare", "Keep this receipt for", "Keep this receipt for",
    ]  # fmt: skip
    assert {line.user for line in DigestEntry.objects.all()} == {scene.lead, scene.executive, scene.commissioner}
    assert all("Written" not in message.body for message in mail.outbox)
    assert Job.objects.exclude(status="DONE").count() == 0


def place_in(year: int, month: int, day: int, opened: Round):
    """A scene sent in time, whose round closes on the day given."""
    scene = make_scene(opened=opened)
    with time_machine.travel(dt.datetime(year, month, day, 12, tzinfo=LONDON) - dt.timedelta(days=20), tick=False):
        scene.send()
    return scene


@pytest.fixture
def summer_round(db):
    BankHoliday.objects.get_or_create(date=dt.date(2027, 8, 30), defaults={"name": "Summer bank holiday"})
    return RoundFactory(year=2027, opens_date=dt.date(2027, 1, 1), closes_date=dt.date(2027, 7, 31), check_by_date=dt.date(2027, 9, 30))


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        (dt.datetime(2027, 7, 31, 22, 59, 59, tzinfo=dt.UTC), False),  # 11:59:59pm in London, an hour ahead in summer
        (dt.datetime(2027, 7, 31, 23, 0, 0, tzinfo=dt.UTC), True),
        (dt.datetime(2027, 8, 13, 22, 59, 59, tzinfo=dt.UTC), True),  # the last moment of the grace days
    ],
)
def test_declared_on_time_until_midnight_in_london(summer_round, moment, is_late):
    scene = place_in(2027, 7, 31, summer_round)

    report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive, at=moment)

    assert (report.is_late, Declaration.objects.get().is_late) == (is_late, is_late)


def test_declaration_refused_after_the_grace_days(summer_round):
    scene = place_in(2027, 7, 31, summer_round)

    with pytest.raises(InvalidTransition, match="took declarations until Friday 13 August 2027"):
        self_reports.declare_self_report(
            self_report_id=scene.report.pk, by=scene.executive, at=dt.datetime(2027, 8, 13, 23, 0, tzinfo=dt.UTC)
        )

    assert scene.status() == Status.WITH_EXECUTIVE


@pytest.mark.parametrize(
    ("closes", "moment", "is_late"),
    [
        (dt.date(2027, 3, 28), dt.datetime(2027, 3, 28, 22, 59, 59, tzinfo=dt.UTC), False),  # clocks went forward that morning
        (dt.date(2027, 3, 28), dt.datetime(2027, 3, 28, 23, 0, tzinfo=dt.UTC), True),
        (dt.date(2027, 10, 31), dt.datetime(2027, 10, 31, 23, 59, 59, tzinfo=dt.UTC), False),  # clocks went back that morning
        (dt.date(2027, 10, 31), dt.datetime(2027, 11, 1, 0, 0, tzinfo=dt.UTC), True),
    ],
)
def test_deadline_on_days_when_the_clocks_change(closes, moment, is_late):
    opened = RoundFactory(year=2027, opens_date=dt.date(2027, 1, 1), closes_date=closes, check_by_date=dt.date(2027, 12, 31))
    scene = place_in(closes.year, closes.month, closes.day, opened)

    with time_machine.travel(moment, tick=False):
        report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)

    assert report.is_late is is_late


def test_close_round_records_what_nobody_declared(summer_round):
    late, extended, declared = (make_scene(opened=summer_round) for _ in range(3))
    rounds.extend_self_report(self_report_id=extended.report.pk, due_date=dt.date(2027, 9, 1), reason="Flood", by=extended.national)
    SelfReport.objects.filter(pk=declared.report.pk).update(
        status=Status.DECLARED, declared_at=timezone.now(), declared_by=declared.executive
    )

    counts = rounds.close_round(year=2027, at=dt.datetime(2027, 8, 14, 12, tzinfo=LONDON))

    assert counts == {"not_declared": 1, "given_more_time": 1}
    assert [scene.status() for scene in (late, extended, declared)] == [Status.NOT_DECLARED, Status.NOT_STARTED, Status.DECLARED]


def test_close_round_waits_for_the_grace_days(summer_round):
    with pytest.raises(InvalidTransition, match="until Friday 13 August 2027"):
        rounds.close_round(year=2027, at=dt.datetime(2027, 8, 13, 23, 59, tzinfo=LONDON))


def test_undeclared_report_is_opened_again_with_a_reason(signed_in, summer_round):
    scene = make_scene(opened=summer_round)
    rounds.close_round(year=2027, at=dt.datetime(2027, 8, 14, 12, tzinfo=LONDON))
    fields = {"due_date_day": "1", "due_date_month": "10", "due_date_year": "2027", "reason": "Late data"}

    response = signed_in(scene.national).post(f"/self-reports/{scene.report.pk}/reopen/", fields)

    assert (response.status_code, scene.status()) == (302, Status.IN_PROGRESS)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_declares_at_once_make_one_declaration():
    assert connection.vendor == "postgresql"
    scene = make_scene()
    scene.send()
    start, refused = threading.Barrier(20), []

    def declare() -> None:
        start.wait()
        try:
            self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
        except InvalidTransition as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=declare) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 19
    assert (Declaration.objects.count(), Score.objects.count()) == (1, 1)
    assert Job.objects.filter(kind="mail.self_report_declared").count() == 1
    assert AuditEvent.objects.filter(action="self_report.declared").count() == 1


@pytest.mark.parametrize(("who", "words"), [("lead", "You cannot change it unless you take it back."),
    ("executive", "It cannot be changed unless the service lead takes it back."),
    ("contributor", "It cannot be changed unless the service lead takes it back.")])  # fmt: skip
def test_page_tells_each_reader_who_may_take_it_back(signed_in, who, words):
    scene = make_scene()
    scene.send()

    page = signed_in(getattr(scene, who)).get(f"/self-reports/{scene.report.pk}/").content.decode()

    assert f"Eve Executive has this self-report. {words}" in page


def test_what_the_executive_sent_back_waits_for_the_lead_by_that_name(signed_in):
    scene = make_scene()
    scene.send()
    self_reports.send_back(self_report_id=scene.report.pk, reason="Check the rota", by=scene.executive)
    lead = signed_in(scene.lead)

    home, page = lead.get("/home/").content.decode(), lead.get(f"/self-reports/{scene.report.pk}/").content.decode()

    assert "and send it again" in home
    assert "Sent back" in home
    assert "The service changes what its executive sent back, and sends it again" in page
    assert "Sent back by the executive: Check the rota" in page


def test_reason_of_the_executive_is_read_after_the_hubs_questions_too(signed_in):
    scene = make_scene()
    scene.declare()
    answer = scene.answers[0]
    checking.ask_service(answer_id=answer.pk, self_report_id=scene.report.pk, question="Which ward?", by=scene.officer)
    checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)
    answers.reply_to_query(answer_id=answer.pk, self_report_id=scene.report.pk, reply="Ward 4", by=scene.lead)
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.send_back(self_report_id=scene.report.pk, reason="Check the rota", by=scene.executive)

    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/").content.decode()

    assert scene.status() == Status.QUERIED
    assert "Sent back by the executive: Check the rota" in page
