"""Own dates in one's own calendar, a reminder to whoever holds things up, and the daily summary turned off."""

import re
from collections.abc import Callable

from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Site

LEAD = "service.lead4"  # waits for a commissioner; carried by no other journey


def events(content: bytes) -> list[str]:
    """What the calendar says, an event a line."""
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def made_address(somebody: Person) -> str:
    """The path of the address that the page shows."""
    return re.search(r"/calendar/[\w-]+\.ics", somebody.text()).group()


def test_calendar_address_is_made_read_replaced_and_turned_off(person: Callable[..., Person]) -> None:
    lead, program = person(LEAD), person()
    lead.follow("See these dates in your own calendar")
    lead.shoot("calendar-before")
    lead.press("Make your calendar address")
    assert lead.reads("It is shown only once")
    lead.shoot("calendar-made")
    first = made_address(lead)

    status, content = program.get(first)
    assert status == 200
    assert any("self-report" in event for event in events(content))
    assert b"Illustrative" in content

    lead.visit("/calendar/")
    assert ".ics" not in lead.text()
    lead.shoot("calendar-kept")
    lead.press("Make a new address")
    second = made_address(lead)
    assert [program.get(path)[0] for path in (first, second)] == [404, 200]

    lead.press("Turn it off")
    assert lead.reads("Your calendar address is turned off")
    assert program.get(second)[0] == 404


def test_calendar_works_without_javascript(person: Callable[..., Person]) -> None:
    lead = person(LEAD, has_script=False)
    lead.visit("/calendar/")
    lead.press("Make your calendar address")

    assert lead.get(made_address(lead))[0] == 200
    lead.press("Turn it off")


def test_reminder_is_sent_by_hand_once_a_day(person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit("/home/")
    row = lead.page.locator("tr").filter(has_text="Answer to your blocked action").first
    lead.shoot("home-waiting")
    lead.press(re.compile("^Send a reminder"), within=row, exact=False)

    row = lead.page.locator("tr").filter(has_text="Answer to your blocked action").first
    expect(row).to_contain_text(re.compile(r"Reminder sent at [\d:]+[ap]m|Reminder sent at mid(night|day)"))
    expect(row).to_contain_text("You can send another tomorrow.")
    expect(row.get_by_role("button")).to_have_count(0)
    lead.shoot("home-reminded")


def test_daily_summary_is_turned_off_and_on(site: Site, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit("/people/me/")
    box = lead.page.get_by_label("Send me one summary a day by email")
    expect(box).to_be_checked()
    lead.shoot("own-details")
    box.uncheck()
    lead.press("Save your details")
    expect(lead.page.get_by_label("Send me one summary a day by email")).not_to_be_checked()

    lead.tick("Send me one summary a day by email")
    lead.press("Save your details")
    expect(lead.page.get_by_label("Send me one summary a day by email")).to_be_checked()
