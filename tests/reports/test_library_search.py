"""Search of the library: the same hits in the same order on both engines, counts of facets, and nothing that is not public."""

import datetime as dt
import sqlite3
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from reports import search_engines
from reports.content import search_words
from reports.models import LibraryEntry, LibraryFacet, Publication
from reports.queries.library import Asked, Choice, choices, passages_of, results
from reports.search_words import Alternative, as_fts5, as_websearch, parsed
from reports.services import publication
from reports.services.library import index_all
from tests.factories import reports as scenes
from tests.factories.library import make_published

pytestmark = pytest.mark.django_db

# Title, what the report says: in the order in which they were published.
TEXTS = (
    ("Acute oncology", "No consultant covers weekends. A weekend rota with the neighbouring trust is being written by the nursing team."),
    (
        "Paediatric surgery",
        "Nurses ring every patient on the day after surgery. The patient’s plan is on one page; audits come each quarter.",
    ),
    ("Adult cystic fibrosis", "Two pumps were in use past their service date. Indicator 10-1A-301 is not met. Carers were heard in 2027."),
    ("Burns care", "Follow-up clinics run out of hours. The café on the ward is used by families; children’s views are asked for."),
    ("Neonatal care", "Mortality meetings review every death. The guideline on transfers is followed, and transfer times are audited."),
    ("Haemophilia", "One post is vacant. Oncology patients wait: weekends, nurses and pumps are shared with the neighbouring trusts."),
)
# What is typed, and which of the texts it finds, best first.
FOUND = {
    "oncology": [0, 5], "weekend": [5, 0], "weekends rota": [0], '"weekend rota"': [0], "“weekend rota”": [0], "nurse": [5, 1, 0],
    "pumps or mortality": [5, 4, 2], "patient’s plan": [1], "audit": [4, 1], "audited transfers": [4], "10-1A-301": [2],
    "follow-up clinic": [3], "out-of-hours": [3], "CAFE families": [3], "the consultant": [0], "trust -oncology": [],
    "oncology OR paediatric -burns": [1, 0, 5], '"neighbouring trusts" pump': [5], "children’s views": [3], "surgery \"one page\"": [1],
}  # fmt: skip


@pytest.fixture
def library() -> list[Publication]:
    return [make_published(title, text, days_ago=len(TEXTS) - n) for n, (title, text) in enumerate(TEXTS)]


def places(typed: str, library: list[Publication]) -> list[int]:
    order = {live.pk: n for n, live in enumerate(library)}
    return [order[entry.publication_id] for entry in results(Asked(typed))]


def test_twenty_searches_find_the_same_on_both_engines(library: list[Publication]) -> None:
    assert {typed: places(typed, library) for typed in FOUND} == FOUND


@pytest.mark.postgres
def test_fts5_and_postgresql_agree_on_every_search(library: list[Publication]) -> None:
    other = sqlite3.connect(":memory:")
    other.execute("CREATE VIRTUAL TABLE search USING fts5(head, words, tokenize = 'porter unicode61 remove_diacritics 2')")
    entries = list(LibraryEntry.objects.select_related("publication"))
    other.executemany("INSERT INTO search (rowid, head, words) VALUES (?, ?, ?)", [(e.pk, e.head, e.words) for e in entries])

    def by_fts5(typed: str) -> list[int]:
        def ids(text: str) -> set[int]:
            return {row[0] for row in other.execute("SELECT rowid FROM search WHERE search MATCH ?", [text])}

        hits, in_head = ids(as_fts5(parsed(typed))), ids(f"head : ({as_fts5(parsed(typed))})")
        chosen = [entry for entry in entries if entry.pk in hits]
        return [e.pk for e in sorted(chosen, key=lambda e: (e.pk in in_head, e.publication.public_from, e.publication_id), reverse=True)]

    of_postgresql = {typed: [entry.pk for entry in results(Asked(typed))] for typed in FOUND}

    assert len(FOUND) == 20
    assert of_postgresql == {typed: by_fts5(typed) for typed in FOUND}


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("weekend cover", (Alternative((("weekend",), ("cover",))),)),
        ('"weekend cover" rota', (Alternative((("weekend", "cover"), ("rota",))),)),
        ('"cover of the night', (Alternative((("cover",), ("night",))),)),
        ("a or b -c", (Alternative((("b",),), (("c",),)),)),
        ("10-1A-301", (Alternative((("10", "1a", "301"),)),)),
        ("the of -pump", ()),
        ("or or or", ()),
    ],
)
def test_what_is_typed_has_one_meaning(typed: str, query: tuple[Alternative, ...]) -> None:
    assert parsed(typed) == query


def test_meaning_in_the_words_of_both_engines() -> None:
    query = parsed('nurse "weekend rota" -pump or café')

    assert as_websearch(query) == '"nurse" "weekend rota" -"pump" or "cafe"'
    assert as_fts5(query) == '(("nurse" AND "weekend rota") NOT "pump") OR (("cafe"))'


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_search(typed: str) -> None:
    typed = typed.replace("\x00", "")

    found = list(results(Asked(typed)))

    assert found == []


def test_signs_of_the_engines_are_words_like_others(library: list[Publication]) -> None:
    typed = ['"', "nhs-england", "o'brien", "a AND", "NEAR(a b)", "head : x", "'; DROP", "*", "^a", "a:b", "-", '-"']

    assert [found for one in typed for found in places(one, library)] == []


def test_found_words_are_marked_and_the_rest_is_escaped() -> None:
    make_published(
        "Acute oncology", "<script>alert(1)</script> " + "Something else is said here. " * 60 + "Weekends have no rota & no cover."
    )

    page = Client().get(reverse("reports:library"), {"words": "weekend"}).content.decode()

    assert "<mark>Weekends</mark> have no rota &amp; no cover" in page
    assert "<script>alert" not in page


def test_facets_narrow_and_count_under_the_words_and_the_other_facets(library: list[Publication]) -> None:
    codes = {live.pk: live.report.review.services.get().provider.code for live in library}
    chosen = codes[library[0].pk]
    query = QueryDict(urlencode({"words": "weekend", "provider": chosen}))

    asked = Asked.read(query)
    counted = choices(asked)

    assert [entry.publication_id for entry in results(asked)] == [library[0].pk]
    assert {choice.code: choice.count for choice in counted["provider"]} == {chosen: 1, codes[library[5].pk]: 1}
    assert counted["year"] == [Choice("2027", "2027", 1)]


def test_categories_and_domains_come_from_public_sections_alone() -> None:
    scene = scenes.make_scene()
    for finding in scene.review.findings.all():
        domain = "LATERAL" if finding.addressed_to == "COMMISSIONER" else "RELATIONAL"
        finding.tags.create(domain=domain, shows="Said so", tagged_by=scene.lead_reviewer)
    scenes.to_published(scene, public=("summary", "findings"))

    found = set(LibraryFacet.objects.filter(facet__in=["category", "domain"]).values_list("code", flat=True))

    assert found == {"GOOD_PRACTICE", "IMMEDIATE_RISK", "SERIOUS_CONCERN", "CONCERN", "FURTHER_CONSIDERATION", "RELATIONAL"}


def test_restricted_findings_give_no_facet() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene, public=("summary",))

    assert not LibraryFacet.objects.filter(facet__in=["category", "domain"]).exists()
    assert list(results(Asked("pumps"))) == []


def test_withdrawn_and_embargoed_reports_are_not_found() -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    title = Asked(f'"{scene.place.service.name}"')
    found = [entry.publication.report_id for entry in results(title)]

    publication.withdraw_report(report_id=report.pk, reason="A wrong table", by=scene.national)
    withdrawn = (list(results(title)), LibraryEntry.objects.count())
    publication.publish_report(report_id=report.pk, by=scene.national, public_from=timezone.now() + dt.timedelta(days=3))
    embargoed = list(results(title))
    counted = choices(Asked())

    assert (found, withdrawn, embargoed) == ([report.pk], ([], 0), [])
    assert all(found == [] for found in counted.values())
    assert LibraryEntry.objects.count() == 1


def test_index_made_anew_finds_the_same(library: list[Publication]) -> None:
    LibraryEntry.objects.filter(publication=library[0]).delete()

    missing, again = index_all(), index_all(anew=True)

    assert (missing["reports indexed"], again["reports indexed"]) == (1, len(TEXTS))
    assert places("oncology", library) == [0, 5]


def test_entry_that_is_indexed_again_forgets_its_old_words() -> None:
    entry = LibraryEntry.objects.get(publication=make_published("Burns care", "Old words"))
    LibraryEntry.objects.filter(pk=entry.pk).update(words="New sentences")
    entry.refresh_from_db()

    search_engines.write_index(entry)

    assert [len(results(Asked(typed))) for typed in ("old", "new", "sentences")] == [0, 1, 1]


@pytest.mark.parametrize("count", [1, 8])
def test_library_and_catalogue_cost_the_same_for_any_number(count: int, django_assert_num_queries: object) -> None:
    for n in range(count):
        make_published(f"Acute oncology {n}", "A rota")
    client = Client()

    with django_assert_num_queries(6):  # reports on the programme, count, rows, facets under the filter and of the filter, passages
        client.get(reverse("reports:library"), {"words": "rota", "year": "2027"})
    with django_assert_num_queries(3):
        b"".join(client.get(reverse("reports:catalogue_csv")).streaming_content)
    with django_assert_num_queries(4):
        client.get(reverse("reports:catalogue_json"))


def test_passages_are_read_for_the_rows_of_a_page_only(library: list[Publication]) -> None:
    asked = Asked("oncology")
    first = list(results(asked)[:1])

    assert list(passages_of(first, asked)) == [first[0].pk]


def test_cells_of_a_table_are_told_apart_and_found_by_words_across_them() -> None:
    data = {"actions": [{"due": "31 July 2026", "moves": "Not met to Met", "owner": "Trust", "source": ""}, {"due": "1 May 2027"}]}
    frozen = {"sections": [{"code": "actions", "title": "Actions", "block": "actions", "data": data}]}

    words = search_words(frozen)

    assert words == "Actions:\n31 July 2026 · Not met to Met · Trust · 1 May 2027"
    entry = LibraryEntry.objects.get(publication=make_published("Burns care", "Words"))
    LibraryEntry.objects.filter(pk=entry.pk).update(words=words)
    entry.refresh_from_db()
    search_engines.write_index(entry)
    typed = ('"july 2026 not met"', '"met trust"', "may 2027", '"2027 trust"')
    assert [len(results(Asked(one))) for one in typed] == [1, 1, 1, 0]


def test_cells_of_a_row_begin_with_what_the_row_is_about() -> None:
    row = {"comments": [["Service", "Since May."]], "number": "REN-004", "reviewed": "Not judged", "self": "Met", "title": "Psychologist"}
    frozen = {"sections": [{"code": "compliance", "title": "Compliance", "block": "compliance", "data": {"rows": [row]}}]}

    assert search_words(frozen) == "Compliance:\nREN-004 · Psychologist · Service · Since May. · Not judged · Met"
