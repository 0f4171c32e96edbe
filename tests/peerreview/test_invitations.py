"""Invitations to sessions: sent once, updated when something changes, taken back; by the clocks of the United Kingdom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from peerreview.calendar_files import invitation
from peerreview.models import Review, Session
from peerreview.services import dates, reviews, session_invitations, timetable
from peerreview.services.timetable import SessionContent
from tests.factories.peerreview import Visit, make_visit
from work import jobs
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A planned visit with two sessions: the lead in both, the executive in the second."""
    made = make_visit()
    made.open()
    put(made, None, people=(made.scene.lead,))
    put(made, None, title="Team meeting", begins=dt.time(11), people=(made.scene.lead, made.scene.executive))
    return made


def put(
    visit: Visit, session: Session | None, *, title: str = "Ward walk", begins: dt.time = dt.time(10, 30), people: tuple[User, ...]
) -> None:
    content = SessionContent(
        day_id=visit.review.days.get().pk, title=title, starts_at=begins, minutes=45, place="Ward 4",
        people_ids=tuple(person.pk for person in people),
    )  # fmt: skip
    if session is None:
        timetable.add_session(review_id=visit.review.pk, content=content, by=visit.manager)
    else:
        timetable.change_session(review_id=visit.review.pk, session_id=session.pk, content=content, by=visit.manager)


def send(visit: Visit) -> dict[str, list[tuple[str, str, int, int]]]:
    """What each person got by mail: method, summary, UID's number, sequence."""
    mail.outbox.clear()
    session_invitations.send_invitations(review_id=visit.review.pk, by=visit.manager)
    jobs.run_pending()
    return received()


def received() -> dict[str, list[tuple[str, str, int, int]]]:
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for sent in [one for one in mail.outbox if one.attachments]:
        for _, content, media_type in sent.attachments:
            calendar = Calendar.from_ical(content)
            events = calendar.walk("VEVENT")
            assert len(events) == 1
            assert f"method={calendar['METHOD']}" in media_type
            number = int(str(events[0]["UID"]).removeprefix("session-").partition("@")[0])
            found.setdefault(sent.to[0], []).append(
                (str(calendar["METHOD"]), str(events[0]["SUMMARY"]), number, int(events[0]["SEQUENCE"]))
            )
    return found


def sessions(visit: Visit) -> list[Session]:
    return list(Session.objects.filter(day__review=visit.review).order_by("starts_at"))


def test_each_person_gets_their_own_sessions_once(visit: Visit) -> None:
    walk, meeting = sessions(visit)
    title = visit.review.title

    found = send(visit)

    assert found == {
        visit.scene.lead.email: [("REQUEST", f"Ward walk: {title}", walk.pk, 1), ("REQUEST", f"Team meeting: {title}", meeting.pk, 1)],
        visit.scene.executive.email: [("REQUEST", f"Team meeting: {title}", meeting.pk, 1)],
    }
    assert {sent.subject for sent in mail.outbox} == {f"Keep these times free for {title}"}
    with pytest.raises(InvalidTransition, match="Nothing has changed since the invitations were sent"):
        session_invitations.send_invitations(review_id=visit.review.pk, by=visit.manager)


def test_job_that_runs_again_sends_nothing(visit: Visit) -> None:
    send(visit)
    mail.outbox.clear()

    Job.objects.filter(kind="mail.visit_invitations").update(status="QUEUED", lease_token=None)
    jobs.run_pending()

    assert mail.outbox == []


def test_changed_session_sends_an_update_with_the_same_uid(visit: Visit, signed_in: SignedIn) -> None:
    send(visit)
    walk, meeting = sessions(visit)
    page = signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/timetable/").content.decode()
    assert ("Invitations sent to 2 people. Changes after this send an update." in page, "Send update" in page) == (True, False)

    put(visit, walk, begins=dt.time(9, 30), people=(visit.scene.lead,))
    page = signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/timetable/").content.decode()
    assert ("1 person does not know of the last changes yet." in page, "Send update" in page) == (True, True)
    assert send(visit) == {visit.scene.lead.email: [("REQUEST", f"Ward walk: {visit.review.title}", walk.pk, 2)]}
    put(visit, walk, begins=dt.time(10, 30), people=(visit.scene.lead,))

    assert send(visit) == {visit.scene.lead.email: [("REQUEST", f"Ward walk: {visit.review.title}", walk.pk, 3)]}
    assert meeting.pk


def test_removed_session_and_person_are_cancelled(visit: Visit) -> None:
    send(visit)
    walk, meeting = sessions(visit)
    cancelled = f"Cancelled: {visit.review.title}"

    timetable.remove_session(review_id=visit.review.pk, session_id=walk.pk, by=visit.manager)
    put(visit, meeting, title="Team meeting", begins=dt.time(11), people=(visit.scene.lead,))

    assert send(visit) == {
        visit.scene.lead.email: [("CANCEL", cancelled, walk.pk, 2)], visit.scene.executive.email: [("CANCEL", cancelled, meeting.pk, 2)],
    }  # fmt: skip
    with pytest.raises(InvalidTransition, match="Nothing has changed"):
        send(visit)


def test_postponed_visit_takes_every_invitation_back_and_asks_again(visit: Visit) -> None:
    send(visit)
    mail.outbox.clear()

    reviews.postpone_review(review_id=visit.review.pk, reason="Snow", by=visit.manager)
    jobs.run_pending()
    found = received()

    assert {email: [one[0] for one in got] for email, got in found.items()} == {
        visit.scene.lead.email: ["CANCEL", "CANCEL"], visit.scene.executive.email: ["CANCEL"],
    }  # fmt: skip
    later = visit.review.starts_date + dt.timedelta(days=7)
    dates.plan_dates(review_id=visit.review.pk, starts_date=later, ends_date=None, by=visit.manager)
    assert {email: [one[0] for one in got] for email, got in send(visit).items()} == {
        visit.scene.lead.email: ["REQUEST", "REQUEST"], visit.scene.executive.email: ["REQUEST"],
    }  # fmt: skip


def test_sending_from_the_page_lists_how_many_and_says_it(visit: Visit, signed_in: SignedIn) -> None:
    manager, url = signed_in(visit.manager), f"/reviews/{visit.review.pk}/timetable/send/"
    assert "2 people get a mail with calendar files for their own sessions." in manager.get(url).content.decode()

    page = manager.post(url, follow=True).content.decode()

    assert ("Invitations sent to 2 people" in page, Review.objects.get(pk=visit.review.pk).invitations_sequence) == (True, 1)
    assert "There is nothing to send." in manager.get(url).content.decode()


@pytest.mark.parametrize(
    ("date", "offset"),
    [
        (dt.date(2027, 3, 26), 0), (dt.date(2027, 3, 28), 1), (dt.date(2027, 7, 1), 1), (dt.date(2027, 10, 29), 1),
        (dt.date(2027, 10, 31), 0),
    ],
)  # fmt: skip
def test_times_are_of_the_united_kingdom_also_when_clocks_change(visit: Visit, date: dt.date, offset: int) -> None:
    day = visit.review.days.get()
    day.date = date
    day.save()
    session = Session.objects.select_related("day").get(title="Ward walk")

    text = invitation(session, visit.review, visit.scene.lead, sequence=1, at=timezone.now(), url="https://site/reviews/1/timetable/")

    event: Any = Calendar.from_ical(text).walk("VEVENT")[0]
    assert (event["DTSTART"].dt.strftime("%Y-%m-%d %H:%M"), event["DTSTART"].dt.utcoffset()) == (
        f"{date} 10:30",
        dt.timedelta(hours=offset),
    )
    lines = text.decode().replace("\r\n ", "").splitlines()
    for line in (
        f"DTSTART;TZID=Europe/London:{date:%Y%m%d}T103000", f"DTEND;TZID=Europe/London:{date:%Y%m%d}T111500", "TZID:Europe/London",
        "DTSTART:19960331T010000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "LOCATION:Ward 4", "METHOD:REQUEST",
    ):  # fmt: skip
        assert line in lines
    assert event["ATTENDEE"].params["CN"] == "Lee Lead"
    assert str(event["ORGANIZER"]) == f"mailto:{visit.manager.email}"


def test_own_file_holds_own_sessions_and_nothing_of_a_review_for_learning(visit: Visit, signed_in: SignedIn) -> None:
    url = f"/reviews/{visit.review.pk}/timetable/calendar.ics"

    answer = signed_in(visit.scene.executive).get(url)
    other = signed_in(visit.manager).get(url)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")] == [f"Team meeting: {visit.review.title}"]
    assert Calendar.from_ical(other.content).walk("VEVENT") == []
    Review.objects.filter(pk=visit.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST", decision=None)
    text = signed_in(visit.scene.executive).get(url).content.decode()
    assert ("Team meeting: A review for learning" in text, visit.review.title in text) == (True, False)
