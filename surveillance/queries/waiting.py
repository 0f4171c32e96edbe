"""What waits for a person in the yearly round."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission, Role
from surveillance.models import Answer, SectionAssignment, SelfReport, ServiceAssignment
from surveillance.queries.people import lead_ids_by_service
from surveillance.queries.self_reports import IS_ANSWERED, MOST_QUESTIONS
from work.items import WorkItem

Status = SelfReport.Status
WAITING = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.QUERIED, Status.WITH_EXECUTIVE, Status.DECLARED, Status.BEING_CHECKED)


def self_report_items(user: User) -> list[WorkItem]:
    """Self-reports that wait for ``user``, or for which they wait, in at most five statements.

    The national team sees rounds as a whole: single self-reports are the hubs' work.
    """
    if not user.has_permission(Permission.SELF_REPORT_VIEW) or user.is_national:
        return []
    reports = list(
        SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW)
        .for_display()
        .with_query_due()
        .filter(status__in=WAITING, round__opens_date__lte=timezone.localdate())
        .select_related("executive", "service__network__host")
        .order_by("due_date", "pk")
    )
    places = _Places(user)
    places.asked = lead_ids_by_service(
        report.service for report in reports if report.status == Status.QUERIED and report.service.region_id in places.hubs
    )
    items = [_item(report, places) for report in reports]
    return [item for item in items if item] + _section_items(user, {report.pk: report for report in reports}, places)


class _Places:
    """Where a person answers, declares and checks, as ids."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.hubs = set(user.organisation_ids(roles=HUB_ROLES))
        self.executives = set(user.organisation_ids(roles=frozenset({Role.EXECUTIVE})))
        self.networks = set(user.organisation_ids(roles=frozenset({Role.NETWORK_LEAD})))
        self.asked: dict[int, tuple[int, ...]] = {}  # leads whom the hub waits for, by service
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
    if report.is_editable and report.sent_back_reason and lead:
        kind = "query" if status == Status.QUERIED else "self_report"
        return _made(report, kind, f"Change the {year} self-report and send it again", "surveillance:self_report_detail", label="Sent back")
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
        return _made(
            report,
            "declare",
            f"Executive to declare the {year} self-report",
            "surveillance:self_report_detail",
            holder=holder,
            holder_ids=(report.executive_id,),
        )
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
        return _made(
            report, "query", "Service to answer queries", "surveillance:self_report_validation", holder=f"{report.service.holder}",
            holder_ids=places.asked.get(report.service_id, ()),
        )  # fmt: skip
    return None


def _made(
    report: SelfReport,
    kind: str,
    task: str,
    route: str,
    *,
    plural: str = "",
    holder: str = "",
    holder_ids: tuple[int, ...] = (),
    label: str = "",
) -> WorkItem:
    due = report.round.check_by_date if kind == "check" else report.query_due_date or report.due_date
    return WorkItem(
        kind=f"self_report.{kind}",
        task=task,
        url=reverse(route, args=[report.pk]),
        service=str(report.service),
        due=due,
        status=label or report.get_status_display(),
        holder=holder,
        is_mine=not holder,
        plural=plural,
        list_url=_list_url(report, kind),
        reference=f"self_report:{report.pk}:{kind}",
        holder_ids=holder_ids,
    )


def _list_url(report: SelfReport, kind: str) -> str:
    """Where many of a kind are looked at together: a hub's checks have a list of their own, in the round that is due first."""
    if kind == "check":
        return reverse("surveillance:self_report_to_check", args=[report.round.year])
    return reverse("surveillance:self_report_list")


def _section_page(report: int, number: int | None) -> str:
    if number is None:
        return reverse("surveillance:self_report_detail", args=[report])
    return reverse("surveillance:self_report_section", args=[report, number])


@dataclass(frozen=True)
class SectionCount:
    """A section of some self-report: the number of its first page, and how many of its questions are answered."""

    number: int
    answered: int
    asked: int

    @property
    def words(self) -> str:
        """ "8 of 12 answered"."""
        return f"{self.answered} of {self.asked} answered"


def section_counts(report_ids: Iterable[int]) -> dict[tuple[int, str], SectionCount]:
    """Sections of many self-reports by self-report and title, numbered as ``sections_of`` numbers each; one statement."""
    is_suspended = Q(indicator__suspended_from__lte=timezone.localdate())
    rows = (
        Answer.objects.filter(self_report__in=list(report_ids))
        .order_by()
        .values("self_report", "indicator__section")
        .annotate(
            first=Min("indicator__position"),
            total=Count("pk"),
            asked=Count("pk", filter=~is_suspended),
            answered=Count("pk", filter=IS_ANSWERED & ~is_suspended),
        )
        .order_by("self_report", "first")
    )
    found: dict[tuple[int, str], SectionCount] = {}
    pages: dict[int, int] = {}
    for row in rows:
        report = row["self_report"]
        number = pages.get(report, 0) + 1
        pages[report] = number - 1 + -(-row["total"] // MOST_QUESTIONS)
        found[report, row["indicator__section"]] = SectionCount(number, row["answered"], row["asked"])
    return found


def _section_items(user: User, reports: dict[int, SelfReport], places: _Places) -> list[WorkItem]:
    """Sections given to a contributor, each with its own day; a lead has the whole self-report on the list already."""
    if Role.CONTRIBUTOR not in user.roles:
        return []
    rows = SectionAssignment.objects.filter(user=user, self_report__in=reports).order_by("pk")
    given = [row for row in rows if reports[row.self_report_id].is_editable and not places.leads(reports[row.self_report_id])]
    counts = section_counts({row.self_report_id for row in given}) if given else {}
    items = [(row, reports[row.self_report_id], counts.get((row.self_report_id, row.section))) for row in given]
    return [_section_item(row, report, count) for row, report, count in items if count and _waits(report, count)]


def _waits(report: SelfReport, count: SectionCount) -> bool:
    """Whether something is left to do: a section that is answered waits for nobody, until the hub asks."""
    return count.answered < count.asked or report.status == Status.QUERIED


def _section_item(given: SectionAssignment, report: SelfReport, count: SectionCount) -> WorkItem:
    return WorkItem(
        kind="self_report.section",
        task=f"Answer “{given.section}” in the {report.round.year} self-report: {count.words}",
        url=_section_page(report.pk, count.number),
        service=str(report.service),
        due=report.query_due_date if report.status == Status.QUERIED else given.due_date or report.due_date,
        status=report.get_status_display(),
        reference=f"section:{given.pk}",
    )
