"""Who holds what around a service: its leads, executives, commissioners and hub."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import HUB_ROLES, Role
from surveillance.models import Service, ServiceAssignment


def _active_users(memberships: QuerySet[Membership]) -> QuerySet[User]:
    return User.objects.filter(is_active=True, memberships__in=memberships).distinct().order_by("name", "pk")


def executives_of(service: Service) -> QuerySet[User]:
    """Executives and delegates of the provider, or of the provider that hosts the network."""
    organisation = service.provider_id or (service.network.host_id if service.network else None)
    return _active_users(Membership.objects.active().filter(organisation=organisation, role=Role.EXECUTIVE))


def assigned_to(service: Service, *roles: str) -> QuerySet[User]:
    """People assigned to the service today in one of ``roles``, who hold that role in some organisation as well."""
    today = timezone.localdate()
    assignments = ServiceAssignment.objects.active(today).filter(service=service, role__in=roles)
    return User.objects.filter(is_active=True, assignments__in=assignments).distinct().order_by("name", "pk")


def leads_of(service: Service) -> QuerySet[User]:
    """The service's leads; a network service's are the leads of the network."""
    if service.network_id:
        return _active_users(Membership.objects.active().filter(organisation=service.network_id, role=Role.NETWORK_LEAD))
    return assigned_to(service, Role.SERVICE_LEAD)


def answerers_of(service: Service) -> QuerySet[User]:
    """Everybody who can be given a section: leads and contributors."""
    wanted = Q(pk__in=leads_of(service).values("pk")) | Q(pk__in=assigned_to(service, Role.CONTRIBUTOR).values("pk"))
    return User.objects.filter(wanted).order_by("name", "pk")


def commissioning_organisations(service: Service) -> QuerySet[Organisation]:
    """Organisations that buy the service today, the lead first."""
    today = timezone.localdate()
    active = Q(commissionings__from_date__lte=today) & (Q(commissionings__to_date=None) | Q(commissionings__to_date__gte=today))
    return Organisation.objects.filter(active, commissionings__service=service).order_by("-commissionings__is_lead", "name")


def commissioners_of(service: Service) -> QuerySet[User]:
    """Commissioners' staff of the organisations that buy the service."""
    buyers = commissioning_organisations(service).order_by().values("pk")
    return _active_users(Membership.objects.active().filter(organisation__in=buyers, role=Role.COMMISSIONER))


def hub_people_of(service: Service) -> QuerySet[User]:
    """Officers and managers of the region's hub."""
    return _active_users(Membership.objects.active().filter(organisation=service.region_id, role__in=HUB_ROLES))
