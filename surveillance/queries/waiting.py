"""What waits for a person in the yearly round."""

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission, Role
from surveillance.models import Query, SectionAssignment, SelfReport, ServiceAssignment
from work.items import WorkItem

Status = SelfReport.Status
WAITING = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.QUERIED, Status.WITH_EXECUTIVE, Status.DECLARED, Status.BEING_CHECKED)


def self_report_items(user: User) -> list[WorkItem]:
    """Self-reports that wait for ``user``, or for which they wait, in at most four statements.

    The national team sees rounds as a whole: single self-reports are the hubs' work.
    """
    if not user.has_permission(Permission.SELF_REPORT_VIEW) or user.is_national:
        return []
    asked = Query.objects.filter(answer__self_report=OuterRef("pk"), answered_at=None).order_by("due_date")
    reports = list(
        SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW)
        .for_display()
        .filter(status__in=WAITING, round__opens_date__lte=timezone.localdate())
        .select_related("executive", "service__network__host")
        .annotate(query_due_date=Subquery(asked.values("due_date")[:1]))
        .order_by("due_date", "pk")
    )
    places = _Places(user)
    items = [_item(report, places) for report in reports]
    return [item for item in items if item] + _section_items(user, {report.pk: report for report in reports}, places)


class _Places:
    """Where a person answers, declares and checks, as ids."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.hubs = set(user.organisation_ids(roles=HUB_ROLES))
        self.executives = set(user.organisation_ids(roles=frozenset({Role.EXECUTIVE})))
        self.networks = set(user.organisation_ids(roles=frozenset({Role.NETWORK_LEAD})))
        led = ServiceAssignment.objects.active().filter(user=user, role=Role.SERVICE_LEAD)
        self.led = set(led.values_list("service", flat=True)) if Role.SERVICE_LEAD in user.roles else set()

    def leads(self, report: SelfReport) -> bool:
        return report.service_id in self.led or report.service.network_id in self.networks

    def declares(self, report: SelfReport) -> bool:
        service = report.service
        holder = service.provider_id or (service.network.host_id if service.network else None)
        return holder in self.executives


def _item(report: SelfReport, places: _Places) -> WorkItem | None:
    lead, declares, checks = places.leads(report), places.declares(report), report.service.region_id in places.hubs
    year, status = report.round.year, report.status
    if status == Status.QUERIED and lead:
        return _made(report, "query", f"Answer the hub's questions about the {year} self-report", "surveillance:self_report_detail")
    if status in {Status.NOT_STARTED, Status.IN_PROGRESS} and lead:
        return _made(
            report, "self_report", f"Answer the {year} self-report", "surveillance:self_report_detail", plural="Answer {count} self-reports"
        )
    if status == Status.WITH_EXECUTIVE and declares:
        return _made(
            report, "declare", f"Declare the {year} self-report", "surveillance:self_report_declare", plural="Declare {count} self-reports"
        )
    if status == Status.WITH_EXECUTIVE and lead:
        holder = f"{report.executive}, executive, {report.service.holder}"
        return _made(report, "declare", f"Executive to declare the {year} self-report", "surveillance:self_report_detail", holder=holder)
    if status in {Status.DECLARED, Status.BEING_CHECKED} and checks:
        return _made(
            report, "check", f"Check the {year} self-report", "surveillance:self_report_validation", plural="Check {count} self-reports"
        )
    if status in {Status.DECLARED, Status.BEING_CHECKED} and (lead or declares):
        return _made(
            report,
            "check",
            f"Hub to check the {year} self-report",
            "surveillance:self_report_detail",
            holder=f"{report.service.region} hub",
        )
    if status == Status.QUERIED and checks:
        return _made(report, "query", "Service to answer queries", "surveillance:self_report_validation", holder=f"{report.service.holder}")
    return None


def _made(report: SelfReport, kind: str, task: str, route: str, *, plural: str = "", holder: str = "") -> WorkItem:
    due = {"check": report.round.check_by_date, "query": report.query_due_date}.get(kind, report.due_date)
    return WorkItem(
        kind=f"self_report.{kind}",
        task=task,
        url=reverse(route, args=[report.pk]),
        service=str(report.service),
        due=due,
        status=report.get_status_display(),
        holder=holder,
        is_mine=not holder,
        plural=plural,
        list_url=reverse("surveillance:self_report_list"),
        reference=f"self_report:{report.pk}:{kind}",
    )


def _section_items(user: User, reports: dict[int, SelfReport], places: _Places) -> list[WorkItem]:
    """Sections given to a contributor; a lead has the whole self-report on the list already."""
    if Role.CONTRIBUTOR not in user.roles:
        return []
    items = []
    for given in SectionAssignment.objects.filter(user=user, self_report__in=reports).order_by("pk"):
        report = reports[given.self_report_id]
        if not report.is_editable or places.leads(report):
            continue
        items.append(
            WorkItem(
                kind="self_report.section",
                task=f"Answer “{given.section}” in the {report.round.year} self-report",
                url=reverse("surveillance:self_report_detail", args=[report.pk]),
                service=str(report.service),
                due=given.due_date or report.due_date,
                status=report.get_status_display(),
                reference=f"section:{given.pk}",
            )
        )
    return items
