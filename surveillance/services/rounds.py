"""Rounds: opening one in batches, closing it, and giving single services more time."""

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import (
    Answer,
    Indicator,
    IndicatorSet,
    InvalidTransition,
    Round,
    RoundSet,
    SelfReport,
    Service,
    ServiceSpecification,
)
from surveillance.services.collation import ask_to_count
from surveillance.services.key_requirements import key_requirement_sets
from surveillance.services.older_figures import mark_reopened
from work import jobs
from work.items import day_words
from work.working_days import add_working_days

BATCH = 200
# The longest that a service can be given beyond the round's last day, or beyond today: our default, to be confirmed.
LONGEST_EXTENSION_DAYS = 365
# What a specification's services report against besides a set of its own: the key requirements of the specification.
KEY_REQUIREMENTS = "KEY_REQUIREMENTS"


def newest_sets() -> dict[int, int]:
    """Specification to the newest published set that counts, by ids: what a new round proposes."""
    newest: dict[int, int] = {}
    for specification, pk in (
        IndicatorSet.objects.filter(status=IndicatorSet.Status.PUBLISHED, is_counted=True)
        .order_by(F("published_at").asc(nulls_first=True), "version", "pk")
        .values_list("specification", "pk")
    ):
        newest[specification] = pk
    return newest


def proposed_sets() -> dict[int, int | str]:
    """What a new round proposes for each specification: its newest set, or its key requirements where services have none.

    A specification without a set and without a service is not proposed: nobody would report against it.
    """
    newest = newest_sets()
    with_services = Service.objects.order_by().values_list("specification", flat=True).distinct()
    return {specification: KEY_REQUIREMENTS for specification in with_services} | newest


@transaction.atomic
def create_round(
    *,
    year: int,
    opens_date: dt.date,
    closes_date: dt.date,
    check_by_date: dt.date,
    by: User,
    grace_working_days: int = 10,
    sets: dict[int, int | str] | None = None,
    at: dt.datetime | None = None,
) -> Round:
    """Open a year's round with a set for each specification, and ask for the job that makes its self-reports.

    ``sets`` gives a specification's set, or KEY_REQUIREMENTS; one that it leaves out is not in the round. Without ``sets``
    the round takes what it proposes. Raises InvalidTransition when the year has one.
    """
    if Round.objects.filter(year=year).exists():
        raise InvalidTransition(f"The {year} round is open already.")
    opened = Round.objects.create(
        year=year, opens_date=opens_date, closes_date=closes_date, check_by_date=check_by_date,
        grace_working_days=grace_working_days, opened_at=at or timezone.now(), opened_by=by,
    )  # fmt: skip
    RoundSet.objects.bulk_create(
        RoundSet(round=opened, specification_id=specification, indicator_set_id=pk)
        for specification, pk in _sets_by_id(proposed_sets() if sets is None else sets, by).items()
    )
    audit.record("round.opened", target=opened, by=by)
    jobs.enqueue("round.open", round_id=opened.pk, requested_by=by)
    return opened


def _sets_by_id(chosen: dict[int, int | str], by: User) -> dict[int, int]:
    """Specification to set, by ids, key requirements included: their sets are made as they are worded today."""
    asked = [specification for specification, choice in chosen.items() if choice == KEY_REQUIREMENTS]
    made = key_requirement_sets(ServiceSpecification.objects.filter(pk__in=asked), by=by)
    return {specification: made[specification].pk if specification in made else int(choice) for specification, choice in chosen.items()}


@transaction.atomic
def open_next_services(*, round_id: int, limit: int = BATCH) -> int:
    """Make the self-reports and empty answers of the next services that lack them; gives how many, 0 when all have one.

    A service is in the round when its specification has a set there and nobody took it out. A part never takes its
    parent's set: what is asked of the whole is not asked of the part. The round's row is locked, so two workers never make
    the same ones; running it again does no harm.
    """
    opened = Round.objects.select_for_update().get(pk=round_id)
    sets = dict(RoundSet.objects.filter(round=opened).values_list("specification", "indicator_set"))
    services = list(services_of_round(opened).exclude(self_reports__round=opened).order_by("pk")[:limit])
    make_self_reports(opened, [(service, sets[service.specification_id]) for service in services])
    return len(services)


def services_of_round(opened: Round) -> QuerySet[Service]:
    """Services whose specification is in the round and that nobody took out."""
    asked = RoundSet.objects.filter(round=opened).values("specification")
    return Service.objects.filter(specification__in=asked).exclude(pk__in=opened.exclusions.values("service"))


def make_self_reports(opened: Round, services: list[tuple[Service, int]]) -> list[SelfReport]:
    """A self-report with its empty answers for each service, against the set beside it; call it with the round locked."""
    reports = SelfReport.objects.bulk_create(
        SelfReport(service=service, round=opened, indicator_set_id=indicator_set, due_date=opened.closes_date)
        for service, indicator_set in services
    )
    indicators: dict[int, list[int]] = {}
    asked = Indicator.objects.filter(indicator_set__in={pk for _, pk in services}, retired_on=None)
    for indicator_set, pk in asked.values_list("indicator_set", "pk"):
        indicators.setdefault(indicator_set, []).append(pk)
    Answer.objects.bulk_create(
        (
            Answer(self_report=report, indicator_id=pk)
            for report, (_, indicator_set) in zip(reports, services, strict=True)
            for pk in indicators.get(indicator_set, [])
        ),
        batch_size=1000,
    )
    return reports


def last_day_to_declare(report: SelfReport) -> dt.date:
    """The last day on which a declaration is taken and marked late: the grace days after this service's due date."""
    return add_working_days(report.due_date, report.round.grace_working_days)


def last_day_of_round(opened: Round) -> dt.date:
    """The last day on which a late declaration is taken of services without more time."""
    return add_working_days(opened.closes_date, opened.grace_working_days)


@transaction.atomic
def close_round(*, year: int, by: User | None = None, at: dt.datetime | None = None) -> dict[str, int]:
    """Record as not declared what nobody declared by the end of the grace days; gives counts.

    Self-reports with more time are left until theirs has passed; running it again takes up those.
    Raises Round.DoesNotExist, and InvalidTransition while the grace days still run.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    closing = Round.objects.select_for_update().get(year=year)
    last_day = last_day_of_round(closing)
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


def latest_new_date(report: SelfReport) -> dt.date:
    """The latest day that a service can be given for declaring."""
    return max(report.round.closes_date, timezone.localdate()) + dt.timedelta(days=LONGEST_EXTENSION_DAYS)


def _check_new_date(report: SelfReport, due_date: dt.date) -> None:
    if due_date < timezone.localdate():
        raise InvalidTransition("The new date must be today or later.")
    if due_date > (latest := latest_new_date(report)):
        raise InvalidTransition(f"The new date must be {day_words(latest)} or earlier.")


@transaction.atomic
def extend_self_report(*, self_report_id: int, due_date: dt.date, reason: str, by: User) -> SelfReport:
    """Give one service more time, with a reason. Raises InvalidTransition once it is declared or when the date is not later."""
    report = _locked(self_report_id)
    if report.declared_at or report.status == SelfReport.Status.NOT_DECLARED:
        raise InvalidTransition("Only a self-report that is not declared yet can be given more time.")
    if due_date <= report.due_date:
        raise InvalidTransition(f"The new date must be after {day_words(report.due_date)}.")
    _check_new_date(report, due_date)
    report.due_date, report.extension_reason = due_date, reason
    report.save(update_fields=["due_date", "extension_reason"])
    audit.record("self_report.extended", target=report, by=by, reason=reason)
    return report


@transaction.atomic
def reopen_self_report(*, self_report_id: int, due_date: dt.date, reason: str, by: User, at: dt.datetime | None = None) -> SelfReport:
    """Open an accepted or undeclared self-report again until a day, with a reason; what was declared before is kept.

    The hub's checks stay too: those of answers that change are dropped when it is declared again.
    """
    report = _locked(self_report_id)
    if report.status not in {SelfReport.Status.ACCEPTED, SelfReport.Status.NOT_DECLARED}:
        raise InvalidTransition("Only an accepted or undeclared self-report can be opened again.")
    _check_new_date(report, due_date)
    report.check_may_become(SelfReport.Status.IN_PROGRESS)
    now = at or timezone.now()
    report.status, report.due_date, report.reopened_reason = SelfReport.Status.IN_PROGRESS, due_date, reason
    report.reopened_at, report.reopened_by = now, by
    report.is_late, report.sent_back_reason = False, ""
    report.declared_at = report.declared_by = report.accepted_at = report.accepted_by = None
    report.save()
    mark_reopened(report, at=now)
    audit.record("self_report.reopened", target=report, by=by, reason=reason)
    ask_to_count(report.round_id)
    jobs.enqueue("mail.self_report_reopened", self_report_id=report.pk, requested_by=by)
    return report


def _locked(self_report_id: int) -> SelfReport:
    return SelfReport.objects.select_related("round").select_for_update(of=("self",)).get(pk=self_report_id)
