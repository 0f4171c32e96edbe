"""Focus topics: what a visit looks at, agreed before it begins."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import User
from peerreview.models import FocusTopic, Review
from peerreview.queries.topics import indicators_of
from peerreview.services.locks import locked_review
from peerreview.services.topic_agreement import undo_agreement
from surveillance.services.clash import check_version
from work.status import InvalidTransition


@transaction.atomic
def add_topic(*, review_id: int, title: str, question: str, indicator_ids: Iterable[int], by: User) -> FocusTopic:
    """Add a focus topic, up to the procedure's number. Raises InvalidTransition."""
    review = _changeable(review_id)
    limit = review.procedure.topics_max_count
    if review.topics.count() >= limit:
        raise InvalidTransition(f"The procedure allows {limit} {review.topic_word}s. Remove one before you add another.")
    last = review.topics.aggregate(last=Max("position"))["last"] or 0
    topic = FocusTopic.objects.create(review=review, position=last + 1, title=title.strip(), question=question.strip())
    _name_indicators(topic, indicator_ids)
    undo_agreement(review)
    audit.record("topic.added", target=topic, by=by)
    return topic


@transaction.atomic
def change_topic(
    *, topic_id: int, title: str, question: str, indicator_ids: Iterable[int], by: User, version: int | None = None
) -> FocusTopic:
    """Change a focus topic until the visit begins. Raises InvalidTransition, SomeoneElseChanged."""
    review = _changeable(FocusTopic.objects.values_list("review", flat=True).get(pk=topic_id))
    topic = FocusTopic.objects.select_for_update().get(pk=topic_id, review=review)
    check_version(topic, topic.version, version)
    topic.title, topic.question = title.strip(), question.strip()
    topic.version += 1
    topic.save(update_fields=["title", "question", "version"])
    _name_indicators(topic, indicator_ids)
    undo_agreement(review)
    audit.record("topic.changed", target=topic, by=by)
    return topic


@transaction.atomic
def remove_topic(*, topic_id: int, by: User) -> None:
    """Take a focus topic out until the visit begins. Raises InvalidTransition."""
    review = _changeable(FocusTopic.objects.values_list("review", flat=True).get(pk=topic_id))
    topic = FocusTopic.objects.select_for_update().get(pk=topic_id)
    if review.status == Review.Status.PREPARING and review.topics.count() == 1:
        raise InvalidTransition(f"This is the only {review.topic_word}. Add another before you remove it.")
    audit.record("topic.removed", target=topic, by=by)
    topic.delete()
    undo_agreement(review)


def _changeable(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in Review.BEFORE_VISIT:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its {review.topic_word}s cannot change.")
    return review


def _name_indicators(topic: FocusTopic, indicator_ids: Iterable[int]) -> None:
    """A topic of a COMPLIANCE review names at least one indicator of the services' own sets; one for learning names none."""
    review, wanted = topic.review, set(indicator_ids)
    if review.is_learning:
        if wanted:
            raise InvalidTransition("A review for learning asks questions and judges no indicator.")
        return
    found = [indicator for indicator in indicators_of(review) if indicator.pk in wanted]
    if not found or len(found) != len(wanted):
        raise InvalidTransition("Select at least one indicator of the services under review")
    topic.indicators.set(found)
