"""What anyone may find: published reports by words and facets, with counts, and the catalogue of all of them."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Max, QuerySet
from django.http import QueryDict
from django.utils import timezone

from peerreview.models import Finding
from reports import search_engines
from reports.models import LibraryEntry, LibraryFacet, Publication
from reports.search_words import Alternative, parsed
from surveillance.models import ImpactDomain

Facet = LibraryFacet.Facet
MOST_SHOWN = 12
MOST_CHOSEN = 30
CODE = re.compile(r"[\w.-]{1,60}")
SHOWN = (
    "title", "services", "holders", "visit_dates", "year", "extract", "is_illustrative", "publication__public_from",
    "publication__report__address", "publication__version__pdf_path", "publication__version__pdf_size_bytes",
    "publication__version__pdf_page_count", "publication__report__review__purpose",
)  # fmt: skip
JOINED = ("publication__report__review", "publication__version")
# Facets that have an order of their own; the others go by their labels.
ORDER = {Facet.CATEGORY.value: list(Finding.Category.values), Facet.DOMAIN.value: list(ImpactDomain.values)}


@dataclass(frozen=True)
class Asked:
    """What an address asks of the library: words, and codes by facet."""

    words: str = ""
    facets: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        """From an address; what is no facet or cannot be a code is left out."""
        return cls(query.get("words", "").strip()[:200], facets_in(query))

    @property
    def query(self) -> tuple[Alternative, ...]:
        """What the words mean; empty where nothing is searched for."""
        return parsed(self.words)

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.facets)


@dataclass(frozen=True)
class Choice:
    """One value of a facet, and how many reports choosing it would show."""

    code: str
    label: str
    count: int


def facets_in(query: QueryDict) -> dict[str, list[str]]:
    """The facets of an address, by name, each with its codes in order."""
    found = {}
    for facet in Facet.values:
        codes = sorted({code for code in query.getlist(facet) if CODE.fullmatch(code)})[:MOST_CHOSEN]
        if codes:
            found[facet] = codes
    return found


@dataclass(frozen=True)
class PublicVersion:
    """A version that anyone could read: its number, from when, until when, and what it says that it changed."""

    number: int
    public_from: dt.datetime
    replaced_at: dt.datetime | None
    revision: dict[str, str] | None


def public_versions(present: Publication) -> list[PublicVersion]:
    """Versions of a report that are or were public, oldest first. What was withdrawn is not among them, nor what waits for its day.

    Nor is a decision that was made again before its day came.
    """
    rows = present.report.publications.filter(decision="PUBLISH", withdrawn_at=None, public_from__lte=timezone.now())
    rows = rows.exclude(replaced_at__lte=F("public_from"))
    return [
        PublicVersion(
            row.version.number, row.public_from, row.replaced_at if row.pk != present.pk else None,
            json.loads(row.version.content).get("revision"),
        )
        for row in rows.select_related("version").order_by("public_from", "pk")
        if row.version and row.public_from
    ]  # fmt: skip


def found_entries(asked: Asked, *, without: str = "") -> QuerySet[LibraryEntry]:
    """Public entries that hold the words and fit every facet, but for the one called ``without``; not in order yet."""
    rows: QuerySet[LibraryEntry] = LibraryEntry.objects.public()
    for name, codes in asked.facets.items():
        if name != without:
            rows = rows.filter(pk__in=LibraryFacet.objects.filter(facet=name, code__in=codes).values("entry"))
    if asked.words:
        rows = search_engines.matching(rows, asked.query) if asked.query else rows.none()
    return rows


def results(asked: Asked) -> QuerySet[LibraryEntry]:
    """What was found, in the order of results, with what a row of the page shows and nothing of the texts."""
    return search_engines.in_order(found_entries(asked), is_search=bool(asked.words and asked.query)).select_related(*JOINED).only(*SHOWN)


def passages_of(entries: Iterable[LibraryEntry], asked: Asked) -> dict[int, str]:
    """The passages of a page's entries that hold the words, by id; none where no words were searched."""
    ids = [entry.pk for entry in entries]
    return search_engines.passages(ids, asked.query) if ids and asked.words and asked.query else {}


def choices(asked: Asked) -> dict[str, list[Choice]]:
    """Each facet's values with their counts under the words and the other facets: one statement, and one for each facet in use."""
    counted = _counted(found_entries(asked), LibraryFacet.objects.exclude(facet__in=asked.facets))
    for name in asked.facets:
        counted += _counted(found_entries(asked, without=name), LibraryFacet.objects.filter(facet=name))
    by_facet: dict[str, list[Choice]] = {name: [] for name in Facet.values}
    for name, choice in [*counted, *_missing(asked, counted)]:
        by_facet[name].append(choice)
    return {name: _shown(name, found, asked.facets.get(name, [])) for name, found in by_facet.items()}


def _counted(entries: QuerySet[LibraryEntry], facets: QuerySet[LibraryFacet]) -> list[tuple[str, Choice]]:
    rows = facets.filter(entry__in=entries.order_by().values("pk")).order_by().values("facet", "code")
    return [
        (row["facet"], Choice(row["code"], row["label_now"], row["count"]))
        for row in rows.annotate(label_now=Max("label"), count=Count("entry")).order_by("label_now", "code")
    ]


def _missing(asked: Asked, counted: list[tuple[str, Choice]]) -> list[tuple[str, Choice]]:
    """What the address filters by and no report found has: still to be seen, and removed."""
    known = {(name, choice.code) for name, choice in counted}
    wanted = {(name, code) for name, codes in asked.facets.items() for code in codes} - known
    if not wanted:
        return []
    rows = LibraryFacet.objects.filter(code__in=[code for _, code in wanted]).order_by().values("facet", "code")
    named = {(row["facet"], row["code"]): row["label_now"] for row in rows.annotate(label_now=Max("label"))}
    return [(name, Choice(code, named[name, code], 0)) for name, code in sorted(wanted & named.keys())]


def _shown(name: str, found: list[Choice], chosen: list[str]) -> list[Choice]:
    """The values with most reports and those that are chosen, in the facet's own order."""
    most = sorted(found, key=lambda choice: (choice.code not in chosen, -choice.count))[:MOST_SHOWN]
    rows = [choice for choice in found if choice in most]
    if name == Facet.YEAR:
        return sorted(rows, key=lambda choice: choice.code, reverse=True)
    if name in ORDER:
        return sorted(rows, key=lambda choice: ORDER[name].index(choice.code) if choice.code in ORDER[name] else len(ORDER[name]))
    return rows


def catalogue(entries: QuerySet[LibraryEntry]) -> Iterator[tuple[LibraryEntry, dict[str, list[LibraryFacet]]]]:
    """Entries by number with their facets by name, read side by side in two statements whatever their number."""
    rows = entries.order_by("pk").only(*SHOWN)
    facets = LibraryFacet.objects.filter(entry__in=entries.order_by().values("pk")).order_by("entry_id", "label", "code")
    groups = groupby(facets.iterator(chunk_size=2000), key=lambda facet: facet.entry_id)
    waiting = next(groups, None)
    for entry in rows.iterator(chunk_size=500):
        found: dict[str, list[LibraryFacet]] = {name: [] for name in Facet.values}
        while waiting is not None and waiting[0] <= entry.pk:
            if waiting[0] == entry.pk:
                for facet in waiting[1]:
                    found[facet.facet].append(facet)
            waiting = next(groups, None)
        yield entry, found


def named_in_catalogue(facets: dict[str, list[LibraryFacet]], name: str) -> list[str]:
    """The labels of one facet of an entry."""
    return [facet.label for facet in facets[name]]


def similar_facets(entry: LibraryEntry) -> dict[str, Any]:
    """The facets by which "reports like this" are found: programme and specification."""
    rows = entry.facets.filter(facet__in=[Facet.PROGRAMME, Facet.SPECIFICATION]).order_by("facet", "code")
    return {name: [row.code for row in group] for name, group in groupby(rows, key=lambda row: row.facet)}
