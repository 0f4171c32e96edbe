"""Points 7 and 8: a review is opened, its team is cleared, papers open, and what the visit finds is recorded."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Row, Site
from tests.journeys.test_1_self_report import SERVICE_LEAD, YEAR
from tests.journeys.test_2_decision import MANAGER, OFFICER

REVIEWER = "reviewer4"  # on no team of the first region
VISITOR, LEAD_REVIEWER = "reviewer.active", "reviewer5"
SOON = dt.date.today() + dt.timedelta(days=140)  # noqa: DTZ011 (enough notice, while the reviewers' training still holds)
TUESDAY = SOON + dt.timedelta(days=(1 - SOON.weekday()) % 7)  # no bank holiday, but about the new year
DAY = TUESDAY + dt.timedelta(days=14 if (TUESDAY.month, TUESDAY.day) > (12, 20) or (TUESDAY.month, TUESDAY.day) < (1, 5) else 0)


def visiting(site: Site) -> Row:
    """The demonstration's review that is being visited."""
    return site.one("review", status="VISITING")


def test_manager_opens_a_review_with_topics(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    manager = person(MANAGER)
    manager.visit(f"{told['decision']}review/new/")
    assert manager.reads("is open already, so no second review of this service can be opened now.")
    ahead = site.one("review", status="PLANNED", purpose="COMPLIANCE", region="ZZR1")
    manager.visit(f"/reviews/{ahead['pk']}/cancel/")
    manager.fill("Why is it cancelled?", "A new decision asks for another review of this service.")
    manager.press("Cancel this review")
    manager.visit(f"{told['decision']}review/new/")
    manager.press("Open the review")
    assert manager.reads("Select a kind of review")
    manager.shoot("review-new-error")

    manager.fill("Title", "Renal services, Birchmere: peer review")
    manager.page.get_by_label("Which procedure does it follow?").select_option(index=1)
    manager.tick(re.compile("^Targeted"), exact=False)
    manager.tick(re.compile("^On site"), exact=False)
    manager.fill_date("First day of the visit", DAY.day, DAY.month, DAY.year)
    manager.press("Open the review")

    assert re.fullmatch(r"/reviews/\d+/", manager.path)
    told["review"] = manager.path
    manager.visit(f"{manager.path}topics/")
    manager.follow("Add a focus topic")
    manager.fill("Topic", "Access before dialysis", exact=True)
    manager.press("Save topic")
    assert manager.reads("Select at least one indicator")
    manager.page.locator("main input[type=checkbox]").first.check()
    manager.press("Save topic")
    manager.visit(told["review"])
    manager.shoot("review")
    manager.follow("Send notice to the service")
    manager.follow("Add the phone number")
    manager.fill("Phone number on the days of the visit", "0113 496 0100")
    manager.press("Save phone number")
    manager.follow("Send notice to the service")
    manager.press(re.compile("notice", re.IGNORECASE), exact=False)
    manager.visit(told["review"])
    assert "Service notified" in manager.text()


def test_reviewer_is_invited_declares_and_is_cleared_before_papers_open(
    site: Site, person: Callable[..., Person], told: dict[str, Any]
) -> None:
    manager, lead, reviewer = person(MANAGER), person(SERVICE_LEAD), person(REVIEWER)
    manager.visit(f"{told['review']}team/")
    manager.follow("Invite somebody by name")
    manager.press("Invite")
    assert manager.reads("Select a reviewer")
    manager.shoot("invite-error")
    manager.tick(reviewer.own_name)
    manager.tick(re.compile("Lead reviewer"), exact=False)
    manager.press("Invite")
    reviewer.visit("/home/")
    reviewer.shoot("home-reviewer")
    place = places(reviewer)[0]
    reviewer.visit(f"{told['review']}pack/", status=404)

    reviewer.visit(f"{place}answer/")
    reviewer.tick("Accept")
    reviewer.press("Send your answer")
    reviewer.visit(f"{place}conflicts/")
    reviewer.press("Send your declaration")
    assert reviewer.page.title().startswith("Error: ")
    reviewer.shoot("conflicts-error")
    reviewer.tick("No")
    reviewer.press("Send your declaration")
    reviewer.visit(f"{told['review']}pack/", status=404)
    lead.visit(f"{told['review']}conflicts/")
    lead.tick("No")
    lead.press("Send your declaration")
    manager.visit(f"{place}ruling/")
    manager.shoot("ruling")
    manager.tick("Clear", exact=True)
    manager.fill("Why?", "Both sides say that they do not know each other.")
    manager.press("Save ruling")

    reviewer.visit(f"{told['review']}pack/")
    assert re.search(r"\d+ of \d+ met", reviewer.text())
    reviewer.shoot("pack")
    manager.visit(f"{told['review']}team/")
    manager.shoot("team")


def test_visitor_writes_notes_and_files_evidence(site: Site, person: Callable[..., Person]) -> None:
    visitor, review = person(VISITOR), f"/reviews/{visiting(site)['pk']}/"
    visitor.visit("/home/")
    visitor.visit(review)
    visitor.shoot("review-visiting")
    visitor.visit(f"{review}visit/")
    visitor.press("Save note")
    assert visitor.reads("Enter a note")
    visitor.fill("Note", "The ward manager showed the rota of three months.", exact=True)
    visitor.press("Save note")
    expect(visitor.page.locator("[data-sent=note] .app-note").first).to_have_text("The ward manager showed the rota of three months.")
    visitor.shoot("visit")

    visitor.visit(f"{review}evidence/")
    visitor.tick("A link")
    visitor.fill("Address of the link", "https://intranet.illustrative.example/rota")
    visitor.fill("What is this document?", "Rota of three months")
    visitor.fill_date("Date on the document", 1, 10, YEAR - 1)
    visitor.press("Add evidence")
    visitor.page.get_by_role("row").filter(has_text="Rota of three months").get_by_role("link", name=re.compile("impact domains")).click()
    visitor.look()
    visitor.shoot("evidence-tags")
    visitor.tick("Lateral")
    visitor.press("Save impact domains")
    assert visitor.page.title().startswith("Error: ")
    visitor.page.locator("input[name=shows_LATERAL]").fill("Two wards share one rota")
    visitor.press("Save impact domains")
    assert visitor.reads("Two wards share one rota")


def test_visitor_records_a_finding_and_sees_its_impact(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    visitor, review = person(VISITOR), f"/reviews/{visiting(site)['pk']}/"
    visitor.visit(f"{review}findings/")
    visitor.shoot("findings")
    visitor.follow("Record a finding")
    visitor.press("Save finding")
    for sentence in ("Select a category", "Enter what you saw", "Enter what it is based on", "Select an indicator or a focus topic"):
        assert visitor.reads(sentence), sentence
    visitor.shoot("finding-error")

    visitor.tick("Concern")
    visitor.fill("What did you see?", "The rota leaves two evenings without a named doctor.")
    visitor.fill("In words", "The rota of three months, and what the ward manager said.")
    visitor.page.get_by_label("Focus topic").select_option(index=1)
    visitor.press("Save finding")
    assert visitor.reads("Enter a recommendation")
    visitor.fill("Recommendation", "Name a doctor for each evening.", exact=True)
    visitor.tick("Directive")
    visitor.page.locator("input[name=shows_DIRECTIVE]").fill("The trust must name a doctor")
    visitor.press("Save finding")

    visitor.visit(f"{review}impact/")
    assert visitor.reads("The trust must name a doctor")
    assert "nothing yet" in visitor.text()
    visitor.shoot("impact")


def test_lead_reviewer_agrees_and_the_visit_ends(site: Site, person: Callable[..., Person]) -> None:
    lead, officer, manager = person(LEAD_REVIEWER), person(OFFICER), person(MANAGER)
    review = f"/reviews/{visiting(site)['pk']}/"
    lead.visit(f"{review}findings/")
    drafts = sorted({link.get_attribute("href") for link in lead.page.locator("main h3 a[href^='/findings/']").all()})
    officer.visit(review)
    officer.follow("End the visit")
    officer.press(re.compile("visit", re.IGNORECASE), exact=False)
    assert re.search("still (a )?draft", officer.text())

    for finding in drafts:
        lead.visit(finding)
        agree = lead.page.locator("main a").filter(has_text=re.compile("Agree this finding|Confirm as immediate risk"))
        if agree.count():
            agree.first.click()
            lead.look()
            reason = lead.page.get_by_label("Why do you agree it without them?")
            if reason.count():
                reason.fill("Said in the team's meeting")
            lead.page.locator("main form button").last.click()
            lead.look()
    lead.shoot("finding")
    for letter in letters(manager, review):
        manager.visit(letter)
        manager.shoot("letter")
    officer.visit(f"{review}finish/")
    officer.press(re.compile("visit", re.IGNORECASE), exact=False)

    officer.visit(review)
    assert "Reporting" in officer.text()


def letters(somebody: Person, review: str) -> list[str]:
    """The addresses of the letters of a review."""
    somebody.visit(f"{review}findings/")
    found = []
    for finding in {link.get_attribute("href") for link in somebody.page.locator("main h3 a[href^='/findings/']").all()}:
        somebody.visit(finding)
        found += [link.get_attribute("href") for link in somebody.page.locator("main a[href^='/letters/']").all()]
    return found


def places(reviewer: Person) -> list[str]:
    """The addresses of this person's places on teams that wait for an answer, newest first."""
    reviewer.visit("/reviews/")
    links = reviewer.page.locator("main a[href^='/team/']").all()
    return sorted((link.get_attribute("href") for link in links), key=lambda path: -int(path.split("/")[2]))
