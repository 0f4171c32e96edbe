"""All self-reports of a trust on one page: who leads each, how far it is, what is to confirm. A constant number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Membership
from accounts.permissions import Role
from surveillance.models import Answer, SelfReport, ServiceAssignment
from surveillance.queries.self_reports import IS_ANSWERED, progress_of_reports
from work.items import clock_words

Status = SelfReport.Status
OPEN = (Status.NOT_STARTED, Status.IN_PROGRESS)


@dataclass(frozen=True)
class YearCounts:
    """One round in this person's scope: how many self-reports, and where they are."""

    year: int
    due: int
    declared: int
    with_executive: int
    queried: int
    open: int
    not_declared: int

    @property
    def sentence(self) -> str:
        """ "2027 round: 8 of 20 declared, 4 with the executive, 8 to answer." """
        parts = [
            (self.with_executive, "with the executive"), (self.open, "to answer"), (self.queried, "with a query to answer"),
            (self.not_declared, "not declared"),
        ]  # fmt: skip
        others = "".join(f", {count:,} {words}" for count, words in parts if count)
        return f"{self.year} round: {self.declared:,} of {self.due:,} declared{others}."


def year_counts(reports: QuerySet[SelfReport]) -> list[YearCounts]:
    """Counts by round, the newest first; one statement."""
    rows: list[Any] = list(
        reports.order_by()
        .values("round__year")
        .annotate(
            due=Count("pk"),
            declared=Count("pk", filter=Q(status__in=SelfReport.SENT)),
            with_executive=Count("pk", filter=Q(status=Status.WITH_EXECUTIVE)),
            queried=Count("pk", filter=Q(status=Status.QUERIED)),
            open=Count("pk", filter=Q(status__in=OPEN)),
            not_declared=Count("pk", filter=Q(status=Status.NOT_DECLARED)),
        )
        .order_by("-round__year")
    )
    return [YearCounts(year=row.pop("round__year"), **row) for row in rows]


@dataclass
class Row:
    """One self-report as the list shows it."""

    report: SelfReport
    leads: list[str] = field(default_factory=list)
    answered: int = 0
    total: int = 0
    to_confirm: int = 0

    @property
    def progress(self) -> str:
        """ "21 of 31 answered"; empty for a self-report without questions."""
        return f"{self.answered} of {self.total} answered" if self.total else ""

    @property
    def due_words(self) -> str:
        """By when, with its clock; or when it was declared."""
        report = self.report
        if report.status in {Status.QUERIED, Status.WITH_EXECUTIVE} and getattr(report, "query_due_date", None):
            return clock_words(report.query_due_date)
        if report.declared_at:
            day = date_format(timezone.localdate(report.declared_at), "j F Y")
            return f"Declared on {day}, {'late' if report.is_late else 'on time'}"
        if report.status == Status.NOT_DECLARED:
            return f"Was due {date_format(report.due_date, 'j F Y')}"
        if report.round.opens_date > timezone.localdate():
            return f"Opens on {date_format(report.round.opens_date, 'j F Y')}"
        return clock_words(report.due_date)


def rows_of(reports: Iterable[SelfReport]) -> list[Row]:
    """A row each, in the same order: leads, progress and what is to confirm in four statements."""
    reports = list(reports)
    progress, waiting, leads = progress_of_reports(report.pk for report in reports), to_confirm_counts(reports), lead_names(reports)
    return [
        Row(report, leads.get(report.pk, []), *progress.get(report.pk, (0, 0)), to_confirm=waiting.get(report.pk, 0)) for report in reports
    ]


def to_confirm_counts(reports: Sequence[SelfReport]) -> dict[int, int]:
    """Self-report to how many unanswered questions have an answer of last year that somebody may confirm."""
    editable = [report.pk for report in reports if report.is_editable]
    if not editable:
        return {}
    earlier = SelfReport.objects.filter(
        service=OuterRef("self_report__service"), round__year__lt=OuterRef("self_report__round__year"), declared_at__isnull=False
    ).order_by("-round__year")
    asked = Answer.objects.filter(self_report__in=editable).exclude(indicator__suspended_from__lte=timezone.localdate())
    unanswered = asked.exclude(IS_ANSWERED).annotate(before=Subquery(earlier.values("pk")[:1]))
    numbers = unanswered.filter(before__isnull=False).values_list("self_report", "before", "indicator__number", "indicator__answer_kind")
    return _matched(list(numbers.order_by()))


def _matched(asked: list[tuple[int, int, str, str]]) -> dict[int, int]:
    """Counts of (self-report, the one before, number, answer kind) of which the one before has an answer of that kind."""
    before = Answer.objects.filter(IS_ANSWERED, self_report__in={earlier for _, earlier, _, _ in asked})
    answered = set(before.order_by().values_list("self_report", "indicator__number", "indicator__answer_kind"))
    found: dict[int, int] = {}
    for report, earlier, number, kind in asked:
        if (earlier, number, kind) in answered:
            found[report] = found.get(report, 0) + 1
    return found


def lead_names(reports: Sequence[SelfReport]) -> dict[int, list[str]]:
    """Self-report to the names of those who lead its service today; a network's are the leads of the network."""
    assigned = ServiceAssignment.objects.active().filter(
        service__in=[report.service_id for report in reports], role=Role.SERVICE_LEAD, user__is_active=True
    )
    by_service: dict[int, list[str]] = {}
    for service, name in assigned.order_by("user__name").values_list("service", "user__name"):
        by_service.setdefault(service, []).append(name)
    networks = {report.service.network_id for report in reports if report.service.network_id}
    by_network: dict[int, list[str]] = {}
    for network, name in _network_leads(networks):
        by_network.setdefault(network, []).append(name)
    return {
        report.pk: by_network.get(report.service.network_id, []) if report.service.network_id else by_service.get(report.service_id, [])
        for report in reports
    }


def _network_leads(networks: set[int]) -> list[tuple[int, str]]:
    if not networks:
        return []
    held = Membership.objects.active().filter(organisation__in=networks, role=Role.NETWORK_LEAD, user__is_active=True)
    return list(held.order_by("user__name").values_list("organisation", "user__name"))


def in_list_order(reports: QuerySet[SelfReport]) -> QuerySet[SelfReport]:
    """The newest round first; within it what is due soonest."""
    return reports.order_by(F("round__year").desc(), "due_date", "service__name", "pk")
