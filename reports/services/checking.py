"""The independent quality check: two named people who were not on the visit; both pass, or it goes back with a note."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import QualityCheck, Report, ReportVersion
from reports.queries.people import checker_candidates
from reports.services.accuracy import begin_accuracy
from reports.services.versions import freeze, locked_report
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Report.Status
CRITERIA: dict[str, str] = {
    "evidence_behind_findings": "There is evidence behind every finding",
    "categories_by_definition": "Each finding’s category follows the procedure’s definition",
    "tone_is_fair": "The tone is fair to the service",
    "no_identifiable_person": "No patient and no member of staff can be identified",
}
CHECKER_COUNT = 2
CHECK_DAYS = 5


def procedure_days(report: Report, code: str, default: int) -> int:
    """Working days that the review's procedure sets for a milestone; ``default`` where it sets none."""
    procedure = report.review.procedure
    return abs(procedure.working_days(code)) if procedure.has_milestone(code) else default


@transaction.atomic
def ask_for_quality_check(*, report_id: int, checker_ids: Sequence[int], by: User) -> list[QualityCheck]:
    """Name the two who check the report, and send it to them. Raises InvalidTransition."""
    report = locked_report(report_id)
    report.check_may_become(Status.QUALITY_CHECK)
    chosen = list(dict.fromkeys(checker_ids))
    if len(chosen) != CHECKER_COUNT:
        raise InvalidTransition("Choose 2 different people")
    if set(chosen) - {person.pk for person in checker_candidates(report)}:
        raise InvalidTransition("Choose people of the hub or the national team who were not on the visit and did not draft the report.")
    due = add_working_days(timezone.localdate(), procedure_days(report, "QUALITY_CHECK", CHECK_DAYS))
    checks = [QualityCheck.objects.create(report=report, checker_id=pk, due_date=due) for pk in chosen]
    report.status, report.version = Status.QUALITY_CHECK, report.version + 1
    report.save(update_fields=["status", "version"])
    freeze(report, purpose=ReportVersion.Purpose.DRAFT, by=by)
    audit.record("report.quality_check_asked", target=report, by=by)
    for check in checks:
        jobs.enqueue("mail.report_quality_check", check_id=check.pk, requested_by=by)
    return checks


@transaction.atomic
def answer_quality_check(*, report_id: int, by: User, is_passed: bool, criteria: Collection[str], note: str = "") -> QualityCheck:
    """Pass the report (all four criteria met) or return it with a note. The second pass starts the accuracy check.

    Raises InvalidTransition.
    """
    report = locked_report(report_id)
    check = report.quality_checks.select_for_update(of=("self",)).filter(checker=by, outcome=QualityCheck.Outcome.WAITING).first()
    if report.status != Status.QUALITY_CHECK or check is None:
        raise InvalidTransition("This report does not wait for your quality check.")
    for name in CRITERIA:
        setattr(check, name, name in criteria)
    if is_passed and not all(getattr(check, name) for name in CRITERIA):
        raise InvalidTransition("A report passes only when all 4 points are met. Return it with a note instead.")
    if not is_passed and not note.strip():
        raise InvalidTransition("Enter a note that says what must change")
    check.outcome = QualityCheck.Outcome.PASSED if is_passed else QualityCheck.Outcome.RETURNED
    check.note, check.checked_at = note.strip(), timezone.now()
    check.content_hash = content.content_hash(content.live_content(report))
    check.save()
    audit.record("report.quality_check_passed" if is_passed else "report.quality_check_returned", target=check, by=by)
    if not is_passed:
        _return_to_draft(report)
    elif not report.quality_checks.filter(outcome=QualityCheck.Outcome.WAITING).exists():
        begin_accuracy(report, by=by)
    return check


def _return_to_draft(report: Report) -> None:
    """Back to the drafter; the other check falls away, as it will look at other words."""
    report.check_may_become(Status.DRAFT)
    report.quality_checks.filter(outcome=QualityCheck.Outcome.WAITING).delete()
    report.status, report.version = Status.DRAFT, report.version + 1
    report.save(update_fields=["status", "version"])
