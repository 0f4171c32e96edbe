"""Where a person may do a thing: one answer for rows (``for_user``) and for buttons (``may``)."""

from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import ASSIGNED_ROLES, HUB_ROLES, Permission, Role, roles_granting


@dataclass(frozen=True)
class Reach:
    """The places in which a person holds a permission, kept as ids so that no further statement is needed."""

    user_id: int
    is_national: bool
    regions: tuple[int, ...]
    providers: tuple[int, ...]
    networks: tuple[int, ...]
    commissioners: tuple[int, ...]
    assigned_roles: tuple[str, ...]

    def split(self, role: str) -> tuple["Reach", "Reach"]:
        """This reach without an assigned role, and the part that this role alone brings."""
        others = tuple(assigned for assigned in self.assigned_roles if assigned != role)
        alone = tuple(assigned for assigned in self.assigned_roles if assigned == role)
        return replace(self, assigned_roles=others), Reach(self.user_id, False, (), (), (), (), alone)

    def only_staff(self) -> "Reach":
        """The part that the programme's own staff hold: national team and hubs."""
        return replace(self, providers=(), networks=(), commissioners=(), assigned_roles=())

    def only_hosts(self) -> "Reach":
        """The part that the people of the services themselves hold: leads, executives, networks."""
        return replace(self, is_national=False, regions=(), commissioners=())

    def only_buyers(self) -> "Reach":
        """The part that commissioners hold."""
        return replace(self, is_national=False, regions=(), providers=(), networks=(), assigned_roles=())

    @property
    def is_empty(self) -> bool:
        """Whether there is no such place."""
        return not (self.is_national or self.regions or self.providers or self.networks or self.commissioners or self.assigned_roles)

    def of_services(self, path: str = "", *, commissioned_only: Q | None = None) -> Q:
        """A condition on rows whose service is at ``path`` (``"service__"``; "" on Service itself).

        ``commissioned_only`` narrows what a commissioner sees, for example to accepted self-reports.
        """
        if self.is_national:
            return Q(pk__isnull=False)  # every row; an empty Q would vanish in an "or" with something narrower
        today = timezone.localdate()
        condition = Q(pk__in=[])
        if self.regions:
            condition |= Q(**{f"{path}region__in": self.regions})
        if self.providers:
            condition |= Q(**{f"{path}provider__in": self.providers}) | Q(**{f"{path}network__host__in": self.providers})
        if self.networks:
            condition |= Q(**{f"{path}network__in": self.networks})
        if self.assigned_roles:
            condition |= Q(**{f"{path}pk__in": _assigned(self.user_id, self.assigned_roles, today)})
        if self.commissioners:
            condition |= Q(**{f"{path}pk__in": _commissioned(self.commissioners, today)}) & (commissioned_only or Q())
        return condition


def reach_of(user: User, permission: Permission) -> Reach:
    """The places in which ``user`` holds ``permission`` today. Rights never add up: each role brings only its own places."""
    roles = roles_granting(permission)

    def organisations(*wanted: str) -> tuple[int, ...]:
        return tuple(user.organisation_ids(roles=roles & frozenset(wanted)))

    return Reach(
        user_id=user.pk,
        is_national=Role.NATIONAL_LEAD in roles and user.is_national,
        regions=organisations(*HUB_ROLES),
        providers=organisations(Role.EXECUTIVE),
        networks=organisations(Role.NETWORK_LEAD),
        commissioners=organisations(Role.COMMISSIONER),
        assigned_roles=tuple(sorted(roles & ASSIGNED_ROLES & user.roles)),
    )


def _assigned(user_id: int, roles: tuple[str, ...], today: Any) -> Any:
    assignments = apps.get_model("surveillance", "ServiceAssignment")
    return assignments.objects.active(today).filter(user=user_id, role__in=roles).values("service")


def _commissioned(organisations: tuple[int, ...], today: Any) -> Any:
    commissionings = apps.get_model("surveillance", "Commissioning")
    return commissionings.objects.active(today).filter(organisation__in=organisations).values("service")


def may(user: User, permission: Permission, service: models.Model) -> bool:
    """Whether ``user`` holds ``permission`` on ``service``: the question behind a button and a 403."""
    condition = reach_of(user, permission).of_services()
    return type(service)._default_manager.filter(condition, pk=service.pk).exists()
