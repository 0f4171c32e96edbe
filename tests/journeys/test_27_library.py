"""The library without an account: found by a phrase, narrowed, read as a page, taken away; alike on a phone and without JavaScript."""

import csv
import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.person import HEIGHT, NARROW, WIDE, Person

# Words of two reports of two regions.
PHRASE = "named nurse"
BEGINS = {"pdf": b"%PDF-", "csv": b"section,"}


@pytest.fixture(params=[(True, WIDE), (False, WIDE), (True, NARROW)], ids=["wide", "no-script", "narrow"])
def anyone(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Person:
    """Somebody without an account, in each of three ways to read."""
    has_script, width = request.param
    somebody = person(has_script=has_script)
    somebody.page.set_viewport_size({"width": width, "height": HEIGHT})
    return somebody


def search(anyone: Person, words: str) -> None:
    """Type words into the search box and press its button."""
    anyone.fill("Search published reports", words)
    anyone.press("Search")


def count(anyone: Person) -> int:
    """How many reports the page says it found."""
    return int(anyone.page.get_by_role("heading", name=re.compile(r"^\d+ reports?$")).inner_text().split()[0])


def addresses(anyone: Person) -> list[str]:
    """The reports on the page, in their order."""
    return [urlsplit(link.get_attribute("href")).path for link in anyone.page.locator("main h3 a").all()]


def test_reports_are_found_narrowed_and_widened_again(anyone: Person) -> None:
    anyone.visit("/library/")
    search(anyone, f'"{PHRASE}"')
    found = addresses(anyone)
    assert count(anyone) == len(found) >= 2
    assert PHRASE in [words.lower() for words in anyone.page.locator("main mark").all_inner_texts()]
    anyone.shoot("library-found")

    unfold_filters(anyone)
    anyone.tick(re.compile("^Illustrative North Region"), exact=False)
    anyone.press("Apply filters")
    narrowed = addresses(anyone)
    assert count(anyone) == len(narrowed) < len(found)
    assert set(narrowed) < set(found)
    expect(anyone.page.get_by_label("Search published reports")).to_have_value(f'"{PHRASE}"')
    check_lists(anyone, narrowed)

    anyone.shoot("library-narrowed")
    unfold_filters(anyone)
    anyone.follow("Remove Region: Illustrative North Region")
    assert addresses(anyone) == found
    search(anyone, "nobodywritesthis")
    assert anyone.reads("No reports match nobodywritesthis. Check the spelling or remove a filter.")
    anyone.shoot("library-nothing")
    assert anyone.context.cookies() == []


def unfold_filters(anyone: Person) -> None:
    """Open the filters where a phone folds them away."""
    if anyone.page.viewport_size["width"] == NARROW:
        expect(anyone.page.get_by_role("button", name="Apply filters")).to_be_hidden()
        anyone.page.locator(".app-filter__summary").click()
    expect(anyone.page.get_by_role("button", name="Apply filters")).to_be_visible()


def check_lists(anyone: Person, expected: list[str]) -> None:
    """Both lists of these reports, as CSV and as JSON, name these reports."""
    links = {
        kind: anyone.page.get_by_role("link", name=f"List of these reports ({kind})").get_attribute("href") for kind in ("CSV", "JSON")
    }
    rows = list(csv.DictReader(anyone.get(links["CSV"])[1].decode("utf-8-sig").splitlines()))
    reports = json.loads(anyone.get(links["JSON"])[1])["reports"]
    for listed in (rows, reports):
        assert sorted(f"/library/{row['address']}/" for row in listed) == sorted(expected)


def test_report_is_read_as_a_page_and_its_files_are_taken(anyone: Person) -> None:
    anyone.visit("/library/")
    search(anyone, f'"{PHRASE}"')
    title = anyone.page.locator("main h3 a").first.inner_text()
    anyone.follow(title)
    assert anyone.heading == title
    assert anyone.reads("Skip to findings")
    anyone.page.get_by_role("navigation", name="Contents").get_by_role("link", name="Views of service users and carers").click()
    expect(anyone.page).to_have_url(re.compile("#views$"))
    expect(anyone.page.get_by_role("heading", name="Views of service users and carers")).to_be_in_viewport()

    for words, ending in ((r"^Full report \(PDF, .+, \d+ pages\)", "pdf"), (r"^Summary \(PDF, .+, 2 pages\)", "pdf"), (r"^Figures", "csv")):
        with anyone.page.expect_download() as download:
            anyone.page.get_by_role("link", name=re.compile(words)).click()
        assert download.value.suggested_filename.endswith(f".{ending}")
        assert download.value.path().read_bytes().startswith(BEGINS[ending])
    anyone.page.locator(".nhsuk-breadcrumb a:visible").click()
    anyone.look()
    assert anyone.heading == "Published peer review reports"
    assert anyone.context.cookies() == []
