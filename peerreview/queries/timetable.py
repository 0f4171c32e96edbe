"""The timetable of a visit: its days with their sessions, who is in two places, informal exchange, what still lacks, who can be asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from accounts.templatetags.qnt_tags import clock_time
from peerreview.models import Review, Session, VisitDay
from surveillance.queries.people import assigned_to, executives_of, leads_of
from work.items import counted
from work.working_days import is_working_day

Status = Review.Status
ARRANGING = (*Review.DATED, Status.VISITING)


@dataclass
class SessionRow:
    """A session as the timetable shows it; first and last say whether it can move earlier or later within its day."""

    session: Session
    people: list[str]
    is_first: bool = False
    is_last: bool = False

    @property
    def time_words(self) -> str:
        """ "10am to 10:45am"."""
        return f"{clock_time(self.session.starts_at)} to {clock_time(self.session.ends_at)}"


@dataclass
class DayRow:
    """One day of the visit with its sessions in order."""

    number: int
    day: VisitDay
    sessions: list[SessionRow] = field(default_factory=list)


def days_of(review: Review) -> list[DayRow]:
    """The days with their sessions and people, in three statements; a day on which England rests only where it has sessions."""
    sessions = Prefetch("sessions", Session.objects.prefetch_related(Prefetch("people", User.objects.order_by("name", "pk"))))
    found: list[DayRow] = []
    held = [day for day in review.days.prefetch_related(sessions).order_by("date") if is_working_day(day.date) or day.sessions.all()]
    for number, day in enumerate(held, start=1):
        rows = [SessionRow(one, _names(one)) for one in sorted(day.sessions.all(), key=lambda one: (one.starts_at, one.pk))]
        for row in rows:
            row.is_first = row.session.starts_at == rows[0].session.starts_at
            row.is_last = row.session.starts_at == rows[-1].session.starts_at
        found.append(DayRow(number, day, rows))
    return found


def _names(session: Session) -> list[str]:
    return [*(person.name for person in session.people.all()), *([session.others] if session.others else [])]


def sessions_in(days: Iterable[DayRow]) -> list[Session]:
    """The sessions of all days."""
    return [row.session for day in days for row in day.sessions]


def minutes_of(session: Session) -> int:
    """How long a session takes by the clock on the wall, in minutes."""
    starts, ends = session.starts_at, session.ends_at
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


# Clashes --------------------------------------------------------------------------------------------------------------
def clash_words(days: Iterable[DayRow]) -> list[str]:
    """ "Dr Bello is in 2 sessions at 10:30am: Ward walk and Team meeting." for each person and time."""
    days = list(days)
    return [words for day in days for words in _clashes_of(day, f" on day {day.number}" if len(days) > 1 else "")]


def _clashes_of(day: DayRow, when: str) -> list[str]:
    by_person: dict[int, list[Session]] = {}
    names: dict[int, str] = {}
    for row in day.sessions:
        for person in row.session.people.all():
            by_person.setdefault(person.pk, []).append(row.session)
            names[person.pk] = person.name
    found = []
    for pk in sorted(by_person, key=lambda pk: (names[pk], pk)):
        named: set[frozenset[int]] = set()
        for session in by_person[pk]:
            together = [one for one in by_person[pk] if one.starts_at <= session.starts_at < one.ends_at]
            key = frozenset(one.pk for one in together)
            if len(together) > 1 and not any(key <= other for other in named):
                named.add(key)
                titles = _and([one.title for one in together])
                found.append(f"{names[pk]} is in {len(together)} sessions at {clock_time(session.starts_at)}{when}: {titles}.")
    return found


def _and(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


# Informal exchange ----------------------------------------------------------------------------------------------------
def informal_lack(review: Review, sessions: Iterable[Session]) -> int:
    """Minutes of informal exchange that the plan lacks against the procedure's minimum."""
    return max(0, review.procedure.informal_minutes - sum(minutes_of(one) for one in sessions if one.is_informal))


def informal_words(review: Review, sessions: list[Session]) -> str:
    """ "Informal exchange: 60 of at least 90 minutes. Add 30 more."; the last sentence only where it lacks."""
    wanted = review.procedure.informal_minutes
    lack = informal_lack(review, sessions)
    planned = sum(minutes_of(one) for one in sessions if one.is_informal)
    return f"Informal exchange: {planned} of at least {wanted} minutes." + (f" Add {lack} more." if lack else "")


def given_words(review: Review, sessions: list[Session]) -> str:
    """The minutes really given against the minimum; empty before the visit."""
    if review.status not in Review.HELD:
        return ""
    informal = [one for one in sessions if one.is_informal]
    recorded = [one.given_minutes for one in informal if one.given_minutes is not None]
    if not recorded:
        return "The minutes of informal exchange really given are not recorded yet." if informal else ""
    words = f"Given: {sum(recorded)} of at least {review.procedure.informal_minutes} minutes."
    return words if len(recorded) == len(informal) else f"{words} {counted(len(informal) - len(recorded), 'session')} not recorded yet."


# What lacks -----------------------------------------------------------------------------------------------------------
def place_words(review: Review, sessions: list[Session]) -> str:
    """A gentle line about sessions without a place or a link, by how the team visits; empty when none lacks it."""
    lacks = {
        Review.Mode.ON_SITE: ("a place", [one for one in sessions if not one.place]),
        Review.Mode.VIRTUAL: ("a link", [one for one in sessions if not one.link]),
        Review.Mode.HYBRID: ("a place and a link", [one for one in sessions if not (one.place and one.link)]),
    }
    what, lacking = lacks[Review.Mode(review.mode)]
    if not lacking:
        return ""
    short = what.removeprefix("a ").replace(" a ", " ")
    if len(lacking) == 1:
        return f"{lacking[0].title} has no {short} yet. " + _needs(review, what)
    return f"{len(lacking)} sessions have no {short} yet. " + _needs(review, what)


def _needs(review: Review, what: str) -> str:
    return f"Each session of {'an' if review.mode == Review.Mode.ON_SITE else 'a'} {review.get_mode_display().lower()} visit needs {what}."


def left_words(review: Review, days: Iterable[DayRow], people: Iterable[User]) -> list[str]:
    """Who stands in a session and is not among ``people`` who can be asked: a place on the team ended, or they left the service."""
    if review.status not in Review.DATED:
        return []
    allowed = {person.pk for person in people}
    found: dict[str, list[str]] = {}
    for session in sessions_in(days):
        for person in session.people.all():
            if person.pk not in allowed:
                found.setdefault(person.name, []).append(session.title)
    return [f"{name} is not on this review any more and gets no invitation. Change {_and(titles)}." for name, titles in found.items()]


def next_session(review: Review, days: Iterable[DayRow], at: dt.datetime | None = None) -> SessionRow | None:
    """The session that begins next on a day of the visit, or goes on now; None on other days."""
    moment = timezone.localtime(at)
    today = next((day for day in days if day.day.date == moment.date()), None)
    if today is None or review.status not in ARRANGING:
        return None
    return next((row for row in today.sessions if row.session.ends_at > moment.time()), None)


# People ---------------------------------------------------------------------------------------------------------------
def team_people(review: Review) -> list[User]:
    """Members whose papers are open, and who arranges the review."""
    members = [member.user for member in review.team.on_team().select_related("user").order_by("user__name", "pk")]
    return [*members, *([review.visit_lead] if review.visit_lead else [])]


def service_people(review: Review) -> list[User]:
    """Leads, contributors and executives of the services under review; contributors do not know of a review for learning."""
    found: dict[int, User] = {}
    for service in review.services.all():
        contributors = () if review.is_learning else assigned_to(service, "CONTRIBUTOR")
        for person in (*leads_of(service), *contributors, *executives_of(service)):
            found.setdefault(person.pk, person)
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def people_to_ask(review: Review) -> list[User]:
    """Everybody who can stand in a session and get an invitation, each once."""
    return list({person.pk: person for person in (*team_people(review), *service_people(review)) if person.is_active}.values())
