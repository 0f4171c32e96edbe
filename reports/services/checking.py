"""The independent quality check: two named people who were not on the visit (for learning two of its team, ADR 14).

Both pass the same words, or the report goes back with a note.
"""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import QualityCheck, Report, ReportVersion, TeamReading
from reports.queries.people import why_not_check
from reports.queries.readings import fault_before_check
from reports.services.accuracy import begin_accuracy
from reports.services.versions import freeze, locked_report
from surveillance.services.clash import SomeoneElseChanged
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

Status, Outcome = Report.Status, QualityCheck.Outcome
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
def ask_for_quality_check(*, report_id: int, checker_ids: Sequence[int], by: User, without_team_reason: str = "") -> list[QualityCheck]:
    """Name the two who check the report, and send it to them.

    Raises InvalidTransition: also while the team has not been heard, unless there is a reason to go on without it.
    """
    report = locked_report(report_id)
    report.check_may_become(Status.QUALITY_CHECK)
    _check_checkers(report, checker_ids)
    fault, reason = fault_before_check(report), without_team_reason.strip()
    if fault and not reason:
        raise InvalidTransition(f"{fault} Wait for it, or say why you go on without it.")
    checks = [_ask(report, pk, reason if fault else "") for pk in dict.fromkeys(checker_ids)]
    report.status, report.version = Status.QUALITY_CHECK, report.version + 1
    report.save(update_fields=["status", "version"])
    waiting = report.team_readings.filter(answer=TeamReading.Answer.WAITING)
    waiting.update(answer=TeamReading.Answer.SKIPPED, answered_at=timezone.now())
    freeze(report, purpose=ReportVersion.Purpose.DRAFT, by=by)
    audit.record("report.quality_check_asked", target=report, by=by, reason=reason if fault else "")
    for check in checks:
        jobs.enqueue("mail.report_quality_check", check_id=check.pk, requested_by=by)
    return checks


def _check_checkers(report: Report, checker_ids: Sequence[int]) -> None:
    """Raises InvalidTransition unless these are two people who may check the report."""
    if len(set(checker_ids)) != CHECKER_COUNT:
        raise InvalidTransition("Choose 2 different people")
    for person in User.objects.filter(pk__in=checker_ids).order_by("pk"):
        if sentence := why_not_check(person, report):
            raise InvalidTransition(sentence)


def _ask(report: Report, checker_id: int, without_team_reason: str, in_place_of: QualityCheck | None = None) -> QualityCheck:
    due = add_working_days(timezone.localdate(), procedure_days(report, "QUALITY_CHECK", CHECK_DAYS))
    return QualityCheck.objects.create(
        report=report, checker_id=checker_id, due_date=due, without_team_reason=without_team_reason, in_place_of=in_place_of
    )


def checked_hash(report: Report) -> str:
    """The hash to which a pass is bound: the whole content as it stands, without the figures of other services.

    Those stand beside a service's own in a chart and move with every self-report in England; nobody checks them here.
    """
    return content.content_hash(content.without_other_services(content.live_content(report)))


@transaction.atomic
def answer_quality_check(
    *, report_id: int, by: User, is_passed: bool, criteria: Collection[str], note: str = "", read_hash: str | None = None
) -> QualityCheck:
    """Pass the report (all four criteria met) or return it with a note. Both passes of the same content start the accuracy check.

    ``read_hash`` is that of the content that was read. Raises InvalidTransition; SomeoneElseChanged when the content is another now.
    """
    report = locked_report(report_id)
    check = report.quality_checks.select_for_update(of=("self",)).filter(checker=by, outcome=Outcome.WAITING).first()
    if report.status != Status.QUALITY_CHECK or check is None:
        raise InvalidTransition("This report does not wait for your quality check.")
    if sentence := why_not_check(by, report):
        raise InvalidTransition(sentence)
    found = checked_hash(report)
    if read_hash is not None and read_hash != found:
        raise SomeoneElseChanged(report)
    _record(check, is_passed=is_passed, criteria=criteria, note=note, found=found)
    audit.record("report.quality_check_passed" if is_passed else "report.quality_check_returned", target=check, by=by)
    if not is_passed:
        _return_to_draft(report)
    elif not ask_again_where_changed(report, found) and not report.quality_checks.filter(outcome=Outcome.WAITING).exists():
        begin_accuracy(report, by=by)
    return check


def _record(check: QualityCheck, *, is_passed: bool, criteria: Collection[str], note: str, found: str) -> None:
    for name in CRITERIA:
        setattr(check, name, name in criteria)
    if is_passed and not all(getattr(check, name) for name in CRITERIA):
        raise InvalidTransition("A report passes only when all 4 points are met. Return it with a note instead.")
    if not is_passed and not note.strip():
        raise InvalidTransition("Enter a note that says what must change")
    check.outcome = Outcome.PASSED if is_passed else Outcome.RETURNED
    check.note, check.checked_at, check.content_hash = note.strip(), timezone.now(), found
    check.save()


def ask_again_where_changed(report: Report, found: str) -> int:
    """Ask those again who passed something else than what stands there now (``found``); gives how many.

    Call it with the report locked, while it is at the quality check.
    """
    stale = report.quality_checks.select_for_update(of=("self",)).filter(outcome=Outcome.PASSED).exclude(content_hash=found)
    count = 0
    for check in stale:
        check.outcome = Outcome.OUTDATED
        check.save(update_fields=["outcome"])
        again = _ask(report, check.checker_id, check.without_team_reason)
        audit.record("report.quality_check_asked_again", target=again, by=None)
        jobs.enqueue("mail.report_quality_check", check_id=again.pk, requested_by=None)
        count += 1
    return count


@transaction.atomic
def replace_checker(*, check_id: int, checker_id: int, by: User) -> QualityCheck:
    """Name another person in the place of one who has not answered, and ask them; gives their check.

    The old check stays on record as replaced; the new one has all the days that the procedure gives. Raises InvalidTransition when
    the check was answered or replaced meanwhile, or the person may not check this report or does so already.
    """
    report = locked_report(QualityCheck.objects.values_list("report", flat=True).get(pk=check_id))
    old = report.quality_checks.select_for_update(of=("self",)).select_related("checker").get(pk=check_id)
    if report.status != Status.QUALITY_CHECK or old.outcome != Outcome.WAITING:
        raise InvalidTransition(f"Nothing waits for {old.checker.name} any more, so nobody takes their place.")
    person = User.objects.get(pk=checker_id)
    if sentence := why_not_check(person, report):
        raise InvalidTransition(sentence)
    if report.quality_checks.counting().filter(checker=person).exists():
        raise InvalidTransition(f"{person.name} checks this report already. Choose somebody else.")
    old.outcome, old.replaced_by, old.replaced_at = Outcome.REPLACED, by, timezone.now()
    old.save(update_fields=["outcome", "replaced_by", "replaced_at"])
    new = _ask(report, person.pk, old.without_team_reason, in_place_of=old)
    audit.record("report.checker_replaced", target=new, by=by)
    jobs.enqueue("mail.report_quality_check", check_id=new.pk, requested_by=by)
    return new


@transaction.atomic
def ask_again_everywhere() -> int:
    """Where a report changed after one of its checkers passed it, ask that one again; gives how many."""
    passed = Report.objects.filter(status=Status.QUALITY_CHECK, quality_checks__outcome=Outcome.PASSED).distinct()
    count = 0
    for pk in passed.order_by("pk").values_list("pk", flat=True):
        report = locked_report(pk)
        count += ask_again_where_changed(report, checked_hash(report))
    return count


def _return_to_draft(report: Report) -> None:
    """Back to the drafter; the other check falls away, as it will look at other words, and so does a pass of the old ones."""
    report.check_may_become(Status.DRAFT)
    report.quality_checks.filter(outcome=Outcome.WAITING).delete()
    report.quality_checks.filter(outcome=Outcome.PASSED).update(outcome=Outcome.OUTDATED)
    report.status, report.version = Status.DRAFT, report.version + 1
    report.save(update_fields=["status", "version"])
