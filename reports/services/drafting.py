"""A report drafts itself from the data; then its words are people's, saved section by section."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.milestones import milestone_date
from reports import words
from reports.models import Report, ReportSection
from reports.outline import may_be_public, parts_for
from reports.queries.drafts import drafting_facts, mark_of_text, text_from_data
from reports.queries.revisions import words_are_open
from reports.queries.sections import marks_mark
from reports.services.versions import locked_report
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged, check_version
from work.items import day_words
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Report.Status
Visibility = ReportSection.Visibility
DRAFT_DAYS, FINAL_DAYS = 20, 40  # where a procedure sets none


@transaction.atomic
def start_report(*, review_id: int, by: User) -> Report:
    """Draft the report of a finished visit: every section, words from the data, blocks live, all restricted.

    The review's row is locked: two people starting it make one report. Raises InvalidTransition.
    """
    review = Review.objects.select_for_update(of=("self",)).select_related("procedure", "region", "visit_lead").get(pk=review_id)
    existing = Report.objects.filter(review=review).select_related("drafter").first()
    if existing:
        raise AlreadyDone(f"{existing.drafter.name} started this report on {day_words(timezone.localdate(existing.drafted_at))}.")
    if review.status != Review.Status.REPORTING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Its report starts when the visit is finished.")
    end = review.ends_date or timezone.localdate()
    report = Report.objects.create(
        review=review, title=review.title, address=_free_address(review), drafter=by,
        draft_due_date=milestone_date(review, "DRAFT") or add_working_days(end, DRAFT_DAYS),
        final_due_date=milestone_date(review, "FINAL") or add_working_days(end, FINAL_DAYS),
    )  # fmt: skip
    _make_sections(report, by)
    audit.record("report.started", target=report, by=by)
    return report


def _free_address(review: Review) -> str:
    """A readable address that nobody has: the title and the year of the visit."""
    year = review.starts_date.year if review.starts_date else timezone.localdate().year
    wanted = slugify(f"{review.title}-{year}")[:100].strip("-") or f"report-{review.pk}"
    return wanted if not Report.objects.filter(address=wanted).exists() else f"{wanted}-{review.pk}"


def _make_sections(report: Report, by: User) -> None:
    parts = parts_for(is_learning=report.review.is_learning)
    facts = drafting_facts(report, [part.code for part in parts])
    for position, part in enumerate(parts, start=1):
        text = "" if part.block else words.drafted_text(part.code, facts)
        ReportSection.objects.create(
            report=report, code=part.code, position=position, title=part.title, block=part.block, text=text, drafted_text=text,
            saved_by=by, saved_at=timezone.now(),
        )  # fmt: skip


def _locked_section(section_id: int) -> tuple[Report, ReportSection]:
    """The report and the section, both locked. Raises InvalidTransition unless words can be changed."""
    report = locked_report(ReportSection.objects.values_list("report", flat=True).get(pk=section_id))
    section = ReportSection.objects.select_for_update(of=("self",)).select_related("saved_by").get(pk=section_id)
    section.report = report
    if not words_are_open(report):
        raise InvalidTransition(f"This report is at {report.get_status_display().lower()}, so its words cannot be changed.")
    return report, section


def _as_typed(text: str) -> str:
    """Without space around it, and with the line ends of the words that the data writes: browsers send others."""
    return text.replace("\r\n", "\n").strip()


def _save(section: ReportSection, by: User) -> None:
    section.version += 1
    section.saved_by, section.saved_at = by, timezone.now()
    section.save()


@transaction.atomic
def save_section(*, section_id: int, text: str, by: User, visibility: str | None = None, version: int | None = None) -> ReportSection:
    """Save one section's words while the report is a draft or a correction is open (a block has none: only its mark changes).

    Raises InvalidTransition, SomeoneElseChanged when the section was saved since it was opened.
    """
    _, section = _locked_section(section_id)
    check_version(section, section.version, version)
    if not section.block:
        section.text = _as_typed(text)
    if visibility:
        _mark(section, Visibility(visibility).value, by)
    _save(section, by)
    audit.record("report.section_saved", target=section, by=by)
    return section


@transaction.atomic
def settle_section_data(*, section_id: int, text: str, opened_mark: str, by: User, version: int | None = None) -> ReportSection:
    """Choose between one's own words and what the data writes now: ``text`` stands, and the data's words count as seen.

    ``opened_mark`` is the mark of the data's words that the person was shown. Raises InvalidTransition, SomeoneElseChanged when
    the section was saved, or the data changed again, since the page was opened.
    """
    _, section = _locked_section(section_id)
    check_version(section, section.version, version)
    now = text_from_data(section)
    if mark_of_text(now) != opened_mark:
        raise SomeoneElseChanged(section)
    if not text.strip():
        raise InvalidTransition("Enter the text of this section")
    section.text, section.drafted_text = _as_typed(text), now
    _save(section, by)
    audit.record("report.section_data_settled", target=section, by=by)
    return section


def _mark(section: ReportSection, visibility: str, by: User) -> bool:
    """Mark a section, not yet saved; whether that changed anything. Raises InvalidTransition where it may not be public."""
    if section.visibility == visibility:
        return False
    if visibility == Visibility.PUBLIC and not may_be_public(section.code):
        raise InvalidTransition(f"“{section.title}” cannot be public: its title says whom it is for.")
    section.visibility, section.marked_by, section.marked_at = visibility, by, timezone.now()
    return True


@transaction.atomic
def mark_sections(*, report_id: int, public_codes: Collection[str], by: User, opened_mark: str | None = None) -> int:
    """Mark exactly these sections public and all others restricted; gives how many marks changed.

    Possible until sign-off. Raises InvalidTransition; SomeoneElseChanged when marks changed since they were opened.
    """
    report = locked_report(report_id)
    if report.status not in Report.BEFORE_SIGN_OFF:
        raise InvalidTransition("This report is signed off, so its marks cannot be changed.")
    sections = list(report.sections.select_for_update(of=("self",)))
    if opened_mark is not None and opened_mark != marks_mark(sections):
        raise SomeoneElseChanged(report)
    changed = 0
    for section in sections:
        if _mark(section, (Visibility.PUBLIC if section.code in public_codes else Visibility.RESTRICTED).value, by):
            section.version += 1
            section.save()
            changed += 1
    audit.record("report.sections_marked", target=report, by=by)
    return changed
