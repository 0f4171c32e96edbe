"""The register of training: a line for each person in a role and each course that is for that role."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.permissions import HUB_ROLES, Permission, roles_granting
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import AUDIENCE_OF_ROLE, Audience, Course, TrainingRecord
from peerreview.training import Standing, standing_of


@dataclass(frozen=True)
class Line:
    """How one person of a hub stands with one course. ``last_date`` is the last day on which it counts."""

    user_id: int
    name: str
    hub_id: int | None
    hub: str
    audience: str
    course_id: int
    course: str
    is_required: bool
    standing: Standing = Standing.NEVER
    completed_date: date | None = None
    last_date: date | None = None
    evidence: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None

    @property
    def is_wanting(self) -> bool:
        """Whether the standing says something: nobody needs a record of a course that is not required."""
        return self.is_required or self.standing != Standing.NEVER

    @property
    def audience_label(self) -> str:
        """For whom the course is, of the roles of this person."""
        return str(Audience(self.audience).label)


@dataclass(frozen=True)
class HubCounts:
    """How the lines of one hub stand. ``people_count`` counts each person once."""

    hub: str
    people_count: int
    counts: tuple[int, ...]

    @property
    def line_count(self) -> int:
        """All lines of the hub."""
        return sum(self.counts)


def everybody() -> "QuerySet[Membership]":
    """Roles of today that courses are for, in every hub: for counts that name nobody."""
    return Membership.objects.active().filter(role__in=list(AUDIENCE_OF_ROLE), user__is_active=True)


def trainees(user: User, permission: Permission = Permission.TRAINING_VIEW) -> "QuerySet[Membership]":
    """Roles of today that courses are for, in the hubs where ``user`` holds ``permission``; of every hub for the national team."""
    held = everybody()
    if not user.has_permission(permission):
        return held.none()
    return held if user.is_national else of_hubs(held, user.organisation_ids(roles=roles_granting(permission) & HUB_ROLES))


def of_hubs(held: "QuerySet[Membership]", hub_ids: Iterable[int]) -> "QuerySet[Membership]":
    """Those of the hubs themselves, and of organisations in their regions."""
    hub_ids = list(hub_ids)
    return held.filter(Q(organisation__in=hub_ids) | Q(organisation__region__in=hub_ids))


def register_lines(held: "QuerySet[Membership]") -> list[Line]:
    """The lines of these roles by hub, person and course; three statements."""
    courses = list(Course.objects.in_use())
    records = _records(held)
    found: dict[tuple[int, int, int | None], Line] = {}
    rows = held.select_related("user", "organisation__region").order_by("user__name", "user", "pk")
    for one in rows:
        hub = one.organisation if one.organisation.kind == Organisation.Kind.REGION else one.organisation.region
        for course in courses:
            audience = AUDIENCE_OF_ROLE[one.role]
            if audience in course.audiences:
                line = Line(
                    one.user_id, one.user.name, hub.pk if hub else None, hub.name if hub else "No hub", audience, course.pk, course.name,
                    course.is_required,
                )  # fmt: skip
                found.setdefault((one.user_id, course.pk, line.hub_id), _with_record(line, records.get((one.user_id, course.pk))))
    return sorted(found.values(), key=lambda line: (line.hub, line.name, line.user_id, line.course))


def required_lines() -> list[Line]:
    """How everybody stands with the courses that are required of them, without anybody's or a hub's name; two statements."""
    courses = list(Course.objects.in_use().filter(is_required=True))
    place = ("organisation__kind", "organisation", "organisation__region")
    record = ("user__training_records__course", "user__training_records__expires_date")
    rows = list(everybody().order_by("user", "pk").values_list("user", "role", *place, *record))
    ends = {(user, course): last for user, *_, course, last in rows if course}
    found = {}
    for user, role, kind, organisation, region, *_ in rows:
        hub = organisation if kind == Organisation.Kind.REGION else region
        for course in courses:
            if (audience := AUDIENCE_OF_ROLE[role]) in course.audiences:
                last = ends.get((user, course.pk))
                standing = standing_of(last, timezone.localdate()) if last else Standing.NEVER
                found[user, course.pk, hub] = Line(user, "", hub, "", audience, course.pk, course.name, True, standing)
    return list(found.values())


def register_of(user: User) -> list[Line]:
    """The register that ``user`` reads; a course that is not required has a line only for those who completed it."""
    return [line for line in register_lines(trainees(user)) if line.is_wanting]


def _records(held: "QuerySet[Membership]") -> dict[tuple[int, int], TrainingRecord]:
    made = TrainingRecord.objects.filter(user__in=held.order_by().values("user"), course__retired_at=None)
    return {(one.user_id, one.course_id): one for one in made.select_related("recorded_by").order_by("pk")}


def _with_record(line: Line, record: TrainingRecord | None) -> Line:
    if record is None:
        return line
    return replace(
        line, standing=standing_of(record.expires_date, timezone.localdate()), completed_date=record.completed_date,
        last_date=record.expires_date, evidence=record.evidence, recorded_by=record.recorded_by.name if record.recorded_by else "",
        recorded_at=record.recorded_at,
    )  # fmt: skip


def own_lines(user: User) -> list[Line]:
    """A person's own lines, each course once."""
    held = Membership.objects.active().filter(user=user, role__in=list(AUDIENCE_OF_ROLE))
    return list({line.course_id: line for line in register_lines(held)}.values())


def counts_by_hub(lines: Iterable[Line]) -> list[HubCounts]:
    """Counts of each standing in each hub, by the hub's name: never in the order of a figure."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.hub, []).append(line)
    return [
        HubCounts(
            hub, len({line.user_id for line in group}),
            tuple(sum(line.standing == standing for line in group) for standing in Standing),
        )
        for hub, group in sorted(groups.items())
    ]  # fmt: skip


def line_words(line: Line) -> str:
    """The course and how the person stands with it, for a profile."""
    words = {
        Standing.IN_DATE: "in date until {}", Standing.ENDS_SOON: "ends within 3 months, on {}", Standing.ENDED: "ended on {}",
        Standing.NEVER: "no record",
    }  # fmt: skip
    return f"{line.course}: {words[line.standing].format(month_date(line.last_date) if line.last_date else '')}"


def training_history(user: User) -> "QuerySet[AuditEvent]":
    """What was recorded of a person's training, the latest first; for the page only."""
    mine = TrainingRecord.objects.filter(user=user).values("pk")
    events = AuditEvent.objects.filter(target_type=TrainingRecord._meta.label_lower, target_id__in=mine)
    return events.select_related("by").order_by("-pk")
