"""The service's word on the focus topics: the hub sends them, the service agrees or comments, a change undoes the agreement."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.topic_agreement import day_of_topics, sent_key, topics_mark
from peerreview.services.locks import locked_review
from surveillance.services.clash import SomeoneElseChanged
from work import jobs
from work.items import day_words
from work.models import ReminderSent
from work.status import InvalidTransition

Status = Review.Status
AGREEING = (Status.NOTIFIED, Status.PREPARING)


@transaction.atomic
def send_topics(*, review_id: int, by: User) -> Review:
    """Ask the service to agree the focus topics. Raises InvalidTransition before the notice, without topics, and when they are with it."""
    review = _agreeing(review_id)
    if not review.topics.exists():
        raise InvalidTransition(f"Add at least one {review.topic_word} before you send them.")
    if review.topics_agreed_at:
        raise InvalidTransition("The service has agreed these topics.")
    sent, is_first = ReminderSent.objects.get_or_create(key=sent_key(review.pk), defaults={"user": by, "sent_at": timezone.now()})
    if not is_first:
        raise InvalidTransition(f"These topics were sent to the service on {day_words(timezone.localdate(sent.sent_at))}.")
    audit.record("topics.sent", target=review, by=by)
    jobs.enqueue("mail.review_topics", key=f"{review.pk}:{sent.sent_at.isoformat()}", review_id=review.pk, requested_by=by)
    return review


@transaction.atomic
def answer_topics(*, review_id: int, agrees: bool, comment: str, by: User, read: str = "") -> Review:
    """The service agrees the topics, or says what should change. ``read`` is the mark of the topics that the person read.

    Raises InvalidTransition unless the topics were sent to it, SomeoneElseChanged when they are others than those that were read.
    """
    review = _agreeing(review_id)
    if read and read != topics_mark(review):
        raise SomeoneElseChanged(review)
    if not ReminderSent.objects.filter(key=sent_key(review.pk)).exists():
        raise InvalidTransition("The hub is changing the topics. It sends them to you again when they are ready.")
    if review.topics_agreed_at:
        raise InvalidTransition("Your service has agreed these topics already.")
    if not agrees and not comment.strip():
        raise InvalidTransition("Enter what should change")
    review.topics_comment = comment.strip()
    if agrees:
        review.topics_agreed_at, review.topics_agreed_by = timezone.now(), by
    else:
        forget_sending(review)
    _save(review)
    audit.record("topics.agreed" if agrees else "topics.commented", target=review, by=by)
    if not agrees:
        jobs.enqueue("mail.review_topics_comment", key=f"{review.pk}:{review.version}", review_id=review.pk, requested_by=by)
    return review


def undo_agreement(review: Review) -> None:
    """After a change of a topic: what was agreed is agreed no more, and has to be sent again. The review is locked by the caller."""
    forget_sending(review)
    if review.topics_agreed_at:
        review.topics_agreed_at, review.topics_agreed_by = None, None
        _save(review)


def forget_sending(review: Review) -> None:
    """The topics are with the hub again."""
    ReminderSent.objects.filter(key=sent_key(review.pk)).delete()


def check_agreement(review: Review) -> None:
    """Raises InvalidTransition while the service has not agreed the topics and its day has not passed; silence holds nobody up."""
    due = day_of_topics(review)
    if review.topics_agreed_at or (due and timezone.localdate() > due):
        return
    until = f" It can answer until {day_words(due)}." if due else ""
    raise InvalidTransition(f"The service has not agreed the {review.topic_word}s.{until}")


def _agreeing(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in AGREEING:
        words = review.get_status_display().lower()
        raise InvalidTransition(f"This review is {words}, so its topics cannot be agreed with the service now.")
    return review


def _save(review: Review) -> None:
    review.version += 1
    review.save(update_fields=["topics_agreed_at", "topics_agreed_by", "topics_comment", "version"])
