"""Notes of reviewers: saved once however often they are sent."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.clock import now
from accounts.models import User
from peerreview.models import Note, Review, Session
from peerreview.queries.teams import has_read_context, is_on_team
from peerreview.queries.topics import indicators_of
from peerreview.services.locks import locked_review
from work.status import InvalidTransition

READ_FIRST = "Read the context of the services first, and tick that you have read it. Then notes and judgements open."
NOTING = (Review.Status.PREPARING, Review.Status.VISITING, Review.Status.REPORTING)


@transaction.atomic
def save_note(
    *,
    review_id: int,
    client_id: uuid.UUID,
    text: str,
    by: User,
    topic_id: int | None = None,
    indicator_id: int | None = None,
    session_id: int | None = None,
    written_at: dt.datetime | None = None,
) -> Note:
    """Keep a note of a member. The client makes the id: the same note sent twice is one row, whoever wins the race.

    ``written_at`` is by the writer's device, for a note that waited for a connection; a time that is still to come, or before
    the review was opened, is a wrong clock and becomes this moment.
    Raises InvalidTransition when notes are closed, the writer is not on the team, or the id is somebody else's.
    """
    review = locked_review(review_id)
    kept = review.notes.filter(client_id=client_id).first()
    if kept:
        if kept.author_id != by.pk:
            raise InvalidTransition("This note was written by someone else.")
        return kept
    if not is_on_team(review, by):
        raise InvalidTransition("Only members of the team write notes.")
    if not has_read_context(review, by):
        raise InvalidTransition(READ_FIRST)
    if review.status not in NOTING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so no notes can be saved now.")
    _check_place(review, topic_id, indicator_id, session_id)
    try:
        with transaction.atomic():
            note = Note.objects.create(
                review=review, client_id=client_id, author=by, text=text.strip(), topic_id=topic_id, indicator_id=indicator_id,
                session_id=session_id, written_at=time_written(review, written_at),
            )  # fmt: skip
    except IntegrityError:
        return review.notes.get(client_id=client_id)
    audit.record("note.saved", target=note, by=by)
    return note


def _check_place(review: Review, topic_id: int | None, indicator_id: int | None, session_id: int | None) -> None:
    """Refuse a topic, indicator or session of elsewhere."""
    if topic_id is not None and not review.topics.filter(pk=topic_id).exists():
        raise InvalidTransition("Select a topic of this review")
    if indicator_id is not None and review.is_learning:
        raise InvalidTransition("A review for learning looks at its questions, and at no indicator.")
    if indicator_id is not None and indicator_id not in {indicator.pk for indicator in indicators_of(review)}:
        raise InvalidTransition("Select an indicator of the services under review")
    if session_id is not None and not Session.objects.filter(pk=session_id, day__review=review).exists():
        raise InvalidTransition("Select a session of this visit")


def time_written(review: Review, by_device: dt.datetime | None) -> dt.datetime:
    """When an entry was written: as the device says, unless its clock is wrong."""
    moment = now()
    return by_device if by_device and review.opened_at <= by_device <= moment else moment
