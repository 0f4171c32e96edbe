"""A procedure from draft to published in the browser: by keyboard, without JavaScript, by two editors, with people commenting."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Site

NATIONAL, OTHER, COMMENTING = "national.lead1", "national.lead2", "service.lead4"
NOTICE = "Notice to the service"


def test_milestones_are_moved_by_keyboard_and_the_focus_stays(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    national = person(NATIONAL)
    told["draft"] = f"/procedures/{site.objects['procedure_draft'][0]['pk']}/"
    national.visit("/procedures/")
    national.shoot("procedures")
    national.page.locator(f"main a[href='{told['draft']}']").click()
    national.look()
    national.shoot("procedure-draft")
    national.page.get_by_role("link", name="Change milestones").click()
    national.look()

    national.page.get_by_role("button", name=f"Move down {NOTICE}").focus()
    national.page.keyboard.press("Enter")

    expect(national.page.locator("#move-status")).to_have_text(f"{NOTICE} is now 2 of 20")
    expect(national.page.get_by_role("button", name=f"Move down {NOTICE}")).to_be_focused()
    national.page.get_by_role("button", name=f"Move up {NOTICE}").focus()
    national.page.keyboard.press("Enter")
    expect(national.page.locator("#move-status")).to_have_text(f"{NOTICE} is now 1 of 20")
    national.look()


def test_a_session_is_added_moved_and_removed_without_javascript(person: Callable[..., Person], told: dict[str, Any]) -> None:
    national = person(NATIONAL, has_script=False)
    national.visit(f"{told['draft']}parts/timetable/")
    national.follow("Add a session")
    national.press("Add session")
    assert national.reads("Enter session")
    national.fill("Session", "Breakfast together", exact=True)
    national.fill("Day of the visit", "1")
    national.fill("How long", "30")
    national.tick("This is informal exchange")
    national.press("Add session")
    assert national.reads("Informal exchange: 90 of at least 60 minutes.")

    national.press("Move up Breakfast together")
    assert national.reads("Breakfast together is now 9 of 10 on day 1")
    national.page.get_by_role("link", name="Remove Breakfast together").click()
    national.look()
    national.press("Remove")
    assert national.reads("Breakfast together removed")


def test_two_people_change_one_milestone(person: Callable[..., Person], told: dict[str, Any]) -> None:
    first, second = person(NATIONAL), person(OTHER)
    for somebody in (first, second):
        somebody.visit(f"{told['draft']}parts/milestones/")
        somebody.follow("Evidence filed")
    second.fill("Working days before the visit", "6")
    second.press("Save milestone")

    first.fill("Working days before the visit", "5")
    first.press("Save milestone")
    assert first.reads("It was changed after you opened it. What you sent was not saved.")
    first.shoot("procedure-clash")
    first.press("Keep yours")

    assert first.reads("Evidence filed saved")
    assert first.reads("5 working days before the visit")


def test_it_goes_through_consultation(person: Callable[..., Person], told: dict[str, Any]) -> None:
    national, lead = person(NATIONAL), person(COMMENTING)
    national.visit(told["draft"])
    national.follow("Put in consultation")
    last = dt.date.today() + dt.timedelta(days=14)  # noqa: DTZ011 (the browser's day)
    national.fill_date("Last day for comments", last.day, last.month, last.year)
    national.press("Put in consultation")
    assert national.path == f"{told['draft']}comments/"

    lead.visit("/home/")
    lead.page.locator(f"main a[href='{told['draft']}comments/']").click()
    lead.look()
    lead.page.get_by_role("link", name="Comment on milestones").click()
    lead.look()
    lead.press("Save comment")
    assert lead.reads("Enter your comment")
    lead.fill("Your comment", "15 days of notice are possible for us.")
    lead.press("Save comment")
    assert lead.reads("15 days of notice are possible for us.")
    lead.visit("/home/")
    assert lead.page.locator(f"main a[href='{told['draft']}comments/']").count() == 0

    national.visit("/home/")
    assert national.reads(re.compile("^Answer 1 comment on the procedure Rapid review"))
    national.visit(f"{told['draft']}comments/?show=unanswered")
    national.page.get_by_role("main").get_by_role("link", name=re.compile("^Reply to ")).click()
    national.look()
    national.fill("Your reply", "Thank you.")
    national.press("Save reply")
    national.shoot("procedure-comments")


def test_it_is_published_and_says_what_changed(person: Callable[..., Person], told: dict[str, Any]) -> None:
    national = person(NATIONAL)
    national.visit(f"{told['draft']}publish/")
    assert national.reads("Notice to the service. Hub. 15 working days before the visit")
    national.shoot("procedure-publish")
    national.press("Publish version 2")
    assert national.reads("Enter what changed and why")
    national.fill("What changed and why?", "A little more notice, as services asked.")
    national.tick(re.compile("^I have read what this changes"), exact=False)
    national.press("Publish version 2")

    assert national.reads("Version 2 of Rapid review is published")
    assert national.reads("Confirmed: published after consultation")
    assert national.reads("A published version cannot be changed. Make a new version.")
    national.shoot("procedure-published")
