"""What the page of learning shows: texts by topic, pledges and exchanges with whose they are."""

from dataclasses import dataclass

from accounts.models import User
from peerreview.models import Exchange, Learnt, Pledge, Review
from peerreview.queries.exchanges import exchanges_open_to


@dataclass(frozen=True)
class TopicLearnt:
    """What one side learnt about one topic."""

    title: str
    texts: list[Learnt]


@dataclass(frozen=True)
class ShownExchange:
    """An exchange, and whether the reader may open its page."""

    exchange: Exchange
    is_open: bool


def learnt_by_topic(learnt: list[Learnt]) -> list[TopicLearnt]:
    """Texts under their topics in the order given, what belongs to none last."""
    found: dict[int | None, TopicLearnt] = {}
    for one in sorted(learnt, key=lambda one: one.topic_id is None):
        title = one.topic.title if one.topic else "Something else"
        found.setdefault(one.topic_id, TopicLearnt(title, [])).texts.append(one)
    return list(found.values())


def shown_pledges(review: Review) -> list[Pledge]:
    """The pledges of a review with who made them, the service's first."""
    return list(review.pledges.select_related("made_by", "service").order_by("side", "pk"))


def shown_exchanges(review: Review, user: User) -> list[ShownExchange]:
    """The exchanges of a review, in two statements."""
    mine = set(exchanges_open_to(user).filter(review=review).order_by().values_list("pk", flat=True))
    rows = review.exchanges.select_related("asked_by", "asked_of", "service__provider", "service__network")
    return [ShownExchange(one, one.pk in mine) for one in rows]
