"""A visit planned fairly: dates are asked about, answered from a phone, one is chosen, the notice is read and sent, the mode changes."""

import datetime as dt
import re
from collections.abc import Callable

from tests.journeys.person import Person
from tests.journeys.site import Site

OFFICER, EXECUTIVE, LEAD = "hub.officer22", "executive8", "service.lead8"


def postponed(site: Site) -> str:
    """The demonstration's review that was put off, for which dates are asked about; no other journey opens it."""
    return f"/reviews/{site.one('review', status='POSTPONED')['pk']}/"


def test_leads_say_which_dates_they_can_make(site: Site, person: Callable[..., Person]) -> None:
    for name, words in ((LEAD, "Yes"), (EXECUTIVE, "If needed")):
        asked = person(name)
        asked.visit("/home/")
        assert "Say which dates you can make" in asked.text()
        asked.visit(f"{postponed(site)}poll/answer/")
        asked.press("Send your answers")
        assert asked.reads("Select yes, if needed or no for")
        asked.shoot(f"poll-answer-{words.lower().replace(' ', '-')}")
        for radio in asked.page.get_by_label(words, exact=True).all():
            radio.check()
        asked.press("Send your answers")
        assert asked.reads("You have answered.")


def test_officer_chooses_a_date_and_sends_the_notice(site: Site, person: Callable[..., Person]) -> None:
    officer, url = person(OFFICER), postponed(site)
    officer.visit(f"{url}poll/")
    assert "1 yes, 1 if needed, 0 no, everybody has answered" in officer.text()
    officer.press("Set this date")
    assert officer.reads("Select the date that you choose")
    officer.shoot("poll")
    officer.page.locator("main input[type=radio]").first.check()
    officer.press("Set this date")
    assert "Planned" in officer.text()

    officer.follow("Send notice to the service")
    officer.follow("Add the phone number")
    officer.fill("Phone number on the days of the visit", "0113 496 0100")
    officer.press("Save phone number")
    officer.follow("Send notice to the service")
    officer.follow("Change what help is needed")
    officer.fill("What help does the team need", "A room for 6 people, and parking.", exact=False)
    officer.press("Save")
    assert officer.reads("A room for 6 people, and parking.")
    officer.shoot("notice")
    officer.press("Send notice to the service")
    assert "Service notified" in officer.text()


def test_officer_changes_the_mode_and_everybody_reads_why(site: Site, person: Callable[..., Person]) -> None:
    officer, executive, url = person(OFFICER), person(EXECUTIVE), postponed(site)
    officer.visit(f"{url}mode/")
    officer.tick(re.compile("^Hybrid"), exact=False)
    officer.press("Change how the team visits")
    assert officer.reads("Enter why it changes")
    officer.fill("Why does it change?", "One of the sites is flooded.")
    officer.press("Change how the team visits")
    executive.visit(url)
    assert "One of the sites is flooded." in executive.text()
    assert re.search(r"Notice to the chief executive \(PDF\)|The PDF is being made", executive.text())  # a job prints it
    executive.shoot("review-changed")


def test_calendar_shows_the_visit_in_its_month(site: Site, person: Callable[..., Person]) -> None:
    officer = person(OFFICER)
    officer.visit(postponed(site))
    first = re.search(r"(\d{1,2}) (?:\w+ )?(?:\d{4} )?to \d{1,2} (\w+) (\d{4})", officer.text())
    assert first
    month = dt.datetime.strptime(f"1 {first[2]} {first[3]}", "%d %B %Y")  # noqa: DTZ007 (a month, no moment)
    officer.visit(f"/reviews/calendar/?month={month:%Y-%m}")
    assert officer.page.get_by_role("link", name=re.compile("peer review$")).count() >= 1
    officer.shoot("calendar")
    officer.page.get_by_role("navigation", name="Months").get_by_role("link").first.click()
    officer.look()
    assert "Visits in" in officer.text()
