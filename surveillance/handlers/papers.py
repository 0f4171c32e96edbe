"""Job kinds of papers: the PDF of all answers of a self-report, and of its receipt."""

import secrets
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from rendering.pdf import Metadata, PdfFailed, render_pdf
from surveillance import printing
from surveillance.models import Declaration, SelfReport
from work.jobs import JobFailed, RunningJob, job_kind

FOLDER = "papers"


@job_kind("self_report.pdf", queue="interactive", time_limit_seconds=180, label="All answers of a self-report (PDF)")
def make_paper(job: RunningJob, *, self_report_id: int) -> None:
    """Make the PDF of all answers for the person who asked, as far as they may still read it."""
    report = _readable(job, self_report_id)
    html, content_hash = printing.paper_html(report, now=timezone.now())
    render_paper(job, html, printing.paper_name(report), Metadata(subject=printing.KICKER, identifier=content_hash))


@job_kind("receipt.pdf", queue="interactive", time_limit_seconds=60, label="Receipt of a self-report (PDF)")
def make_receipt(job: RunningJob, *, declaration_id: int) -> None:
    """Make the PDF of a receipt for the person who asked."""
    declaration = Declaration.objects.select_related("declared_by").get(pk=declaration_id)
    declaration.self_report = _readable(job, declaration.self_report_id)
    metadata = Metadata(subject="Receipt of a declared self-report", identifier=declaration.hash)
    render_paper(job, printing.receipt_html(declaration), printing.receipt_name(declaration), metadata)


def _readable(job: RunningJob, self_report_id: int) -> SelfReport:
    """The self-report in the scope that the person has when the job runs."""
    user = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    visible = SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW) if user else SelfReport.objects.none()
    report = visible.for_display().filter(pk=self_report_id).first()
    if report is None:
        raise JobFailed("You cannot read this self-report any more.")
    return report


def render_paper(job: RunningJob, html: str, name: str, metadata: Metadata) -> None:
    """Render under a random name of this job; the file counts when the job is completed with it, and goes otherwise."""
    path = Path(FOLDER, f"{job.job.pk}-{secrets.token_hex(16)}.pdf")
    whole_path = Path(settings.MEDIA_ROOT, path)
    expected = max(2, len(html) // 6000)
    kept = False

    def show(page: int) -> None:
        job.progress(min(page, expected), expected, f"Making the PDF: page {page} of about {max(page, expected)}. You can leave this page.")

    show(0)
    try:
        render_pdf(html, whole_path, metadata=metadata, progress=show)
        job.lease.complete(result_file=str(path), result_name=name, sentence="The PDF is ready.")
        kept = True
    except PdfFailed as error:
        raise JobFailed(str(error)) from error
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    for other in whole_path.parent.glob(f"{job.job.pk}-*.pdf"):
        if other != whole_path:
            other.unlink(missing_ok=True)
