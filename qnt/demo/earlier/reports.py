"""The report of an earlier visit: it drafts itself, was checked by two and by the service, signed, issued and published."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerreview.models import Finding
from qnt.demo.clock import moment
from qnt.demo.earlier.moments import at, later
from qnt.demo.earlier.summaries import summary_of
from qnt.demo.earlier.visits import Held
from reports import content
from reports.models import AccuracyPoint, Publication, QualityCheck, Receipt, Report, ReportSection, ReportVersion, SignOff
from reports.outline import PART_OF
from reports.queries.issuing import addressees
from reports.services import drafting
from reports.services.checking import CRITERIA
from reports.services.library import index_publication
from reports.services.versions import freeze
from work import jobs
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

# Reports were short then, and no part may show what came later: rounds, scores and actions since.
PARTS = (
    "summary", "introduction", "reviewed", "acknowledgements", "views", "topics", "findings", "commissioning", "hub_notes", "team",
)  # fmt: skip
PUBLIC = ("summary", "introduction", "reviewed", "views", "findings", "team")
UNWRITTEN = (
    "The team spoke with staff of every shift and saw every site. What it found is listed below, each with what it rests on. (Illustrative)"
)
ACKNOWLEDGED = "The team thanks everybody who made time to talk with it. (Illustrative)"


@dataclass(frozen=True)
class Steps:
    """The days on which a report passed each step."""

    drafted: dt.date
    accuracy: dt.date
    signed: dt.date
    decided: dt.date


def steps_of(held: Held, today: dt.date) -> Steps:
    """By the habits of its hub; nothing lies after yesterday."""
    habits, plan, most = held.plan.habits, held.plan, today - dt.timedelta(days=1)
    drafted = later(held.ends, plan.days(habits.to_draft), most=most)
    accuracy = later(drafted, plan.days(habits.to_accuracy), most=most)
    signed = later(accuracy, plan.days(habits.to_final), most=most)
    return Steps(drafted, accuracy, signed, later(signed, plan.days(habits.to_publication), most=most))


def report_on(told: "Reviews", held: Held, findings: list[Finding], steps: Steps) -> Report:
    """Write the report and carry it to its publication."""
    officer = told.officer(held.service)
    with moment(add_working_days(held.ends, 4), 10):
        report = drafting.start_report(review_id=held.review.pk, by=officer)
    report.sections.exclude(code__in=PARTS).delete()
    _write(report, summary=summary_of(held, findings))
    with moment(steps.signed, 9):
        whole = content.live_content(report)
        final = freeze(report, purpose=ReportVersion.Purpose.FINAL, by=officer, frozen=whole)
    _check(told, held, report, findings, steps, read=content.content_hash(content.without_other_services(whole)))
    _sign(told, held, report, final, steps)
    _publish(told, report, final, steps)
    return report


def _write(report: Report, *, summary: str) -> None:
    """The summary in words of its own, words where the data writes none, and the marks."""
    for section in report.sections.all():
        if section.code == "summary":
            section.text = summary
        if not section.block and not section.text:
            section.text = ACKNOWLEDGED if section.code == "acknowledgements" else UNWRITTEN
        if section.code in PUBLIC:
            section.visibility, section.marked_by, section.marked_at = "PUBLIC", report.drafter, report.drafted_at
        section.save_base(raw=True)  # without a history: nobody works on it any more


def _check(told: "Reviews", held: Held, report: Report, findings: list[Finding], steps: Steps, *, read: str) -> None:
    """Two of the hub pass it; the service says that every item is correct."""
    checkers = told.people.officers[held.plan.hub * 3 + 1 : held.plan.hub * 3 + 3]
    QualityCheck.objects.bulk_create(
        QualityCheck(
            report=report, checker=checker, due_date=add_working_days(steps.drafted, 5), asked_at=at(steps.drafted),
            outcome=QualityCheck.Outcome.PASSED, checked_at=at(add_working_days(steps.drafted, 2)), content_hash=read,
            **dict.fromkeys(CRITERIA, True),
        )
        for checker in checkers
    )  # fmt: skip
    words = [section for section in report.sections.all() if not section.block and PART_OF[section.code].is_checked]
    items: list[tuple[Finding | None, ReportSection | None, str]] = [(None, section, section.text) for section in words]
    items += [(finding, None, finding.what_was_seen) for finding in findings]
    lead = told.lead(held.service)
    AccuracyPoint.objects.bulk_create(
        AccuracyPoint(
            report=report, finding=finding, section=section, position=position, text=text, answer=AccuracyPoint.Answer.CORRECT,
            answered_by=lead, answered_at=at(steps.accuracy), sent_at=at(steps.accuracy, 11),
        )
        for position, (finding, section, text) in enumerate(items, start=1)
    )  # fmt: skip


def _sign(told: "Reviews", held: Held, report: Report, final: ReportVersion, steps: Steps) -> None:
    """The manager's name under the final version, and a receipt for everybody concerned; not everybody opens it."""
    SignOff.objects.create(
        version=final, report=report, content_hash=final.hash, signed_by=told.manager(held.service), signed_at=at(steps.signed, 14)
    )
    own = {held.service.provider_id}
    Receipt.objects.bulk_create(
        Receipt(
            report=report, version=final, user=person.user, organisation=person.organisation, capacity=person.capacity,
            issued_at=at(steps.signed, 14), opened_at=at(add_working_days(steps.signed, 2)) if _opens(held, person, own) else None,
        )
        for person in addressees(report)
    )  # fmt: skip


def _opens(held: Held, person: object, own: set[int | None]) -> bool:
    organisation = getattr(person, "organisation", None)
    return (organisation is not None and organisation.pk in own) or held.plan.holds(held.plan.habits.opened)


def _publish(told: "Reviews", report: Report, final: ReportVersion, steps: Steps) -> None:
    """The public parts, findable, with the PDF made from them."""
    by = told.people.nationals[0]
    public = content.public_part(content.content_of(final))
    with moment(steps.decided, 12):
        version = freeze(report, purpose=ReportVersion.Purpose.PUBLIC, by=by, frozen=public)
        publication = Publication.objects.create(
            report=report, version=version, decision=Publication.Decision.PUBLISH, public_from=at(steps.decided, 12), decided_by=by,
            summary=content.search_text(public),
        )  # fmt: skip
        index_publication(publication)
    report.status, report.publication_due_date = Report.Status.PUBLISHED, add_working_days(steps.signed, 10)
    report.accuracy_due_date = add_working_days(steps.drafted, 17)
    report.save(update_fields=["status", "publication_due_date", "accuracy_due_date"])
    jobs.enqueue("report.pdf", key=str(version.pk), version_id=version.pk, requested_by=by)
