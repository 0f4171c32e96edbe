"""Searching the public library: 4,000 published reports of 60 kB, over the same questions in hand-written SQL."""

import datetime as dt
import random
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.utils import timezone

from peerreview.models import Procedure, Review
from qnt.bench.data import World
from qnt.bench.registry import Limits, Pair, benchmark
from reports import search_engines
from reports.models import LibraryEntry, LibraryFacet, Publication, Report, ReportVersion
from reports.queries.library import Asked, choices, passages_of, results
from reports.search_words import as_fts5, as_websearch
from reports.views.library import PAGE_SIZE

TEXT_BYTES = 60_000
BATCH = 200
FACET_SIZES = {"programme": 6, "specification": 150, "region": 7, "provider": 200, "year": 10, "category": 5, "domain": 8}
# Words that stand in one report of a hundred, in one of ten, and in every second.
RARE, USUAL, COMMON = "haemoglobinopathy", "weekend", "pathway"
SEARCHES = (RARE, f"{USUAL} rota", f'"{COMMON} meeting" or {RARE}')


def sentences() -> list[str]:
    """Invented prose of which every text takes its own part."""
    draw = random.Random(1)  # noqa: S311 (no secret)
    heads, middles, ends = ("re", "con", "pro", "dis", "pre"), ("tent", "vis", "duct", "form"), ("ion", "al", "ing", "er")
    words = [f"{head}{middle}{end}" for head in heads for middle in middles for end in ends]
    return [" ".join(draw.choices(words, k=14)) + ". " for _ in range(5000)]


def a_text(number: int, prose: list[str]) -> str:
    """60 kB, the same for the same number; a few of its words are rarer than the rest."""
    draw = random.Random(number)  # noqa: S311 (no secret)
    chosen = [RARE] * (number % 100 == 0) + [USUAL, "rota"] * (number % 10 == 0) + [f"{COMMON} meeting"] * (number % 2 == 0)
    parts = draw.choices(prose, k=TEXT_BYTES // (len(prose[0]) - 2))
    for place, word in enumerate(chosen):
        parts[place * 50 + draw.randrange(50)] = f"The {word} was seen. "
    return "".join(parts)[:TEXT_BYTES]


def make_reports(world: World) -> None:
    """Published reports with their entries and facets, indexed as publishing does it."""
    region = world.small.service.region
    procedure = Procedure.objects.create(code="BENCH", name="Bench", status="PUBLISHED", milestones=[], categories=[])
    prose = sentences()
    for start in range(0, world.report_count, BATCH):
        numbers = range(start, min(start + BATCH, world.report_count))
        reviews = Review.objects.bulk_create(
            Review(title=f"Report {n}", purpose="COMPLIANCE", status="FOLLOW_UP", procedure=procedure, region=region, opened_by=world.lead)
            for n in numbers
        )
        _publish(reviews, numbers, world, prose)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _publish(reviews: list[Review], numbers: range, world: World, prose: list[str]) -> None:
    today, now = timezone.localdate(), timezone.now()
    reports = Report.objects.bulk_create(
        Report(review=review, title=review.title, address=f"report-{n}", status="PUBLISHED", drafter=world.lead, draft_due_date=today,
               final_due_date=today)
        for n, review in zip(numbers, reviews, strict=True)
    )  # fmt: skip
    versions = ReportVersion.objects.bulk_create(
        ReportVersion(report=report, number=1, purpose="PUBLIC", content="{}", hash="0" * 64, made_by=world.lead) for report in reports
    )
    live = Publication.objects.bulk_create(
        Publication(report=report, version=version, decision="PUBLISH", decided_by=world.lead, public_from=now - dt.timedelta(minutes=n))
        for n, report, version in zip(numbers, reports, versions, strict=True)
    )
    entries = LibraryEntry.objects.bulk_create(
        LibraryEntry(
            publication=one,
            title=f"Report {n}",
            services="A service",
            holders=f"Trust {n % 200}",
            head=f"Report {n}",
            words=a_text(n, prose),
        )
        for n, one in zip(numbers, live, strict=True)
    )
    for entry in entries:
        search_engines.write_index(entry)
    LibraryFacet.objects.bulk_create(
        LibraryFacet(entry=entry, facet=facet, code=str(n % size), label=f"{facet} {n % size}")
        for n, entry in zip(numbers, entries, strict=True)
        for facet, size in FACET_SIZES.items()
    )


PUBLIC = """
    FROM reports_libraryentry e JOIN reports_publication p ON p.id = e.publication_id
    WHERE p.decision = 'PUBLISH' AND p.withdrawn_at IS NULL AND p.public_from <= %(now)s AND {match}
"""
COUNT = f"SELECT COUNT(*) {PUBLIC}"
ROWS = f"""
    SELECT e.id, e.title, e.holders, e.visit_dates, r.address, v.pdf_path, v.pdf_size_bytes, v.pdf_page_count
    {PUBLIC.replace("WHERE", "JOIN reports_report r ON r.id = p.report_id JOIN reports_reportversion v ON v.id = p.version_id WHERE")}
    ORDER BY {{head}} DESC, p.public_from DESC, p.id DESC LIMIT {PAGE_SIZE}
"""
FACETS = (
    f"SELECT f.facet, f.code, MAX(f.label), COUNT(*) FROM reports_libraryfacet f WHERE f.entry_id IN (SELECT e.id {PUBLIC}) GROUP BY 1, 2"  # noqa: S608 (no value of anybody)
)
FTS = "e.id IN (SELECT rowid FROM reports_librarysearch WHERE reports_librarysearch MATCH {})"
PARTS = {
    "postgresql": {
        "match": "e.vector @@ websearch_to_tsquery('english', %(query)s)",
        "head": "e.head_vector @@ websearch_to_tsquery('english', %(query)s)",
        "passages": """
            SELECT id, ts_headline('english', words, websearch_to_tsquery('english', %(query)s), %(options)s)
            FROM reports_libraryentry WHERE id IN ({ids})
        """,
    },
    "sqlite": {
        "match": FTS.format("%(query)s"),
        "head": FTS.format("%(in_head)s"),
        "passages": """
            SELECT rowid, snippet(reports_librarysearch, 1, '<', '>', '...', 40)
            FROM reports_librarysearch WHERE reports_librarysearch MATCH %(query)s AND rowid IN ({ids})
        """,
    },
}


def by_hand(words: str) -> list[int]:
    """A page of results, their number, the facets' counts and the passages, in four statements; gives the ids."""
    query, parts = Asked(words).query, PARTS[connection.vendor]
    text = as_websearch(query) if connection.vendor == "postgresql" else as_fts5(query)
    values: dict[str, Any] = {
        "now": timezone.now(), "query": text, "in_head": f"head : ({text})",
        "options": 'StartSel="<", StopSel=">", MaxWords=32, MinWords=16, MaxFragments=2, FragmentDelimiter=" ... "',
    }  # fmt: skip
    with connection.cursor() as cursor:
        for sql in (COUNT, FACETS):
            cursor.execute(sql.format(**parts), values)
            cursor.fetchall()
        cursor.execute(ROWS.format(**parts), values)
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            cursor.execute(parts["passages"].format(ids=", ".join(map(str, ids))), values)
            cursor.fetchall()
    return ids


def as_the_page_does(words: str) -> list[int]:
    """The same as the library's page reads it."""
    asked = Asked(words)
    page = Paginator(results(asked), PAGE_SIZE).get_page(1)
    entries = list(page.object_list)
    passages_of(entries, asked)
    choices(asked)
    return [entry.pk for entry in entries]


@benchmark(
    "library_search_4000",
    subject="Three searches of 4,000 published reports of 60 kB: page, count, facets, passages",
    floor="the same in hand-written SQL",
    pair_count=7,
    limits=Limits(
        ratio={"postgresql": 1.5, "sqlite": 1.5},
        statements=12,
        peak_mib=8,
        because="The index finds, the database counts, and texts are read for the 20 rows of the page alone.",
    ),
)
def library_search_4000(world: World) -> Pair:
    make_reports(world)
    for words in SEARCHES:
        if by_hand(words) != as_the_page_does(words):
            raise RuntimeError(f"The page and the hand-written SQL find different reports for {words!r}.")
        if not by_hand(words):
            raise RuntimeError(f"No report holds {words!r}.")
    return Pair(lambda: [as_the_page_does(words) for words in SEARCHES], lambda: [by_hand(words) for words in SEARCHES])
