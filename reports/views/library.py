"""The public library: find a published report, read it as a page, download its PDF. No account, no cookies."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from accounts.access import PUBLIC, access
from reports import content
from reports.forms.publication import LibraryForm, SearchForm
from reports.models import Publication, Report
from reports.queries import library as queries
from reports.views.shared import etag_of, pdf_response, sections_context

PAGE_SIZE = 20


@access(PUBLIC, methods="GET")
def library(request: HttpRequest) -> HttpResponse:
    """Published reports: a search box, facets with counts, results with an extract."""
    form = LibraryForm(request.GET or None, facets=queries.facets())
    is_valid = form.is_valid()
    chosen = {name: form.cleaned_data.get(name) for name in ("programme", "region", "provider", "year")} if is_valid else {}
    words = form.cleaned_data.get("words", "") if is_valid else ""
    page = Paginator(queries.found(words, chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {"publication": row, "extract": content.extract(content.content_of(row.version)), "cover": content.content_of(row.version)["cover"]}
        for row in page
    ]
    search = SearchForm(initial={"words": words})
    is_filtered = bool(words) or any(chosen.values())
    kept = [(name, value) for name, values in chosen.items() for value in values or []]
    context = {"form": form, "search": search, "page_obj": page, "rows": rows, "words": words, "is_filtered": is_filtered, "kept": kept}
    return render(request, "reports/library.html", context)


def _live(address: str) -> Publication | None:
    """The publication behind an address; None when it was withdrawn. 404 where nothing is or was public."""
    report = get_object_or_404(Report.objects.select_related("review"), address=address)
    live = Publication.objects.public().select_related("report", "version__report").filter(report=report).first()
    if live is None and not _withdrawn(report):
        raise Http404
    return live


def _withdrawn(report: Report) -> Publication | None:
    """The last withdrawal of a report that anyone could read until then."""
    if report.status != Report.Status.WITHDRAWN:
        return None
    return report.publications.filter(decision="PUBLISH", withdrawn_at__isnull=False).order_by("-withdrawn_at").first()


def _gone(request: HttpRequest, address: str) -> HttpResponse:
    """410: that the report was withdrawn, when and why."""
    publication = _withdrawn(Report.objects.get(address=address))
    context = {"withdrawn_at": publication.withdrawn_at, "reason": publication.withdrawn_reason} if publication else {}
    return render(request, "410.html", context, status=410)


@access(PUBLIC, methods="GET", kind="library_report")
def library_report(request: HttpRequest, address: str) -> HttpResponse:
    """A published report as a page; its PDF beside."""
    publication = _live(address)
    if publication is None:
        return _gone(request, address)
    frozen = content.content_of(publication.version)
    context = {"publication": publication, "report": publication.report, "version": publication.version, **sections_context(frozen)}
    return render(request, "reports/library_report.html", context)


@access(PUBLIC, methods="GET", kind="library_report")
def library_pdf(request: HttpRequest, address: str) -> HttpResponseBase:
    """The full published report as a PDF."""
    publication = _live(address)
    if publication is None:
        return _gone(request, address)
    version = publication.version
    if version is None or not version.pdf_path:
        raise Http404
    etag = etag_of(version)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = pdf_response(version)
    response["ETag"] = etag
    return response
