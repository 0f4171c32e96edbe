"""Who was invited to which session of a visit, as what it said then; and what an update would tell them now.

Each invitation and each cancellation is a row of ``ReminderSent``: its key holds the review, the session, the sequence of
the sending, when the session began and a mark of what it said. The newest of a person and a session is what stands in
their calendar. A second key, one a person and review, finds a person's rows by the index of people.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from peerreview.models import Review, Session
from peerreview.queries.timetable import ARRANGING, people_to_ask
from surveillance.canonical import canonical_json, sha256_of
from work.models import ReminderSent

CANCEL = "CANCEL"
STAMP = "%Y%m%dT%H%M"
Pair = tuple[int, int]  # session, person


@dataclass(frozen=True)
class Sent:
    """What was sent to one person about one session; ``mark`` is CANCEL for a cancellation."""

    session_id: int
    user_id: int
    sequence: int
    starts: dt.datetime  # by the clock on the wall
    mark: str

    @property
    def is_cancelled(self) -> bool:
        return self.mark == CANCEL

    def key(self, review_id: int) -> str:
        """The key of its row."""
        return f"{_prefix(review_id)}{self.session_id}:{self.sequence}:{self.starts:{STAMP}}:{self.mark}"


@dataclass
class Outstanding:
    """What an update tells: sessions to ask for, and sessions that somebody need not come to any more."""

    requests: dict[Pair, tuple[dt.datetime, str]] = field(default_factory=dict)
    cancels: dict[Pair, Sent] = field(default_factory=dict)

    @property
    def people_ids(self) -> set[int]:
        """Who gets a mail."""
        return {user_id for _, user_id in (*self.requests, *self.cancels)}


def invited_key(review_id: int) -> str:
    """The key that everybody has who was ever invited to a session of the review."""
    return f"visit_invited:{review_id}"


def mark_of(session: Session) -> str:
    """A mark of what an invitation says: another one as soon as something of it differs."""
    facts = {
        "title": session.title, "starts": session.starts_at.isoformat(), "ends": session.ends_at.isoformat(), "place": session.place,
        "link": session.link,
    }  # fmt: skip
    return sha256_of(canonical_json(facts))[:12]


def sent_to(review: Review) -> dict[Pair, Sent]:
    """The newest that was sent, by session and person; one statement."""
    people = ReminderSent.objects.filter(key=invited_key(review.pk)).values("user")
    rows = ReminderSent.objects.filter(user__in=people, key__startswith=_prefix(review.pk))
    found: dict[Pair, Sent] = {}
    for sent in sorted((_read(key, user_id) for key, user_id in rows.values_list("key", "user")), key=lambda sent: sent.sequence):
        found[sent.session_id, sent.user_id] = sent
    return found


def sent_with(review_id: int, sequence: int) -> list[Sent]:
    """What one sending told, for its mails."""
    people = ReminderSent.objects.filter(key=invited_key(review_id)).values("user")
    rows = ReminderSent.objects.filter(user__in=people, key__startswith=_prefix(review_id)).values_list("key", "user")
    return [sent for sent in (_read(key, user_id) for key, user_id in rows) if sent.sequence == sequence]


def holders_of(sent: Iterable[Sent]) -> set[int]:
    """People in whose calendar something stands."""
    return {one.user_id for one in sent if not one.is_cancelled}


def outstanding_of(
    review: Review, sent: dict[Pair, Sent], *, sessions: Iterable[Session] | None = None, people: Iterable[User] | None = None
) -> Outstanding:
    """What has changed since the last sending; for a review whose visit is off, everything is taken back.

    ``sessions`` and the ``people`` who can be asked are read unless the caller has them.
    """
    wanted: dict[Pair, tuple[dt.datetime, str]] = {}
    if review.status in ARRANGING:
        wanted = _wanted(sessions_of(review) if sessions is None else sessions, people_to_ask(review) if people is None else people)
    found = Outstanding()
    for pair, (starts, mark) in wanted.items():
        last = sent.get(pair)
        if last is None or (last.starts, last.mark) != (starts, mark):
            found.requests[pair] = starts, mark
    found.cancels = {pair: last for pair, last in sent.items() if not last.is_cancelled and pair not in wanted}
    return found


def sessions_of(review: Review) -> list[Session]:
    """The sessions of a review in order, with their days and people."""
    sessions = Session.objects.filter(day__review=review).select_related("day").prefetch_related("people")
    return list(sessions.order_by("day__date", "starts_at", "pk"))


def _wanted(sessions: Iterable[Session], people: Iterable[User]) -> dict[Pair, tuple[dt.datetime, str]]:
    allowed = {person.pk for person in people}
    found = {}
    for session in sessions:
        stands = dt.datetime.combine(session.day.date, session.starts_at), mark_of(session)  # noqa: DTZ001 (the clock on the wall)
        for person in session.people.all():
            if person.pk in allowed:
                found[session.pk, person.pk] = stands
    return found


def _prefix(review_id: int) -> str:
    return f"visit_session:{review_id}:"


def _read(key: str, user_id: int) -> Sent:
    _, _, session_id, sequence, starts, mark = key.split(":")
    return Sent(int(session_id), user_id, int(sequence), dt.datetime.strptime(starts, STAMP), mark)  # noqa: DTZ007 (as above)


def has_updates(review: Review) -> bool:
    """Whether invitations were sent and something of what they said has changed since, so that people need an update."""
    return review.invitations_sent_at is not None and bool(outstanding_of(review, sent_to(review)).people_ids)
