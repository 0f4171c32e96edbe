"""Who holds a thing, in the words of every page: name, role, organisation; and who may be asked to own an action."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from surveillance.models import Action, Commissioning, NetworkMember, Service, ServiceAssignment
from surveillance.queries.parties import lead_commissionings, provider_id_of


@dataclass(frozen=True)
class Holder:
    """A person in a role at an organisation."""

    user: User
    role: str
    organisation: Organisation

    @property
    def words(self) -> str:
        """Name, role, organisation: "Lee Wong, hub manager, North East hub"."""
        return f"{self.user.name}, {Role(self.role).label.lower()}, {self.organisation.name}"


def _people(role: str) -> QuerySet[Membership]:
    """Memberships in ``role`` today of people who can sign in; those who stand for nobody else come first."""
    people = Membership.objects.active().filter(role=role, user__is_active=True)
    return people.select_related("user", "organisation").order_by("delegate_of", "pk")


def _first(memberships: QuerySet[Membership]) -> Holder | None:
    membership = sorted(memberships, key=lambda m: (m.delegate_of_id is not None, m.pk))[:1]
    return next((Holder(m.user, m.role, m.organisation) for m in membership), None)


def holders_by_organisation(role: str, organisation_ids: Iterable[int | None]) -> dict[int, Holder]:
    """The first person in ``role`` of each organisation, in one statement."""
    found: dict[int, Holder] = {}
    wanted = {pk for pk in organisation_ids if pk}
    for m in sorted(_people(role).filter(organisation__in=wanted), key=lambda m: (m.delegate_of_id is not None, m.pk)):
        found.setdefault(m.organisation_id, Holder(m.user, m.role, m.organisation))
    return found


def lead_commissioners_by_service(service_ids: Iterable[int]) -> dict[int, Holder]:
    """The first person of each service's lead commissioner, in two statements; none where no service is asked about."""
    wanted = set(service_ids)
    if not wanted:
        return {}
    led = dict(Commissioning.objects.active().filter(service__in=wanted, is_lead=True).values_list("service", "organisation"))
    people = holders_by_organisation(Role.COMMISSIONER, led.values())
    return {service: people[organisation] for service, organisation in led.items() if organisation in people}


def executive_of(service: Service) -> Holder | None:
    """The executive who answers for the service; for a network's, the executive of its host."""
    return _first(_people(Role.EXECUTIVE).filter(organisation=provider_id_of(service)))


def hub_manager_of(service: Service) -> Holder | None:
    """The manager of the region's hub; an officer where there is no manager."""
    hub = _people(Role.HUB_MANAGER).filter(organisation=service.region_id)
    return _first(hub) or _first(_people(Role.HUB_OFFICER).filter(organisation=service.region_id))


def lead_commissioner_of(service: Service) -> Organisation | None:
    """The organisation that leads in buying the service."""
    commissioning = lead_commissionings(service.pk).select_related("organisation").first()
    return commissioning.organisation if commissioning else None


def commissioner_of(service: Service) -> Holder | None:
    """The first person of the lead commissioner."""
    organisation = lead_commissioner_of(service)
    return _first(_people(Role.COMMISSIONER).filter(organisation=organisation)) if organisation else None


def service_lead_of(service: Service) -> Holder | None:
    """The first lead of the service; for a network's, the lead of the network."""
    if service.network_id:
        return _first(_people(Role.NETWORK_LEAD).filter(organisation=service.network_id))
    assigned = ServiceAssignment.objects.active().filter(service=service, role=Role.SERVICE_LEAD, user__is_active=True)
    first = assigned.select_related("user").order_by("pk").first()
    return Holder(first.user, Role.SERVICE_LEAD, service.holder) if first else None


def drafter_of(service: Service, addressed_to: str) -> Holder | None:
    """Who drafts an action: the service's lead; the hub for what falls to the commissioner, and for a network's own service."""
    if addressed_to == Action.AddressedTo.COMMISSIONER or service.network_id:
        return hub_manager_of(service)
    return service_lead_of(service)


def drafter_words(service: Service, addressed_to: str) -> str:
    """The same in words, also when that post is empty."""
    holder = drafter_of(service, addressed_to)
    if holder:
        return holder.words
    is_hubs = addressed_to == Action.AddressedTo.COMMISSIONER or service.network_id
    return service.region.name if is_hubs else f"The service lead of {service.holder.name}"


def chooser_of(action: Action) -> Holder | None:
    """Who must choose an owner when nobody holds the action: the executive, or the lead commissioner for its own."""
    return commissioner_of(action.service) if action.addressed_to == Action.AddressedTo.COMMISSIONER else executive_of(action.service)


def chooser_words(action: Action) -> str:
    """The same in words, also when that post is empty."""
    holder = chooser_of(action)
    if holder:
        return holder.words
    is_commissioners = action.addressed_to == Action.AddressedTo.COMMISSIONER
    return f"The lead commissioner of {action.service}" if is_commissioners else f"The executive of {action.service.holder.name}"


def people_in_role(role: str, organisation_id: int | None) -> list[User]:
    """Everybody who holds ``role`` in an organisation today, for mails."""
    return [m.user for m in _people(role).filter(organisation=organisation_id)] if organisation_id else []


def owner_candidates(service: Service, addressed_to: str) -> list[Holder]:
    """People who may own an action of the service: its leads, contributors, executives and network leads, or its commissioners' people."""
    if addressed_to == Action.AddressedTo.COMMISSIONER:
        buyers = Commissioning.objects.active().filter(service=service).values("organisation")
        return _each_once(Holder(m.user, m.role, m.organisation) for m in _people(Role.COMMISSIONER).filter(organisation__in=buyers))
    assigned = ServiceAssignment.objects.active().filter(
        service=service, role__in=[Role.SERVICE_LEAD, Role.CONTRIBUTOR], user__is_active=True
    )
    holders = [Holder(a.user, a.role, service.holder) for a in assigned.select_related("user").order_by("-role", "pk")]
    networks = set(NetworkMember.objects.active().filter(service=service).values_list("network", flat=True)) | {service.network_id}
    for role, organisations in ((Role.EXECUTIVE, {provider_id_of(service)}), (Role.NETWORK_LEAD, networks)):
        found = _people(role).filter(organisation__in=[pk for pk in organisations if pk])
        holders += [Holder(m.user, m.role, m.organisation) for m in found]
    return _each_once(holders)


def _each_once(holders: Iterable[Holder]) -> list[Holder]:
    once: dict[int, Holder] = {}
    for holder in holders:
        once.setdefault(holder.user.pk, holder)
    return list(once.values())


def owner_of(action: Action) -> str:
    """The owner of an action in words, in the role that they hold where they took it."""
    if action.owner is None:
        return "No one holds this yet."
    working = Membership.objects.active().filter(user=action.owner, organisation=action.owner_organisation)
    membership = working.select_related("user", "organisation").order_by("pk").first()
    return Holder(membership.user, membership.role, membership.organisation).words if membership else action.owner.name


def own_words(user: User, role_names: Iterable[str], organisation_ids: Iterable[int | None]) -> str:
    """This person in words, in the role that they hold there: for rows of their own work."""
    wanted, places = set(role_names), set(organisation_ids)
    fitting = [m for m in user.active_memberships if m.role in wanted]
    here = next((m for m in fitting if m.organisation_id in places), next(iter(fitting), None))
    if here is None:
        return user.name
    return f"{user.name}, {Role(here.role).label.lower()}, {here.organisation.name}"
