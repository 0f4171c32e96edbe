"""The daily summary: what it says, that it goes once, and to whom it does not go."""

import datetime as dt
import json
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.permissions import Role
from qnt.celery import app
from tests.factories.accounts import MembershipFactory, UserFactory, person
from work import digest, items, jobs
from work.items import WorkItem
from work.models import DigestEntry, Job, ReminderSent

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 6, 1)  # a Tuesday


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(dt.datetime(2027, 6, 1, 6, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[WorkItem]:
    """What waits for everybody: the tests fill it."""
    found: list[WorkItem] = []
    monkeypatch.setattr(items, "_SOURCES", [lambda user: found])
    return found


def item(days: int | None, **columns: object) -> WorkItem:
    """A thing of a finding's name, due so many days from today."""
    due = None if days is None else TODAY + dt.timedelta(days=days)
    return WorkItem(kind="k", task="Canary task", url="/secret/", service="Canary service", due=due, reference=f"k:{days}", **columns)


def send(day: dt.date = TODAY, **options: bool) -> list[tuple[str, str]]:
    """Run a morning: who was mailed, with the subject."""
    before = len(mail.outbox)
    digest.start(day, **options)
    jobs.run_pending()
    return sorted((message.to[0], message.subject) for message in mail.outbox[before:])


def test_summary_counts_what_waits_and_lists_what_happened(waiting: list[WorkItem]) -> None:
    reader = person(Role.EXECUTIVE, name="Eve Executive", email="eve@example.nhs.uk")
    waiting += [item(-3), item(-1), item(0), item(7), item(8), item(None), item(2, is_mine=False), item(1, is_learning=True)]
    digest.note([reader], sentence="The decision for Acute oncology came into force.", key="a")
    digest.note([reader], sentence="The report “North” is published: anyone can read it.", key="b")

    told = send()

    assert told == [("eve@example.nhs.uk", "See your work: 2 late, 2 due soon, 2 to read")]
    assert mail.outbox[0].body.strip() == (
        "Hello Eve Executive\n\n2 things are late.\n2 things are due in the next 5 working days.\n\nSince your last summary:\n\n"
        "- The decision for Acute oncology came into force.\n- The report “North” is published: anyone can read it.\n\n"
        "See your work: http://127.0.0.1:8000/home/\n\n"
        "This summary is sent on working days when there is something to say. To stop it, sign in, choose your name at the top of "
        "the page and change “Your details”.\n\nQNT Peer Review"
    )


def test_summary_says_one_thing_in_the_singular(waiting: list[WorkItem]) -> None:
    person(Role.EXECUTIVE)
    waiting += [item(-1), item(1)]

    send()

    assert "1 thing is late.\n1 thing is due in the next 5 working days.\n" in mail.outbox[0].body
    assert "Since your last summary" not in mail.outbox[0].body


def test_summary_goes_once_a_day_and_its_lines_go_with_it(waiting: list[WorkItem]) -> None:
    reader = person(Role.EXECUTIVE)
    digest.note([reader], sentence="First", key="a")
    digest.note([reader], sentence="First", key="a")

    assert [len(send()), len(send()), DigestEntry.objects.count()] == [1, 0, 0]

    digest.note([reader], sentence="Second", key="b")
    assert send() == []
    with time_machine.travel(dt.datetime(2027, 6, 2, 6, tzinfo=dt.UTC), tick=False):
        send(TODAY + dt.timedelta(days=1))
    assert "- Second" in mail.outbox[-1].body
    assert "First" not in mail.outbox[-1].body


def test_nothing_to_say_sends_nothing(waiting: list[WorkItem]) -> None:
    person(Role.EXECUTIVE)
    waiting += [item(30), item(None), item(-1, is_mine=False), item(-1, is_learning=True)]

    assert send() == []
    assert not ReminderSent.objects.exists()


@pytest.mark.parametrize("who", ["turned off", "disabled", "no role", "ended"])
def test_summary_does_not_go_to(who: str, waiting: list[WorkItem]) -> None:
    waiting.append(item(-1))
    reader = UserFactory() if who == "no role" else MembershipFactory(role=Role.EXECUTIVE, ended=who == "ended").user
    digest.note([reader], sentence="Read this", key="a")
    reader.wants_digest, reader.is_active = who != "turned off", who != "disabled"
    reader.save()

    assert send() == []
    assert not DigestEntry.objects.exists()


def test_nobody_without_the_summary_gets_a_line() -> None:
    wanting, off, away = UserFactory(), UserFactory(wants_digest=False), UserFactory(is_active=False)

    with CaptureQueriesContext(connection) as statements:
        digest.note([wanting, off, away, wanting], sentence="x" * 400, key="a")

    assert [(line.user, len(line.sentence), line.sentence[-1]) for line in DigestEntry.objects.all()] == [(wanting, 250, "…")]
    assert len(statements) == 1


def test_turning_the_summary_off_on_the_page_of_own_details(signed_in, waiting: list[WorkItem]) -> None:
    reader = person(Role.EXECUTIVE)
    waiting.append(item(-1))

    response = signed_in(reader).post("/people/me/", {"name": reader.name})

    assert response.status_code == 302
    assert send() == []


@pytest.mark.parametrize("day", [dt.date(2027, 5, 31), dt.date(2027, 6, 5), dt.date(2027, 12, 27)])
def test_nothing_goes_on_a_day_on_which_nobody_works(day: dt.date, waiting: list[WorkItem]) -> None:
    reader = person(Role.EXECUTIVE)
    digest.note([reader], sentence="Read this", key="a")

    assert send(day) == []
    assert DigestEntry.objects.count() == 1
    assert len(send(day, on_any_day=True)) == 1


def test_many_people_are_asked_for_in_batches_on_the_bulk_queue(waiting: list[WorkItem], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "BATCH", 3)
    people = [person(Role.EXECUTIVE) for _ in range(7)]
    digest.note(people[:5], sentence="Read this", key="a")

    counts = digest.start(TODAY)
    again = digest.start(TODAY)
    queued = list(Job.objects.order_by("pk").values_list("kind", "queue", "arguments__user_ids"))
    jobs.run_pending()

    assert counts == {"people": 7, "batches": 3, "lines_dropped": 0} == again
    assert queued == [("mail.digest", "bulk", [user.pk for user in people[n : n + 3]]) for n in (0, 3, 6)]
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in people[:5])
    assert [(job.status, job.progress_count, job.total_count) for job in Job.objects.order_by("pk")] == [
        ("DONE", 3, 3), ("DONE", 3, 3), ("DONE", 1, 1),
    ]  # fmt: skip


def test_worker_killed_before_the_note_sends_once_more_and_after_it_never(waiting: list[WorkItem], monkeypatch) -> None:
    readers = [person(Role.EXECUTIVE), person(Role.EXECUTIVE)]
    digest.note(readers, sentence="Read this", key="a")

    def die(*arguments: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(digest, "_record_sent", die)
        with pytest.raises(SystemExit):
            digest.send_summary(readers[0], list(readers[0].digest_entries.all()), TODAY)
    digest.send_summary(readers[1], list(readers[1].digest_entries.all()), TODAY)

    send()

    sent = [message.to[0] for message in mail.outbox]
    assert sorted(sent) == sorted([readers[0].email] * 2 + [readers[1].email])


def test_line_noted_while_the_mail_goes_waits_for_the_next(waiting: list[WorkItem], monkeypatch: pytest.MonkeyPatch) -> None:
    reader = person(Role.EXECUTIVE)
    digest.note([reader], sentence="First", key="a")
    really = digest.mail.send
    monkeypatch.setattr(digest.mail, "send", lambda **mail: (digest.note([reader], sentence="Second", key="b"), really(**mail))[1])

    send()

    assert "Second" not in mail.outbox[0].body
    assert [line.sentence for line in DigestEntry.objects.all()] == ["Second"]


def test_address_that_the_server_refuses_holds_up_nobody_else(waiting: list[WorkItem], monkeypatch: pytest.MonkeyPatch) -> None:
    refused, reader = person(Role.EXECUTIVE), person(Role.EXECUTIVE)
    digest.note([refused, reader], sentence="Read this", key="a")
    really = digest.mail.send

    def refuse(*, to: list[User], **rest: object) -> int:
        if to == [refused]:
            raise SMTPRecipientsRefused({})
        return really(to=to, **rest)

    monkeypatch.setattr(digest.mail, "send", refuse)

    told = send()

    assert [address for address, _ in told] == [reader.email]
    assert Job.objects.get().status == "FAILED"
    assert [line.user for line in DigestEntry.objects.all()] == [refused]


def test_long_list_is_cut_and_counted(waiting: list[WorkItem]) -> None:
    reader = person(Role.COMMISSIONER)
    for n in range(53):
        digest.note([reader], sentence=f"Line {n}.", key=str(n))

    send()

    assert mail.outbox[0].body.count("\n- ") == 51
    assert "- Line 49.\n- and 3 more\n" in mail.outbox[0].body
    assert not DigestEntry.objects.exists()


def test_one_person_takes_a_bounded_number_of_statements() -> None:
    reader = person(Role.EXECUTIVE)
    for n in range(20):
        digest.note([reader], sentence=f"Line {n}.", key=str(n))

    with CaptureQueriesContext(connection) as statements:
        sent = list(digest.send_summaries([reader.pk], TODAY))

    assert sent == [True]
    assert len(statements) <= 21, [statement["sql"] for statement in statements]


def test_command_prints_what_it_asked_for(waiting: list[WorkItem]) -> None:
    person(Role.EXECUTIVE)
    out, words = StringIO(), StringIO()

    call_command("send_digest", "--json", stdout=out)
    call_command("send_digest", "--any-day", stdout=words)

    assert json.loads(out.getvalue()) == {"people": 1, "batches": 1, "lines_dropped": 0}
    assert words.getvalue() == "people: 1, batches: 1, lines dropped: 0\n"


def test_beat_sends_summaries_at_seven_in_london() -> None:
    entry = app.conf.beat_schedule["daily summaries"]

    assert (entry["args"], entry["schedule"].hour, entry["schedule"].minute) == (["send_digest"], {7}, {0})
    assert app.conf.timezone == "Europe/London"
