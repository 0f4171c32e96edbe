"""What "Your work" shows: grouped items, cards by role, and the hub's and the commissioner's overview."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission, Role
from accounts.templatetags.qnt_tags import date_range
from peerreview.models import Finding, Review
from peerreview.services.notes import NOTING
from qnt.cycle import Cycle, cycles
from rendering.charts import Chart, month_bars
from reports.models import Publication
from surveillance.models import Action, Round, SelfReport, Service
from surveillance.queries.self_reports import progress_of_reports
from work.items import WorkItem, counted, work_items
from work.reminding import can_be_reminded, sent_today
from work.working_days import add_working_days

MANY = 10
SENT = list(SelfReport.SENT)
BEING_ANSWERED = (SelfReport.Status.NOT_STARTED, SelfReport.Status.IN_PROGRESS)


@dataclass(frozen=True)
class WorkList:
    """A group of items under one heading; for what others hold, whom a reminder can reach and when one went today."""

    heading: str
    items: list[WorkItem]
    remindable: frozenset[str] = frozenset()
    reminded: dict[str, dt.datetime] = field(default_factory=dict)

    @property
    def columns(self) -> str:
        """The table's columns; one for reminders only where there is somebody to remind."""
        return "Task|Service|Due|Status" + ("|Reminder:hidden" if self.remindable else "")


@dataclass(frozen=True)
class Card:
    """A secondary card: a heading that links, and one sentence."""

    heading: str
    sentence: str
    url: str


def lists_for(user: User, today: dt.date) -> list[WorkList]:
    """Late, due in the next 5 working days, later, waiting for others; learning reviews under their own heading."""
    items = work_items(user)
    soon = add_working_days(today, 5)
    mine = [item for item in items if item.is_mine and not item.is_learning]
    groups = (
        ("Late", [item for item in mine if item.is_late(today)]),
        ("Due in the next 5 working days", [item for item in mine if item.due and today <= item.due <= soon]),
        ("Later", [item for item in mine if item.due is None or item.due > soon]),
        ("You are waiting for others", [item for item in items if not item.is_mine and not item.is_learning]),
        ("Learning", [item for item in items if item.is_learning]),
    )
    remindable = frozenset(item.reference for item in items if can_be_reminded(item, user))
    reminded = sent_today(user, remindable) if remindable else {}
    return [_list(heading, found, remindable, reminded) for heading, found in groups if found]


def _list(heading: str, found: list[WorkItem], remindable: frozenset[str], reminded: dict[str, dt.datetime]) -> WorkList:
    rows = folded(found)
    waiting = {row.reference for row in rows if not row.is_mine}
    return WorkList(f"{heading} ({len(found)})", rows, remindable & waiting, reminded)


def folded(items: list[WorkItem]) -> list[WorkItem]:
    """The same items with over ten of a kind as one row: "Check 38 self-reports, first due ..."."""
    rows = []
    for _, group in groupby(sorted(items, key=lambda item: item.kind), key=lambda item: item.kind):
        found = sorted(group, key=lambda item: item.due or dt.date.max)
        rows += [_one_row(found)] if len(found) > MANY and found[0].plural and found[0].list_url else found
    return sorted(rows, key=lambda item: (item.due or dt.date.max, item.task))


def _one_row(items: list[WorkItem]) -> WorkItem:
    first = items[0]
    task = first.plural.format(n=len(items), count=len(items))
    return WorkItem(
        kind=first.kind, task=task, url=first.list_url, service=counted(len({item.service for item in items}), "service"), due=first.due,
        status=first.status, holder=first.holder, is_mine=first.is_mine,
    )  # fmt: skip


def cards_for(user: User, today: dt.date) -> list[Card]:
    """At most three cards by role."""
    cards, roles = [], user.roles
    current = Round.objects.filter(opened_at__isnull=False, opens_date__lte=today).order_by("-year").first()
    if current and roles & (HUB_ROLES | {Role.NATIONAL_LEAD}):
        reports = SelfReport.objects.for_user(user, Permission.ROUND_VIEW).filter(round=current)
        counts = reports.aggregate(sent=Count("pk", filter=Q(status__in=SENT)), due=Count("pk"))
        cards.append(Card(f"{current.year} round", f"{counts['sent']} of {counts['due']} declared.", reverse("surveillance:round_list")))
    if current and roles & {Role.EXECUTIVE, Role.SERVICE_LEAD, Role.CONTRIBUTOR, Role.NETWORK_LEAD}:
        cards.append(Card("Self-reports", _self_report_words(user, current), reverse("surveillance:self_report_list")))
    if roles & {Role.REVIEWER, Role.PATIENT_REVIEWER}:
        visit = Review.objects.for_user(user, Permission.REVIEW_CAPTURE).filter(ends_date__gte=today).order_by("starts_date").first()
        if visit:
            cards.append(_visit_card(visit))
    return cards[:3]


def _visit_card(visit: Review) -> Card:
    """The next visit of a reviewer; once the team prepares, straight to the form that then works without a signal."""
    heading = f"Visit: {date_range(visit.starts_date, visit.ends_date)}"
    if visit.status in NOTING:
        sentence = f"{visit.title}. Open the visit form while you have a connection: it then works without a signal."
        return Card(heading, sentence, reverse("peerreview:review_visit", args=[visit.pk]))
    return Card(heading, f"{visit.title}. Read the pack before you go.", reverse("peerreview:review_detail", args=[visit.pk]))


def _self_report_words(user: User, current: Round) -> str:
    """What is left of this round for somebody of a service: declared of all, those to declare, and how much is answered."""
    reports = SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW).filter(round=current)
    statuses = dict(reports.values_list("pk", "status"))
    sentences = [f"{sum(status in SENT for status in statuses.values())} of {len(statuses)} declared in {current.year}."]
    waiting = sum(status == SelfReport.Status.WITH_EXECUTIVE for status in statuses.values())
    if waiting and user.has_permission(Permission.SELF_REPORT_DECLARE):
        sentences.append(f"{counted(waiting, 'self-report')} to declare.")
    if user.has_permission(Permission.SELF_REPORT_ANSWER):
        progress = progress_of_reports(pk for pk, status in statuses.items() if status in BEING_ANSWERED)
        if progress:
            sentences.append(f"{sum(done for done, _ in progress.values())} of {sum(asked for _, asked in progress.values())} answered.")
    return " ".join(sentences)


def overview_for(user: User, today: dt.date) -> dict[str, object]:
    """Visits by month, open immediate risks and late actions for hubs; bought services and new reports for commissioners."""
    found: dict[str, object] = {}
    if user.roles & (HUB_ROLES | {Role.NATIONAL_LEAD}):
        found["visits"] = visits_chart(user, today)
        found["immediate_risk_count"] = open_immediate_risks(user)
        found["late_action_count"] = Action.objects.for_user(user, Permission.ACTION_VERIFY).late().count()
    if Role.COMMISSIONER in user.roles:
        found["bought"] = commissioned(user)
        found["publications"] = new_reports(user)
    return found


def visits_chart(user: User, today: dt.date) -> Chart:
    """Compliance visits of this person's hub by month, from five months ago to six months ahead."""
    months = [_month(today, step) for step in range(-5, 7)]
    visits = Review.objects.for_user(user, Permission.REVIEW_PLAN).filter(purpose=Review.Purpose.COMPLIANCE, starts_date__gte=months[0])
    days = visits.exclude(status=Review.Status.CANCELLED).values_list("starts_date", flat=True)
    starts = [day.replace(day=1) for day in days]
    counts = [(month, starts.count(month)) for month in months]
    return month_bars(counts, chart_id="visits", title="Visits by month", unit="visit", this_month=today.replace(day=1))


def _month(day: dt.date, step: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + step
    return dt.date(number // 12, number % 12 + 1, 1)


def open_immediate_risks(user: User) -> int:
    """Immediate risks that are agreed and not yet closed, in this person's hub."""
    risks = Finding.objects.for_user(user, Permission.REVIEW_PLAN).agreed()
    return risks.filter(category=Finding.Category.IMMEDIATE_RISK).exclude(status=Finding.Status.CLOSED).distinct().count()


def commissioned(user: User) -> list[Cycle]:
    """Services that this person's board buys, by option and risk: the highest risk first."""
    services = Service.objects.for_user(user, Permission.DECISION_VIEW).for_display()[:200]
    return sorted(cycles(list(services), reader=user), key=lambda cycle: -(cycle.decision.risk_score if cycle.decision else 0))


def new_reports(user: User) -> list[Publication]:
    """Reports of compliance reviews published in the last year about services that this person's board buys, newest first."""
    bought = Service.objects.for_user(user, Permission.REPORT_VIEW).values("pk")
    published = Publication.objects.public().filter(report__review__services__in=bought, report__review__purpose=Review.Purpose.COMPLIANCE)
    return list(published.select_related("report", "version").order_by("-public_from").distinct()[:10])
