"""Writes of the accounts app: giving roles, ending them, delegates, one's own details."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit, holdings, naming
from accounts.models import Membership, Organisation, User
from accounts.permissions import Role


class CannotGiveRole(Exception):
    """The role cannot be given as asked; the message is a sentence for the page."""


class CannotEndAccess(Exception):
    """The access cannot end as asked; the message is a sentence for the page."""


@transaction.atomic
def invite_person(
    *, by: User, email: str, name: str, role: str, organisation_id: int, from_date: dt.date, to_date: dt.date | None = None,
    service_ids: Iterable[int] = (),
) -> Membership:  # fmt: skip
    """Give ``role`` to the person with this address, who is made when nobody has it, and tell them by mail.

    Only roles that ``by`` may give there, and only services that ``by`` may give. Raises PermissionDenied, and
    CannotGiveRole when the person has the role already or their account is closed.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    if not naming.may_name(by, role, organisation):
        raise PermissionDenied("You cannot give this role here.")
    wanted = set(service_ids)
    if not wanted <= {pk for pk, _ in holdings.service_choices(by, organisation)}:
        raise PermissionDenied("You cannot give these services.")
    user = User.objects.select_for_update().filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
    membership = _give_role(user=user, role=role, organisation=organisation, from_date=from_date, to_date=to_date, by=by)
    if role in naming.ROLES_WITH_SERVICES:
        holdings.assign_services(membership, wanted, by)
    return membership


@transaction.atomic
def choose_delegate(*, by: User, membership_id: int, email: str, name: str, from_date: dt.date, to_date: dt.date) -> Membership:
    """Let somebody act for an executive between two dates. Raises PermissionDenied and CannotGiveRole."""
    principal = next((m for m in naming.principal_memberships(by) if m.pk == membership_id), None)
    if principal is None:
        raise PermissionDenied("Only an executive can choose a delegate.")
    if principal.to_date and to_date > principal.to_date:
        raise CannotGiveRole("The last day must not be after the last day of your own role.")
    user = User.objects.select_for_update().filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
    return _give_role(
        user=user,
        role=Role.EXECUTIVE,
        organisation=principal.organisation,
        from_date=from_date,
        to_date=to_date,
        by=by,
        delegate_of=principal,
    )


def _give_role(
    *, user: User, role: str, organisation: Organisation, from_date: dt.date, to_date: dt.date | None, by: User,
    delegate_of: Membership | None = None,
) -> Membership:  # fmt: skip
    if not user.is_active:
        raise CannotGiveRole("This person's account is closed. Contact the national team.")
    if to_date and to_date < from_date:
        raise CannotGiveRole("The last day must be on or after the first day.")
    same = user.memberships.filter(Q(to_date=None) | Q(to_date__gte=from_date), role=role, organisation=organisation)
    if (same.filter(from_date__lte=to_date) if to_date else same).exists():
        raise CannotGiveRole(f"{user.name} already has this role here.")
    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, from_date=from_date, to_date=to_date, delegate_of=delegate_of,
        invited_at=timezone.now(), invited_by=by,
    )  # fmt: skip
    audit.record("membership.given", target=membership, by=by)
    holdings.announce(membership)
    return membership


@transaction.atomic
def invite_again(*, membership_id: int, by: User) -> Membership:
    """Send the link once more to somebody who has not signed in yet. Raises PermissionDenied and CannotGiveRole."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=membership_id)
    if not naming.may_end(by, membership):
        raise PermissionDenied("You cannot invite this person.")
    if membership.user.last_login or not membership.user.is_active:
        raise CannotGiveRole("This person has signed in already.")
    membership.invited_at, membership.invited_by = timezone.now(), by
    membership.save(update_fields=["invited_at", "invited_by"])
    audit.record("membership.invited_again", target=membership, by=by)
    holdings.announce(membership)
    return membership


@transaction.atomic
def end_access(*, membership_id: int, by: User, last_date: dt.date, successor_id: int | None = None) -> Membership:
    """End a role on ``last_date``; what it holds passes to the successor at once.

    Raises PermissionDenied, and CannotEndAccess when something would be left without anybody. A day earlier than the
    first day of the role means that it never began.
    """
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=membership_id)
    if not naming.may_end(by, membership):
        raise PermissionDenied("You cannot end this access.")
    if membership.to_date and membership.to_date < timezone.localdate():
        raise CannotEndAccess(f"{membership.user.name}'s access has already ended.")
    held = holdings.holdings_of(membership)
    successor = _successor(membership, successor_id)
    if membership.role == Role.NATIONAL_LEAD and not successors(membership).exists():
        raise CannotEndAccess("The programme would have no national lead. Choose one first.")
    for holding in held:
        if successor is None:
            raise CannotEndAccess(next((holding.blocker for holding in held if holding.blocker), holding_sentence(membership, held)))
        holding.pass_to(successor, by)
    membership.to_date = max(last_date, membership.from_date - dt.timedelta(days=1))
    membership.save(update_fields=["to_date"])
    holdings.end_services(membership, membership.to_date, by)
    _end_delegates(membership, by)
    audit.record("membership.ended", target=membership, by=by)
    return membership


def holding_sentence(membership: Membership, held: list[holdings.Holding]) -> str:
    """What the person holds, as the page says it: "Sam Lee holds 3 actions and 1 section. Choose who takes them."."""
    words = [holding.words for holding in held]
    listed = ", ".join(words[:-1]) + (" and " if words[:-1] else "") + words[-1]
    return f"{membership.user.name} holds {listed}. Choose who takes {'it' if [h.count for h in held] == [1] else 'them'}."


def _successor(membership: Membership, successor_id: int | None) -> User | None:
    if successor_id is None:
        return None
    successor = successors(membership).filter(pk=successor_id).first()
    if successor is None:
        raise CannotEndAccess("Choose someone who works in the same organisation.")
    return successor


def successors(membership: Membership) -> QuerySet[User]:
    """People who can take what this membership holds: they have the same role in the same organisation beyond today.

    A contributor's sections may also go to a service lead.
    """
    roles = {membership.role} | ({Role.SERVICE_LEAD} if membership.role == Role.CONTRIBUTOR else set())
    today = timezone.localdate()
    others = Membership.objects.active(today).filter(organisation=membership.organisation, role__in=roles).exclude(user=membership.user)
    return User.objects.filter(is_active=True, pk__in=others.values("user"))


def _end_delegates(membership: Membership, by: User) -> None:
    """Nobody acts for an executive who has left."""
    last_date = membership.to_date or timezone.localdate()
    for delegate in membership.delegates.filter(Q(to_date=None) | Q(to_date__gt=last_date)):
        delegate.to_date = max(last_date, delegate.from_date - dt.timedelta(days=1))
        delegate.save(update_fields=["to_date"])
        audit.record("membership.ended", target=delegate, by=by)


@transaction.atomic
def change_own_details(*, user: User, name: str, job_title: str, phone: str, wants_digest: bool) -> User:
    """Save what a person says of themselves."""
    user.name, user.job_title, user.phone, user.wants_digest = name, job_title, phone, wants_digest
    user.save(update_fields=["name", "job_title", "phone", "wants_digest"])
    audit.record("user.details_changed", target=user, by=user)
    return user
