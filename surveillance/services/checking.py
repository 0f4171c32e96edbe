"""What the hub does to a declared self-report: agree, change with a reason, ask, accept. The service's own answer stays."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance import scoring
from surveillance.models import Answer, Assessment, InvalidTransition, Query, SelfReport, Stage
from surveillance.services.answers import clean_entry
from surveillance.services.scores import write_score
from surveillance.services.summaries import freeze_summary
from work import jobs
from work.working_days import add_working_days

# Working days to answer a query: our default, to be confirmed.
QUERY_WORKING_DAYS = 10


def _begin(self_report_id: int, answer_id: int) -> Answer:
    """The answer of a self-report that is with the hub, its self-report locked and from now on being checked."""
    report = _locked(self_report_id)
    if report.status == SelfReport.Status.DECLARED:
        report.check_may_become(SelfReport.Status.BEING_CHECKED)
        report.status = SelfReport.Status.BEING_CHECKED
        report.save(update_fields=["status"])
    if report.status != SelfReport.Status.BEING_CHECKED:
        raise InvalidTransition(f"This self-report is now {report.get_status_display().lower()}, so it cannot be checked.")
    answer = Answer.objects.select_related("indicator").get(pk=answer_id, self_report=report)
    answer.self_report = report
    return answer


def _locked(self_report_id: int) -> SelfReport:
    return SelfReport.objects.select_related("round", "service", "indicator_set").select_for_update(of=("self",)).get(pk=self_report_id)


@transaction.atomic
def agree_answer(*, answer_id: int, self_report_id: int, by: User, at: dt.datetime | None = None) -> Assessment:
    """The hub agrees with an answer. Raises InvalidTransition unless the self-report is with the hub."""
    answer = _begin(self_report_id, answer_id)
    _withdraw_unsent_query(answer)
    return _assess(
        answer, by=by, at=at, value=answer.value, numerator=answer.numerator, denominator=answer.denominator, met=answer.met, reason=""
    )


@transaction.atomic
def change_value(
    *, answer_id: int, self_report_id: int, raw: Mapping[str, str], why: str, by: User, at: dt.datetime | None = None
) -> Assessment:
    """The hub holds another value to be right, and says why. Raises EntryFaults and InvalidTransition."""
    answer = _begin(self_report_id, answer_id)
    entry = clean_entry(answer.indicator, {**raw, "reason": why, "comment": ""})
    met = scoring.met_of(answer.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    _withdraw_unsent_query(answer)
    return _assess(answer, by=by, at=at, value=entry.value, numerator=entry.numerator, denominator=entry.denominator, met=met, reason=why)


def _assess(answer: Answer, *, by: User, at: dt.datetime | None, **columns: object) -> Assessment:
    assessment, _ = Assessment.objects.update_or_create(
        answer=answer, stage=Stage.VALIDATED, defaults={**columns, "assessed_by": by, "assessed_at": at or timezone.now()}
    )
    audit.record("answer.validated", target=answer, by=by)
    return assessment


def _withdraw_unsent_query(answer: Answer) -> None:
    """A question that the hub noted and has not sent goes when the hub decides otherwise."""
    Query.objects.filter(answer=answer, answered_at=None).delete()


@transaction.atomic
def ask_service(*, answer_id: int, self_report_id: int, question: str, by: User, at: dt.datetime | None = None) -> Query:
    """Note a question about an answer; the service sees it when the queries are sent."""
    answer = _begin(self_report_id, answer_id)
    now = at or timezone.now()
    Assessment.objects.filter(answer=answer, stage=Stage.VALIDATED).delete()
    query, _ = Query.objects.update_or_create(
        answer=answer,
        answered_at=None,
        defaults={"question": question, "asked_by": by, "asked_at": now, "due_date": _query_due(now)},
    )
    audit.record("answer.queried", target=answer, by=by)
    return query


def _query_due(now: dt.datetime) -> dt.date:
    return add_working_days(timezone.localdate(now), QUERY_WORKING_DAYS)


@transaction.atomic
def send_queries(*, self_report_id: int, by: User, at: dt.datetime | None = None) -> SelfReport:
    """Send the noted questions to the service: only the answers asked about open again. Raises InvalidTransition without any."""
    report = _locked(self_report_id)
    report.check_may_become(SelfReport.Status.QUERIED)
    now = at or timezone.now()
    queries = Query.objects.filter(answer__self_report=report, answered_at=None)
    if not queries.update(asked_at=now, due_date=_query_due(now)):
        raise InvalidTransition("Ask about at least one answer before you send queries.")
    report.status = SelfReport.Status.QUERIED
    report.save(update_fields=["status"])
    audit.record("self_report.queried", target=report, by=by)
    jobs.enqueue("mail.self_report_queried", self_report_id=report.pk, requested_by=by)
    return report


@transaction.atomic
def accept_self_report(*, self_report_id: int, by: User, at: dt.datetime | None = None) -> SelfReport:
    """Accept a self-report: the validated score is written and the service's aggregated report is frozen.

    Raises InvalidTransition unless it is with the hub, or while a noted question is not sent.
    """
    report = _locked(self_report_id)
    report.check_may_become(SelfReport.Status.ACCEPTED)
    if Query.objects.filter(answer__self_report=report, answered_at=None).exists():
        raise InvalidTransition("You noted questions that are not sent. Send them, or agree with these answers.")
    now = at or timezone.now()
    report.status, report.accepted_at, report.accepted_by = SelfReport.Status.ACCEPTED, now, by
    report.save(update_fields=["status", "accepted_at", "accepted_by"])
    write_score(report, Stage.VALIDATED)
    freeze_summary(report, by=by, at=now)
    audit.record("self_report.accepted", target=report, by=by)
    jobs.enqueue("mail.self_report_accepted", self_report_id=report.pk, requested_by=by)
    return report
