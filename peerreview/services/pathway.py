"""Which services a review looks at, in the patient's order, until the notice is sent."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review, ReviewService, TeamMember
from peerreview.services.locks import locked_review
from peerreview.services.opening import refuse_second
from peerreview.services.places import LIVE, close_papers, open_papers
from surveillance.models import Service
from work import jobs
from work.status import InvalidTransition

OPEN_TO_SERVICES = (Review.Status.PROPOSED, Review.Status.PLANNED, Review.Status.POSTPONED)
MOST_SERVICES = 12


@transaction.atomic
def add_service(*, review_id: int, service_id: int, by: User) -> Review:
    """Take one more service into a review, as its last step.

    Whoever was cleared is cleared for the services they knew of: they and the new service declare again before papers open.
    Raises InvalidTransition.
    """
    review = _open_review(review_id)
    places = list(review.review_services.order_by("position"))
    if any(place.service_id == service_id for place in places):
        raise InvalidTransition("This service is under review already.")
    if len(places) >= MOST_SERVICES:
        raise InvalidTransition(f"A review looks at {MOST_SERVICES} services at most.")
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if not review.is_learning:
        refuse_second(service)
    last = places[-1].position if places else 0
    ReviewService.objects.create(review=review, service=service, position=last + 1)
    _undo_rulings(review)
    _raise_version(review)
    jobs.enqueue(
        "mail.review_conflict_question", key=f"{review.pk}:{timezone.localdate()}", review_id=review.pk, requested_by=by
    )  # fmt: skip
    audit.record("review.service_added", target=review, by=by)
    return review


@transaction.atomic
def remove_service(*, review_id: int, service_id: int, by: User) -> Review:
    """Take a service out of a review. The one that the decision is about stays. Raises InvalidTransition."""
    review = _open_review(review_id)
    place = _place(review, service_id)
    if review.review_services.count() == 1:
        raise InvalidTransition("A review needs at least 1 service.")
    if review.decision and review.decision.service_id == service_id:
        raise InvalidTransition("The decision behind this review is about this service, so it stays.")
    place.delete()
    _close_papers_of_removed(review)
    review.views_links.filter(service=service_id, closed_at=None).update(closed_at=timezone.now())
    _raise_version(review)
    audit.record("review.service_removed", target=review, by=by)
    return review


@transaction.atomic
def move_service(*, review_id: int, service_id: int, steps: int, by: User) -> Review:
    """Move a service earlier (-1) or later (1) on the patient's way; at the end it stays. Raises InvalidTransition."""
    review = _open_review(review_id)
    places = list(review.review_services.order_by("position", "pk"))
    at = next((n for n, place in enumerate(places) if place.service_id == service_id), None)
    if at is None:
        raise InvalidTransition("This service is not under review.")
    places.insert(max(0, at + steps), places.pop(at))
    for position, place in enumerate(places, start=1):
        place.position = position
    ReviewService.objects.bulk_update(places, ["position"])
    _raise_version(review)
    audit.record("review.services_ordered", target=review, by=by)
    return review


@transaction.atomic
def name_steps(*, review_id: int, is_pathway: bool, steps: dict[int, str], by: User) -> Review:
    """Say whether the services are a pathway, and what step each carries out (by service id).

    Each step of a pathway needs a name: findings name it. Raises InvalidTransition.
    """
    review = _open_review(review_id)
    places = list(review.review_services.select_related("service"))
    for place in places:
        place.step = steps.get(place.service_id, place.step).strip()
        if is_pathway and not place.step:
            raise InvalidTransition(f"Enter which step of the pathway {place.service.name} is")
    if is_pathway and len(places) < 2:
        raise InvalidTransition("A pathway has at least 2 services. Add the next one first.")
    ReviewService.objects.bulk_update(places, ["step"])
    review.is_pathway = is_pathway
    _raise_version(review, "is_pathway")
    audit.record("review.pathway_named", target=review, by=by)
    return review


def _open_review(review_id: int) -> Review:
    review = locked_review(review_id)
    if review.status not in OPEN_TO_SERVICES:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its services cannot change.")
    return review


def _place(review: Review, service_id: int) -> ReviewService:
    place = review.review_services.filter(service=service_id).first()
    if place is None:
        raise InvalidTransition("This service is not under review.")
    return place


def _close_papers_of_removed(review: Review) -> None:
    """Whoever is cleared keeps the papers of the services that are still under review, and no others."""
    for member in review.team.on_team().select_related("user"):
        close_papers(member)
        open_papers(member)


def _undo_rulings(review: Review) -> None:
    """A ruling of Not clear stands; everybody else waits for a new one, and reads the new service's context card first.

    The time in which services answer about them begins anew, so that the new one has all of it.
    """
    standing = review.team.filter(ended_at=None, status__in=LIVE).exclude(ruling=TeamMember.Ruling.NOT_CLEAR)
    for member in standing.select_for_update(of=("self",)):
        if member.is_cleared:
            close_papers(member)
        member.is_cleared, member.ruling, member.ruled_by, member.ruled_at = False, "", None, None
        member.invited_at, member.context_read_at = timezone.now(), None
        member.save(update_fields=["is_cleared", "ruling", "ruled_by", "ruled_at", "invited_at", "context_read_at"])


def _raise_version(review: Review, *fields: str) -> None:
    review.version += 1
    review.save(update_fields=["version", *fields])
