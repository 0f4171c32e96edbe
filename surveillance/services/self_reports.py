"""The self-report's way from its lead to a declaration."""

import datetime as dt
import secrets
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.permissions import Role
from surveillance.canonical import canonical_json, number_text, sha256_of
from surveillance.models import Answer, Declaration, EvidenceItem, InvalidTransition, SelfReport, Stage
from surveillance.queries.people import executives_of
from surveillance.queries.self_reports import current_queries, is_left, light_answers
from surveillance.queries.steps import closed_sentence, contact_of
from surveillance.services.collation import ask_to_count
from surveillance.services.redeclaring import drop_overtaken_checks
from surveillance.services.rounds import last_day_to_declare
from surveillance.services.scores import write_score
from work import jobs
from work.items import counted, day_words

# No letters or digits that are mistaken for one another when read aloud.
RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def _locked(self_report_id: int) -> SelfReport:
    """The self-report, its row locked and nothing else."""
    return SelfReport.objects.select_related("round", "service", "indicator_set").select_for_update(of=("self",)).get(pk=self_report_id)


def missing_answers(report: SelfReport) -> list[Answer]:
    """Answers that keep a self-report from being sent: not answered, not confirmed, or without the reason that is needed."""
    return [answer for answer in light_answers(report) if is_left(answer)]


@transaction.atomic
def send_to_executive(
    *, self_report_id: int, executive_id: int, by: User, hours_spent: Decimal | None = None, at: dt.datetime | None = None
) -> SelfReport:
    """Send a complete self-report to an executive. Raises InvalidTransition while something is missing."""
    report = _locked(self_report_id)
    report.check_may_become(SelfReport.Status.WITH_EXECUTIVE)
    missing = len(missing_answers(report))
    if missing:
        raise InvalidTransition(f"Answer {counted(missing, 'more question')} before you send this")
    open_queries = current_queries(report).filter(answered_at=None).count()
    if open_queries:
        raise InvalidTransition(f"Reply to {counted(open_queries, 'question')} of the hub before you send this")
    executive = executives_of(report.service).filter(pk=executive_id).first()
    if executive is None:
        raise InvalidTransition("Select an executive of the organisation that runs this service")
    report.status, report.executive, report.sent_at, report.sent_by = SelfReport.Status.WITH_EXECUTIVE, executive, at or timezone.now(), by
    report.sent_back_reason, report.taken_back_at, report.taken_back_by = "", None, None
    if hours_spent is not None:
        report.hours_spent = hours_spent
    written = ["status", "executive", "sent_at", "sent_by", "sent_back_reason", "taken_back_at", "taken_back_by", "hours_spent"]
    report.save(update_fields=written)
    audit.record("self_report.sent", target=report, by=by)
    jobs.enqueue("mail.self_report_sent", self_report_id=report.pk, requested_by=by)
    return report


def _status_before_sending(report: SelfReport) -> str:
    """Where a self-report returns to: only the queried answers are open when it was declared before."""
    return SelfReport.Status.QUERIED if report.declared_at else SelfReport.Status.IN_PROGRESS


@transaction.atomic
def take_back(*, self_report_id: int, by: User, at: dt.datetime | None = None) -> SelfReport:
    """The lead takes the self-report back from the executive. Raises InvalidTransition when it is not there."""
    report = _locked(self_report_id)
    if report.status != SelfReport.Status.WITH_EXECUTIVE:
        raise InvalidTransition("The executive does not have this self-report now, so it cannot be taken back.")
    report.status = _status_before_sending(report)
    report.taken_back_at, report.taken_back_by = at or timezone.now(), by
    report.save(update_fields=["status", "taken_back_at", "taken_back_by"])
    audit.record("self_report.taken_back", target=report, by=by)
    return report


@transaction.atomic
def send_back(*, self_report_id: int, reason: str, by: User) -> SelfReport:
    """The executive sends the self-report back with a reason. Raises InvalidTransition when it is not with them."""
    report = _locked(self_report_id)
    if report.status != SelfReport.Status.WITH_EXECUTIVE:
        raise InvalidTransition("This self-report is not with you now, so it cannot be sent back.")
    report.status, report.sent_back_reason = _status_before_sending(report), reason
    report.save(update_fields=["status", "sent_back_reason"])
    audit.record("self_report.sent_back", target=report, by=by, reason=reason)
    jobs.enqueue("mail.self_report_sent_back", self_report_id=report.pk, requested_by=by)
    return report


@transaction.atomic
def declare_self_report(*, self_report_id: int, by: User, at: dt.datetime | None = None) -> SelfReport:
    """Declare a self-report: its answers are written down in one canonical text, whose hash the declaration binds to.

    The row is locked: twenty people pressing Declare make one declaration. One clock reading, taken after the lock, decides
    whether it is in time: up to midnight after the due date, Europe/London; then, until the grace days end, it is late.
    Raises InvalidTransition unless it is with the executive, and after the last day.
    """
    report = _locked(self_report_id)
    if report.status == SelfReport.Status.NOT_DECLARED:
        raise InvalidTransition(closed_sentence(report))
    report.check_may_become(SelfReport.Status.DECLARED)
    missing = len(missing_answers(report))
    if missing:
        raise InvalidTransition(f"{counted(missing, 'question')} must be answered before this can be declared.")
    now = at or timezone.now()
    is_first = report.declared_at is None
    if is_first:
        report.is_late = _is_late(report, timezone.localdate(now))
    facts = declaration_content(report)
    drop_overtaken_checks(report, facts["answers"])
    content = canonical_json(facts)
    Declaration.objects.create(
        self_report=report, content=content, hash=sha256_of(content), declared_by=by, declared_at=now, is_late=report.is_late,
        for_person=delegating_executive(report, by), receipt_code=new_receipt_code(),
    )  # fmt: skip
    report.status, report.declared_at, report.declared_by = SelfReport.Status.DECLARED, now, by
    report.save(update_fields=["status", "declared_at", "declared_by", "is_late"])
    write_score(report, Stage.SELF_ASSESSED)
    ask_to_count(report.round_id)
    audit.record("self_report.declared", target=report, by=by)
    jobs.enqueue("mail.self_report_declared", self_report_id=report.pk, requested_by=by)
    return report


def _is_late(report: SelfReport, today: dt.date) -> bool:
    last_day = last_day_to_declare(report)
    if today > last_day:
        raise InvalidTransition(
            f"The {report.round.year} round took declarations until {day_words(last_day)}. "
            f"Ask the {contact_of(report)} if it needs to be opened again."
        )
    return today > report.due_date


def delegating_executive(report: SelfReport, by: User) -> str:
    """The name of the executive for whom ``by`` declares as a delegate; empty for an executive."""
    service = report.service
    organisation = service.provider_id or (service.network.host_id if service.network else None)
    delegation = (
        Membership.objects.active()
        .filter(user=by, organisation=organisation, role=Role.EXECUTIVE, delegate_of__isnull=False)
        .select_related("delegate_of__user")
        .first()
    )
    return delegation.delegate_of.user.name if delegation and delegation.delegate_of else ""


def new_receipt_code() -> str:
    """A code of 12 letters and digits that nobody can guess; pages show it in groups of 4."""
    return "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(12))


def declaration_content(report: SelfReport) -> dict[str, Any]:
    """Exactly what is declared: the service, the set, and every answer with its documents. Numbers are texts."""
    service, indicator_set = report.service, report.indicator_set
    answers = report.answers.select_related("indicator").prefetch_related("evidence__versions").order_by("indicator__position")
    return {
        "self_report": report.pk,
        "year": report.round.year,
        "service": {"id": service.pk, "name": service.name, "holder": service.holder.code, "holder_name": service.holder.name},
        "indicator_set": {"code": indicator_set.code, "version": indicator_set.version} if indicator_set else None,
        "hours_spent": number_text(report.hours_spent),
        "answers": [declared_answer(answer, documents=answer.evidence.all()) for answer in answers],
    }


def declared_answer(answer: Answer, *, documents: Iterable[EvidenceItem]) -> dict[str, Any]:
    """One answer as a declaration writes it down, with the newest version of each document."""
    indicator = answer.indicator
    return {
        "id": answer.pk,
        "number": indicator.number,
        "title": indicator.title,
        "section": indicator.section,
        "answer_kind": indicator.answer_kind,
        "target": number_text(indicator.target),
        "comparator": indicator.comparator,
        "is_key": indicator.is_key,
        "value": answer.value,
        "numerator": number_text(answer.numerator),
        "denominator": number_text(answer.denominator),
        "reason": answer.reason,
        "comment": answer.comment,
        "met": answer.met,
        "version": answer.version,
        "evidence": [_document_content(item) for item in documents],
    }


def _document_content(item: EvidenceItem) -> dict[str, Any]:
    version = next(iter(item.versions.all()), None)
    return {
        "id": item.pk,
        "title": item.title,
        "version": version.number if version else None,
        "sha256": version.sha256 if version else "",
        "link": version.link if version else "",
        "document_date": version.document_date.isoformat() if version and version.document_date else None,
    }
