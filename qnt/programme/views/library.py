"""The annual programme report in the public library: the page first, the PDF beside it. No account, no cookies."""

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from accounts.access import PUBLIC, access
from qnt.programme.annual.models import AnnualPublication
from qnt.programme.annual.paper import edition_words, paper_name, replaces_words, title_of
from qnt.programme.annual.queries import address_of, pdf_words, replacement_of
from qnt.programme.annual.showing import shown_sections
from reports.views.files import stored_file
from reports.views.public import revalidated


def _publication(year: int, edition: int) -> AnnualPublication:
    """What was published on a year in one version, also when it was withdrawn; 404 where nothing ever was."""
    publications = AnnualPublication.objects.select_related("report__year")
    return get_object_or_404(publications, report__year__year=year, report__edition=edition)


def _gone(request: HttpRequest, publication: AnnualPublication) -> HttpResponse:
    """410: that the report was withdrawn, when and why, and where the version is that replaced it."""
    newer = replacement_of(publication)
    context = {
        "withdrawn_at": publication.withdrawn_at, "reason": publication.withdrawn_reason, "newer_url": address_of(newer) if newer else "",
    }  # fmt: skip
    return render(request, "410.html", context, status=410)


@revalidated
@access(PUBLIC, methods="GET", kind="programme_year")
def library_programme(request: HttpRequest, year: int, edition: int = 1) -> HttpResponse:
    """The published report on a year as a page, from its frozen content alone."""
    publication = _publication(year, edition)
    if publication.withdrawn_at:
        return _gone(request, publication)
    content = json.loads(publication.content)
    context = {
        "publication": publication, "title": title_of(year), "year": year, "sections": shown_sections(content),
        "is_illustrative": content["is_illustrative"], "pdf": pdf_words(publication) if publication.path else "",
        "pdf_url": address_of(publication.report, pdf=True), "edition": edition_words(content), "replaces": replaces_words(content),
    }  # fmt: skip
    return render(request, "programme/library_programme.html", context)


@revalidated
@access(PUBLIC, methods="GET", kind="programme_year")
def library_programme_pdf(request: HttpRequest, year: int, edition: int = 1) -> HttpResponseBase:
    """Its PDF; 404 while it is being made."""
    publication = _publication(year, edition)
    if publication.withdrawn_at:
        return _gone(request, publication)
    if not publication.path:
        raise Http404
    etag = f'"{publication.sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = stored_file(publication.path, paper_name(year))
    response["ETag"] = etag
    return response
