"""For which party of a decision or an action a person acts: the hub, the provider, or the lead commissioner.

Each side comes as a condition on rows (lists, work items) and as a question about one service (buttons, refusals).
"""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models import Commissioning, Service


def as_hub(user: User, permission: Permission, path: str, *, with_national: bool = True) -> Q:
    """Rows of services in the regions whose hub this person works for; national staff hold every region unless left out."""
    where = reach.reach_of(user, permission)
    if where.is_national and with_national:
        return Q()
    return Q(**{f"{path}region__in": where.regions})


def as_provider(user: User, permission: Permission, path: str) -> Q:
    """Rows of services of a provider for which this person is an executive, or of a network that it hosts."""
    providers = reach.reach_of(user, permission).providers
    return Q(**{f"{path}provider__in": providers}) | Q(**{f"{path}network__host__in": providers})


def as_lead_commissioner(user: User, permission: Permission, path: str) -> Q:
    """Rows of services that this person's organisation buys as the lead."""
    organisations = reach.reach_of(user, permission).commissioners
    led = Commissioning.objects.active().filter(is_lead=True, organisation__in=organisations)
    return Q(**{f"{path}pk__in": led.values("service")}) if organisations else Q(pk__in=[])


def acts_for_hub(user: User, permission: Permission, service: Service) -> bool:
    """Whether this person holds ``permission`` on the service for its hub (or for the national team)."""
    where = reach.reach_of(user, permission)
    return where.is_national or service.region_id in where.regions


def acts_for_provider(user: User, permission: Permission, service: Service) -> bool:
    """Whether this person holds ``permission`` on the service as an executive of its provider, or of its network's host."""
    providers = reach.reach_of(user, permission).providers
    return bool(providers) and provider_id_of(service) in providers


def acts_for_lead_commissioner(user: User, permission: Permission, service: Service) -> bool:
    """Whether this person holds ``permission`` on the service for its lead commissioner."""
    organisations = reach.reach_of(user, permission).commissioners
    return bool(organisations) and lead_commissionings(service.pk).filter(organisation__in=organisations).exists()


def provider_id_of(service: Service) -> int | None:
    """The organisation that answers for the service: its provider, or the host of its network."""
    if service.provider_id:
        return service.provider_id
    return service.network.host_id if service.network else None


def lead_commissionings(service_id: int) -> QuerySet[Commissioning]:
    """The lead commissioner of a service today, at most one row."""
    return Commissioning.objects.active().filter(service=service_id, is_lead=True)
