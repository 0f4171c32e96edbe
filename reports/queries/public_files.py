"""Documents that anyone may download beside a published report."""

from django.urls import reverse

from accounts.templatetags.qnt_tags import counted, file_size
from reports.models import Publication, VersionFile
from reports.public_documents import PublicDocument


def public_summary(publication: Publication) -> list[PublicDocument]:
    """The plain-English summary of the public version, once it is made; in one statement."""
    found = VersionFile.objects.filter(version=publication.version_id, kind=VersionFile.Kind.SUMMARY)
    return [
        PublicDocument(
            f"Summary (PDF, {file_size(row.size_bytes)}, {counted(row.page_count, 'page')})",
            reverse("reports:library_summary", args=[publication.report.address]),
        )
        for row in found
    ]
