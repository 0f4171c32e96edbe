"""Lists of actions: what their filters mean, counts, and the same counts by owner, service, trust or region."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from surveillance.models import Action
from surveillance.models.actions import ActionQuerySet
from surveillance.queries.actions import with_holding

Status = Action.Status


def shown(name: str, user: User) -> Q:
    """What a box of the filter "Show" asks for, of rows that know ``is_unheld``."""
    conditions = {
        "mine": Q(owner=user),
        "late": Q(due_date__lt=timezone.localdate()) & ~Q(status__in=[Status.VERIFIED, Status.DONE, Status.DRAFT]),
        "blocked": Q(status=Status.BLOCKED),
        "needs_owner": Q(status=Status.DRAFT) | Q(is_unheld=True),
        "to_verify": Q(status=Status.DONE),
    }
    return conditions[name]


def found(words: str) -> Q:
    """Actions whose service, trust or network, ODS code or owner matches what somebody typed."""
    names = ("service__name", "service__provider__name", "service__network__name", "owner__name")
    condition = Q(service__provider__code__iexact=words) | Q(service__network__code__iexact=words)
    for name in names:
        condition |= Q(**{f"{name}__icontains": words})
    return condition


PLACES: dict[str, Any] = {
    "region": lambda pk: Q(service__region=pk),
    "provider": lambda pk: Q(service__provider=pk) | Q(service__network=pk),
    "programme": lambda pk: Q(service__specification__programme=pk),
    "owner": lambda pk: Q(owner=pk),
    "service": lambda pk: Q(service=pk),
}


def narrowed(actions: ActionQuerySet, chosen: dict[str, Any], user: User) -> ActionQuerySet:
    """The actions that checked filters ask for; verified ones only when their status is chosen."""
    actions = with_holding(actions)
    for name in chosen.get("show", ()):
        actions = actions.filter(shown(name, user))
    for name, path in PLACES.items():
        if chosen.get(name):
            actions = actions.filter(path(chosen[name]))
    if words := chosen.get("q", "").strip():
        actions = actions.filter(found(words))
    statuses = chosen.get("status")
    return actions.filter(status__in=statuses) if statuses else actions.exclude(status=Status.VERIFIED)


@dataclass(frozen=True)
class ActionCounts:
    """How many actions a list holds, and how many of them wait for something."""

    total: int
    late: int
    blocked: int
    needs_owner: int
    to_verify: int


def _counting(user: User) -> dict[str, Any]:
    names = ("late", "blocked", "needs_owner", "to_verify")
    return {"total": Count("pk")} | {name: Count("pk", filter=shown(name, user)) for name in names}


def action_counts(actions: ActionQuerySet, user: User) -> ActionCounts:
    """Counts of a narrowed list, in one statement."""
    return ActionCounts(**actions.order_by().aggregate(**_counting(user)))


# By what actions are counted: its word, its id (the value of the filter of that name), its name, and what stands beneath.
GROUPS: dict[str, tuple[str, Any, Any, Any]] = {
    "owner": ("Owner", F("owner"), F("owner__name"), F("owner_organisation__name")),
    "service": ("Service", F("service"), F("service__name"), Coalesce("service__provider__name", "service__network__name")),
    "provider": (
        "Trust or network", Coalesce("service__provider", "service__network"),
        Coalesce("service__provider__name", "service__network__name"), F("service__region__name"),
    ),
    "region": ("Region", F("service__region"), F("service__region__name"), F("service__region__code")),
}  # fmt: skip


def counted_by(actions: ActionQuerySet, by: str, user: User) -> QuerySet[Action, dict[str, Any]]:
    """A row for each of a group, with its counts, the most late first; by owner without what nobody owns."""
    _, pk, name, beneath = GROUPS[by]
    rows = actions.order_by().annotate(group_pk=pk, group_name=name, group_beneath=beneath).exclude(group_pk=None)
    counted: Any = rows.values("group_pk", "group_name", "group_beneath").annotate(**_counting(user))
    return counted.order_by("-late", "-total", "group_name", "group_pk")
