"""The factual accuracy check: the service or its commissioner answers item by item, the team accepts or keeps; silence accepts."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding
from peerreview.services.findings import amend_finding
from reports.blocks.findings import numbered_findings
from reports.models import AccuracyPoint, Report, ReportSection, ReportVersion
from reports.outline import PART_OF
from reports.queries.accuracy import documents_offered
from reports.queries.rights import accuracy_parties, decides_accuracy
from reports.services.versions import freeze, locked_report
from surveillance.models import Service
from surveillance.services.clash import check_version
from work import jobs
from work.items import day_words
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Report.Status
Answer, Outcome, Party = AccuracyPoint.Answer, AccuracyPoint.Outcome, AccuracyPoint.Party
ACCURACY_DAYS = 10


def begin_accuracy(report: Report, *, by: User) -> None:
    """Freeze the copy for the check, make one item of each finding and each section of words, and ask for answers.

    Call it with the report locked, when both quality checks passed.
    """
    report.check_may_become(Status.FACTUAL_ACCURACY)
    procedure = report.review.procedure
    days = procedure.working_days("ACCURACY") if procedure.has_milestone("ACCURACY") else ACCURACY_DAYS
    report.accuracy_due_date = add_working_days(timezone.localdate(), days)
    report.status, report.version = Status.FACTUAL_ACCURACY, report.version + 1
    report.save(update_fields=["status", "version", "accuracy_due_date"])
    freeze(report, purpose=ReportVersion.Purpose.ACCURACY, by=by)
    _make_points(report)
    audit.record("report.accuracy_asked", target=report, by=by)
    jobs.enqueue("mail.report_accuracy", report_id=report.pk, requested_by=by)


def _make_points(report: Report) -> None:
    items: list[tuple[Finding | None, ReportSection | None, str]] = []
    for part in report.sections.order_by("position"):
        if not part.block and PART_OF[part.code].is_checked:
            items.append((None, part, part.text))
    items += [(finding, None, finding.what_was_seen) for _, finding in numbered_findings(report.review)]
    for position, (finding, section, text) in enumerate(items, start=1):
        of_buyer = finding and finding.addressed_to == Finding.AddressedTo.COMMISSIONER and not report.review.is_learning
        party = Party.COMMISSIONER if of_buyer else Party.SERVICE  # no commissioner reads the report of a review for learning
        AccuracyPoint.objects.create(report=report, finding=finding, section=section, party=party, position=position, text=text)


def _locked_point(point_id: int) -> AccuracyPoint:
    report_id = AccuracyPoint.objects.values_list("report", flat=True).get(pk=point_id)
    report = locked_report(report_id)
    rows = AccuracyPoint.objects.select_for_update(of=("self",)).select_related("finding", "section", "answered_by", "decided_by")
    point = rows.get(pk=point_id)
    point.report = report
    if report.status != Status.FACTUAL_ACCURACY:
        raise InvalidTransition(f"This report is {report.get_status_display().lower()}. The factual accuracy check is not open.")
    return point


@transaction.atomic
def answer_point(
    *, point_id: int, by: User, is_correct: bool, what_is_wrong: str = "", progress_since: str = "", evidence_ids: Iterable[int] = (),
    version: int | None = None,
) -> AccuracyPoint:  # fmt: skip
    """Answer one item for the party that it was put to, on which documents; it can be changed until the answers are sent.

    Progress since the visit is kept beside, and changes nothing in the report. Raises InvalidTransition, SomeoneElseChanged.
    """
    point = _locked_point(point_id)
    refuse_answer(point, by)
    check_version(point, point.version, version)
    if not is_correct and not what_is_wrong.strip():
        raise InvalidTransition("Say what is wrong, so that the team can correct it")
    point.answer = Answer.CORRECT if is_correct else Answer.NOT_CORRECT
    point.what_is_wrong = "" if is_correct else what_is_wrong.strip()
    point.progress_since = progress_since.strip()
    point.answered_by, point.answered_at = by, timezone.now()
    point.version += 1
    point.save()
    documents = documents_offered(point, by).filter(pk__in=list(evidence_ids), service__in=services_of_point(point))
    point.evidence.set([] if is_correct else list(documents))
    audit.record("report.accuracy_answered", target=point, by=by)
    return point


def refuse_answer(point: AccuracyPoint, by: User) -> None:
    """Raises InvalidTransition where this person cannot answer the item now, in a sentence."""
    if point.report.status != Status.FACTUAL_ACCURACY:
        raise InvalidTransition(f"This report is {point.report.get_status_display().lower()}. The factual accuracy check is not open.")
    if point.party not in accuracy_parties(by, point.report):
        raise InvalidTransition(f"This item is for the {point.get_party_display().lower()} to answer.")
    _refuse_after_the_day(point.report)
    if point.sent_at:
        raise InvalidTransition("Your answers were sent, so this one cannot be changed.")


def _refuse_after_the_day(report: Report) -> None:
    """The check ends with the day, UK time, whether or not the job that records the silence has run."""
    due = report.accuracy_due_date
    if due and timezone.localdate() > due:
        raise InvalidTransition(f"The check ended at 11:59pm on {day_words(due)}. What was not answered by then stands as written.")


def services_of_point(point: AccuracyPoint) -> list[Service]:
    """Whose documents an answer may name: of the finding's service, of all services under review for a section."""
    review = point.report.review
    chosen = [point.finding.service_id] if point.finding else review.services.order_by("pk").values_list("pk", flat=True)
    return list(Service.objects.filter(pk__in=chosen).for_display().order_by("pk"))


@transaction.atomic
def send_accuracy_answers(*, report_id: int, by: User) -> int:
    """Send this party's answers to the team, all at once; gives how many. Raises InvalidTransition while one is missing."""
    report = locked_report(report_id)
    if report.status != Status.FACTUAL_ACCURACY:
        raise InvalidTransition("The factual accuracy check is not open.")
    _refuse_after_the_day(report)
    points = report.accuracy_points.select_for_update(of=("self",)).filter(party__in=accuracy_parties(by, report), sent_at=None)
    missing = points.filter(answer=Answer.WAITING).count()
    if missing:
        raise InvalidTransition(f"Answer {missing} more {'item' if missing == 1 else 'items'} before you send your answers")
    sent = points.update(sent_at=timezone.now())
    if not sent:
        raise InvalidTransition("There are no answers to send.")
    audit.record("report.accuracy_sent", target=report, by=by)
    jobs.enqueue("mail.report_accuracy_answered", report_id=report.pk, key=f"{report.pk}-{timezone.now().isoformat()}", requested_by=by)
    return sent


def _to_decide(point_id: int, by: User, version: int | None) -> AccuracyPoint:
    point = _locked_point(point_id)
    if not decides_accuracy(by, point.report):
        raise InvalidTransition("The lead reviewer or the hub decides about this item.")
    check_version(point, point.version, version)
    if point.answer != Answer.NOT_CORRECT or not point.sent_at:
        raise InvalidTransition("There is nothing to decide about this item.")
    if point.outcome:
        raise InvalidTransition(f"This item was decided: {point.get_outcome_display().lower()}.")
    return point


@transaction.atomic
def accept_point(*, point_id: int, new_text: str, by: User, version: int | None = None) -> AccuracyPoint:
    """Accept what was said: the new text goes into the finding or the section, both sides stay on record.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    point = _to_decide(point_id, by, version)
    if not new_text.strip():
        raise InvalidTransition("Enter the new text")
    point.outcome, point.new_text = Outcome.ACCEPTED, new_text.strip()
    point.decided_by, point.decided_at = by, timezone.now()
    point.version += 1
    point.save()
    if point.finding:
        amend_finding(finding_id=point.finding.pk, what_was_seen=point.new_text, reason="Factual accuracy check", by=by)
    elif point.section:
        section = ReportSection.objects.select_for_update(of=("self",)).get(pk=point.section.pk)
        section.text, section.version = point.new_text, section.version + 1
        section.saved_by, section.saved_at = by, timezone.now()
        section.save()
    audit.record("report.accuracy_accepted", target=point, by=by)
    return point


@transaction.atomic
def keep_point(*, point_id: int, reason: str, by: User, version: int | None = None) -> AccuracyPoint:
    """Keep the text as it is, with the reason. Raises InvalidTransition, SomeoneElseChanged."""
    point = _to_decide(point_id, by, version)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for keeping the text")
    point.outcome, point.kept_reason = Outcome.KEPT, reason.strip()
    point.decided_by, point.decided_at = by, timezone.now()
    point.version += 1
    point.save()
    audit.record("report.accuracy_kept", target=point, by=by)
    return point


@transaction.atomic
def lapse_accuracy(*, today: dt.date | None = None) -> int:
    """Where the day has passed: what was answered goes to the team, what was not stands as written; gives how many lapsed."""
    day = today or timezone.localdate()
    unsent = AccuracyPoint.objects.filter(report=OuterRef("pk"), sent_at=None)
    due = Report.objects.select_for_update(of=("self",)).filter(status=Status.FACTUAL_ACCURACY, accuracy_due_date__lt=day)
    lapsed = 0
    for report in due.filter(Exists(unsent)):
        points = report.accuracy_points.filter(sent_at=None)
        lapsed += points.filter(answer=Answer.WAITING).update(answer=Answer.SILENT, sent_at=timezone.now())
        points.filter(sent_at=None).update(sent_at=timezone.now())
        audit.record("report.accuracy_lapsed", target=report, by=None)
    return lapsed
