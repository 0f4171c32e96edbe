"""Points 11 and 12: anyone reads the library; people are invited, given a role with dates, and let go."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Site


def test_anyone_finds_reads_and_downloads_a_report(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    anyone = person()
    anyone.visit("/library/")
    anyone.shoot("library")
    anyone.page.get_by_label("Search published reports").fill("rota evenings doctor nowhere to be found")
    anyone.press("Search")
    assert anyone.reads("Check the spelling or remove a filter.")
    anyone.page.get_by_label("Search published reports").fill("renal")
    anyone.press("Search")

    anyone.page.locator("main h3 a").first.click()
    anyone.look()
    anyone.shoot("library-report")
    assert "Illustrative" in anyone.text()
    status, pdf = anyone.get(anyone.page.locator("main a[href$='.pdf']").first.get_attribute("href"))

    assert (status, pdf[:5]) == (200, b"%PDF-")
    if "address" in told:
        anyone.visit(told["address"])
        assert "Name a doctor for each evening." in anyone.text()


def test_executive_invites_a_lead_and_ends_the_access(person: Callable[..., Person]) -> None:
    executive, today = person("executive6"), dt.date.today()  # noqa: DTZ011 (the browser's day)
    last = today + dt.timedelta(days=390)
    executive.visit("/people/")
    executive.shoot("people")
    executive.follow("Invite someone")
    if executive.page.get_by_role("button", name="Continue").count():
        executive.press("Continue")
        assert executive.page.title().startswith("Error: ")
        executive.tick("Service lead")
        if executive.page.locator("select[name=organisation]").count():
            executive.page.locator("select[name=organisation]").select_option(index=1)
        executive.press("Continue")
    executive.press("Send invitation")
    assert executive.reads("Enter their full name")
    executive.shoot("invite-error-people")

    executive.fill("Full name", "Nia Newcombe")
    executive.fill("Work email address", "nia.newcombe@illustrative.example")
    executive.page.locator("main input[type=checkbox]").first.check()
    executive.fill_date(re.compile("^Last day"), last.day, last.month, last.year)
    executive.press("Send invitation")

    assert executive.reads("Invitation sent. It works for 7 days")
    executive.visit("/people/")
    executive.follow("Nia Newcombe")
    executive.shoot("membership")
    executive.follow("End access")
    if executive.page.locator("select[name=successor]").count():
        executive.press("End access")
        assert executive.reads("Choose who takes what they hold")
        executive.page.locator("select[name=successor]").select_option(index=1)
    executive.press("End access")
    executive.visit("/people/")
    executive.follow("Nia Newcombe")
    assert str(today.year) in executive.text()


def test_manager_reads_people_of_the_region(person: Callable[..., Person]) -> None:
    manager = person("hub.manager2")

    manager.visit("/people/")
    manager.shoot("people-hub")

    assert manager.page.get_by_role("row").count() > 2
    manager.visit("/people/me/")
