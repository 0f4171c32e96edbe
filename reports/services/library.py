"""Keeping the library's index in step with what is public: written when a report is published, gone when it is withdrawn."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from peerreview.models import Review
from reports import content, search_engines
from reports.blocks.findings import category_labels
from reports.models import LibraryEntry, LibraryFacet, Publication
from surveillance.models import ImpactDomain

Facet = LibraryFacet.Facet
FINDING_BLOCKS = ("findings", "commissioning")
Choice = tuple[str, str, str]


@transaction.atomic
def index_publication(publication: Publication) -> LibraryEntry:
    """Make a publication findable from the public sections of its version; doing it again replaces the entry.

    Call it in the transaction that publishes. An embargo is kept by what is asked, not by what is indexed.
    """
    remove_from_index(publication)
    if publication.version is None:
        raise ValueError("Only what is published has a version to index.")
    frozen = content.public_part(content.content_of(publication.version))
    cover, review = frozen["cover"], publication.report.review
    entry = LibraryEntry.objects.create(
        publication=publication, title=cover["title"], services=", ".join(cover["services"]), holders=", ".join(cover["holders"]),
        visit_dates=cover["visit_dates"], year=review.starts_date.year if review.starts_date else None, extract=content.extract(frozen),
        blocks=[section["block"] for section in frozen["sections"] if "block" in section], is_illustrative=cover["is_illustrative"],
        head="\n".join([cover["title"], *cover["services"], *cover["holders"], *cover["networks"]]), words=content.search_words(frozen),
    )  # fmt: skip
    search_engines.write_index(entry)
    facets = dict.fromkeys([*_places(review), *_found(review, frozen)])
    LibraryFacet.objects.bulk_create(LibraryFacet(entry=entry, facet=facet, code=code, label=label) for facet, code, label in facets)
    return entry


@transaction.atomic
def remove_from_index(publication: Publication) -> None:
    """Make a publication unfindable; call it in the transaction that withdraws."""
    _remove(list(LibraryEntry.objects.filter(publication=publication).values_list("pk", flat=True)))


def index_all(*, anew: bool = False) -> dict[str, int]:
    """Index what is published and not findable yet (with ``anew`` everything), remove what is not public any more.

    A transaction a report: thousands of them hold up nobody's save.
    """
    stands = Q(replaced_at=None) | Q(replaced_at__gt=timezone.now())
    live = Publication.objects.filter(stands, decision=Publication.Decision.PUBLISH, withdrawn_at=None)
    stale = list(LibraryEntry.objects.exclude(publication__in=live).values_list("pk", flat=True))
    with transaction.atomic():
        _remove(stale)
    count = 0
    for pk in list((live if anew else live.filter(entry=None)).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            found = live.select_for_update(of=("self",)).select_related("version", "report__review__procedure", "report__review__region")
            publication = found.filter(pk=pk).first()
            if publication:
                index_publication(publication)
                count += 1
    return {"reports indexed": count, "entries removed": len(stale)}


def _remove(entry_ids: list[int]) -> None:
    if entry_ids:
        search_engines.remove_index(entry_ids)
        LibraryEntry.objects.filter(pk__in=entry_ids).delete()


def _places(review: Review) -> list[Choice]:
    """What the services under review are and where: facts of the cover."""
    services = review.services.select_related("provider", "network", "specification__programme")
    found: list[Choice] = [(Facet.REGION, review.region.code, review.region.name)]
    if review.starts_date:
        found.append((Facet.YEAR, str(review.starts_date.year), str(review.starts_date.year)))
    for service in services.order_by("pk"):
        specification = service.specification
        found += [
            (Facet.PROGRAMME, specification.programme.code, specification.programme.name),
            (Facet.SPECIFICATION, specification.number, str(specification)),
            (Facet.PROVIDER, service.holder.code, service.holder.name),
        ]
    return found


def _found(review: Review, frozen: dict[str, Any]) -> list[Choice]:
    """Categories and impact domains of the findings in public sections: a restricted section tells nothing of what it holds."""
    codes = {label: (category.value, category.label) for category, label in category_labels(review)}
    domains = {domain.label: domain.value for domain in ImpactDomain}
    found: list[Choice] = []
    for section in frozen["sections"]:
        if section.get("block") not in FINDING_BLOCKS:
            continue
        for label, finding in _findings(section["data"]):
            if label in codes:
                found.append((Facet.CATEGORY, *codes[label]))
            found += [(Facet.DOMAIN, domains[name], name) for name, _ in finding["domains"] if name in domains]
    return found


def _findings(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every finding of a block with the words of its category."""
    if "findings" in data:
        return [(finding["category"], finding) for finding in data["findings"]]
    groups = [group for service in data["services"] for group in service["groups"]]
    return [(group["label"], finding) for group in groups for finding in group["findings"]]
