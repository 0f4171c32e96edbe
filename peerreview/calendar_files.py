"""Sessions of a visit as iCalendar files (RFC 5545, RFC 5546): times by the clocks of the United Kingdom, nothing of findings.

An invitation is a REQUEST of one session, since a message may hold one UID only; the UID of a session never changes, and
SEQUENCE counts the sendings, so that a calendar moves what it has. Only the person themselves is named as attendee.
"""

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from accounts.models import User
from peerreview.models import Review, Session

PRODUCT = "-//QNT Peer Review//Visits//EN"
# Summer time in the United Kingdom since 1996: from the last Sunday of March, 1am, to the last Sunday of October, 2am. Written
# as rules, which every calendar program reads; the library would write the single days, an hour late.
HOUR = dt.timedelta(hours=1)
SUMMER, WINTER = (3, dt.datetime(1996, 3, 31, 1)), (10, dt.datetime(1996, 10, 27, 2))  # noqa: DTZ001 (local, as the format asks)


def uid_of(session_id: int) -> str:
    """What a session is called in every calendar, whatever becomes of it."""
    return f"session-{session_id}@qnt-peer-review"


def title_of(review: Review) -> str:
    """What leaves the site about a review: of one for learning only that there is one."""
    return "A review for learning" if review.is_learning else review.title


def invitation(session: Session, review: Review, person: User, *, sequence: int, at: dt.datetime, url: str) -> bytes:
    """The invitation of one person to one session."""
    calendar = _calendar("REQUEST")
    event = _session_event(session, review, at=at, url=url)
    event.add("status", "CONFIRMED")
    _address(event, review, person, sequence)
    calendar.add_component(event)
    return _text(calendar)


def cancellation(session_id: int, starts: dt.datetime, review: Review, person: User, *, sequence: int, at: dt.datetime) -> bytes:
    """The same taken back; ``starts`` is what stood in the last invitation, by the clock on the wall."""
    calendar = _calendar("CANCEL")
    event = Event()
    event.add("uid", uid_of(session_id))
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", _local(starts))
    event.add("summary", f"Cancelled: {title_of(review)}")
    event.add("status", "CANCELLED")
    _address(event, review, person, sequence)
    calendar.add_component(event)
    return _text(calendar)


def own_calendar(sessions: Iterable[Session], review: Review, *, at: dt.datetime, url: str) -> bytes:
    """All sessions of one person in one file, to add to a calendar by hand."""
    calendar = _calendar("PUBLISH")
    for session in sessions:
        event = _session_event(session, review, at=at, url=url)
        event.add("sequence", review.invitations_sequence)
        calendar.add_component(event)
    return _text(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_timezone())
    return calendar


def _session_event(session: Session, review: Review, *, at: dt.datetime, url: str) -> Event:
    event = Event()
    event.add("uid", uid_of(session.pk))
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", _local(dt.datetime.combine(session.day.date, session.starts_at)))
    event.add("dtend", _local(dt.datetime.combine(session.day.date, session.ends_at)))
    event.add("summary", f"{session.title}: {title_of(review)}")
    if where := ", ".join(part for part in (session.place, session.link) if part):
        event.add("location", where)
    event.add("description", f"The timetable: {url}")
    event.add("url", url)
    return event


def _address(event: Event, review: Review, person: User, sequence: int) -> None:
    """Who asks, who is asked, and which sending it is; answers go to who arranges the review."""
    event.add("sequence", sequence)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if review.visit_lead:
        name, address = review.visit_lead.name, review.visit_lead.email
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["cn"] = vText(name)
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["cn"] = vText(person.name)
    attendee.params["partstat"], attendee.params["rsvp"] = vText("NEEDS-ACTION"), vText("FALSE")
    event["organizer"] = organizer
    event.add("attendee", attendee, encode=False)


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _timezone() -> Timezone:
    zone = Timezone()
    zone.add("tzid", settings.TIME_ZONE)
    zone.add_component(_rule(TimezoneDaylight(), "BST", SUMMER, dt.timedelta(0), HOUR))
    zone.add_component(_rule(TimezoneStandard(), "GMT", WINTER, HOUR, dt.timedelta(0)))
    return zone


def _rule(part: Any, name: str, when: tuple[int, dt.datetime], before: dt.timedelta, after: dt.timedelta) -> Any:
    month, first = when
    part.add("tzname", name)
    part.add("dtstart", first)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
    return part


def _text(calendar: Calendar) -> bytes:
    return bytes(calendar.to_ical())
