"""Training that ends soon, and what of it waits for people: one statement a reader."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import AUDIENCE_OF_ROLE
from peerreview.queries.training_register import of_hubs
from peerreview.training import REMIND_DAYS_BEFORE
from work.items import WorkItem


@dataclass(frozen=True)
class Ending:
    """A record whose last day is near or past, and the hub of the person."""

    record_id: int
    user_id: int
    name: str
    course: str
    last_date: dt.date
    hub_id: int | None
    hub: str


def training_that_ends(today: dt.date, held: "QuerySet[Membership] | None" = None) -> list[Ending]:
    """Records of courses in use that end within 60 days or have ended, of roles that the course is for; each once a hub."""
    if held is None:
        held = Membership.objects.active(today).filter(user__is_active=True)
    last = today + dt.timedelta(days=max(REMIND_DAYS_BEFORE))
    record = "user__training_records__"
    near = {f"{record}expires_date__lte": last, f"{record}course__retired_at": None}
    rows = held.filter(role__in=list(AUDIENCE_OF_ROLE), **near).order_by("pk", f"{record}pk").values_list(
        "role", "user_id", "user__name", "organisation_id", "organisation__kind", "organisation__name", "organisation__region_id",
        "organisation__region__name", f"{record}pk", f"{record}expires_date", f"{record}course__name", f"{record}course__audiences",
    )  # fmt: skip
    found: dict[tuple[int, int | None], Ending] = {}
    for role, user_id, name, place_id, kind, place, region_id, region, record_id, last_date, course, audiences in rows:
        if AUDIENCE_OF_ROLE[role] in audiences:
            hub_id, hub = (place_id, place) if kind == Organisation.Kind.REGION else (region_id, region)
            found.setdefault((record_id, hub_id), Ending(record_id, user_id, name, course, last_date, hub_id, hub or ""))
    return sorted(found.values(), key=lambda one: (one.last_date, one.name, one.record_id))


def training_items(user: User) -> list[WorkItem]:
    """One's own training to renew, and for a hub's managers the people of their region for whom they wait."""
    if not user.roles & set(AUDIENCE_OF_ROLE):
        return []
    today, held = timezone.localdate(), Membership.objects.active()
    mine = held.filter(user=user)
    if Role.HUB_MANAGER in user.roles:
        theirs = of_hubs(held.filter(user__is_active=True), user.organisation_ids(roles=frozenset({Role.HUB_MANAGER})))
        mine = mine | theirs
    items: dict[int, WorkItem] = {}
    for one in training_that_ends(today, mine):
        items.setdefault(one.record_id, _item(one, user, today))
    return list(items.values())


def _item(one: Ending, user: User, today: dt.date) -> WorkItem:
    is_mine = one.user_id == user.pk
    register = f"{reverse('peerreview:training_register')}?standing=ENDS_SOON&standing=ENDED"
    return WorkItem(
        kind="training.renew", task=f"Renew the training “{one.course}”", service=one.hub or "Training", due=one.last_date,
        url=reverse("peerreview:training_me") if is_mine else reverse("peerreview:training_person", args=[one.user_id]),
        status="Late" if one.last_date < today else "Not yet started", holder="" if is_mine else one.name, is_mine=is_mine,
        plural="Renew {n} trainings", list_url=reverse("peerreview:training_me") if is_mine else register,
        reference=f"training:{one.record_id}", holder_ids=() if is_mine else (one.user_id,), outside=f"Renew the training “{one.course}”",
    )  # fmt: skip
