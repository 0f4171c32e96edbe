"""What waits in the preparation of visits: topics to agree, documents to answer; the hub sees for whom it waits."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission
from peerreview.models import Review
from peerreview.models.reviews import ReviewQuerySet
from peerreview.queries.evidence_asks import day_of_evidence, open_counts
from peerreview.queries.review_item import review_item
from peerreview.queries.topic_agreement import day_of_topics, noun, sent_among
from surveillance.models import Service
from surveillance.queries.people import lead_ids_by_service
from work.items import WorkItem, counted

PREPARING = (Review.Status.NOTIFIED, Review.Status.PREPARING)


def preparation_items(user: User) -> list[WorkItem]:
    """Topics to agree and documents to answer: for the service's leads their work, for who arranges it what they wait for."""
    items: list[WorkItem] = []
    if user.has_permission(Permission.REVIEW_ANSWER):
        items += _service_items(user)
    if user.roles & HUB_ROLES:
        items += _hub_items(user)
    return items


def _service_items(user: User) -> list[WorkItem]:
    mine = list(Service.objects.for_user(user, Permission.REVIEW_ANSWER).values_list("pk", flat=True))
    reviews = _read(Review.objects.for_user(user, Permission.REVIEW_ANSWER).filter(services__in=mine).distinct())
    return _items(reviews, open_counts([review.pk for review in reviews], mine)) if reviews else []


def _hub_items(user: User) -> list[WorkItem]:
    """Reviews that this person arranges; the leads who answer can be sent a reminder."""
    reviews = _read(Review.objects.for_user(user, Permission.REVIEW_PLAN).filter(visit_lead=user))
    if not reviews:
        return []
    services = {service.pk: service for review in reviews for service in review.services.all()}
    leads = lead_ids_by_service(services.values())
    names = {person.pk: person.name for person in User.objects.filter(pk__in={pk for ids in leads.values() for pk in ids})}
    holders = {review.pk: tuple(pk for service in review.services.all() for pk in leads.get(service.pk, ())) for review in reviews}
    words = {pk: ", ".join(dict.fromkeys(names[one] for one in ids)) or "The service's lead" for pk, ids in holders.items()}
    return _items(reviews, open_counts([review.pk for review in reviews]), holders=holders, words=words)


def _read(reviews: ReviewQuerySet) -> list[Review]:
    found = reviews.filter(status__in=PREPARING).select_related("procedure").prefetch_related("services__provider", "services__network")
    return list(found.order_by("pk"))


def _items(
    reviews: Iterable[Review], counts: dict[int, tuple[int, int]], *, holders: dict[int, tuple[int, ...]] | None = None,
    words: dict[int, str] | None = None,
) -> list[WorkItem]:  # fmt: skip
    sent, found = sent_among([review.pk for review in reviews]), []
    for review in reviews:
        theirs: dict[str, Any] = {}
        if holders is not None and words is not None:
            theirs = {"is_mine": False, "holder": words[review.pk], "holder_ids": tuple(dict.fromkeys(holders[review.pk]))}
        if review.pk in sent and not review.topics_agreed_at:
            url = reverse("peerreview:review_topics" if theirs else "peerreview:topics_answer", args=[review.pk])
            found.append(review_item(review, "topics", f"Agree the {noun(review)}", url, day_of_topics(review), **theirs))
        waiting, total = counts.get(review.pk, (0, 0))
        if review.evidence_requested_at and waiting:
            url = reverse("peerreview:evidence_request", args=[review.pk])
            task = f"Answer the evidence request: {waiting} of {counted(total, 'document')}"
            found.append(
                review_item(review, "evidence", task, url, day_of_evidence(review), outside="Answer the evidence request", **theirs)
            )
    return found
