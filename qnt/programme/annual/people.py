"""Whose an annual programme report is: the national team's; and by when each step of it is due."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from qnt.programme.annual.models import AnnualReport
from work.working_days import add_working_days


def national_team() -> QuerySet[User]:
    """Everybody who writes and publishes these reports today."""
    held = Membership.objects.active().filter(role=Role.NATIONAL_LEAD)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def writers_of(report: AnnualReport) -> set[int]:
    """Who drafted it or saved words of it; with its sections read ahead, without a statement."""
    return {report.drafted_by_id, *(section.saved_by_id for section in report.sections.all() if section.saved_by_id)}


def figures_due(year: int) -> dt.date:
    """By when the figures of a year are published: working days after its end."""
    return add_working_days(dt.date(year, 12, 31), settings.PROGRAMME_FIGURES_WORKING_DAYS)


def report_due(year: int, report: AnnualReport | None = None) -> dt.date:
    """By when the report on a year is published: working days after the year's end, of a new version after it was begun."""
    if report and report.replaces_id:
        return add_working_days(timezone.localdate(report.drafted_at), settings.PROGRAMME_REPORT_AGAIN_WORKING_DAYS)
    return add_working_days(dt.date(year, 12, 31), settings.PROGRAMME_REPORT_WORKING_DAYS)
