"""What a round asks of services: hours, files and pages, and what was saved by using evidence again. One rule for every page.

A use is a document under one answer. A document is new in a round where it was added in the round's year; every further use,
and every use of an older document, needed no new file and counts as saved.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import ExtractYear
from django.utils import timezone

from surveillance.models import EvidenceItem, EvidenceVersion, SelfReport


@dataclass(frozen=True)
class Burden:
    """Of one self-report or several. ``pages`` are those of new files whose pages are known; ``known_count`` is how many these are."""

    hours: Decimal | None = None
    uses: int = 0
    new_files: int = 0
    known_count: int = 0
    pages: int = 0

    @property
    def saved_uses(self) -> int:
        """Uses that needed no new file."""
        return self.uses - self.new_files

    @property
    def known_pages(self) -> int | None:
        """The pages of the new files; 0 without any, None where the pages of none are known."""
        return self.pages if self.known_count or not self.new_files else None


def burden_by_report(reports: QuerySet[SelfReport]) -> dict[int, Burden]:
    """Each self-report with what it took, in two statements."""
    hours = dict(reports.order_by().values_list("pk", "hours_spent"))
    newest = EvidenceVersion.objects.filter(item=OuterRef("pk")).order_by("-number")
    tied = EvidenceItem.objects.kept().filter(answers__self_report__in=reports.order_by().values("pk")).order_by()
    rows = tied.values("pk", "answers__self_report", "answers__self_report__round__year").annotate(
        uses=Count("answers", distinct=True),
        year=ExtractYear("added_at", tzinfo=timezone.get_default_timezone()),
        pages=Subquery(newest.values("page_count")[:1]),
        report=F("answers__self_report"),
        round_year=F("answers__self_report__round__year"),
    )
    files: dict[int, list[tuple[int, bool, int | None]]] = defaultdict(list)
    for row in rows:
        files[row["report"]].append((row["uses"], row["year"] >= row["round_year"], row["pages"]))
    return {pk: _burden(spent, files[pk]) for pk, spent in hours.items()}


def add_up(burdens: Iterable[Burden]) -> Burden:
    """Several self-reports together; hours are those that were said."""
    found = list(burdens)
    said = [one.hours for one in found if one.hours is not None]
    return Burden(
        sum(said, Decimal(0)) if said else None, sum(one.uses for one in found), sum(one.new_files for one in found),
        sum(one.known_count for one in found), sum(one.pages for one in found),
    )  # fmt: skip


def pages_words(burden: Burden) -> str:
    """ "1,204 pages in 90 of 120 new files; the pages of the others are not known." """
    files = f"{burden.new_files:,} new {'file' if burden.new_files == 1 else 'files'}"
    if burden.known_pages is None:
        return f"The pages of {files} are not known."
    counted = f"{burden.pages:,} {'page' if burden.pages == 1 else 'pages'}"
    if burden.known_count == burden.new_files:
        return f"{counted} in {files}."
    return f"{counted} in {burden.known_count:,} of {files}; the pages of the others are not known."


def saved_words(burden: Burden) -> str:
    """ "340 of 900 uses (37%) needed no new file." """
    if not burden.uses:
        return "No evidence was tied to an answer."
    return f"{burden.saved_uses:,} of {burden.uses:,} uses ({burden.saved_uses * 100 // burden.uses}%) needed no new file."


def _burden(hours: Decimal | None, files: list[tuple[int, bool, int | None]]) -> Burden:
    new = [pages for _, is_new, pages in files if is_new]
    known = [pages for pages in new if pages is not None]
    return Burden(hours, sum(uses for uses, _, _ in files), len(new), len(known), sum(known))
