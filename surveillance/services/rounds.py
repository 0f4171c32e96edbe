"""Rounds: opening one in batches, closing it, and giving single services more time."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, Indicator, IndicatorSet, InvalidTransition, Round, RoundSet, SelfReport, Service
from work import jobs
from work.items import day_words
from work.working_days import add_working_days

BATCH = 200


def newest_sets() -> dict[int, int]:
    """Specification to the newest published set, by ids: what a new round proposes."""
    newest: dict[int, int] = {}
    for specification, pk in (
        IndicatorSet.objects.filter(status=IndicatorSet.Status.PUBLISHED)
        .order_by("published_at", "version", "pk")
        .values_list("specification", "pk")
    ):
        newest[specification] = pk
    return newest


@transaction.atomic
def create_round(
    *,
    year: int,
    opens_date: dt.date,
    closes_date: dt.date,
    check_by_date: dt.date,
    by: User,
    grace_working_days: int = 10,
    sets: dict[int, int] | None = None,
    at: dt.datetime | None = None,
) -> Round:
    """Open a year's round with a set for each specification, and ask for the job that makes its self-reports.

    Without ``sets`` every specification gets its newest published one. Raises InvalidTransition when the year has one.
    """
    if Round.objects.filter(year=year).exists():
        raise InvalidTransition(f"The {year} round is open already.")
    opened = Round.objects.create(
        year=year, opens_date=opens_date, closes_date=closes_date, check_by_date=check_by_date,
        grace_working_days=grace_working_days, opened_at=at or timezone.now(), opened_by=by,
    )  # fmt: skip
    chosen = newest_sets() if sets is None else sets
    RoundSet.objects.bulk_create(
        RoundSet(round=opened, specification_id=specification, indicator_set_id=pk) for specification, pk in chosen.items()
    )
    audit.record("round.opened", target=opened, by=by)
    jobs.enqueue("round.open", round_id=opened.pk, requested_by=by)
    return opened


@transaction.atomic
def open_next_services(*, round_id: int, limit: int = BATCH) -> int:
    """Make the self-reports and empty answers of the next services that lack them; gives how many, 0 when all have one.

    The round's row is locked, so two workers never make the same ones; running it again does no harm.
    """
    opened = Round.objects.select_for_update().get(pk=round_id)
    waiting = Service.objects.exclude(self_reports__round=opened).order_by("pk")[:limit]
    services = list(waiting.select_related("specification"))
    sets = dict(RoundSet.objects.filter(round=opened).values_list("specification", "indicator_set"))
    reports = SelfReport.objects.bulk_create(
        SelfReport(service=service, round=opened, indicator_set_id=_set_of(service, sets), due_date=opened.closes_date)
        for service in services
    )
    indicators: dict[int, list[int]] = {}
    for indicator_set, pk in Indicator.objects.filter(indicator_set__in=set(sets.values()), retired_on=None).values_list(
        "indicator_set", "pk"
    ):
        indicators.setdefault(indicator_set, []).append(pk)
    Answer.objects.bulk_create(
        (
            Answer(self_report=report, indicator_id=pk)
            for report in reports
            if report.indicator_set_id
            for pk in indicators.get(report.indicator_set_id, [])
        ),
        batch_size=1000,
    )
    return len(services)


def _set_of(service: Service, sets: dict[int, int]) -> int | None:
    """The round's set for the service's specification; None: it reports against the key requirements.

    A part never takes its parent's set: what is asked of the whole is not asked of the part.
    """
    return sets.get(service.specification_id)


def last_day_to_declare(report: SelfReport) -> dt.date:
    """The last day on which a declaration is taken and marked late: the grace days after this service's due date."""
    return add_working_days(report.due_date, report.round.grace_working_days)


@transaction.atomic
def close_round(*, year: int, by: User | None = None, at: dt.datetime | None = None) -> dict[str, int]:
    """Record as not declared what nobody declared by the end of the grace days; gives counts.

    Self-reports with more time are left until theirs has passed; running it again takes up those.
    Raises Round.DoesNotExist, and InvalidTransition while the grace days still run.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    closing = Round.objects.select_for_update().get(year=year)
    last_day = add_working_days(closing.closes_date, closing.grace_working_days)
    if today <= last_day:
        raise InvalidTransition(f"The {year} round takes declarations until {day_words(last_day)}. Close it after that day.")
    status = SelfReport.Status
    undeclared = SelfReport.objects.select_for_update().filter(
        round=closing, declared_at=None, status__in=[status.NOT_STARTED, status.IN_PROGRESS, status.WITH_EXECUTIVE]
    )
    # The round is put in place by hand: a join would be locked as well.
    counts = {"not_declared": 0, "given_more_time": 0}
    for report in undeclared:
        report.round = closing
        if today <= last_day_to_declare(report):
            counts["given_more_time"] += 1
            continue
        report.check_may_become(status.NOT_DECLARED)
        report.status = status.NOT_DECLARED
        report.save(update_fields=["status"])
        audit.record("self_report.not_declared", target=report, by=by)
        counts["not_declared"] += 1
    if closing.closed_at is None:
        closing.closed_at = now
        closing.save(update_fields=["closed_at"])
        audit.record("round.closed", target=closing, by=by)
    return counts


@transaction.atomic
def extend_self_report(*, self_report_id: int, due_date: dt.date, reason: str, by: User) -> SelfReport:
    """Give one service more time, with a reason. Raises InvalidTransition once it is declared or when the date is not later."""
    report = SelfReport.objects.select_for_update().get(pk=self_report_id)
    if report.declared_at or report.status == SelfReport.Status.NOT_DECLARED:
        raise InvalidTransition("Only a self-report that is not declared yet can be given more time.")
    if due_date <= report.due_date:
        raise InvalidTransition(f"The new date must be after {day_words(report.due_date)}.")
    report.due_date, report.extension_reason = due_date, reason
    report.save(update_fields=["due_date", "extension_reason"])
    audit.record("self_report.extended", target=report, by=by, reason=reason)
    return report


@transaction.atomic
def reopen_self_report(*, self_report_id: int, due_date: dt.date, reason: str, by: User) -> SelfReport:
    """Open an accepted or undeclared self-report again until a day, with a reason; what was declared before is kept."""
    report = SelfReport.objects.select_for_update().get(pk=self_report_id)
    if report.status not in {SelfReport.Status.ACCEPTED, SelfReport.Status.NOT_DECLARED}:
        raise InvalidTransition("Only an accepted or undeclared self-report can be opened again.")
    report.check_may_become(SelfReport.Status.IN_PROGRESS)
    report.status, report.due_date, report.reopened_reason = SelfReport.Status.IN_PROGRESS, due_date, reason
    report.declared_at = report.declared_by = report.accepted_at = report.accepted_by = None
    report.save()
    audit.record("self_report.reopened", target=report, by=by, reason=reason)
    jobs.enqueue("mail.self_report_reopened", self_report_id=report.pk, requested_by=by)
    return report
