"""What each side learnt from a visit, in its own words; each side writes and changes its own."""

import uuid

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Learnt, Review
from peerreview.procedure_parts import mark_of
from peerreview.queries.sides import side_of
from peerreview.services.locks import locked_review
from peerreview.services.once import kept_before
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

Status = Review.Status
LEARNING = (Status.VISITING, Status.REPORTING, Status.FOLLOW_UP)
GONE = "Someone else removed this. Your text was not saved."


@transaction.atomic
def write_learnt(*, review_id: int, text: str, by: User, topic_id: int | None = None, client_id: uuid.UUID | None = None) -> Learnt:
    """Write down what one's own side learnt, under a topic or in general; the same form sent twice is one. Raises InvalidTransition."""
    review = locked_review(review_id)
    if kept := kept_before(Learnt, client_id, review=review, written_by=by):
        return kept
    side = _writing_side(review, by)
    _check_topic(review, topic_id)
    learnt = Learnt.objects.create(review=review, side=side, topic_id=topic_id, text=text.strip(), written_by=by, client_id=client_id)
    audit.record("learnt.written", target=learnt, by=by)
    return learnt


@transaction.atomic
def change_learnt(*, learnt_id: int, text: str, by: User, topic_id: int | None = None, opened: str = "") -> Learnt:
    """Change what one's own side wrote. ``opened`` is the mark of the text that the person began from.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    learnt = _locked(learnt_id, by)
    _check_topic(learnt.review, topic_id)
    if opened and opened != learnt_mark(learnt):
        raise SomeoneElseChanged(learnt)
    learnt.text, learnt.topic_id = text.strip(), topic_id
    learnt.save(update_fields=["text", "topic"])
    audit.record("learnt.changed", target=learnt, by=by)
    return learnt


@transaction.atomic
def remove_learnt(*, learnt_id: int, by: User) -> None:
    """Take out what one's own side wrote. Raises InvalidTransition."""
    learnt = _locked(learnt_id, by)
    audit.record("learnt.removed", target=learnt, by=by)
    learnt.delete()


def learnt_mark(learnt: Learnt) -> str:
    """A short mark of the text: another one as soon as somebody changes it."""
    return mark_of({"text": learnt.text, "topic": learnt.topic_id})


def _locked(learnt_id: int, by: User) -> Learnt:
    review_id = Learnt.objects.filter(pk=learnt_id).values_list("review", flat=True).first()
    if review_id is None:
        raise InvalidTransition(GONE)
    review = locked_review(review_id)
    learnt = Learnt.objects.select_for_update(of=("self",)).filter(pk=learnt_id).first()
    if learnt is None:
        raise InvalidTransition(GONE)
    if learnt.side != _writing_side(review, by):
        raise InvalidTransition("Only people of the side that wrote this can change it.")
    learnt.review = review
    return learnt


def _writing_side(review: Review, by: User) -> str:
    if not (side := side_of(review, by)):
        raise InvalidTransition("Only the service and the visiting team write what they learnt.")
    if review.status not in LEARNING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. What was learnt is written from the visit on.")
    return side


def _check_topic(review: Review, topic_id: int | None) -> None:
    if topic_id is not None and not review.topics.filter(pk=topic_id).exists():
        raise InvalidTransition("Select a topic of this review")
