"""Points 5 and 6: the hub checks, proposes; the parties say what they hold; the decision comes into force."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.journeys.test_1_self_report import EXECUTIVE, SERVICE_LEAD, YEAR, self_report

OFFICER, MANAGER, COMMISSIONER = "hub.officer11", "hub.manager1", "commissioner1"
REVIEW_DATE = dt.date(YEAR + 2, 9, 29)


def test_hub_people_see_what_waits_and_what_came_in(site: Site, person: Callable[..., Person]) -> None:
    for name in (OFFICER, MANAGER):
        somebody = person(name)
        somebody.visit("/home/")
        somebody.shoot(f"home-{name}")
        for words in ("Late|Due in the next 5 working days|Later", "immediate risk", "visits", "declared"):
            assert re.search(words, somebody.text(), re.IGNORECASE), words
        somebody.visit(f"/rounds/{YEAR}/")
        assert re.search(r"\d+ of \d+ met \(\d+%\)", somebody.text())
    somebody.shoot("round")


def test_officer_checks_asks_and_accepts(site: Site, person: Callable[..., Person]) -> None:
    officer = person(OFFICER)
    officer.visit(f"{self_report(site)}validation/")
    officer.shoot("validation")
    officer.page.get_by_role("table").get_by_role("link").first.click()
    officer.look()
    officer.press("Save and next")
    assert officer.reads("Select agree, change or ask")
    officer.tick("Change the validated value")
    officer.press("Save and next")
    assert officer.reads("Enter a reason for changing this value")
    officer.shoot("answer-validation-error")

    officer.tick("Ask the service")
    officer.fill("Question to the service", "For which months was this counted?")
    officer.press("Save and next")
    officer.visit(f"{self_report(site)}validation/")
    officer.press(re.compile("^Send 1 query to "), exact=False)

    lead = person(SERVICE_LEAD)
    lead.visit(self_report(site))
    lead.shoot("self-report-queried")
    lead.visit(f"{self_report(site)}sections/1/")
    lead.fill("Your reply to the hub", "From April to March; the audit is filed.")
    lead.press("Send reply")
    reply_to_executive(lead, site, person)
    officer.visit(f"{self_report(site)}validation/")
    officer.press("Accept self-report")
    officer.visit(self_report(site))
    assert officer.page.get_by_text("Accepted").count() >= 1


def reply_to_executive(lead: Person, site: Site, person: Callable[..., Person]) -> None:
    """A self-report that was queried goes to the executive again, who declares what changed."""
    lead.visit(f"{self_report(site)}check/")
    lead.press(re.compile("^Send to "), exact=False)
    executive = person(EXECUTIVE)
    executive.visit(f"{self_report(site)}declare/")
    executive.tick(re.compile("^I declare that these answers"), exact=False)
    executive.press("Declare")


def test_summary_is_shown_before_positions_are_asked(site: Site, person: Callable[..., Person]) -> None:
    for name in (SERVICE_LEAD, EXECUTIVE, COMMISSIONER):
        somebody = person(name)
        somebody.visit(f"{self_report(site)}summary/")
        assert re.search(r"\d+ of \d+ met \(\d+%\)", somebody.text())
    somebody.shoot("summary")


def test_officer_proposes_a_decision(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER)
    officer.visit(f"{self_report(site)}decision/")
    assert re.search("option 2", officer.text(), re.IGNORECASE)
    assert officer.page.locator("main input[type=checkbox]:checked").count() == 0
    officer.press("Ask for positions")
    assert officer.reads("Select at least one option")
    officer.shoot("propose-error")

    officer.tick(re.compile("^Option 2"), exact=False)
    officer.tick("The provider")
    officer.tick(re.compile("^Option 3"), exact=False)
    officer.tick(re.compile("Possible$"), exact=False)
    officer.tick(re.compile("Major$"), exact=False)
    officer.fill("Why these options?", "Two of the measured indicators are below their targets for the second year.")
    officer.fill_date("Review date", REVIEW_DATE.day, REVIEW_DATE.month, REVIEW_DATE.year)
    officer.press("Ask for positions")

    assert re.fullmatch(r"/decisions/\d+/", officer.path)
    told["decision"] = officer.path
    officer.shoot("decision-proposed")
    officer.follow("Draft an action for this decision")
    if officer.page.get_by_label("The provider").count():
        officer.tick("The provider")
    officer.fill("What will be done?", "Agree cover for the two indicators, with a named person and a date.")
    officer.fill_date("Due date", 30, 9, YEAR + 1)
    officer.press("Save action")
    told["action"] = officer.path


def test_parties_record_positions(person: Callable[..., Person], told: dict[str, Any]) -> None:
    executive, commissioner, manager = person(EXECUTIVE), person(COMMISSIONER), person(MANAGER)
    commissioner.visit("/home/")
    commissioner.shoot("home-commissioner")

    executive.visit(told["decision"])
    executive.tick("Disagree")
    executive.press("Record our position")
    assert executive.reads("Enter a note to say why you disagree")
    executive.shoot("position-error")
    executive.fill("Note", "Two of the posts were filled in the spring.", exact=True)
    executive.press("Record our position")
    for somebody in (commissioner, manager):
        somebody.visit(told["decision"])
        somebody.tick("Agree")
        somebody.press("Record our position")

    commissioner.visit(told["decision"])
    assert "Two of the posts were filled in the spring." in commissioner.text()


def test_manager_brings_the_decision_into_force(person: Callable[..., Person], told: dict[str, Any]) -> None:
    manager = person(MANAGER)
    manager.visit(told["decision"])

    manager.press("Bring into force")
    assert manager.reads("disagreement on the record?")
    manager.shoot("dissent")
    manager.press("Bring into force")

    manager.visit(told["decision"])
    assert "In force" in manager.text()
    manager.shoot("decision-in-force")
