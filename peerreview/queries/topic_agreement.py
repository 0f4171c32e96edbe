"""Where the focus topics stand between hub and service: with the hub, with the service, agreed, or unanswered past their day."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from peerreview.models import Review
from peerreview.procedure_parts import mark_of
from peerreview.queries.milestones import milestone_date
from work.items import counted, day_words
from work.models import ReminderSent


def sent_key(review_id: int) -> str:
    """The key under which sending the topics is noted; the note goes when a topic changes."""
    return f"topics_sent:{review_id}"


def sent_at(review: Review) -> dt.datetime | None:
    """When the topics as they stand were sent to the service; None while they are with the hub."""
    return ReminderSent.objects.filter(key=sent_key(review.pk)).values_list("sent_at", flat=True).first()


def topics_mark(review: Review) -> str:
    """A short mark of the topics as they stand: another one as soon as one is added, changed or removed. Two statements."""
    topics = review.topics.prefetch_related("indicators")
    return mark_of({str(one.pk): [one.position, one.title, one.question, sorted(row.pk for row in one.indicators.all())] for one in topics})


def sent_among(review_ids: Iterable[int]) -> set[int]:
    """Those of these reviews whose topics are with the service; one statement."""
    keys = {sent_key(pk): pk for pk in review_ids}
    return {keys[key] for key in ReminderSent.objects.filter(key__in=keys).values_list("key", flat=True)}


def day_of_topics(review: Review) -> dt.date | None:
    """By when the service says whether it agrees."""
    return milestone_date(review, "TOPICS", facts={})


def noun(review: Review) -> str:
    """What the topics are called: a review for learning asks questions."""
    return f"{review.topic_word}s"


def agreement_words(review: Review, sent: dt.datetime | None) -> str:
    """One sentence on where the agreement stands."""
    due, what = day_of_topics(review), noun(review)
    if review.topics_agreed_at:
        who = review.topics_agreed_by.name if review.topics_agreed_by else "The service"
        return f"{who} agreed the {what} for the service on {day_words(timezone.localdate(review.topics_agreed_at))}."
    if due and timezone.localdate() > due:
        return f"The service did not answer by {day_words(due)}."
    until = f" by {day_words(due)}" if due else ""
    if sent:
        return f"The {what} were sent to the service on {day_words(timezone.localdate(sent))}. It agrees them or comments{until}."
    if review.topics_comment:
        return f"The service asked for a change. The hub changes the {what} or explains them, and sends them again{until}."
    return f"The {what} are not agreed with the service yet. The hub sends them, and the service agrees them or comments{until}."


def count_words(review: Review, count: int) -> str:
    """How many there are against the most that the procedure allows."""
    what = "learning question" if review.is_learning else "focus topic"
    return f"{counted(count, what)}. The procedure allows at most {review.procedure.topics_max_count}."
