"""Every page that a role can open: no fault of the server, nothing for axe, nothing that scrolls sideways."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.pages import NOT_PAGES, PARAMETER
from tests.journeys.person import Person
from tests.journeys.site import ROOT, Row, Site

PEOPLE = [
    "national.lead1",
    "hub.manager1",
    "hub.officer11",
    "service.lead1",
    "executive1",
    "commissioner1",
    "reviewer.active",
    "network.lead1",
]
# Pages that ask in their address for one of many things: an example of each stands beside the bare address.
ASKED = {
    "/programme/rows/": ("/programme/rows/?measure=FID_NOTICE", "/programme/rows/?measure=SURVEY_TRUST"),
    "/programme/burden/": ("/programme/burden/?by=set",),
    "/programme/logic-model/": ("/programme/logic-model/?specification=1",),
}
EVERYWHERE = {"NATIONAL_LEAD", "REGULATOR"}


@pytest.fixture(scope="module")
def routes() -> list[Row]:
    """Every route that answers a GET, as ``dump_routes`` prints them."""
    printed = subprocess.run([sys.executable, "manage.py", "dump_routes"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [route for route in map(json.loads, printed.splitlines()) if "GET" in route["methods"]]


def addresses(route: Row, somebody: Person, site: Site) -> Iterator[str]:
    """The route's address; for a kind of object, one address for each status of those near this person."""
    names = PARAMETER.findall(route["pattern"])
    if not names:
        yield from (route["pattern"], *ASKED.get(route["pattern"], ()))
        return
    shown: set[Any] = set()
    for row in site.objects.get(route["object_kind"], []):
        values = {name: row.get(name) or row["pk"] for name in names}
        if row["status"] not in shown and is_near(row, somebody.user):
            shown.add(row["status"])
            yield PARAMETER.sub(lambda match, values=values: str(values[match[1]]), route["pattern"])


def is_near(row: Row, user: Row | None) -> bool:
    """Whether an object may be this person's to see; what is refused to whom stands in the matrix of permissions."""
    if user is None or user["role"] in EVERYWHERE or row["region"] is None:
        return True
    if user["services"]:
        return row["service"] in user["services"]
    return user["email"] in row["team"] or row["region"] == user["region"] and not user["reviews"]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_that_opens_is_without_fault(name: str, routes: list[Row], site: Site, person: Callable[..., Person]) -> None:
    somebody = person(name)

    opened = crawl(somebody, routes, site)

    assert opened > 10


def test_every_public_page_is_without_fault(routes: list[Row], site: Site, person: Callable[..., Person]) -> None:
    visitor = person()

    opened = crawl(visitor, [route for route in routes if route["access"] == "public"], site)
    visitor.visit("/nowhere/", status=404)

    assert opened > 10


def crawl(somebody: Person, routes: list[Row], site: Site) -> int:
    """Ask for every address; open those in the browser that show a page built like none before. How many showed a page."""
    opened = 0
    for route in routes:
        if NOT_PAGES.search(route["pattern"]):
            continue
        for path in addresses(route, somebody, site):
            status, body = somebody.get(path)
            if status >= 500:
                somebody.inspector.faults.append(f"{somebody.name}: GET {path} answered {status}")
            opened += status == 200
            if status == 200 and somebody.inspector.is_new(f"read {path}", body.decode()):
                somebody.visit(path)
    return opened
