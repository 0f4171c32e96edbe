"""A report drafts itself from the data; then its words are people's, saved section by section."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.milestones import milestone_date
from reports import content, words
from reports.blocks import block_data
from reports.models import Report, ReportSection
from reports.outline import parts_for
from reports.services.versions import locked_report
from surveillance.services.clash import AlreadyDone, check_version
from work.items import day_words
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Report.Status
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
    review = report.review
    parts = parts_for(is_learning=review.is_learning)
    facts = {part.block: block_data(part.block, review) for part in parts if part.block}
    facts["cover"] = content.cover_facts(report)
    for position, part in enumerate(parts, start=1):
        ReportSection.objects.create(
            report=report, code=part.code, position=position, title=part.title, block=part.block,
            text="" if part.block else words.drafted_text(part.code, facts), saved_by=by, saved_at=timezone.now(),
        )  # fmt: skip


@transaction.atomic
def save_section(*, section_id: int, text: str, by: User, visibility: str | None = None, version: int | None = None) -> ReportSection:
    """Save one section's words while the report is a draft (a block has none: only its mark changes).

    Raises InvalidTransition, SomeoneElseChanged when the section was saved since it was opened.
    """
    report_id = ReportSection.objects.values_list("report", flat=True).get(pk=section_id)
    report = locked_report(report_id)
    section = ReportSection.objects.select_for_update(of=("self",)).select_related("saved_by").get(pk=section_id)
    if report.status != Status.DRAFT:
        raise InvalidTransition(f"This report is at {report.get_status_display().lower()}, so its words cannot be changed.")
    check_version(section, section.version, version)
    if not section.block:
        section.text = text.strip()
    section.visibility = _known(visibility) if visibility else section.visibility
    section.version += 1
    section.saved_by, section.saved_at = by, timezone.now()
    section.save()
    audit.record("report.section_saved", target=section, by=by)
    return section


def _known(visibility: str) -> str:
    return ReportSection.Visibility(visibility).value


@transaction.atomic
def mark_sections(*, report_id: int, public_codes: Collection[str], by: User) -> int:
    """Mark exactly these sections public and all others restricted; gives how many marks changed.

    Possible until sign-off. Raises InvalidTransition.
    """
    report = locked_report(report_id)
    if report.status not in Report.BEFORE_SIGN_OFF:
        raise InvalidTransition("This report is signed off, so its marks cannot be changed.")
    changed = 0
    for section in report.sections.select_for_update(of=("self",)):
        wanted = ReportSection.Visibility.PUBLIC if section.code in public_codes else ReportSection.Visibility.RESTRICTED
        if section.visibility != wanted:
            section.visibility = wanted
            section.version += 1
            section.saved_by, section.saved_at = by, timezone.now()
            section.save()
            changed += 1
    audit.record("report.sections_marked", target=report, by=by)
    return changed
