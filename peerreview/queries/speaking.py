"""Who speaks for a service under review: its leads, and the executives of its provider (or of its network's host)."""

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from surveillance.models import Service
from surveillance.queries.parties import acts_for_provider
from surveillance.queries.people import leads_of


def speaks_for(user: User, service: Service) -> bool:
    """Whether ``user`` can say for the service what it did and what changed."""
    if not user.has_permission(Permission.FINDING_VIEW):
        return False
    return acts_for_provider(user, Permission.FINDING_VIEW, service) or leads_of(service).filter(pk=user.pk).exists()


def services_spoken_for(user: User, review: Review) -> list[Service]:
    """Services of the review for which ``user`` speaks."""
    return [service for service in review.services.all() if speaks_for(user, service)]


def services_led(user: User, review: Review) -> list[Service]:
    """Services of the review that ``user`` leads: whose plans they draft."""
    return [service for service in review.services.all() if leads_of(service).filter(pk=user.pk).exists()]
