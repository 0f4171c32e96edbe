"""Which reports are public, and how the library lists them."""

from django.urls import reverse

from accounts.templatetags.qnt_tags import counted, file_size
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.annual.paper import title_of
from reports.public_documents import PublicDocument


def public_publications() -> list[AnnualPublication]:
    """What anybody may read, the newest year first."""
    live = AnnualPublication.objects.filter(withdrawn_at=None).select_related("report__year")
    return list(live.order_by("-report__year__year"))


def library_documents() -> list[PublicDocument]:
    """Each published report for the library's first page."""
    return [PublicDocument(title_of(one.report.year.year), address_of(one.report)) for one in public_publications()]


def address_of(report: AnnualReport, *, pdf: bool = False) -> str:
    """Where the library has a report: a year's first at the year's address, a later version beneath it."""
    year, end = report.year.year, "_pdf" if pdf else ""
    if report.edition == 1:
        return reverse(f"library_programme{end}", args=[year])
    return reverse(f"library_programme_edition{end}", args=[year, report.edition])


def replacement_of(publication: AnnualPublication) -> AnnualReport | None:
    """What anybody may read in the place of a withdrawn report: the published version of its year."""
    return AnnualReport.objects.filter(year=publication.report.year_id, status=AnnualReport.Status.PUBLISHED).select_related("year").first()


def pdf_words(publication: AnnualPublication) -> str:
    """What its PDF is called where it is downloaded."""
    return f"Full report (PDF, {file_size(publication.size_bytes)}, {counted(publication.page_count, 'page')})"
