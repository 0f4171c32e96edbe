"""Full-text search of the library on both databases: what is found, in which order, with which words marked.

PostgreSQL asks stored vectors through their GIN index; SQLite asks an FTS5 table with the Porter stemmer. Reports whose title,
service, trust or network fits come first, then the newest: an order that both engines give alike. Passages are marked for the
rows of one page only, since that means reading their text.
"""

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from reports.models import LibraryEntry
from reports.search_words import Alternative, as_fts5, as_websearch, plain

CONFIG = "english"
FTS_TABLE = "reports_librarysearch"
# Marks that no text holds: they become <mark> once the passage is escaped.
START, STOP, GAP = "\x02", "\x03", " … "


def is_postgresql() -> bool:
    """Whether this site's database is PostgreSQL."""
    return connection.vendor == "postgresql"


def write_index(entry: LibraryEntry) -> None:
    """Make an entry findable by its ``head`` and ``words``; again replaces what was there. Call it in the act's transaction."""
    if is_postgresql():
        head, words = (Value(plain(text)) for text in (entry.head, entry.words))
        vector = SearchVector(head, config=CONFIG) + SearchVector(words, config=CONFIG)
        LibraryEntry.objects.filter(pk=entry.pk).update(head_vector=SearchVector(head, config=CONFIG), vector=vector)
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {FTS_TABLE} WHERE rowid = %s", [entry.pk])  # noqa: S608 (the table's own name)
        cursor.execute(f"INSERT INTO {FTS_TABLE} (rowid, head, words) VALUES (%s, %s, %s)", [entry.pk, entry.head, entry.words])  # noqa: S608


def remove_index(entry_ids: list[int]) -> None:
    """Let what SQLite keeps beside these entries go; PostgreSQL keeps it in their rows."""
    if not is_postgresql():
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {FTS_TABLE} WHERE rowid = %s", [[pk] for pk in entry_ids])  # noqa: S608


def matching(rows: QuerySet[LibraryEntry], query: tuple[Alternative, ...]) -> QuerySet[LibraryEntry]:
    """Entries that hold what was asked for, with ``in_head``: whether the title, services, trusts or networks hold it."""
    if is_postgresql():
        asked = _asked(query)
        in_head = ExpressionWrapper(Q(head_vector=asked), output_field=BooleanField())
        return rows.filter(vector=asked).annotate(in_head=in_head)
    text = as_fts5(query)
    in_head = ExpressionWrapper(Q(pk__in=_rowids(f"head : ({text})")), output_field=BooleanField())
    return rows.filter(pk__in=_rowids(text)).annotate(in_head=in_head)


def in_order(rows: QuerySet[LibraryEntry], *, is_search: bool) -> QuerySet[LibraryEntry]:
    """The order of results: what fits by name first, then the newest."""
    newest = ("-publication__public_from", "-publication_id")
    return rows.order_by(F("in_head").desc(), *newest) if is_search else rows.order_by(*newest)


def passages(entry_ids: list[int], query: tuple[Alternative, ...]) -> dict[int, str]:
    """For each entry the passages that hold what was asked for, the words between ``START`` and ``STOP``: one statement."""
    if is_postgresql():
        marked = SearchHeadline(
            "words",
            _asked(query),
            config=CONFIG,
            start_sel=START,
            stop_sel=STOP,
            max_words=32,
            min_words=16,
            max_fragments=2,
            fragment_delimiter=GAP,
        )
        return dict(LibraryEntry.objects.filter(pk__in=entry_ids).values_list("pk", marked))
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(entry_ids))
        sql = f"SELECT rowid, snippet({FTS_TABLE}, 1, %s, %s, %s, 40) FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s AND rowid IN ({marks})"  # noqa: S608
        cursor.execute(sql, [START, STOP, GAP, as_fts5(query), *entry_ids])
        return dict(cursor.fetchall())


def _asked(query: tuple[Alternative, ...]) -> SearchQuery:
    return SearchQuery(as_websearch(query), config=CONFIG, search_type="websearch")


def _rowids(text: str) -> RawSQL:
    return RawSQL(f"SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s", [text])  # noqa: S608, S611 (the table's own name)
