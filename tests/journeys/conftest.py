"""The site, the browser and the people of the journeys."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.person import Inspector, Person
from tests.journeys.site import Processes, Site
from tests.tables import database_of_tables

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey needs the browser, and all of them one site."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def migrated(tables_folder: Path) -> Path:
    """The database of every table that each site begins with."""
    return database_of_tables(tables_folder)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The demonstration on real processes.

    JOURNEYS_SITE and JOURNEYS_MANIFEST name a site that runs already; its mails are beside the manifest, or in JOURNEYS_MAIL.
    """
    if address := os.environ.get("JOURNEYS_SITE"):
        manifest = Path(os.environ["JOURNEYS_MANIFEST"])
        yield Site.from_manifest(address, manifest, Path(os.environ.get("JOURNEYS_MAIL") or manifest.parent / "mail"))
        return
    processes = Processes(tmp_path_factory.mktemp("site"))
    processes.begin_from(request.getfixturevalue("migrated"))
    try:
        yield processes.start()
    finally:
        processes.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def inspector() -> Inspector:
    """Remembers over the whole run which pages were inspected."""
    return Inspector()


@pytest.fixture
def person(chromium: Browser, site: Site, inspector: Inspector) -> Iterator[Callable[..., Person]]:
    """``person("hub.manager1")``: that person, signed in at a browser. Afterwards no page seen may have had a fault."""
    people: list[Person] = []
    known = len(inspector.faults)

    def make(name: str = "", *, has_script: bool = True) -> Person:
        people.append(Person(chromium, site, inspector, site.user(name) if name else None, has_script=has_script))
        return people[-1]

    yield make
    for somebody in people:
        somebody.close()
    if faults := inspector.faults[known:]:
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.fixture(scope="session")
def told() -> dict[str, Any]:
    """What the journeys pass on to the next, by name: addresses, mostly."""
    return {}
