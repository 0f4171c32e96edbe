"""The calendar: what it says, whom its address opens it for, and that the secret stands nowhere."""

import datetime as dt
import logging
import re

import pytest
import structlog
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone
from icalendar import Calendar
from structlog.testing import capture_logs

from accounts.logs import MaskSecrets, RequestLogMiddleware, masked
from accounts.models import AuditEvent, User
from accounts.permissions import Role
from tests.factories.accounts import UserFactory, person
from work import calendar as feeds
from work import items, services
from work.items import WorkItem
from work.models import CalendarFeed

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 6, 1, 8, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _fresh_counts():
    with time_machine.travel(NOW, tick=False):
        cache.clear()
        yield
        cache.clear()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[WorkItem]:
    """What waits for everybody: the tests fill it."""
    found: list[WorkItem] = []
    monkeypatch.setattr(items, "_SOURCES", [lambda user: found])
    return found


def item(reference: str, **columns: object) -> WorkItem:
    """A thing due on Saturday 31 July 2027."""
    facts = {"task": "Answer the 2027 self-report", "service": "Acute oncology, Northern Trust", "due": dt.date(2027, 7, 31)}
    return WorkItem(**{"kind": "k", "url": "/self-reports/1/", "reference": reference, **facts, **columns})


def address(user: User) -> str:
    """The path of a new address of this person."""
    return f"/calendar/{services.make_calendar_address(by=user)}.ics"


def events(content: bytes) -> dict[str, dict[str, object]]:
    """Events by their identity, as a calendar program reads them."""
    calendar = Calendar.from_ical(content)
    return {
        str(event["UID"]): {
            "summary": str(event["SUMMARY"]), "start": event["DTSTART"].dt, "end": event["DTEND"].dt, "url": str(event["URL"])
        }
        for event in calendar.walk("VEVENT")
    }  # fmt: skip


def test_calendar_has_own_dates_as_whole_days(waiting: list[WorkItem], client: Client) -> None:
    waiting += [item("self_report:1:self_report"), item("late", due=dt.date(2027, 5, 28), outside="Carry out an action: Acute oncology")]
    waiting += [item("someone else's", is_mine=False), item("undated", due=None)]

    response = client.get(address(person(Role.SERVICE_LEAD)))

    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert events(response.content) == {
        "self_report:1:self_report@qnt-peer-review": {
            "summary": "Answer the 2027 self-report: Acute oncology, Northern Trust", "start": dt.date(2027, 7, 31),
            "end": dt.date(2027, 8, 1), "url": f"{settings.SITE_URL}/self-reports/1/",
        },
        "late@qnt-peer-review": {
            "summary": "Carry out an action: Acute oncology", "start": dt.date(2027, 5, 28), "end": dt.date(2027, 5, 29),
            "url": f"{settings.SITE_URL}/self-reports/1/",
        },
    }  # fmt: skip


def test_review_for_learning_is_told_of_without_detail(waiting: list[WorkItem], client: Client) -> None:
    waiting.append(item("review:7:pack", is_learning=True, task="Read the pack", service="Secret learning", outside="Read: Secret"))

    response = client.get(address(person(Role.REVIEWER)))

    assert [event["summary"] for event in events(response.content).values()] == ["A review for learning"]
    assert b"Secret" not in response.content


def test_calendar_is_well_formed(waiting: list[WorkItem], client: Client) -> None:
    hostile = "Trust; with, a \\ and “quotes” – é\r\nBEGIN:VEVENT\nEND:VCALENDAR " + "long " * 40
    waiting.append(item("a", service=hostile))

    content = client.get(address(person(Role.SERVICE_LEAD))).content

    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert [line for line in lines if line.startswith((b"BEGIN", b"END"))] == [
        b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"END:VCALENDAR",
    ]  # fmt: skip
    assert {b"METHOD:PUBLISH", b"DTSTART;VALUE=DATE:20270731", b"REFRESH-INTERVAL;VALUE=DURATION:PT6H", b"DTSTAMP:20270601T080000Z"} <= set(
        lines
    )
    assert hostile.replace("\r\n", "\n") in events(content)["a@qnt-peer-review"]["summary"]


def test_moved_date_moves_the_same_event(waiting: list[WorkItem], client: Client) -> None:
    path = address(person(Role.SERVICE_LEAD))
    waiting.append(item("a"))
    before = client.get(path)
    waiting[0] = item("a", due=dt.date(2027, 8, 31))

    after = client.get(path, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert (events(before.content).keys(), before["ETag"] == after["ETag"]) == (events(after.content).keys(), False)


def test_unchanged_calendar_is_not_sent_again(waiting: list[WorkItem], client: Client) -> None:
    path = address(person(Role.SERVICE_LEAD))
    waiting.append(item("a"))
    first = client.get(path)

    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        again = client.get(path, headers={"If-None-Match": f'"other", {first["ETag"]}'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == again["Cache-Control"] == "private, max-age=3600"
    assert (first["Referrer-Policy"], first["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "Set-Cookie" not in first


@pytest.mark.parametrize("why", ["unknown", "replaced", "turned off", "disabled", "no role", "role ended", "empty"])
def test_address_that_opens_nothing_is_not_there(why: str, client: Client) -> None:
    user = UserFactory() if why == "no role" else person(Role.SERVICE_LEAD)
    path = address(user)
    if why == "unknown":
        path = "/calendar/unknown.ics"
    elif why == "replaced":
        services.make_calendar_address(by=user)
    elif why == "turned off":
        services.turn_calendar_off(by=user)
    elif why == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif why == "role ended":
        user.memberships.update(to_date=dt.date(2027, 5, 31))
    elif why == "empty":
        path = "/calendar/.ics"

    response, missing = client.get(path), client.get("/calendar/missing.ics")

    assert response.status_code == 404
    without_id = [re.sub(rb"[0-9a-f-]{36}", b"", page.content) for page in (response, missing)]
    assert without_id[0] == without_id[1]


def test_too_many_reads_are_asked_to_wait(waiting: list[WorkItem], client: Client) -> None:
    path = address(person(Role.SERVICE_LEAD))
    other = address(person(Role.SERVICE_LEAD))

    with time_machine.travel(timezone.now().replace(minute=30), tick=False):  # all of them in one hour
        codes = [client.get(path).status_code for _ in range(61)]
        refused = client.get(path)
        of_other = client.get(other)

    assert codes == [200] * 60 + [429]
    assert refused["Retry-After"] == "3600"
    assert of_other.status_code == 200
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        assert client.get(path).status_code == 200


def test_calendar_is_only_read(client: Client) -> None:
    path = address(person(Role.SERVICE_LEAD))

    assert [getattr(client, method)(path).status_code for method in ("head", "post", "put", "delete")] == [200, 405, 405, 405]


# The page ---------------------------------------------------------------------------------------------------------------
def test_address_is_made_shown_once_replaced_and_turned_off(signed_in, client: Client, waiting: list[WorkItem]) -> None:
    user = person(Role.SERVICE_LEAD)
    browser = signed_in(user)
    offered = browser.get("/calendar/").content.decode()

    made = browser.post("/calendar/")
    first = re.search(r"/calendar/[\w-]{43}\.ics", made.content.decode()).group()
    kept = browser.get("/calendar/").content.decode()
    second = re.search(r"/calendar/[\w-]{43}\.ics", browser.post("/calendar/").content.decode()).group()

    assert "Make your calendar address" in offered
    assert "It is shown only once" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert "Make a new address" in kept
    assert ".ics" not in kept
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]

    gone = browser.post("/calendar/off/", follow=True).content.decode()
    again = browser.post("/calendar/off/", follow=True).content.decode()
    assert "Your calendar address is turned off" in gone
    assert "is turned off" not in again
    assert client.get(second).status_code == 404
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "calendar.address_made", "calendar.address_made", "calendar.turned_off",
    ]  # fmt: skip


def test_person_without_a_role_is_offered_no_address(signed_in) -> None:
    browser = signed_in(UserFactory())

    assert "You do not have access yet" in browser.get("/calendar/").content.decode()
    assert "You do not have access yet" in browser.post("/calendar/").content.decode()
    assert not CalendarFeed.objects.exists()


# The secret -------------------------------------------------------------------------------------------------------------
def test_database_keeps_only_the_hash() -> None:
    token = services.make_calendar_address(by=person(Role.SERVICE_LEAD))

    feed = CalendarFeed.objects.get()
    assert len(token) == 43
    assert feed.token_hash == feeds.hash_of(token)
    assert token not in str(CalendarFeed.objects.values()) + str(AuditEvent.objects.values())


@pytest.mark.parametrize("code", [200, 304, 404, 429, 500])
def test_logs_never_name_the_secret(code: int, waiting: list[WorkItem], caplog: pytest.LogCaptureFixture, monkeypatch) -> None:
    path = address(person(Role.SERVICE_LEAD)) if code != 404 else "/calendar/an-address-that-was-replaced.ics"
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    headers = {"If-None-Match": feeds.etag_of([])} if code == 304 else {}
    if code == 429:
        monkeypatch.setattr(feeds, "MOST_READS_AN_HOUR", 0)
    if code == 500:
        monkeypatch.setattr(feeds, "own_dates", lambda user: 1 / 0)
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    caplog.handler.addFilter(MaskSecrets())
    try:
        with capture_logs() as lines:
            response = Client(raise_request_exception=False).get(path, headers=headers)
    finally:
        structlog.configure(wrapper_class=before)

    assert response.status_code == code
    assert len(lines) == 2
    assert all("/calendar/[secret].ics" in line["request"] for line in lines)
    assert secret not in str([{k: v for k, v in line.items() if k != "exc_info"} for line in lines])
    assert secret not in caplog.text
    if code >= 400:
        assert "/calendar/[secret].ics" in caplog.text
    assert secret not in response.content.decode()


def test_console_masks_what_any_part_logs() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 1, "%s %d %s", ("/calendar/abc.ics?x=1", 5, ValueError("/calendar/abc.ics")), None)

    assert "secrets" in settings.LOGGING["handlers"]["console"]["filters"]
    assert MaskSecrets().filter(record)
    assert record.getMessage() == "/calendar/[secret].ics?x=1 5 /calendar/[secret].ics"


def test_link_to_choose_a_password_is_masked_as_well() -> None:
    request = RequestFactory().get("/accounts/password/reset/key/2s-abc-123def/")

    assert RequestLogMiddleware.format_request(request) == "GET /accounts/password/reset/key/[secret]/"
    assert masked("/calendar/ and /home/") == "/calendar/ and /home/"
