"""Who holds what around a service: its leads, executives, commissioners and hub."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import HUB_ROLES, Role
from surveillance.models import SelfReport, Service, ServiceAssignment


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


def lead_ids_by_service(services: Iterable[Service]) -> dict[int, tuple[int, ...]]:
    """The leads of many services, as ``leads_of`` finds them for one, by the services' ids: two statements at most."""
    found: dict[int, list[int]] = {}
    services = list(services)
    networks = {service.network_id for service in services if service.network_id}
    assigned = [service.pk for service in services if not service.network_id]
    if assigned:
        active = ServiceAssignment.objects.active().filter(service__in=assigned, role=Role.SERVICE_LEAD, user__is_active=True)
        for service_id, user_id in active.order_by("user__name", "user").values_list("service", "user"):
            found.setdefault(service_id, []).append(user_id)
    if networks:
        leads = Membership.objects.active().filter(organisation__in=networks, role=Role.NETWORK_LEAD, user__is_active=True)
        by_network: dict[int, list[int]] = {}
        for network_id, user_id in leads.order_by("user__name", "user").values_list("organisation", "user"):
            by_network.setdefault(network_id, []).append(user_id)
        found |= {service.pk: by_network[service.network_id] for service in services if service.network_id in by_network}
    return {service_id: tuple(dict.fromkeys(people)) for service_id, people in found.items()}


def executives_asked(report: SelfReport) -> QuerySet[User]:
    """Who can declare a self-report that is with its executive: the one who was asked, and their delegates today.

    When the one who was asked holds no such role any more, everybody who does.
    """
    service = report.service
    organisation = service.provider_id or (service.network.host_id if service.network else None)
    held = Membership.objects.active().filter(organisation=organisation, role=Role.EXECUTIVE)
    asked = _active_users(held.filter(Q(user=report.executive_id) | Q(delegate_of__user=report.executive_id)))
    return asked if asked.exists() else executives_of(service)


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
