"""The timetable: sessions from the procedure's template, added, changed, moved and removed; the informal minutes really given."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Review, Session, VisitDay
from peerreview.queries.timetable import ARRANGING, minutes_of, people_to_ask
from peerreview.services.locks import locked_review
from peerreview.services.once import kept_before
from peerreview.services.visit_days import working
from surveillance.services.clash import check_version
from work.status import InvalidTransition

LAST_MINUTE = 23 * 60 + 59


@dataclass(frozen=True)
class SessionContent:
    """What a session says. ``minutes`` is how long it takes; it ends on the day on which it begins."""

    day_id: int
    title: str
    starts_at: dt.time
    minutes: int
    place: str = ""
    link: str = ""
    others: str = ""
    is_informal: bool = False
    people_ids: tuple[int, ...] = ()


@transaction.atomic
def start_from_procedure(*, review_id: int, by: User) -> int:
    """Fill an empty timetable from the procedure's; gives how many of its sessions found no day, because the visit is shorter.

    Each working day begins when the procedure says, and its sessions follow one another. Raises InvalidTransition.
    """
    review = _arranging(review_id)
    by_date = {day.date: day for day in review.days.order_by("date")}
    days = [by_date[date] for date in working(list(by_date))]
    if Session.objects.filter(day__review=review).exists():
        raise InvalidTransition("There are sessions already. Add, change or remove them one by one.")
    template = review.procedure.timetable
    if not template:
        raise InvalidTransition("The procedure has no timetable. Add the sessions one by one.")
    begins = {number: _minute_of(review.procedure.day_starts_at) for number in range(1, len(days) + 1)}
    made = []
    for row in [row for row in template if row["day"] in begins]:
        starts = begins[row["day"]]
        ends = begins[row["day"]] = min(starts + row["minutes"], LAST_MINUTE)
        made.append(
            Session(
                day=days[row["day"] - 1],
                title=row["title"],
                starts_at=_time_of(starts),
                ends_at=_time_of(ends),
                is_informal=row["is_informal"],
            )
        )
    Session.objects.bulk_create(made)
    audit.record("timetable.started", target=review, by=by)
    return len(template) - len(made)


@transaction.atomic
def add_session(*, review_id: int, content: SessionContent, by: User, client_id: uuid.UUID | None = None) -> Session:
    """Add a session to a day of the visit; the same form sent twice adds one. Raises InvalidTransition."""
    review = _arranging(review_id)
    if kept := kept_before(Session, client_id, day__review=review):
        return kept
    session = Session(client_id=client_id)
    _fill(review, session, content)
    audit.record("session.added", target=session, by=by)
    return session


@transaction.atomic
def change_session(*, review_id: int, session_id: int, content: SessionContent, by: User, version: int | None = None) -> Session:
    """Change a session; the others stay where they are. Raises InvalidTransition, SomeoneElseChanged."""
    review = _arranging(review_id)
    session = _locked_session(review, session_id)
    check_version(session, session.version, version)
    session.version += 1
    _fill(review, session, content)
    audit.record("session.changed", target=session, by=by)
    return session


@transaction.atomic
def move_session(*, review_id: int, session_id: int, steps: int, by: User) -> Session:
    """Swap a session with the one that begins before it (``steps`` -1) or after it (1) on its day.

    The two keep how long they take and the pause between them; together they begin and end when they did, so no other
    session moves. Raises InvalidTransition where there is none to swap with.
    """
    review = _arranging(review_id)
    session = _locked_session(review, session_id)
    sessions = list(Session.objects.select_for_update().filter(day=session.day_id).order_by("starts_at", "pk"))
    if steps < 0:
        others = [one for one in sessions if one.starts_at < session.starts_at]
        first, second = (others[-1], session) if others else (None, None)
    else:
        others = [one for one in sessions if one.starts_at > session.starts_at]
        first, second = (session, others[0]) if others else (None, None)
    if first is None or second is None:
        raise InvalidTransition(f"{session.title} is the {'first' if steps < 0 else 'last'} session of its day already.")
    _swap(first, second)
    audit.record("session.moved", target=session, by=by)
    return session


@transaction.atomic
def remove_session(*, review_id: int, session_id: int, by: User) -> None:
    """Take a session out; whoever was invited to it is told with the next update. Raises InvalidTransition."""
    review = _arranging(review_id)
    session = _locked_session(review, session_id)
    audit.record("session.removed", target=session, by=by)
    session.delete()


@transaction.atomic
def record_given_minutes(*, review_id: int, minutes: Mapping[int, int | None], by: User) -> Review:
    """Record how many minutes of informal exchange each informal session really gave, by its id. Raises InvalidTransition."""
    review = locked_review(review_id)
    if review.status not in Review.HELD:
        raise InvalidTransition("The visit has not begun, so no minutes were given yet.")
    informal = Session.objects.select_for_update().filter(day__review=review, is_informal=True, pk__in=list(minutes))
    for session in informal:
        session.given_minutes = minutes[session.pk]
        session.save(update_fields=["given_minutes"])
    audit.record("timetable.given_recorded", target=review, by=by)
    return review


def _fill(review: Review, session: Session, content: SessionContent) -> None:
    day = VisitDay.objects.filter(pk=content.day_id, review=review).first()
    if day is None:
        raise InvalidTransition("Select a day of the visit")
    ends = _minute_of(content.starts_at) + content.minutes
    if content.minutes < 1 or ends > LAST_MINUTE:
        raise InvalidTransition("A session must end before midnight of its day")
    people = _people(review, session, content.people_ids)
    session.day, session.title, session.place, session.link = day, content.title.strip(), content.place.strip(), content.link.strip()
    session.starts_at, session.ends_at = content.starts_at, _time_of(ends)
    session.others, session.is_informal = content.others.strip(), content.is_informal
    session.save()
    session.people.set(people)


def _people(review: Review, session: Session, ids: Iterable[int]) -> set[int]:
    """Those of ``ids`` who can be asked, or stand in the session already. Raises InvalidTransition for anybody else."""
    wanted = set(ids)
    allowed = {person.pk for person in people_to_ask(review)}
    if session.pk:
        allowed |= set(session.people.values_list("pk", flat=True))
    if wanted - allowed:
        raise InvalidTransition("Select people of the team or of the services under review")
    return wanted


def _swap(first: Session, second: Session) -> None:
    """``second`` begins where ``first`` did; ``first`` ends where the later of the two did."""
    begins, ends = _minute_of(first.starts_at), max(_minute_of(first.ends_at), _minute_of(second.ends_at))
    first_minutes, second_minutes = minutes_of(first), minutes_of(second)
    second.starts_at, second.ends_at = _time_of(begins), _time_of(begins + second_minutes)
    first.starts_at, first.ends_at = _time_of(ends - first_minutes), _time_of(ends)
    for session in (first, second):
        session.version += 1
        session.save(update_fields=["starts_at", "ends_at", "version"])


def _minute_of(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _time_of(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))


def _locked_session(review: Review, session_id: int) -> Session:
    session = Session.objects.select_for_update().filter(pk=session_id, day__review=review).first()
    if session is None:
        raise InvalidTransition("Someone removed this session. Nothing was changed.")
    return session


def _arranging(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in ARRANGING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its timetable cannot change.")
    return review
