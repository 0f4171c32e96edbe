"""Emails about new reports without an account: asked for by facet, confirmed from the mail, new reports named, left in one press."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Site

READER = "reader.journey@library.example"
FACET = "15 Adult specialist renal services"
PUBLISHER = "national.lead1"


def test_reader_asks_from_a_filtered_library(person: Callable[..., Person]) -> None:
    reader = person(has_script=False)
    reader.visit("/library/")
    reader.tick(re.compile(f"^{FACET}"), exact=False)
    reader.press("Apply filters")
    reader.follow("Get emails about reports like these")
    assert f"Service specification: {FACET}" in reader.text()

    reader.press("Send me an email to confirm")
    assert reader.reads("Enter your email address")
    assert f"Service specification: {FACET}" in reader.text()
    reader.fill("Email address", READER)
    reader.press("Send me an email to confirm")
    assert reader.heading == "Check your email to confirm"


def test_reader_confirms_from_the_mail(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    message = site.mail_to(READER)
    links = re.findall(r"https?://\S+", message.get_content())
    assert message["Subject"] == "Confirm that you want emails about peer review reports"
    assert len(links) == 1
    told["emails"] = links[0].removeprefix(site.url)

    reader = person()
    reader.visit(told["emails"])
    assert reader.heading == "Confirm your emails about new reports"
    reader.shoot("emails-confirm")
    reader.press("Get these emails")

    assert reader.heading == "Your emails about new reports"
    assert f"Service specification: {FACET}" in reader.text()


def test_new_report_stands_on_the_page_behind_the_link(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    report = site.one("report", status="SIGNED_OFF")
    reader, publisher = person(), person(PUBLISHER)
    reader.visit(told["emails"])
    new = reader.page.locator(f"main a[href='/library/{report['address']}/']")
    expect(new).to_have_count(0)

    publisher.visit(f"/reports/{report['pk']}/")
    publisher.follow("Decide on publishing")
    publisher.tick("Publish now")
    publisher.press("Publish report")
    assert publisher.reads("Report published")
    publisher.shoot("emails-published")

    reader.visit(told["emails"])
    reader.shoot("emails-newest")
    title = new.inner_text()
    new.click()
    reader.look()
    assert reader.heading == title


def test_reader_leaves_in_one_press(person: Callable[..., Person], told: dict[str, Any]) -> None:
    reader = person(has_script=False)
    reader.visit(told["emails"])

    reader.press("Stop these emails")

    assert reader.reads("You will not get these emails any more. We have deleted your address.")
    assert reader.context.cookies() == []
    reader.visit(told["emails"], status=404)
