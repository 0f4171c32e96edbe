"""Drafting a year's report, writing its sections, publishing it by a second person, withdrawing it."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from qnt.programme.annual import notifications
from qnt.programme.annual.blocks import MAKERS, printed_notes
from qnt.programme.annual.figures import FrozenYear, frozen_year
from qnt.programme.annual.models import AnnualPublication, AnnualReport, AnnualSection
from qnt.programme.annual.outline import PARTS
from qnt.programme.models import ProgrammeYear
from rendering.texts import find_nhs_numbers
from reports.services.stored import StoredPdf
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Service
from surveillance.services.clash import AlreadyDone, check_version
from work import jobs
from work.jobs import Lease
from work.models import Job
from work.status import InvalidTransition

KIND, DRAFT_KIND, MAIL_READY = "programme_report.pdf", "programme_report.draft_pdf", "mail.programme_report_ready"
Status = AnnualReport.Status
NO_FIGURES = "Publish the figures of {year} first. The report is drafted from them."
NOT_READY = "This report is not ready. Those who write it say when it can be published."
WROTE_IT = "You wrote in this report. Another person of the national team publishes it."
HOLDS_NUMBER = "The section “{title}” may include an NHS number. Remove it first."
NOTE_HOLDS_NUMBER = "A note on England, which the section “Context” prints, may include an NHS number. Remove it first."


@transaction.atomic
def draft_report(*, year: int, by: User) -> AnnualReport:
    """Draft the report of a year from its published figures, once: the year's row is locked.

    Where the last one was withdrawn, this is a new version with the words of the old, which it names.
    Raises InvalidTransition while the figures are not published, AlreadyDone when somebody drafted it.
    """
    counted = ProgrammeYear.objects.select_for_update().filter(year=year).first()
    if counted is None or not counted.is_published:
        raise InvalidTransition(NO_FIGURES.format(year=year))
    existing = AnnualReport.newest().filter(year=counted).select_related("drafted_by").first()
    if existing and existing.status != Status.WITHDRAWN:
        raise AlreadyDone(f"{existing.drafted_by.name} drafted this report.")
    edition = existing.edition + 1 if existing else 1
    report = AnnualReport.objects.create(year=counted, edition=edition, replaces=existing, drafted_by=by)
    if existing:
        _keep_words(existing, report)
    else:
        _draft_words(report)
    audit.record("programme_report.drafted", target=report, by=by)
    return report


def _draft_words(report: AnnualReport) -> None:
    frozen = frozen_year(report.year)
    for position, part in enumerate(PARTS, start=1):
        report.sections.create(code=part.code, title=part.title, position=position, text=part.draft(frozen))


def _keep_words(old: AnnualReport, new: AnnualReport) -> None:
    """The words of a withdrawn report, with who wrote them: whoever wrote in the old one does not publish the new one either.

    A part that reports did not have when the old one was drafted begins with its drafted words.
    """
    _draft_words(new)
    saved = {one.code: one for one in old.sections.all()}
    for section in new.sections.filter(code__in=saved):
        one = saved[section.code]
        section.title, section.text, section.saved_by_id, section.saved_at = one.title, one.text, one.saved_by_id, one.saved_at
        section.save(update_fields=["title", "text", "saved_by", "saved_at"])


@transaction.atomic
def save_section(*, section_id: int, text: str, version: int | None, by: User) -> AnnualSection:
    """Save the words of one section. Raises SomeoneElseChanged, InvalidTransition once the report is published."""
    section = AnnualSection.objects.select_for_update().get(pk=section_id)
    report = _locked(section.report_id)
    if report.status != Status.DRAFT:
        raise InvalidTransition("This report is published. Its words do not change any more.")
    check_version(section, section.version, version)
    section.text, section.version, section.saved_by, section.saved_at = text.strip(), section.version + 1, by, timezone.now()
    section.save(update_fields=["text", "version", "saved_by", "saved_at"])
    report.version, report.offered_at, report.offered_by = report.version + 1, None, None
    report.save(update_fields=["version", "offered_at", "offered_by"])
    audit.record("programme_report.section_saved", target=report, by=by)
    return section


@transaction.atomic
def offer_report(*, report_id: int, version: int | None, by: User) -> AnnualReport:
    """Say that the report is ready to publish; those who may publish it are told. A second press changes nothing.

    Raises InvalidTransition once it is published or where its words may hold an NHS number, SomeoneElseChanged when a word changed
    since the page was opened.
    """
    report = _locked(report_id)
    if report.status != Status.DRAFT:
        raise InvalidTransition(f"This report is {report.get_status_display().lower()}.")
    check_version(report, report.version, version)
    if sentence := nhs_number_in(report):
        raise InvalidTransition(sentence)
    if report.offered_at is None:
        report.offered_at, report.offered_by = timezone.now(), by
        report.save(update_fields=["offered_at", "offered_by"])
        audit.record("programme_report.offered", target=report, by=by)
        jobs.enqueue(MAIL_READY, key=f"{report.pk}:{report.version}", report_id=report.pk, version=report.version)
    return report


@transaction.atomic
def request_draft_pdf(*, report_id: int, by: User) -> Job:
    """Ask for the PDF of the report as it stands, marked as a draft; while one is being made for this person, that one."""
    report = _locked(report_id)
    if report.status != Status.DRAFT:
        raise InvalidTransition(f"This report is {report.get_status_display().lower()}, so there is no draft of it.")
    audit.record("programme_report.draft_requested", target=report, by=by)
    return jobs.enqueue(DRAFT_KIND, key=draft_key(report, by), report_id=report.pk, requested_by=by)


def draft_key(report: AnnualReport, user: User) -> str:
    """The key of a person's job for one report: nobody sees the files of another."""
    return f"{report.pk}-{user.pk}"


def why_not_publish(report: AnnualReport, by: User) -> str:
    """Why this person may not publish it, in a sentence; empty where they may.

    Who wrote any of it may not; nobody may before it is ready, or while its words may hold an NHS number.
    """
    if report.drafted_by_id == by.pk or report.sections.filter(saved_by=by).exists():
        return WROTE_IT
    return nhs_number_in(report) if report.offered_at else NOT_READY


def nhs_number_in(report: AnnualReport) -> str:
    """Which section may hold an NHS number, in its words or in a context note that it prints, as a sentence; empty for none."""
    for section in report.sections.all():
        if find_nhs_numbers(section.text):
            return HOLDS_NUMBER.format(title=section.title)
    if any(find_nhs_numbers(one.text) for one in printed_notes(report.year.year)):
        return NOTE_HOLDS_NUMBER
    return ""


@transaction.atomic
def publish_report(*, report_id: int, version: int | None, by: User) -> AnnualPublication:
    """Freeze words and figures and show them in the library; the PDF follows by a job.

    Raises InvalidTransition (also for whoever wrote in it), SomeoneElseChanged when a word changed since the page was opened.
    """
    report = _locked(report_id)
    report.check_may_become(Status.PUBLISHED)
    if sentence := why_not_publish(report, by):
        raise InvalidTransition(sentence)
    check_version(report, report.version, version)
    content = canonical_json(content_of(report))
    publication = AnnualPublication.objects.create(report=report, content=content, hash=sha256_of(content), published_by=by)
    report.status = Status.PUBLISHED
    report.save(update_fields=["status"])
    audit.record("programme_report.published", target=report, by=by)
    jobs.enqueue(KIND, key=str(publication.pk), publication_id=publication.pk, requested_by=by)
    notifications.note_published(publication)
    return publication


def content_of(report: AnnualReport) -> dict[str, Any]:
    """The whole report as it stands: words as markdown, figures as plain data."""
    frozen = frozen_year(report.year)
    sections = [_section(section, frozen) for section in report.sections.all()]
    is_illustrative = Service.objects.filter(Q(is_illustrative=True) | Q(provider__is_illustrative=True)).exists()
    return {
        "year": report.year.year, "edition": report.edition, "replaces": _replaced(report), "is_illustrative": is_illustrative,
        "sections": sections,
    }  # fmt: skip


def _replaced(report: AnnualReport) -> dict[str, Any] | None:
    """Which withdrawn version this one follows, when that was withdrawn and why: as its page in the library says."""
    old = getattr(report.replaces, "publication", None)
    if old is None or old.withdrawn_at is None:
        return None
    number, day = report.replaces.edition, timezone.localdate(old.withdrawn_at)
    return {"edition": number, "withdrawn_on": day.isoformat(), "reason": old.withdrawn_reason}


def _section(section: AnnualSection, frozen: FrozenYear) -> dict[str, Any]:
    return {"code": section.code, "title": section.title, "text": section.text, "blocks": MAKERS[section.code](frozen)}


@transaction.atomic
def record_file(*, publication_id: int, stored: StoredPdf, lease: Lease) -> bool:
    """Write down the PDF in the transaction that completes the job; whether this file is the one that counts. Raises LeaseLost."""
    lease.complete(sentence="The PDF is ready.")
    publication = AnnualPublication.objects.select_for_update().get(pk=publication_id)
    if publication.path:
        return False
    publication.path, publication.sha256 = stored.path, stored.sha256
    publication.page_count, publication.size_bytes = stored.page_count, stored.size_bytes
    publication.save(update_fields=["path", "sha256", "page_count", "size_bytes"])
    return True


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, by: User) -> AnnualPublication:
    """Take a published report away, page and PDF: its address then says when and why. Raises InvalidTransition."""
    report = _locked(report_id)
    report.check_may_become(Status.WITHDRAWN)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for withdrawing the report")
    publication = AnnualPublication.objects.select_for_update().get(report=report)
    publication.withdrawn_at, publication.withdrawn_by, publication.withdrawn_reason = timezone.now(), by, reason.strip()
    publication.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    report.status = Status.WITHDRAWN
    report.save(update_fields=["status"])
    audit.record("programme_report.withdrawn", target=report, by=by, reason=reason.strip())
    return publication


def _locked(report_id: int) -> AnnualReport:
    return AnnualReport.objects.select_for_update(of=("self",)).select_related("year").get(pk=report_id)
