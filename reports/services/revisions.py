"""A new version of a signed report: a correction, or the action plan as an annex. The old one stays until the new one is published."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import Report, ReportSection, ReportVersion, Revision, SignOff
from reports.queries.revisions import current_revision, why_not_agreed, why_not_sign_revision
from reports.queries.rights import sign_off_of
from reports.revising import block_choices, changed_sections, known_version, revised_content
from reports.services.documents import request_pdf
from reports.services.issuing import issue_report
from reports.services.versions import freeze, locked_report
from surveillance.services.clash import AlreadyDone
from work.status import InvalidTransition

Kind, Status = Revision.Kind, Revision.Status
NOT_OPEN = "No correction or annex is open. There is nothing to sign off."


@transaction.atomic
def open_revision(*, report_id: int, kind: str, what: str, why: str, by: User, redrawn: Iterable[str] = ()) -> Revision:
    """Open a signed report for a correction (its words can be saved again), or prepare the action plan as an annex.

    What was signed and published stays as it is. Raises InvalidTransition, AlreadyDone where one is open.
    """
    report = locked_report(report_id)
    signed = _refuse_unless_signed(report)
    if current := current_revision(report):
        raise AlreadyDone(f"{current.opened_by.name} opened “{current.get_kind_display()}” already. One at a time.")
    if kind == Kind.ANNEX and report.status != Report.Status.PUBLISHED:
        raise InvalidTransition("The action plan follows a published report. Publish the report first.")
    if kind == Kind.ANNEX:
        _check_plan(report)
    if not what.strip() or not why.strip():
        raise InvalidTransition("Say what changes and why")
    chosen = [code for code, _ in block_choices(report) if code in set(redrawn)] if kind == Kind.CORRECTION else []
    revision = Revision.objects.create(
        report=report, kind=kind, base=signed.version, names=known_version(report), what=what.strip(), why=why.strip(),
        redrawn=chosen, opened_by=by,
    )  # fmt: skip
    audit.record("report.revision_opened", target=revision, by=by, reason=why.strip())
    return revision


def _refuse_unless_signed(report: Report) -> SignOff:
    signed = sign_off_of(report)
    if report.review.is_learning:
        raise InvalidTransition("The report of a review for learning belongs to the service. A new version is agreed with it.")
    if not report.is_signed or signed is None:
        raise InvalidTransition("This report is not signed off yet, so it can be changed without a correction.")
    return signed


def _check_plan(report: Report) -> None:
    """Raises InvalidTransition unless the plan is agreed: what a public annex calls agreed, executive and hub agreed."""
    if sentence := why_not_agreed(report):
        raise InvalidTransition(sentence)


def _locked_open(report: Report) -> Revision:
    revision = current_revision(report)
    if revision is None or revision.status != Status.OPEN:
        raise InvalidTransition(NOT_OPEN)
    revision.report = report
    return revision


@transaction.atomic
def prepare_revision(*, report_id: int, by: User) -> ReportVersion:
    """Freeze the new version that is to be signed; the same content again gives the same version. Raises InvalidTransition."""
    report = locked_report(report_id)
    revision = _locked_open(report)
    if revision.kind == Kind.ANNEX:
        _check_plan(report)
    if not changed_sections(revision):
        raise InvalidTransition("Nothing differs from the signed version yet. Change a section first.")
    frozen = revised_content(revision)
    draft = freeze(report, purpose=ReportVersion.Purpose.DRAFT, by=by, frozen=frozen)
    if not draft.pdf_path:
        request_pdf(version_id=draft.pk, by=by)
    return freeze(report, purpose=ReportVersion.Purpose.FINAL, by=by, frozen=frozen)


@transaction.atomic
def sign_revision(*, report_id: int, version_number: int, by: User) -> SignOff:
    """Sign off one exact new version, by somebody who did not write it; those concerned are issued it again.

    It is public only when a third person publishes it. Raises InvalidTransition.
    """
    report = locked_report(report_id)
    revision = _locked_open(report)
    if sentence := why_not_sign_revision(by, revision):
        raise InvalidTransition(sentence)
    if revision.kind == Kind.ANNEX:
        _check_plan(report)
    newest = report.versions.filter(purpose=ReportVersion.Purpose.FINAL).order_by("-number").first()
    if newest is None or newest.pk == revision.base_id:
        raise InvalidTransition("Prepare the final version first.")
    if newest.number != version_number:
        raise InvalidTransition(f"There is a newer version. Sign off version {newest.number}.")
    if not content.is_whole(newest) or newest.hash != content.content_hash(revised_content(revision)):
        raise InvalidTransition(
            f"The report changed after version {newest.number} was prepared. Prepare it again and sign off that version."
        )
    signed = SignOff.objects.create(report=report, version=newest, content_hash=newest.hash, signed_by=by)
    revision.check_may_become(Status.SIGNED)
    revision.status, revision.signed_version = Status.SIGNED, newest
    revision.save(update_fields=["status", "signed_version"])
    issue_report(report, signed, by=by)
    audit.record("report.revision_signed_off", target=revision, by=by)
    if not newest.pdf_path:
        request_pdf(version_id=newest.pk, by=by)
    return signed


@transaction.atomic
def stop_revision(*, report_id: int, by: User) -> Revision:
    """Give an open revision up: words and marks go back to what was signed. Raises InvalidTransition."""
    report = locked_report(report_id)
    revision = _locked_open(report)
    revision.check_may_become(Status.STOPPED)
    signed = {part["code"]: part for part in content.content_of(revision.base)["sections"]}
    for section in report.sections.select_for_update(of=("self",)):
        _put_back(section, signed.get(section.code), by)
    revision.status, revision.stopped_by, revision.stopped_at = Status.STOPPED, by, timezone.now()
    revision.save(update_fields=["status", "stopped_by", "stopped_at"])
    audit.record("report.revision_stopped", target=revision, by=by)
    return revision


def _put_back(section: ReportSection, part: dict[str, str] | None, by: User) -> None:
    if part is None:
        return
    text, visibility = part.get("text", section.text), part["visibility"]
    if (section.text, section.visibility) == (text, visibility):
        return
    section.text, section.visibility, section.version = text, visibility, section.version + 1
    section.saved_by, section.saved_at = by, timezone.now()
    section.save()


def end_published(report: Report) -> Revision | None:
    """The signed revision becomes published; None where there is none. Call it with the report locked, in the publication's transaction.

    Raises InvalidTransition while a revision is open: what it changes must not be published as it was.
    """
    revision = current_revision(report)
    if revision is None:
        return None
    if revision.status == Status.OPEN and revision.kind == Kind.CORRECTION:
        raise InvalidTransition("A correction is open. Sign it off, or give it up, before the report is published.")
    if revision.status == Status.OPEN:
        return None
    revision.check_may_become(Status.PUBLISHED)
    revision.status = Status.PUBLISHED
    revision.save(update_fields=["status"])
    return revision


def reopen_signed(report: Report, signed: SignOff, *, review_date: dt.date) -> None:
    """A new version whose day has not come waits for a decision again, until ``review_date``. Call it with the report locked.

    Raises InvalidTransition where another correction or annex was begun on it meanwhile.
    """
    if current := current_revision(report):
        raise InvalidTransition(f"“{current.get_kind_display()}” was begun on the version that waits. Decide on that one instead.")
    revision = signed.version.revision
    revision.check_may_become(Status.SIGNED)
    revision.status, revision.review_date = Status.SIGNED, review_date
    revision.save(update_fields=["status", "review_date"])
