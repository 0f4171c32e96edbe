"""What waits for the national team about annual programme reports: figures to publish, a report to write, a report to publish."""

import datetime as dt

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from qnt.programme.annual.models import AnnualReport, AnnualSection
from qnt.programme.annual.people import figures_due, national_team, report_due, writers_of
from qnt.programme.models import ProgrammeYear
from work.items import WorkItem, counted


def annual_items(user: User) -> list[WorkItem]:
    """Steps of the reports on years that are over, in six statements at most; nothing for who does not write them.

    Of the figures only those of last year are asked for: a report on an older year is the team's to choose.
    """
    if not user.has_permission(Permission.PROGRAMME_MANAGE):
        return []
    today = timezone.localdate()
    last = today.year - 1
    items = [_item("figures", last, "Publish the programme’s figures of {year}", figures_due(last), user)] if _is_unpublished(last) else []
    if _has_no_report(last):
        items.append(_item("draft", last, "Draft the annual programme report on {year}", report_due(last), user))
    drafts = AnnualReport.objects.filter(status=AnnualReport.Status.DRAFT).select_related("year", "drafted_by", "offered_by")
    rows = list(drafts.prefetch_related(Prefetch("sections", AnnualSection.objects.only("report", "saved_by"))).order_by("pk"))
    team = {person.pk: person for person in national_team()} if rows else {}
    return [*items, *(_step(report, user, team) for report in rows)]


def _is_unpublished(year: int) -> bool:
    return ProgrammeYear.objects.filter(year=year, counted_at__isnull=False, published_at=None).exists()


def _has_no_report(year: int) -> bool:
    return ProgrammeYear.objects.filter(year=year, published_at__isnull=False, reports=None).exists()


def _step(report: AnnualReport, user: User, team: dict[int, User]) -> WorkItem:
    """Writing is the drafter's while they are of the team, else everybody's; publishing is for who wrote none of it."""
    year, due = report.year.year, report_due(report.year.year, report)
    writers = writers_of(report)
    if report.offered_at:
        holders = [person for pk, person in team.items() if pk not in writers]
        return _held("publish", year, "Publish the annual programme report on {year}", due, user, holders)
    drafter = team.get(report.drafted_by_id)
    return _held("write", year, "Write the annual programme report on {year}", due, user, [drafter] if drafter else list(team.values()))


def _held(step: str, year: int, task: str, due: dt.date, user: User, holders: list[User]) -> WorkItem:
    """Mine where I am one of those who hold it."""
    if user in holders or not holders:
        return _item(step, year, task, due, user)
    words = f"{holders[0].name}, national lead" if len(holders) == 1 else f"{counted(len(holders), 'national lead')}"
    return _item(step, year, task, due, user, words=words, waits_for=tuple(person.pk for person in holders))


ROUTES = {
    "figures": "programme_year_publish",
    "draft": "programme_reports",
    "write": "programme_report",
    "publish": "programme_report_publish",
}


def _item(
    step: str, year: int, task: str, due: dt.date, user: User, *, words: str = "", waits_for: tuple[int, ...] = (),
) -> WorkItem:  # fmt: skip
    route = ROUTES[step]
    late = "Late" if due < timezone.localdate() else "In progress" if step in ("write", "publish") else "Not yet started"
    return WorkItem(
        kind=f"programme_report.{step}", task=task.format(year=year), url=reverse(route, args=[] if step == "draft" else [year]),
        service="England", due=due, status=late, holder=words or f"{user.name}, national lead", is_mine=not waits_for,
        reference=f"programme_report:{year}:{step}", holder_ids=waits_for,
    )  # fmt: skip
