"""A self-report on paper: all answers, and the receipt. A job makes the PDF; the page shows how far it is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access
from accounts.components import JobProgress
from accounts.permissions import Permission
from surveillance import printing
from surveillance.services import papers as services
from surveillance.views.answers import visible_report
from work.models import Job
from work.views import progress_of


@access(Permission.SELF_REPORT_VIEW, kind="self_report")
def self_report_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """All answers as a PDF: POST asks for it, GET says how far it is."""
    report = visible_report(request, pk)
    if request.method == "POST":
        services.request_paper(self_report_id=report.pk, by=request.user)
        return redirect("surveillance:self_report_paper", pk=report.pk)
    progress = _progress(request, "self_report.pdf", report.pk)
    context = {"report": report, "declaration": printing.newest_declaration(report), "progress": progress}
    return render(request, "surveillance/self_report_paper.html", context)


@access(Permission.SELF_REPORT_VIEW, kind="self_report")
def self_report_receipt_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest receipt as a PDF: POST asks for it, GET says how far it is."""
    report = visible_report(request, pk)
    declaration = get_object_or_404(report.declarations.order_by("-declared_at", "-pk")[:1])
    if request.method == "POST":
        services.request_receipt(declaration_id=declaration.pk, by=request.user)
        return redirect("surveillance:self_report_receipt_paper", pk=report.pk)
    context = {"report": report, "declaration": declaration, "progress": _progress(request, "receipt.pdf", declaration.pk)}
    return render(request, "surveillance/self_report_receipt_paper.html", context)


def _progress(request: SignedInRequest, kind: str, pk: int) -> JobProgress | None:
    """The newest job of this person for this thing, unless its file is gone again."""
    job = Job.objects.for_user(request.user).filter(kind=kind, key=services.paper_key(pk, request.user)).first()
    return None if job is None or (job.status == Job.Status.DONE and not job.result_file) else progress_of(job)
