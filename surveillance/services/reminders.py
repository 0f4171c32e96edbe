"""Reminders of deadlines, each step once to each person (``ReminderSent``): self-reports, the hub's questions, sections.

Before its day a self-report's leads are reminded, and while it is with the executive whoever can declare it as well. The
late notice goes to leads and executives, the escalation to the hub and the commissioners. A new due date begins a new
ladder. Questions of the hub and sections with people have short ladders of their own.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from surveillance import ladder
from surveillance.models import Answer, SectionAssignment, SelfReport, ServiceAssignment
from surveillance.notifications.self_reports import people_for_query, people_reminded
from surveillance.queries.people import lead_ids_by_service
from work import jobs
from work.models import ReminderSent
from work.working_days import add_working_days

Status = SelfReport.Status
OPEN = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.WITH_EXECUTIVE)


def send_reminders(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Ask for the mails of every step that today stands on; gives counts. Running it again sends nothing twice.

    ``self_reports`` and ``reminders`` count the self-reports concerned and the people reminded of their deadline;
    ``queries`` and ``sections`` the people reminded of questions and of sections.
    """
    today = timezone.localdate(at)
    counts = {"self_reports": 0, "reminders": 0, "queries": 0, "sections": 0}
    for report in _undeclared(today).iterator(chunk_size=500):
        sent = _remind_of_deadline(report, today)
        counts["self_reports"] += bool(sent)
        counts["reminders"] += sent
    for report in _queried().iterator(chunk_size=500):
        counts["queries"] += _remind_of_query(report, today)
    for report, due, people in _sections(today):
        step = ladder.days_before(due, today, ladder.SECTION_DAYS_BEFORE)
        key = f"section:{report.pk}:{due.isoformat()}:{step}"
        counts["sections"] += remind_once(report, key, people, "mail.section_reminder", due=due.isoformat())
    return counts


# The self-report's own day ----------------------------------------------------------------------------------------------
def _undeclared(today: dt.date) -> QuerySet[SelfReport]:
    """Self-reports that nobody declared, from the first step on. More time may outlast the closing of their round."""
    first = today + dt.timedelta(days=max(ladder.DAYS_BEFORE))
    return SelfReport.objects.for_display().filter(declared_at=None, status__in=OPEN, round__opens_date__lte=today, due_date__lte=first)


def _remind_of_deadline(report: SelfReport, today: dt.date) -> int:
    """Remind everybody whose step it is; gives how many. Nothing once no declaration is taken any more.

    Each person has one ladder: who was to get the late notice and did not (nothing ran for days, or they came later)
    still gets it when the escalation goes to others, and nobody gets two at once.
    """
    step = ladder.step_of(report.due_date, today)
    if not step or today > add_working_days(report.due_date, report.round.grace_working_days):
        return 0
    people = people_reminded(report, step)
    sent = _remind(report, step, people)
    if step == ladder.ESCALATED:
        told = {person.pk for person in people}
        sent += _remind(report, ladder.LATE, [person for person in people_reminded(report, ladder.LATE) if person.pk not in told])
    return sent


def _remind(report: SelfReport, step: str, people: list[User]) -> int:
    key = f"self_report:{report.pk}:{report.due_date.isoformat()}:{step}"
    return remind_once(report, key, people, "mail.self_report_reminder", step=step)


# Questions of the hub --------------------------------------------------------------------------------------------------
def _queried() -> QuerySet[SelfReport]:
    """Self-reports that came back after their declaration, with the first day of the questions asked since then."""
    back = SelfReport.objects.filter(declared_at__isnull=False, status__in=[Status.QUERIED, Status.WITH_EXECUTIVE])
    return back.for_display().with_query_due().exclude(query_due_date=None)  # type: ignore[misc]  # the mypy plugin does not see the annotation


def _remind_of_query(report: SelfReport, today: dt.date) -> int:
    """Remind of the hub's questions 5 and 1 working days before their day; the next working day they are late."""
    due: dt.date = report.query_due_date  # type: ignore[attr-defined]
    step = ladder.LATE if ladder.is_late(due, today) else ladder.working_days_before(due, today)
    people = people_for_query(report, is_late=step == ladder.LATE) if step else []
    key = f"query:{report.pk}:{due.isoformat()}:{step}"
    return remind_once(report, key, people, "mail.query_reminder", due=due.isoformat(), step=step)


# Sections given to people ----------------------------------------------------------------------------------------------
def _sections(today: dt.date) -> Iterator[tuple[SelfReport, dt.date, list[User]]]:
    """Self-reports with the people whose sections are due on a day soon and lack answers; leads are reminded of the whole.

    Only days of their own count: a section without one is part of the whole, and has the day that its lead is reminded of.
    """
    lacking = Answer.objects.filter(
        Q(value="") & (Q(numerator=None) | Q(denominator=None)),
        self_report=OuterRef("self_report"), indicator__section=OuterRef("section"), indicator__retired_on=None,
    )  # fmt: skip
    working = ServiceAssignment.objects.active().filter(user=OuterRef("user"), service=OuterRef("self_report__service"))
    soon = today + dt.timedelta(days=max(ladder.SECTION_DAYS_BEFORE))
    given = SectionAssignment.objects.filter(
        due_date__range=(today, soon), due_date__lte=F("self_report__due_date"), user__is_active=True,
        self_report__declared_at=None, self_report__status__in=SelfReport.EDITABLE, self_report__round__opens_date__lte=today,
    ).filter(Exists(working)).annotate(lacks=Subquery(lacking.values("pk")[:1])).exclude(lacks=None)  # fmt: skip
    people: dict[tuple[int, dt.date], list[User]] = {}
    for assignment in given.select_related("user").order_by("pk"):
        if assignment.due_date:
            people.setdefault((assignment.self_report_id, assignment.due_date), []).append(assignment.user)
    reports = {report.pk: report for report in SelfReport.objects.for_display().filter(pk__in={pk for pk, _ in people})}
    leads = lead_ids_by_service(report.service for report in reports.values())
    for (pk, due), holders in people.items():
        report = reports[pk]
        yield report, due, [person for person in holders if person.pk not in leads.get(report.service_id, ())]


@transaction.atomic
def remind_once(report: SelfReport, key: str, people: list[User], job: str, **arguments: Any) -> int:
    """Note the reminder called ``key`` for those who have not had it, and ask for its mail; gives how many.

    The self-report is locked and looked at again: two runs at once remind nobody twice, and what was declared or given
    more time meanwhile reminds nobody.
    """
    if not people:
        return 0
    unchanged = SelfReport.objects.filter(pk=report.pk, status=report.status, due_date=report.due_date, declared_at=report.declared_at)
    if unchanged.select_for_update().first() is None:
        return 0
    reminded = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    fresh = list(dict.fromkeys(person.pk for person in people if person.pk not in reminded))
    if not fresh:
        return 0
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=pk) for pk in fresh])
    # People of one key are told once: the first of them tells this mail from a later one to others.
    jobs.enqueue(job, key=f"{key}:{fresh[0]}", self_report_id=report.pk, user_ids=fresh, **arguments)
    return len(fresh)
