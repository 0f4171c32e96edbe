"""Who may give which role where, and end it (design: who may do what; people are named without the national team)."""

from django.db.models import Q
from django.utils import timezone

from accounts import holdings
from accounts.models import Membership, Organisation, OrganisationQuerySet, User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Role

Kind = Organisation.Kind

# Which kinds of organisation each role belongs to.
KINDS_OF_ROLE: dict[str, frozenset[str]] = {
    Role.NATIONAL_LEAD: frozenset({Kind.NATIONAL}),
    Role.HUB_MANAGER: frozenset({Kind.REGION}),
    Role.HUB_OFFICER: frozenset({Kind.REGION}),
    Role.SERVICE_LEAD: frozenset({Kind.PROVIDER}),
    Role.CONTRIBUTOR: frozenset({Kind.PROVIDER, Kind.NETWORK}),
    Role.EXECUTIVE: frozenset({Kind.PROVIDER}),
    Role.NETWORK_LEAD: frozenset({Kind.NETWORK}),
    Role.COMMISSIONER: frozenset({Kind.ICB, Kind.REGION}),
    Role.REVIEWER: frozenset({Kind.REGION, Kind.PROVIDER}),
    Role.PATIENT_REVIEWER: frozenset({Kind.REGION, Kind.PROVIDER}),
    Role.REGULATOR: frozenset({Kind.REGULATOR}),
}
# Roles that are given for named services.
ROLES_WITH_SERVICES = frozenset({Role.SERVICE_LEAD, Role.CONTRIBUTOR})

# Each role, and the roles that its holder may give.
MAY_NAME: dict[str, frozenset[str]] = {
    Role.NATIONAL_LEAD: frozenset(Role.values),
    Role.HUB_MANAGER: HUB_ROLES | REVIEWER_ROLES,
    Role.EXECUTIVE: frozenset({Role.SERVICE_LEAD, Role.NETWORK_LEAD}),
    Role.SERVICE_LEAD: frozenset({Role.CONTRIBUTOR}),
}
# An executive answers for everybody in the trust who works on its services, whoever invited them.
MAY_END: dict[str, frozenset[str]] = MAY_NAME | {
    Role.EXECUTIVE: MAY_NAME[Role.EXECUTIVE] | {Role.CONTRIBUTOR},
}


def _places(membership: Membership, role: str) -> Q:
    """Organisations in which the holder of ``membership`` may deal with ``role``."""
    if membership.role == Role.NATIONAL_LEAD:
        return Q(pk__isnull=False)
    if membership.role == Role.HUB_MANAGER and role in REVIEWER_ROLES:
        return Q(pk=membership.organisation_id) | Q(region=membership.organisation_id)
    if membership.role == Role.EXECUTIVE and role == Role.NETWORK_LEAD:
        return Q(host=membership.organisation_id)
    return Q(pk=membership.organisation_id)


def roles_to_name(by: User) -> list[str]:
    """Roles that ``by`` may give somewhere, in the order of the list of roles."""
    named = {role for membership in by.active_memberships for role in MAY_NAME.get(membership.role, frozenset())}
    return [role for role in Role.values if role in named]


def organisations_to_name(by: User, role: str) -> OrganisationQuerySet:
    """Organisations, open today, in which ``by`` may give ``role``."""
    places = Q(pk__in=[])
    for membership in by.active_memberships:
        if role in MAY_NAME.get(membership.role, frozenset()):
            places |= _places(membership, role)
    return Organisation.objects.filter(places, kind__in=KINDS_OF_ROLE.get(role, ())).valid_on(timezone.localdate())


def may_name(by: User, role: str, organisation: Organisation) -> bool:
    """Whether ``by`` may give ``role`` in ``organisation`` today."""
    return organisations_to_name(by, role).filter(pk=organisation.pk).exists()


def may_end(by: User, membership: Membership) -> bool:
    """Whether ``by`` may end this role: one that they may give there, or that of a delegate of their own."""
    principal = membership.delegate_of
    if principal is not None and principal.user_id == by.pk:
        return True
    for own in by.active_memberships:
        is_right_role = membership.role in MAY_END.get(own.role, frozenset())
        if not is_right_role or not Organisation.objects.filter(_places(own, membership.role), pk=membership.organisation_id).exists():
            continue
        # A lead ends the access of contributors to the services that they lead, and of no others.
        if own.role != Role.SERVICE_LEAD or holdings.covers_services(by, membership):
            return True
    return False


def principal_memberships(by: User) -> list[Membership]:
    """Memberships for which ``by`` may choose a delegate: as executive in their own right."""
    return [m for m in by.active_memberships if m.role == Role.EXECUTIVE and m.delegate_of_id is None]
