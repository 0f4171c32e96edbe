"""Notes of reviewers: saved once however often they are sent."""

import uuid

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Note, Review
from peerreview.queries.teams import is_on_team
from peerreview.queries.topics import indicators_of
from peerreview.services.locks import locked_review
from work.status import InvalidTransition

NOTING = (Review.Status.PREPARING, Review.Status.VISITING, Review.Status.REPORTING)


@transaction.atomic
def save_note(
    *, review_id: int, client_id: uuid.UUID, text: str, by: User, topic_id: int | None = None, indicator_id: int | None = None
) -> Note:
    """Keep a note of a member. The client makes the id: the same note sent twice is one row, whoever wins the race.

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
    if review.status not in NOTING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so no notes can be saved now.")
    if topic_id is not None and not review.topics.filter(pk=topic_id).exists():
        raise InvalidTransition("Select a topic of this review")
    if indicator_id is not None and indicator_id not in {indicator.pk for indicator in indicators_of(review)}:
        raise InvalidTransition("Select an indicator of the services under review")
    try:
        with transaction.atomic():
            note = Note.objects.create(
                review=review, client_id=client_id, author=by, text=text.strip(), topic_id=topic_id, indicator_id=indicator_id
            )
    except IntegrityError:
        return review.notes.get(client_id=client_id)
    audit.record("note.saved", target=note, by=by)
    return note
