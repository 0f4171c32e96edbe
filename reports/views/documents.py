"""Documents of one report: what can be made of the versions that a person may read, and the public summary."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import PUBLIC, SignedInRequest, access, require
from accounts.permissions import Permission
from reports.models import Report, ReportVersion, VersionFile
from reports.papers.summary import summary_name
from reports.queries.rights import may_read_version
from reports.queries.steps import report_next_step
from reports.services import files
from reports.views.files import stored_file
from reports.views.library import gone, live_publication
from reports.views.public import revalidated
from reports.views.shared import page_context, visible_report
from work.models import Job
from work.views import progress_of

# Word in the form, what it is called, what is in it.
OFFERED = (
    ("summary", "Plain-English summary (PDF)", "Two pages of whole sentences for everybody."),
    ("findings", "Findings and plan (Excel)", "Every finding and agreed action in a row, with what each column means."),
    ("word", "Full report (Word)", "The sections of the PDF, for reading and circulating."),
)


@access(Permission.REPORT_VIEW, kind="report")
def report_documents(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest version for each purpose that this person may read, and what can be made of it; POST asks for one document."""
    report = visible_report(request, pk)
    versions = _newest(request, report)
    require(bool(versions), "You can have documents of this report when a version is shared with you.")
    if request.method == "POST":
        version = next((one for one in versions if str(one.number) == request.POST.get("number")), None)
        kind = request.POST.get("kind", "")
        if version is not None and kind in files.KINDS:
            files.request_file(version_id=version.pk, kind=kind, by=request.user)
        return redirect("reports:report_documents", pk=report.pk)
    context = page_context(report, step=report_next_step(report), versions=versions, offered=OFFERED, progress=_running(request, versions))
    return render(request, "reports/report_documents.html", context)


def _newest(request: SignedInRequest, report: Report) -> list[ReportVersion]:
    """The newest version for each purpose that this person may read, the latest first."""
    newest: dict[str, ReportVersion] = {}
    for version in report.versions.order_by("-number"):
        if version.purpose not in newest and may_read_version(request.user, report, version):
            newest[version.purpose] = version
    return list(newest.values())


def _running(request: SignedInRequest, versions: list[ReportVersion]) -> list[object]:
    """The newest job of each kind and version that this person asked for, unless its file is gone again."""
    keys = [files.file_key(version, request.user) for version in versions]
    jobs: dict[tuple[str, str], Job] = {}
    for job in Job.objects.for_user(request.user).filter(kind__in=files.KINDS.values(), key__in=keys):
        jobs.setdefault((job.kind, job.key), job)
    return [progress_of(job) for job in jobs.values() if job.status != Job.Status.DONE or job.result_file]


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_summary(request: HttpRequest, address: str) -> HttpResponseBase:
    """The two-page summary of a published report; gone with the report when it is withdrawn."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    kept = get_object_or_404(VersionFile, version=publication.version_id, kind=VersionFile.Kind.SUMMARY)
    etag = f'"{kept.sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = stored_file(kept.path, summary_name(kept.version))
    response["ETag"] = etag
    return response
