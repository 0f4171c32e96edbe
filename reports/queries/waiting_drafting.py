"""What waits while a draft is read: members of the team for the draft, its drafter for them, and comments for an answer.

A constant number of statements, whatever the number of rows.
"""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Permission
from reports.models import ReadingComment, Report, TeamReading
from work.items import WorkItem


def drafting_items(user: User) -> list[WorkItem]:
    """Everything about reading drafts that waits for ``user``, and the members for whom a drafter waits."""
    items: list[WorkItem] = []
    if user.roles & REVIEWER_ROLES:
        items += [_reading_item(reading, is_mine=True) for reading in _readings().filter(member__user=user)]
    if user.has_permission(Permission.REPORT_DRAFT):
        items += [_reading_item(reading, is_mine=False) for reading in _readings().filter(report__drafter=user)]
        items += [_comments_item(report, user) for report in _commented(user)]
    return items


def _readings() -> QuerySet[TeamReading]:
    rows = TeamReading.objects.waiting().select_related("report__review", "member__user")
    return rows.prefetch_related("report__review__services").order_by("due_date", "pk")


def _reading_item(reading: TeamReading, *, is_mine: bool) -> WorkItem:
    report, member = reading.report, reading.member
    services = ", ".join(service.name for service in report.review.services.all())
    return WorkItem(
        kind="report.team_reading", task=f"Read the draft report on {report.title}", url=reverse("reports:report_team", args=[report.pk]),
        service=services, due=reading.due_date, status=report.get_status_display(),
        holder=f"{member.user.name}, {member.get_team_role_display().lower()}", is_mine=is_mine, is_learning=report.review.is_learning,
        plural="Read {n} draft reports", list_url=reverse("reports:report_list"), reference=f"report_reading:{reading.pk}",
        holder_ids=(member.user_id,), outside=f"Read the draft report: {services}",
    )  # fmt: skip


def _commented(user: User) -> QuerySet[Report]:
    unanswered = ReadingComment.objects.filter(reading__report=OuterRef("pk"), reading__answer=TeamReading.Answer.COMMENTED, reply="")
    drafts = Report.objects.for_user(user, Permission.REPORT_DRAFT).filter(status=Report.Status.DRAFT, drafter=user)
    return drafts.filter(Exists(unanswered)).select_related("review").prefetch_related("review__services")


def _comments_item(report: Report, user: User) -> WorkItem:
    services = ", ".join(service.name for service in report.review.services.all())
    return WorkItem(
        kind="report.team_comments", task=f"Answer the team’s comments on {report.title}",
        url=reverse("reports:report_team", args=[report.pk]), service=services, due=report.draft_due_date,
        status=report.get_status_display(), holder=user.name, is_mine=True, is_learning=report.review.is_learning,
        plural="Answer the team’s comments on {n} reports", list_url=reverse("reports:report_list"),
        reference=f"report:{report.pk}:team_comments", outside=f"Answer comments on a draft report: {services}",
    )  # fmt: skip
