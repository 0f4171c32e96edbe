"""What waits for a person after a visit: to say what came of a pledge, to answer a request. Two statements at most."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Role
from peerreview.models import Exchange, Pledge, Review
from surveillance.queries.holders import own_words
from work.items import WorkItem

PLEDGING = REVIEWER_ROLES | {Role.SERVICE_LEAD, Role.EXECUTIVE, Role.NETWORK_LEAD}


def learning_items(user: User) -> list[WorkItem]:
    """Pledges whose day has come, and requests that services made; nobody has a deadline for either."""
    pledges = _pledge_items(user) if user.roles & PLEDGING else []
    return pledges + (_exchange_items(user) if user.roles & REVIEWER_ROLES else [])


def _pledge_items(user: User) -> list[WorkItem]:
    asked = Pledge.objects.filter(made_by=user, answered_at=None, ask_date__lte=timezone.localdate())
    found = asked.exclude(review__status=Review.Status.CANCELLED).select_related("review")
    return [
        _item(
            user, pledge.review, "pledge.question", "Say what came of your pledge", pledge.pk, plural="Say what came of {n} pledges",
            url=reverse("peerreview:pledge_detail", args=[pledge.pk]),
        )
        for pledge in found
    ]  # fmt: skip


def _exchange_items(user: User) -> list[WorkItem]:
    asked = Exchange.objects.filter(asked_of=user, status=Exchange.Status.ASKED).select_related("review")
    return [
        _item(
            user, exchange.review, "exchange.answer", f"Answer a request: {exchange.get_kind_display().lower()}", exchange.pk,
            plural="Answer {n} requests after visits", url=reverse("peerreview:exchange_detail", args=[exchange.pk]),
        )
        for exchange in asked
    ]  # fmt: skip


def _item(user: User, review: Review, kind: str, task: str, pk: int, *, url: str, plural: str) -> WorkItem:
    return WorkItem(
        kind=kind, task=task, url=url, service=review.title, due=None, status="Not yet started", holder=own_words(user, Role.values, []),
        is_learning=review.is_learning, plural=plural, list_url=reverse("peerreview:review_list"), reference=f"{kind}:{pk}",
        outside=f"{task}: {review.title}",
    )  # fmt: skip
