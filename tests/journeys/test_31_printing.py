"""Pages that people print: between the margins of the paper, no heading without what follows it, a poster on one sheet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.pdf_gates import page_texts, words_outside


def printed(somebody: Person, path: Path) -> Path:
    """What the browser prints of the page on show, on A4 paper."""
    somebody.page.pdf(path=path, format="A4", prefer_css_page_size=True)
    return path


@pytest.mark.parametrize("status", ["FACTUAL_ACCURACY", "PUBLISHED"])
def test_record_of_the_accuracy_check_prints_well(status: str, site: Site, person: Callable[..., Person], tmp_path: Path) -> None:
    reader = person("national.lead1")
    reader.visit(f"/reports/{site.one('report', status=status)['pk']}/accuracy/record/")
    headings = [" ".join(text.split()) for text in reader.page.locator("main :is(h2, h3, h2 + p)").all_inner_texts()]

    path = printed(reader, tmp_path / "record.pdf")

    last = [[" ".join(line.split()) for line in page.splitlines() if line.strip()][-1] for page in page_texts(path)]
    assert len(last) > 1
    assert [line for line in last if line in headings] == []
    assert words_outside(path) == []


def test_poster_that_invites_views_is_one_sheet(site: Site, person: Callable[..., Person], tmp_path: Path) -> None:
    link = site.one("views_link", status="OPEN")
    review = next(row for row in site.objects["review"] if row["link_pk"] == link["pk"])
    hub = person(next(email.split("@")[0] for email in review["team"] if email.startswith("hub.")))
    hub.visit(f"/reviews/{review['pk']}/views/links/{link['pk']}/poster/")

    path = printed(hub, tmp_path / "poster.pdf")

    pages = page_texts(path)
    assert len(pages) == 1
    assert "Tell us about your care" in pages[0]
    assert f"/views/{link['token']}/" in pages[0]
    assert words_outside(path) == []
