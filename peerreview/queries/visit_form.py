"""What the visit form shows: the timetable, the session that is on or comes next, and a person's own notes."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from peerreview.models import Judgement, Note, Review, Session


def timetable_of(review: Review) -> list[Session]:
    """Sessions of the visit in order, with their days and the moment at which each ends (``ends_moment``)."""
    sessions = list(Session.objects.filter(day__review=review).select_related("day").order_by("day__date", "starts_at", "pk"))
    for session in sessions:
        session.ends_moment = timezone.make_aware(dt.datetime.combine(session.day.date, session.ends_at))
    return sessions


def session_on_or_next(sessions: list[Session], at: dt.datetime) -> Session | None:
    """The session that is on at a moment, or else the first that begins after it; None when the visit is over."""
    return next((one for one in sessions if one.ends_moment > at), None)


def notes_of(review: Review, author: User) -> QuerySet[Note]:
    """A person's own notes, newest first, with what their lines name."""
    return review.notes.filter(author=author).select_related("topic", "indicator", "session").order_by("-written_at", "-pk")


def kept_already(review: Review, client_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which entries are saved, by the ids that devices made; four statements."""
    named = list(client_ids)
    sources: tuple[QuerySet[Any], ...] = (
        review.notes.all(), review.pledges.all(), review.findings.all(), Judgement.objects.filter(panel__review=review),
    )  # fmt: skip
    return {one for rows in sources for one in rows.filter(client_id__in=named).values_list("client_id", flat=True)}
