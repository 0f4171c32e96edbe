"""What surveillance tells the people pages: the services of a role, and what passes on when it ends."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from accounts import audit, holdings
from accounts.holdings import Assigner, Holding
from accounts.models import Membership, Organisation, User
from accounts.permissions import ASSIGNED_ROLES, REVIEWER_ROLES, Permission, Role
from surveillance.models import Action, SectionAssignment, SelfReport, Service, ServiceAssignment
from surveillance.models.services import DatedQuerySet
from work import jobs
from work.working_days import add_working_days

OFFER_WORKING_DAYS = 10


def register() -> None:
    """Make the people pages know services and holdings; called once the apps are ready."""
    holdings.register_holdings(holdings_of)
    holdings.register_assigner(Assigner(choices=service_choices, assign=assign, end=end_assignments, covers=covers, names=service_names))


def _held_by(organisation: Organisation) -> Q:
    return Q(provider=organisation) | Q(network=organisation)


def service_choices(by: User, organisation: Organisation) -> list[tuple[int, str]]:
    """Services of ``organisation`` that ``by`` may give to somebody: a lead those that they lead, others all of them."""
    services = Service.objects.for_user(by, Permission.PEOPLE_MANAGE).filter(_held_by(organisation))
    return list(services.order_by("name").values_list("pk", "name"))


def _assignments_of(membership: Membership) -> DatedQuerySet:
    """Rows by which this membership reaches services: those of its organisation; a reviewer's may be anywhere."""
    rows = ServiceAssignment.objects.filter(user=membership.user_id, role=membership.role)
    if membership.role in REVIEWER_ROLES:
        return rows
    return rows.filter(service__in=Service.objects.filter(_held_by(membership.organisation)))


def assign(membership: Membership, service_ids: Iterable[int], by: User) -> None:
    """Let the membership's person work on these services for as long as the membership lasts."""
    already = _assignments_of(membership).active(membership.from_date).values("service")
    for service in Service.objects.filter(_held_by(membership.organisation), pk__in=service_ids).exclude(pk__in=already):
        assignment = ServiceAssignment.objects.create(
            user=membership.user, service=service, role=membership.role, from_date=membership.from_date, to_date=membership.to_date,
            why="Invited",
        )  # fmt: skip
        audit.record("service_assignment.given", target=assignment, by=by)


def end_assignments(membership: Membership, last_date: dt.date, by: User) -> None:
    """End what the membership brought: no service may be reached through a role that is over."""
    if membership.role not in ASSIGNED_ROLES:
        return
    same_role = membership.user.memberships.active().filter(role=membership.role).exclude(pk=membership.pk)
    if membership.role in REVIEWER_ROLES and same_role.exists():
        return
    for assignment in _assignments_of(membership).filter(Q(to_date=None) | Q(to_date__gt=last_date)):
        assignment.to_date = last_date
        assignment.save(update_fields=["to_date"])
        audit.record("service_assignment.ended", target=assignment, by=by)


def covers(by: User, membership: Membership) -> bool:
    """Whether ``by`` may give every service that the membership works on."""
    may_give = Service.objects.for_user(by, Permission.PEOPLE_MANAGE)
    return not _assignments_of(membership).active().exclude(service__in=may_give).exists()


def service_names(memberships: Iterable[Membership]) -> dict[int, list[str]]:
    """Names of the services that each membership works on now or will, by its pk, in one statement."""
    rows = [row for row in memberships if row.role in ASSIGNED_ROLES]
    if not rows:
        return {}
    current = ServiceAssignment.objects.filter(
        Q(to_date=None) | Q(to_date__gte=timezone.localdate()), user__in={row.user_id for row in rows}
    )
    facts = current.order_by("service__name").values_list("user_id", "role", "service__provider_id", "service__network_id", "service__name")
    found: dict[int, list[str]] = {row.pk: [] for row in rows}
    by_place: dict[tuple[int, str, int], list[str]] = {}
    for user_id, role, provider_id, network_id, name in facts:
        by_place.setdefault((user_id, role, provider_id or network_id), []).append(name)
    for row in rows:
        found[row.pk] = by_place.get((row.user_id, row.role, row.organisation_id), [])
    return found


def holdings_of(membership: Membership) -> list[Holding]:
    """Services that would have no lead, unfinished actions and unfinished sections that this role holds.

    Actions and sections stay with somebody who keeps another role in the same organisation.
    """
    held = _leaderships(membership)
    others = membership.user.memberships.active().filter(organisation=membership.organisation_id).exclude(pk=membership.pk)
    if not others.exists():
        held += [_actions(membership), _sections(membership)]
    return held


def _leaderships(membership: Membership) -> list[Holding]:
    if membership.role != Role.SERVICE_LEAD:
        return []
    led_by_others = ServiceAssignment.objects.active().filter(role=Role.SERVICE_LEAD).exclude(user=membership.user_id).values("service")
    alone = Service.objects.filter(pk__in=_assignments_of(membership).active().values("service")).exclude(pk__in=led_by_others)
    names = list(alone.order_by("name").values_list("name", flat=True))
    services = list(alone.values_list("pk", flat=True))
    blocker = f"{' and '.join(names)} would have no lead. Choose one first." if names else ""

    def pass_to(new_user: User, by: User) -> None:
        for service_id in services:
            assignment = ServiceAssignment.objects.create(
                user=new_user, service_id=service_id, role=Role.SERVICE_LEAD, from_date=timezone.localdate(),
                why="Takes over from the lead before",
            )  # fmt: skip
            audit.record("service_assignment.given", target=assignment, by=by)

    return [Holding("service", len(services), pass_to, blocker=blocker)]


def _actions(membership: Membership) -> Holding:
    place = Q(owner_organisation=membership.organisation_id) | Q(
        Q(service__provider=membership.organisation_id) | Q(service__network=membership.organisation_id), owner_organisation=None
    )
    held = Action.objects.filter(place, owner=membership.user_id).exclude(
        status__in=[Action.Status.DRAFT, Action.Status.DONE, Action.Status.VERIFIED]
    )

    def pass_to(new_user: User, by: User) -> None:
        """Offer each action to its new owner: nobody owns what they have not accepted."""
        now, due = timezone.now(), add_working_days(timezone.localdate(), OFFER_WORKING_DAYS)
        for action in held.select_for_update():
            action.owner, action.status, action.version = new_user, Action.Status.OFFERED, action.version + 1
            action.offered_at, action.offer_due_date, action.accepted_at = now, due, None
            action.blocked_reason, action.block_due_date, action.block_answer, action.block_note = "", None, "", ""
            action.save(
                update_fields=[
                    "owner", "status", "version", "offered_at", "offer_due_date", "accepted_at", "blocked_reason", "block_due_date",
                    "block_answer", "block_note",
                ]
            )  # fmt: skip
            action.events.create(by=by, what=f"Passed to {new_user.name}: {membership.user.name} no longer works here"[:200])
            audit.record("action.passed_on", target=action, by=by)
            jobs.enqueue("mail.action_offered", action_id=action.pk, version=action.version, requested_by=by)

    return Holding("action", held.count(), pass_to)


def _sections(membership: Membership) -> Holding:
    service = Q(self_report__service__provider=membership.organisation_id) | Q(self_report__service__network=membership.organisation_id)
    held = SectionAssignment.objects.filter(service, user=membership.user_id, self_report__status__in=SelfReport.EDITABLE)

    def pass_to(new_user: User, by: User) -> None:
        for section in held.select_related("self_report"):
            already = SectionAssignment.objects.filter(self_report=section.self_report_id, section=section.section, user=new_user)
            if already.exists():
                section.delete()
                continue
            section.user = new_user
            section.save(update_fields=["user"])
            audit.record("section.passed_on", target=section, by=by)

    return Holding("section", held.count(), pass_to)
