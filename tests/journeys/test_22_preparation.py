"""A visit is prepared: the service agrees the topics and answers the evidence request, the hub arranges the timetable by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Row, Site

HUB, AGREEING, ANSWERING = "hub.officer21", "service.lead5", "service.lead6"


@pytest.fixture
def notified(site: Site) -> Row:
    """The demonstration's review of which the service was told."""
    return next(row for row in site.objects["review"] if row["status"] == "NOTIFIED" and f"{HUB}@illustrative.example" in row["team"])


@pytest.fixture
def preparing(site: Site) -> Row:
    """The one that is being prepared."""
    return next(row for row in site.objects["review"] if row["status"] == "PREPARING" and f"{HUB}@illustrative.example" in row["team"])


def test_service_agrees_the_topics(person: Callable[..., Person], notified: Row) -> None:
    hub, lead, review = person(HUB), person(AGREEING), f"/reviews/{notified['pk']}/"
    hub.visit(f"{review}prepare/")
    hub.press("Start to prepare")
    assert hub.reads(re.compile("The service has not agreed the focus topics. It can answer until"))

    lead.visit("/home/")
    lead.page.locator(f"main a[href='{review}topics/answer/']").first.click()
    lead.look()
    lead.press("Send your answer")
    assert lead.reads("Select yes if you agree")
    lead.shoot("topics-answer-error")
    lead.tick("Yes, we agree")
    lead.press("Send your answer")
    assert lead.reads("Answer sent")
    lead.shoot("topics-agreed")
    lead.visit(f"{review}guide/")
    lead.shoot("guide")


def test_service_answers_the_evidence_request(person: Callable[..., Person], preparing: Row) -> None:
    hub, lead, request = person(HUB), person(ANSWERING), f"/reviews/{preparing['pk']}/evidence-request/"
    hub.visit(request)
    hub.follow("Ask for a document")
    hub.press("Add to the request")
    assert hub.reads("Select a topic or a key indicator")
    hub.tick(re.compile("^Topic: Getting there"), exact=False)
    hub.fill("Which document do you ask for?", "Transport log")
    hub.fill("Why do you ask for it?", "To see how long journeys take.")
    hub.press("Add to the request")
    hub.shoot("evidence-request")

    lead.visit(request)
    lead.follow(re.compile("^Answer: Transport log"))
    lead.tick("We cannot give it")
    lead.press("Send your answer")
    assert lead.reads("Enter why you cannot give it")
    lead.tick("A new link")
    lead.fill("Address of the link", "https://www.example.nhs.uk/transport")
    lead.press("Send your answer")
    assert lead.reads("Transport log is answered")
    lead.shoot("evidence-request-answered")


def test_hub_arranges_the_timetable_by_keyboard(person: Callable[..., Person], preparing: Row, told: dict[str, Any]) -> None:
    hub, timetable = person(HUB), f"/reviews/{preparing['pk']}/timetable/"
    hub.visit(timetable)
    hub.shoot("timetable")
    rows = hub.page.locator("main tbody tr th + td")
    first, second = (rows.nth(n).locator("span[id]").inner_text() for n in (0, 1))

    hub.page.get_by_role("button", name=f"Move later {first}").focus()
    hub.page.keyboard.press("Enter")
    expect(hub.page.locator("#move-status")).to_contain_text(f"{first} now takes place from")
    hub.look()
    assert [rows.nth(n).locator("span[id]").inner_text() for n in (0, 1)] == [second, first]
    assert hub.page.evaluate("document.activeElement.textContent") == first

    hub.follow("Add a session")
    hub.press("Add session")
    assert hub.reads("Enter the session")
    hub.fill("Session", "Walk with the porters", exact=True)
    if hub.page.get_by_role("radio").count():
        hub.page.get_by_role("radio").first.check()
    hub.fill("When does it begin?", "9:30am")
    hub.fill("How long?", "30")
    hub.page.locator("main input[name=people]").first.check()
    hub.press("Add session")
    assert hub.reads(re.compile(r"is in 2 sessions at 9:30am"))
    hub.shoot("timetable-clash")

    hub.page.get_by_role("link", name="Remove Walk with the porters").click()
    hub.look()
    hub.press("Remove session")
    hub.follow("Send invitations")
    hub.press("Send invitations")
    assert hub.reads(re.compile("Changes after this send an update."))
    hub.shoot("timetable-sent")
