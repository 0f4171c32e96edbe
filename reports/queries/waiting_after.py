"""What waits for a person once a report is signed off: to open it, to see who has not, to finish or sign a new version, to add the plan."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission
from reports.models import Receipt, Report, Revision
from reports.queries.due import revision_day
from reports.queries.issuing import is_long_unopened, open_by, still_asked
from reports.queries.publications import status_words, with_publications
from reports.queries.revisions import prepared, with_agreed_plan
from surveillance.reach import reach_of
from work.items import WorkItem, counted

PLURALS = {
    "read": "Read {n} signed-off reports",
    "annex": "Add the agreed action plan to {n} reports",
    "revision": "Finish or sign off {n} new versions of reports",
}


def signed_report_items(user: User) -> list[WorkItem]:
    """Everything about signed reports that waits for ``user`` or that they wait for; a constant number of statements."""
    items = _to_open(user) if user.has_permission(Permission.REPORT_VIEW) else []
    if user.roles & HUB_ROLES:
        items += [*_of_drafter(user), *_revisions(user)]
    return items


def _item(
    report: Report, step: str, task: str, route: str, due: dt.date | None, user: User, *, outside: str, waits_for: tuple[int, ...] = (),
) -> WorkItem:  # fmt: skip
    services = ", ".join(service.name for service in report.review.services.all())
    return WorkItem(
        kind=f"report.{step}", task=task, url=reverse(f"reports:{route}", args=[report.pk]), service=services, due=due,
        status=status_words(report), holder=counted(len(waits_for), "person") if waits_for else user.name, is_mine=not waits_for,
        is_learning=report.review.is_learning, plural=PLURALS[step], list_url=reverse("reports:report_list"),
        reference=f"report:{report.pk}:{step}", holder_ids=waits_for, outside=f"{outside}: {services}",
    )  # fmt: skip


def _to_open(user: User) -> list[WorkItem]:
    rows = still_asked().filter(user=user).select_related("report__review", "version__revision")
    rows = rows.prefetch_related("report__review__services", with_publications("report__"))
    return [
        _item(row.report, "read", f"{task} on {row.report.title}", "report_read", open_by(row), user, outside=task)
        for row in rows
        for task in [_read_task(row)]
    ]


def _read_task(receipt: Receipt) -> str:
    """To read the report, or what its new version is."""
    revision = getattr(receipt.version, "revision", None)
    return f"Read the {revision.name}" if revision else "Read the signed-off report"


def _of_drafter(user: User) -> Iterable[WorkItem]:
    """Reports that this person drafted which somebody has not opened for 10 working days, and those whose plan is agreed."""
    late = still_asked().filter(is_long_unopened(), report=OuterRef("pk"))
    agreed = with_agreed_plan().filter(pk=OuterRef("pk"))
    reports = Report.objects.filter(drafter=user, status__in=Report.SIGNED).annotate(is_unopened=Exists(late), is_agreed=Exists(agreed))
    found = list(_shown(reports.filter(Q(is_unopened=True) | Q(is_agreed=True))))
    holders: dict[int, list[Receipt]] = {}
    late_ones = still_asked().filter(is_long_unopened(), report__in=[report.pk for report in found if report.is_unopened])
    for receipt in late_ones.select_related("version__revision") if found else []:
        holders.setdefault(receipt.report_id, []).append(receipt)
    for report in found:
        if receipts := holders.get(report.pk):
            people = tuple(receipt.user_id for receipt in receipts)
            task = _read_task(receipts[0])
            due = min(open_by(receipt) for receipt in receipts)
            yield _item(report, "read", f"{task} on {report.title}", "report_issue", due, user, outside=task, waits_for=people)
        if report.is_agreed:
            task = f"Add the agreed action plan to the report on {report.title}"
            yield _item(report, "annex", task, "report_revision", None, user, outside="Add the agreed action plan to the report")


def _shown(reports: QuerySet[Report]) -> QuerySet[Report]:
    return reports.select_related("review").prefetch_related("review__services", with_publications())


def _revisions(user: User) -> Iterable[WorkItem]:
    """New versions that this person opened, to finish; and those that others prepared, for the manager of the hub to sign."""
    regions = reach_of(user, Permission.REPORT_SIGN_OFF).regions
    to_sign = Q(report__review__region__in=regions, is_prepared=True) & ~Q(opened_by=user)
    rows = Revision.objects.filter(status=Revision.Status.OPEN).annotate(is_prepared=prepared())
    rows = rows.filter(Q(opened_by=user, is_prepared=False) | to_sign).select_related("report__review")
    for row in rows.prefetch_related("report__review__services", with_publications("report__")):
        due = revision_day(row)
        name = row.name
        if row.opened_by_id == user.pk:
            task, route = f"Finish the {name}", "report_revision"
        else:
            task, route = f"Sign off the {name}", "report_sign_off"
        yield _item(row.report, "revision", f"{task} on {row.report.title}", route, due, user, outside=task)
