"""What the hub does to a declared self-report: agree, change with a reason, ask, accept. The service's own answer stays."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from surveillance import scoring
from surveillance.canonical import sha256_of
from surveillance.models import Answer, Assessment, InvalidTransition, Query, Round, SelfReport, Stage
from surveillance.notifications.self_reports import note_accepted
from surveillance.queries.checks import lines_of, what_is_left
from surveillance.services.answers import clean_entry
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from surveillance.services.collation import ask_to_count
from surveillance.services.older_figures import mark_accepted_again
from surveillance.services.peer_assessments import rewrite_peer_score
from surveillance.services.scores import write_score
from surveillance.services.summaries import freeze_summary
from work import jobs
from work.models import Job
from work.working_days import add_working_days

# Working days to answer a query: our default, to be confirmed.
QUERY_WORKING_DAYS = 10


def _begin(self_report_id: int, answer_id: int, opened: str | None) -> Answer:
    """The answer of a self-report that is with the hub, its self-report locked and from now on being checked."""
    report = _being_checked(self_report_id)
    answer = Answer.objects.select_related("indicator").get(pk=answer_id, self_report=report)
    answer.self_report = report
    held = held_of(answer)
    if opened is not None and opened != stamp_of(held):
        raise SomeoneElseChanged(held or answer)
    return answer


def held_of(answer: Answer) -> Assessment | Query | None:
    """What the hub holds of an answer now: its check, or the question that it noted; None for neither."""
    assessment = Assessment.objects.filter(answer=answer, stage=Stage.VALIDATED).select_related("assessed_by").first()
    return assessment or Query.objects.filter(answer=answer, answered_at=None).select_related("asked_by").first()


def stamp_of(held: Assessment | Query | None) -> str:
    """What a form carries, so that a check which somebody saved meanwhile is noticed."""
    if held is None:
        return ""
    moment = held.assessed_at if isinstance(held, Assessment) else held.asked_at
    return f"{type(held).__name__}-{held.pk}-{moment.isoformat()}"


def _being_checked(self_report_id: int) -> SelfReport:
    """A self-report that is with the hub, locked and from now on being checked. Raises InvalidTransition."""
    report = _locked(self_report_id)
    if report.status == SelfReport.Status.DECLARED:
        report.check_may_become(SelfReport.Status.BEING_CHECKED)
        report.status = SelfReport.Status.BEING_CHECKED
        report.save(update_fields=["status"])
    if report.status != SelfReport.Status.BEING_CHECKED:
        raise InvalidTransition(f"This self-report is now {report.get_status_display().lower()}, so it cannot be checked.")
    return report


def _locked(self_report_id: int) -> SelfReport:
    related = SelfReport.objects.select_related("round", "service", "indicator_set", "accepted_by")
    return related.select_for_update(of=("self",)).get(pk=self_report_id)


@transaction.atomic
def agree_answer(*, answer_id: int, self_report_id: int, by: User, opened: str | None = None, at: dt.datetime | None = None) -> Assessment:
    """The hub agrees with an answer. Raises InvalidTransition unless the self-report is with the hub, and SomeoneElseChanged.

    ``opened`` is the stamp of what the hub held when the page was opened (None: no check).
    """
    answer = _begin(self_report_id, answer_id, opened)
    _withdraw_unsent_query(answer)
    return _assess(
        answer, by=by, at=at, value=answer.value, numerator=answer.numerator, denominator=answer.denominator, met=answer.met, reason=""
    )


@transaction.atomic
def change_value(
    *, answer_id: int, self_report_id: int, raw: Mapping[str, str], why: str, by: User,
    opened: str | None = None, at: dt.datetime | None = None,
) -> Assessment:  # fmt: skip
    """The hub holds another value to be right, and says why. Raises EntryFaults, InvalidTransition and SomeoneElseChanged."""
    answer = _begin(self_report_id, answer_id, opened)
    entry = clean_entry(answer.indicator, {**raw, "reason": why, "comment": ""})
    met = scoring.met_of(answer.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    _withdraw_unsent_query(answer)
    return _assess(answer, by=by, at=at, value=entry.value, numerator=entry.numerator, denominator=entry.denominator, met=met, reason=why)


@transaction.atomic
def agree_answers(*, self_report_id: int, answer_ids: Collection[int], by: User, at: dt.datetime | None = None) -> int:
    """The hub agrees with the unchanged answers among these that have evidence and that nobody checked yet; gives how many.

    What must be looked at one by one is left out, whatever is sent. Raises InvalidTransition unless it is with the hub.
    """
    report = _being_checked(self_report_id)
    plain = [line.answer_id for line in lines_of([report])[report.pk] if line.is_plain and line.answer_id in answer_ids]
    for answer in Answer.objects.filter(pk__in=plain).order_by("pk"):
        columns = {"value": answer.value, "numerator": answer.numerator, "denominator": answer.denominator, "met": answer.met}
        _assess(answer, by=by, at=at, reason="", **columns)
    return len(plain)


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
def ask_service(
    *, answer_id: int, self_report_id: int, question: str, by: User, opened: str | None = None, at: dt.datetime | None = None
) -> Query:
    """Note a question about an answer; the service sees it when the queries are sent."""
    answer = _begin(self_report_id, answer_id, opened)
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

    Raises AlreadyDone when somebody was quicker, InvalidTransition unless it is with the hub or while a noted question is not sent.
    """
    report = _locked(self_report_id)
    if report.status == SelfReport.Status.ACCEPTED and report.accepted_by and report.accepted_at:
        did = f"{report.accepted_by.name} accepted this self-report at {long_datetime(report.accepted_at)}."
        raise AlreadyDone(f"{did} You do not need to do anything.")
    report.check_may_become(SelfReport.Status.ACCEPTED)
    if Query.objects.filter(answer__self_report=report, answered_at=None).exists():
        raise InvalidTransition("You noted questions that are not sent. Send them, or agree with these answers.")
    now = at or timezone.now()
    report.status, report.accepted_at, report.accepted_by = SelfReport.Status.ACCEPTED, now, by
    report.save(update_fields=["status", "accepted_at", "accepted_by"])
    write_score(report, Stage.VALIDATED)
    rewrite_peer_score(report)
    mark_accepted_again(report)
    ask_to_count(report.round_id)
    freeze_summary(report, by=by, at=now)
    audit.record("self_report.accepted", target=report, by=by)
    note_accepted(report)
    return report


@transaction.atomic
def accept_checked(*, self_report_id: int, by: User, at: dt.datetime | None = None) -> SelfReport:
    """Accept a self-report as one of many: only when nothing is left to look at. Raises what ``accept_self_report`` raises."""
    report = _locked(self_report_id)
    left = what_is_left(lines_of([report])[report.pk]) if report.status != SelfReport.Status.ACCEPTED else ""
    if left:
        raise InvalidTransition(f"It has {left}.")
    return accept_self_report(self_report_id=self_report_id, by=by, at=at)


@transaction.atomic
def accept_together(*, round_id: int, self_report_ids: Collection[int], by: User) -> Job:
    """Ask for the job that accepts checked self-reports of a round one after the other; the same choice while it runs is that job."""
    opened, chosen = Round.objects.get(pk=round_id), sorted(set(self_report_ids))
    audit.record("round.acceptance_requested", target=opened, by=by)
    key = sha256_of(f"{by.pk}-{chosen}")
    return jobs.enqueue("self_reports.accept", key=key, requested_by=by, round_id=round_id, self_report_ids=chosen)
