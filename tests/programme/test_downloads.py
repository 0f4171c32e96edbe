"""What each page of the programme offers to take away holds what the page shows."""

import io
import re

import openpyxl
import pytest
from django.core.cache import caches
from django.urls import reverse

from accounts.permissions import Role
from peerreview.models import Review
from qnt.programme.definitions import Group
from qnt.programme.measures import DEFINITIONS
from tests.factories.accounts import person
from tests.factories.programme import YEAR, counted, fact, facts, held_review, hub, national, service_in
from tests.programme.recomputing import check_every_figure, read

pytestmark = pytest.mark.django_db

PAGES = (
    "programme_domains", "programme_fidelity", "programme_reviews", "programme_lead_times", "programme_burden", "programme_logic_model",
    "programme_learning", "programme_spread",
)  # fmt: skip
LINK = re.compile(r'href="(/programme/[a-z]+\.(?:csv|xlsx)[^"]*)"')
# A figure as pages write it: a share, a median, a mean, a total; never of fewer than 5.
FIGURE = re.compile(r"[\d,]+ of [\d,]+ \(\d+%\)|[\d.,]+ [a-z ]+ \(median of [\d,]+; [^)]*\)|[\d.]+ of 5 \([\d,]+ answers\)")
SHARES = [one.code for one in DEFINITIONS if one.group is Group.FIDELITY]


def make_everything() -> list[Review]:
    """Two hubs with rows of every page; gives their reviews."""
    lead, hubs = national(), [hub("Illustrative hub A"), hub("Illustrative hub B")]
    counted()
    reviews = []
    for place, region in enumerate(hubs):
        service = service_in(region)
        for n in range(6 + place):
            review = held_review(service, by=lead, days_ago=0)  # of this year, also on its first day
            reviews.append(review)
            of_review = {"review": review, "unit_id": review.pk, "procedure": review.procedure, "kind": "TARGETED"}
            for code in SHARES:
                fact(code, region, (n + place) % 2, **of_review)
            fact("LEAD_VISIT", region, 30 + 7 * n, limit=50, **of_review)
            for code in ("BURDEN_HOURS", "BURDEN_FILES", "BURDEN_PAGES"):
                fact(code, region, 10 + n, service=service)
            fact("SPREAD_OPTIONS", region, detail="80 to 89%", choice="Option 1", service=service)
        fact("SURVEY_TRUST", region, 30, weight=8, side="TEAM", detail="FIRST TRUSTED", procedure=reviews[-1].procedure)
        facts("DIR_ON_TIME", region, [1, 1, 0, 1, 0, 1])
        facts("LEARN_CARDS", region, [1] * 7)
    caches["local"].clear()
    return reviews


def taken(client, address: str) -> bytes:
    """A file, read to its end and closed."""
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("is_national", [True, False], ids=["national", "hub"])
def test_every_figure_of_a_page_stands_in_its_files(name, is_national, signed_in):
    reviews = make_everything()
    region = reviews[0].region
    client = signed_in(national() if is_national else person(Role.HUB_MANAGER, region))
    response = client.get(reverse(name))
    links = [link.replace("&amp;", "&") for link in LINK.findall(response.content.decode()) if "measure=" not in link]

    assert [link.partition("?")[0] for link in links] == [
        f"/programme/{file}" for file in ("figures.csv", "figures.xlsx", "rows.csv", "rows.xlsx")
    ]
    lines = read(client, links[0])
    files = {link: taken(client, link) for link in links[1:]}
    figures = {line["figure"] for line in lines}
    shown = set(FIGURE.findall(text_of(response)))
    assert shown - figures == set()
    if name not in ("programme_reviews", "programme_spread", "programme_learning"):
        assert shown  # the page has something to compare
    book = openpyxl.load_workbook(io.BytesIO(files[links[1]]))
    cells = [str(row[-1].value) for sheet in book.worksheets[:-1] for row in sheet.iter_rows(min_row=2)]
    assert sorted(cells) == sorted(line["figure"] for line in lines)
    assert book.sheetnames[-1] == "About this workbook"
    assert files[links[2]].count(b"\n") > 1


def test_every_file_follows_from_the_rows(signed_in):
    make_everything()

    assert check_every_figure(signed_in(national()), YEAR) > 200


def test_points_of_reviews_are_in_the_file_that_the_checklist_offers(signed_in):
    reviews = make_everything()
    client = signed_in(person(Role.HUB_MANAGER, reviews[0].region))
    page = client.get(reverse("programme_checklist", args=[reviews[0].pk])).content.decode()
    [csv_link, xlsx_link] = [link.replace("&amp;", "&") for link in LINK.findall(page)]

    lines = [line for line in read(client, csv_link) if line["group"] == f"{reviews[0].title} (review {reviews[0].pk})"]

    assert [(line["measure"], line["figure"]) for line in lines] == [(code, "Not met") for code in sorted(SHARES)]
    assert taken(client, xlsx_link).startswith(b"PK")
    assert str(reviews[-1].pk) not in {line["group"].rpartition("(review ")[2].rstrip(")") for line in read(client, csv_link)}


def test_definitions_are_a_workbook_too(signed_in):
    client = signed_in(national())
    links = LINK.findall(client.get(reverse("programme_definitions")).content.decode())

    assert [link.partition("?")[0] for link in links] == ["/programme/definitions.csv", "/programme/definitions.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(taken(client, links[1])))
    assert book["Definitions"].max_row == 1 + len(read(client, links[0]))


def test_learning_stands_in_no_sum_of_a_file(signed_in):
    """The files with rows for learning and without them are the same, byte for byte, until their year is published."""
    reviews = make_everything()
    client = signed_in(national())
    addresses = [
        f"/programme/figures.csv?page={page}" for page in ("domains", "fidelity", "reviews", "lead-times", "burden", "learning", "spread")
    ]
    addresses.append("/programme/rows.csv")
    before = [taken(client, address) for address in addresses]
    for code in (*SHARES, "LEAD_VISIT", "DIR_ON_TIME", "LEARN_PLEDGES"):
        facts(code, reviews[0].region, [1] * 9, is_learning=True, review=reviews[0], kind="TARGETED")

    after = [taken(client, address) for address in addresses]

    assert after == before
