"""What a review can be opened for: services found by words, decisions that ask for a visit, and what stands in the way."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from surveillance.models import DrawnService, Service, SurveillanceDecision
from surveillance.models.decisions import DecisionQuerySet
from surveillance.reach import reach_of

MOST_FOUND = 20


def found_services(visible: QuerySet[Service], words: str) -> list[Service]:
    """At most 20 services whose name, holder or holder's code has the words; none without words."""
    words = words.strip()
    if not words:
        return []
    by_holder = Q(provider__name__icontains=words) | Q(network__name__icontains=words) | Q(provider__code__iexact=words)
    return list(visible.filter(Q(name__icontains=words) | by_holder).for_display().order_by("name", "pk")[:MOST_FOUND])


def services_to_visit(user: User) -> QuerySet[Service]:
    """Services of the hub's own reach: for those who plan compliance reviews."""
    where = reach_of(user, Permission.REVIEW_PLAN)
    return Service.objects.all() if where.is_national else Service.objects.filter(region__in=where.regions)


def services_to_add(review: Review, user: User) -> QuerySet[Service]:
    """Services that ``user`` may take into this review: for learning only services whose own people ask for it."""
    if review.is_learning:
        return Service.objects.for_user(user, Permission.REVIEW_REQUEST)
    return services_to_visit(user)


def may_choose_services(review: Review, user: User) -> bool:
    """Whether ``user`` says which services the review looks at: who plans a compliance review, who asked for one for learning."""
    permission = Permission.REVIEW_REQUEST if review.is_learning else Permission.REVIEW_PLAN
    return Review.objects.for_user(user, permission).filter(pk=review.pk).exists()


def is_drawn(service: Service) -> bool:
    """Whether a random sample drew the service."""
    return DrawnService.objects.filter(service=service).exists()


def compliance_review_ahead(service: Service) -> Review | None:
    """The compliance review of the service that is ahead or goes on; while there is one, no second is opened."""
    return Review.objects.filter(purpose=Review.Purpose.COMPLIANCE, services=service, status__in=Review.TO_THE_VISIT).first()


def ahead_words(service: Service) -> str:
    """That a compliance review of the service is open already; empty when there is none."""
    ahead = compliance_review_ahead(service)
    return f"{ahead.title} is open already, so no second review of this service can be opened now." if ahead else ""


def decisions_to_visit(user: User) -> QuerySet[SurveillanceDecision]:
    """Decisions in force that ask for a peer review, have none, and whose service has none ahead; for those who plan it."""
    ahead = Review.objects.filter(purpose=Review.Purpose.COMPLIANCE, status__in=Review.TO_THE_VISIT)
    mine = SurveillanceDecision.objects.for_user(user, Permission.REVIEW_PLAN)
    asking = _without_review(mine).exclude(service__in=ahead.values("services"))
    return asking.for_display().order_by("review_date", "pk")


def asking_decision(service: Service) -> SurveillanceDecision | None:
    """The decision in force that asks for a visit of the service and has none; None when there is none."""
    return _without_review(SurveillanceDecision.objects.filter(service=service)).order_by("-pk").first()


def _without_review(decisions: DecisionQuerySet) -> DecisionQuerySet:
    taken = Review.objects.exclude(status=Review.Status.CANCELLED).filter(decision__isnull=False).values("decision")
    return decisions.standing().filter(needs_peer_review=True).exclude(pk__in=taken)
