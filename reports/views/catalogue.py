"""The catalogue of published reports for programs: CSV in one stream, JSON page by page; filters of the address narrow both."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.access import PUBLIC, access
from reports.models import LibraryEntry, LibraryFacet
from reports.queries import library as queries
from reports.views.public import revalidated
from surveillance.views.exports import streamed

JSON_PAGE_SIZE = 100
SEVERAL = ("programme", "specification", "region", "provider", "category", "domain")
COLUMNS = (
    "address", "title", "services", "programmes", "specifications", "regions", "providers", "year", "visit_dates", "published",
    "categories", "domains", "is_illustrative", "page", "pdf", "pdf_pages", "pdf_bytes",
)  # fmt: skip
PLURAL = {
    "programme": "programmes", "specification": "specifications", "region": "regions", "provider": "providers",
    "category": "categories", "domain": "domains",
}  # fmt: skip


@revalidated
@access(PUBLIC, methods="GET")
def catalogue_csv(request: HttpRequest) -> HttpResponseBase:
    """Every published report that fits the address, a row each, in a constant number of statements."""
    entries = queries.found_entries(queries.Asked.read(request.GET))
    etag = _etag(entries)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = streamed("published-reports.csv", COLUMNS, _lines(entries))
    response["ETag"] = etag
    return response


@revalidated
@access(PUBLIC, methods="GET")
def catalogue_json(request: HttpRequest) -> JsonResponse:
    """100 reports a page, oldest first, with the address of the next page."""
    entries = queries.found_entries(queries.Asked.read(request.GET))
    page = Paginator(entries.order_by("pk").values_list("pk", flat=True), JSON_PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [_facts(entry, facets) for entry, facets in queries.catalogue(LibraryEntry.objects.public().filter(pk__in=list(page)))]
    following = None
    if page.has_next():
        query = request.GET.copy()
        query["page"] = str(page.next_page_number())
        following = f"{settings.SITE_URL}{request.path}?{query.urlencode()}"
    return JsonResponse({"count": page.paginator.count, "next": following, "reports": rows})


def _etag(entries: QuerySet[LibraryEntry]) -> str:
    """Changes with every report that is published, corrected or withdrawn among these."""
    seen = entries.order_by().aggregate(
        count=Count("pk"), numbers=Sum("pk"), indexed=Max("indexed_at"), pdf_made=Max("publication__version__pdf_made_at")
    )
    return f'"{hashlib.sha256(repr((COLUMNS, sorted(seen.items()))).encode()).hexdigest()}"'


def _lines(entries: QuerySet[LibraryEntry]) -> Iterator[list[Any]]:
    for entry, facets in queries.catalogue(entries):
        facts = _facts(entry, facets)
        yield ["; ".join(value) if isinstance(value, list) else value for value in facts.values()]


def _facts(entry: LibraryEntry, facets: dict[str, list[LibraryFacet]]) -> dict[str, Any]:
    """One report as the catalogue gives it; the keys are COLUMNS."""
    report, version = entry.publication.report, entry.publication.version
    has_pdf = bool(version and version.pdf_path)
    several = {PLURAL[name]: queries.named_in_catalogue(facets, name) for name in SEVERAL}
    facts = {
        "address": report.address, "title": entry.title, "services": entry.services, "year": entry.year, "visit_dates": entry.visit_dates,
        "published": timezone.localdate(entry.publication.public_from).isoformat(), "is_illustrative": entry.is_illustrative,
        "page": settings.SITE_URL + reverse("reports:library_report", args=[report.address]),
        "pdf": settings.SITE_URL + reverse("reports:library_pdf", args=[report.address]) if has_pdf else None,
        "pdf_pages": version.pdf_page_count if has_pdf else None, "pdf_bytes": version.pdf_size_bytes if has_pdf else None,
        **several,
    }  # fmt: skip
    return {name: facts[name] for name in COLUMNS}
