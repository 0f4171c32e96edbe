"""Your work: what waits, folded and grouped; what a person without a role sees."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from accounts.templatetags.qnt_tags import date_range
from peerreview.models import Review
from qnt.your_work import folded
from surveillance.services import checking, self_reports
from tests.factories.accounts import UserFactory, person
from tests.factories.decisions import give_positions, make_decision, make_place
from tests.factories.peerreview import make_visit
from tests.factories.surveillance import Scene, make_scene
from work import jobs
from work.items import WorkItem, work_items

LONDON = ZoneInfo("Europe/London")
TODAY = dt.date(2027, 6, 1)


def item(number: int, kind: str = "check") -> WorkItem:
    """A waiting thing, due ``number`` days after today."""
    return WorkItem(
        kind=kind, task=f"Check {number}", url=f"/{number}/", service=f"Service {number}", due=TODAY + dt.timedelta(days=number),
        plural="Check {n} self-reports", list_url="/all/",
    )  # fmt: skip


def test_folded_keeps_ten_of_a_kind():
    items = [item(number) for number in range(10)]

    assert folded(items) == items


@pytest.mark.parametrize(("number", "status", "shown"), [(1, "", "Not yet started"), (-1, "", "Late"), (-1, "In progress", "In progress")])
def test_row_says_whether_it_is_late_where_it_has_no_status_of_its_own(number, status, shown):
    with time_machine.travel(dt.datetime(2027, 6, 1, 12, tzinfo=LONDON), tick=False):
        assert dataclasses.replace(item(number), status=status).status_words == shown


def test_folded_makes_one_row_of_eleven():
    items = [item(number) for number in range(11)]

    rows = folded([*items, item(3, kind="other")])

    assert [(row.task, row.url, row.due) for row in rows] == [
        ("Check 11 self-reports", "/all/", TODAY),
        ("Check 3", "/3/", TODAY + dt.timedelta(days=3)),
    ]


@pytest.mark.django_db
def test_home_without_a_role_says_whom_to_ask(signed_in):
    page = signed_in(UserFactory()).get("/home/")

    assert page.status_code == 200
    assert "You do not have access yet" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_home_opens_for_every_role(signed_in, role):
    assert signed_in(person(role)).get("/home/").status_code == 200


@pytest.mark.django_db
def test_home_lists_the_position_that_an_executive_must_give(signed_in):
    place = make_place()
    decision = make_decision(place)

    waiting = signed_in(place.executive).get("/home/").content.decode()
    give_positions(place, decision)
    given = signed_in(place.executive).get("/home/").content.decode()

    assert f"/decisions/{decision.pk}/" in waiting
    assert f"/decisions/{decision.pk}/" not in given


@pytest.mark.django_db
def test_home_shows_a_commissioner_the_services_that_it_buys(signed_in):
    place, other = make_place(), make_place()
    make_decision(place)

    page = signed_in(place.commissioner).get("/home/").content.decode()

    assert place.service.provider.name in page
    assert other.service.provider.name not in page
    assert "High (3 x 4 = 12)" in page


@pytest.mark.django_db
def test_home_takes_the_same_statements_for_many_services(signed_in):
    first = make_place()
    make_decision(first)
    client = signed_in(first.manager)
    client.get("/home/")
    with CaptureQueriesContext(connection) as one:
        client.get("/home/")

    for _ in range(4):
        make_decision(make_place(region=first.service.region))
    with CaptureQueriesContext(connection) as many:
        client.get("/home/")

    assert len(many) == len(one)


@pytest.mark.django_db
def test_home_shows_a_hub_its_visits_risks_and_late_actions(signed_in):
    page = signed_in(make_place().manager).get("/home/").content.decode()

    assert "Open immediate risks" in page
    assert "0 late" in page
    assert "Visits by month" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "route", "words"),
    [("NOTIFIED", "review_detail", "Read the pack before you go."),
     ("PREPARING", "review_visit", "Open the visit form while you have a connection"),
     ("VISITING", "review_visit", "Open the visit form while you have a connection")],
)  # fmt: skip
def test_home_takes_a_reviewer_to_the_next_visit(signed_in, status, route, words):
    visit = make_visit(accepted=True)
    review = visit.carry("NOTIFIED")
    visit.clear(visit.member)
    Review.objects.filter(pk=review.pk).update(status=status)

    page = signed_in(visit.member).get("/home/").content.decode()

    assert f'href="{reverse(f"peerreview:{route}", args=[review.pk])}"' in page
    assert f"Visit: {date_range(review.starts_date, review.ends_date)}" in page
    assert words in page


# A reminder by hand -----------------------------------------------------------------------------------------------------
@pytest.fixture
def sent_scene() -> Scene:
    """A self-report that waits for its executive."""
    scene = make_scene()
    scene.send()
    jobs.run_pending()
    mail.outbox.clear()
    return scene


def waiting_reference(user: User) -> str:
    """The thing for which this person waits."""
    return next(item.reference for item in work_items(User.objects.get(pk=user.pk)) if not item.is_mine)


@pytest.mark.django_db
def test_reminder_is_sent_to_the_holder_once_a_day(signed_in, sent_scene):
    reference = waiting_reference(sent_scene.lead)
    with time_machine.travel(dt.datetime.now(tz=LONDON).replace(hour=14, minute=2), tick=False):
        browser = signed_in(sent_scene.lead)  # within the afternoon: a session begun at night is over by then
        offered = browser.get("/home/").content.decode()
        sent = browser.post("/reminders/send/", {"reference": reference}, follow=True).content.decode()
        again = browser.post("/reminders/send/", {"reference": reference}, follow=True).content.decode()
        jobs.run_pending()

    assert offered.count("Send a reminder") == 1
    assert "Reminder sent at 2:02pm. You can send another tomorrow." in sent
    assert "Send a reminder" not in sent
    assert "You sent this reminder at 2:02pm. You can send another tomorrow." in again
    (message,) = mail.outbox
    year = sent_scene.report.round.year
    assert (message.to, message.subject) == ([sent_scene.executive.email], f"Declare the {year} self-report: {sent_scene.service}")
    assert "Lee Lead is waiting for you and sends this reminder." in message.body
    assert f"/self-reports/{sent_scene.report.pk}/declare/" in message.body
    assert "Written" not in message.body


@pytest.mark.django_db
def test_reminder_can_be_sent_again_tomorrow(signed_in, sent_scene):
    browser, reference = signed_in(sent_scene.lead), waiting_reference(sent_scene.lead)
    browser.post("/reminders/send/", {"reference": reference})

    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        browser = signed_in(sent_scene.lead)
        assert "Send a reminder" in browser.get("/home/").content.decode()
        browser.post("/reminders/send/", {"reference": reference})
        jobs.run_pending()

    assert len(mail.outbox) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["foreign", "mine", "unknown", "empty", "bad", "done"])
def test_reminder_only_about_what_this_person_waits_for(signed_in, sent_scene, why):
    reference, sender = waiting_reference(sent_scene.lead), sent_scene.lead
    if why == "foreign":
        sender = sent_scene.stranger
    elif why == "mine":
        sender = sent_scene.executive
    elif why == "done":
        self_reports.declare_self_report(self_report_id=sent_scene.report.pk, by=sent_scene.executive)
        jobs.run_pending()
        mail.outbox.clear()
    reference = {"unknown": "self_report:999:declare", "empty": "", "bad": "x" * 5000}.get(why, reference)

    page = signed_in(sender).post("/reminders/send/", {"reference": reference}, follow=True)
    jobs.run_pending()

    assert "This no longer waits for anyone. No reminder was sent." in page.content.decode()
    assert mail.outbox == []


@pytest.mark.django_db
def test_reminder_that_was_overtaken_before_its_mail_is_not_sent(signed_in, sent_scene):
    signed_in(sent_scene.lead).post("/reminders/send/", {"reference": waiting_reference(sent_scene.lead)})
    self_reports.take_back(self_report_id=sent_scene.report.pk, by=sent_scene.lead)

    jobs.run_pending()

    assert mail.outbox == []


@pytest.mark.django_db
def test_hub_reminds_of_positions_and_questions(signed_in):
    place = make_place()
    make_decision(place)
    jobs.run_pending()
    mail.outbox.clear()
    browser = signed_in(place.officer)
    waiting = [item for item in work_items(User.objects.get(pk=place.officer.pk)) if item.holder_ids]

    for item in waiting:
        browser.post("/reminders/send/", {"reference": item.reference})
    jobs.run_pending()
    page = browser.get("/home/").content.decode()

    expected = {place.executive.email, place.commissioner.email}
    assert {message.to[0] for message in mail.outbox} == expected
    assert {message.subject for message in mail.outbox} == {f"Give your position: {place.service}"}
    assert page.count("Reminder sent at") == 2


@pytest.mark.django_db
def test_service_is_reminded_of_the_hubs_questions(signed_in):
    scene = make_scene()
    scene.declare()
    checking.ask_service(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, question="Secret?", by=scene.officer)
    checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)
    jobs.run_pending()
    mail.outbox.clear()

    signed_in(scene.officer).post("/reminders/send/", {"reference": waiting_reference(scene.officer)})
    jobs.run_pending()

    assert [message.to for message in mail.outbox] == [[scene.lead.email]]
    assert mail.outbox[0].subject.startswith("Answer the hub's questions about the")
    assert "Secret?" not in mail.outbox[0].body


@pytest.mark.django_db
def test_references_name_each_thing_once_for_everybody(sent_scene):
    place = make_place()
    make_decision(place)
    for user in User.objects.filter(is_active=True):
        items = work_items(user)

        assert len({(item.reference, item.is_mine) for item in items}) == len(items)
        assert all(item.reference for item in items)


@pytest.mark.parametrize("plural", ["Check {n} self-reports", "Check {count} self-reports"])
def test_folded_row_says_how_many(plural):
    items = [dataclasses.replace(item(number), plural=plural, holder_ids=(1,)) for number in range(12)]

    (row,) = folded(items)

    assert (row.task, row.reference, row.holder_ids) == ("Check 12 self-reports", "", ())
