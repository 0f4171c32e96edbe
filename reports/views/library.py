"""The public library: find a published report, read it as a page, download its PDF and figures. No account, no cookies."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import PUBLIC, access
from reports import content
from reports.figures import COLUMNS, figure_rows, has_figures
from reports.forms.library import FacetForm, SearchForm
from reports.models import LibraryEntry, Publication, Report
from reports.public_documents import documents_of, library_documents
from reports.queries import library as queries
from reports.views.public import marked, revalidated
from reports.views.shared import etag_of, pdf_response, sections_context
from surveillance.views.exports import streamed

PAGE_SIZE = 20


@revalidated
@access(PUBLIC, methods="GET")
def library(request: HttpRequest) -> HttpResponse:
    """Published reports: a search box, facets with counts, results with the passages that were found."""
    asked = queries.Asked.read(request.GET)
    page = Paginator(queries.results(asked), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = list(page.object_list)
    passages = queries.passages_of(entries, asked)
    rows = [{"entry": entry, "passage": marked(passages.get(entry.pk) or entry.extract)} for entry in entries]
    kept = [(name, code) for name, codes in asked.facets.items() for code in codes]
    context = {
        "form": FacetForm(request.GET or None, choices=queries.choices(asked)), "search": SearchForm(initial={"words": asked.words}),
        "page_obj": page, "rows": rows, "words": asked.words, "is_filtered": asked.is_filtered, "kept": kept,
        "query_string": _query_string(request), "programme_documents": library_documents(),
    }  # fmt: skip
    return render(request, "reports/library.html", context)


def _query_string(request: HttpRequest) -> str:
    """The words and filters of the address, for other addresses that narrow alike."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"?{kept.urlencode()}" if kept else ""


def live_publication(address: str) -> Publication | None:
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
    was_public = {"withdrawn_at__isnull": False, "public_from__lte": F("withdrawn_at")}
    return report.publications.filter(decision="PUBLISH", **was_public).order_by("-withdrawn_at", "-pk").first()


def gone(request: HttpRequest, address: str) -> HttpResponse:
    """410: that the report was withdrawn, when and why."""
    publication = _withdrawn(Report.objects.get(address=address))
    context = {"withdrawn_at": publication.withdrawn_at, "reason": publication.withdrawn_reason} if publication else {}
    return render(request, "410.html", context, status=410)


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_report(request: HttpRequest, address: str) -> HttpResponse:
    """A published report as a page; its PDF, its other documents and its figures beside."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    frozen = content.content_of(publication.version)
    context: dict[str, Any] = {
        "publication": publication, "report": publication.report, "version": publication.version, "revision": frozen.get("revision"),
        "documents": documents_of(publication), "has_figures": has_figures(frozen), "similar": _similar(publication),
        **sections_context(frozen),
    }  # fmt: skip
    return render(request, "reports/library_report.html", context)


def _similar(publication: Publication) -> list[tuple[str, str]]:
    """What asks for emails about reports like this one."""
    entry = LibraryEntry.objects.filter(publication=publication).first()
    found = queries.similar_facets(entry) if entry else {}
    return [(name, code) for name, codes in found.items() for code in codes]


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_changes(request: HttpRequest, address: str) -> HttpResponse:
    """What changed from version to version, and why: what each public version says of itself."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    context = {"publication": publication, "report": publication.report, "rows": queries.public_versions(publication)}
    return render(request, "reports/library_changes.html", context)


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_version(request: HttpRequest, address: str, number: int) -> HttpResponse:
    """One public version by its number: the present one leads to the report, a replaced one says by what (410), any other is not there."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    if publication.version and publication.version.number == number:
        return redirect("reports:library_report", address=address)
    earlier = [row for row in queries.public_versions(publication) if row.number == number]
    if not earlier:
        raise Http404
    context = {"report": publication.report, "row": earlier[-1], "publication": publication}
    return render(request, "reports/library_replaced.html", context, status=410)


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_pdf(request: HttpRequest, address: str) -> HttpResponseBase:
    """The full published report as a PDF."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    version = publication.version
    if version is None or not version.pdf_path:
        raise Http404
    etag = etag_of(version)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = pdf_response(version)
    response["ETag"] = etag
    return response


@revalidated
@access(PUBLIC, methods="GET", kind="library_report")
def library_figures(request: HttpRequest, address: str) -> HttpResponseBase:
    """The figures of a published report as CSV, from its public sections."""
    publication = live_publication(address)
    if publication is None:
        return gone(request, address)
    frozen = content.public_part(content.content_of(publication.version))
    if not has_figures(frozen):
        raise Http404
    etag = f'"{publication.version.hash}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = streamed(f"{address}-figures.csv", COLUMNS, figure_rows(frozen))
    response["ETag"] = etag
    return response
