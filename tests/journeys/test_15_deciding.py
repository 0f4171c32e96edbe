"""Deciding: rules, room for visits, a comment, a meeting, option 1 by notice with an objection, and the random sample."""

import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import JOB_MS, Person
from tests.journeys.site import Site
from tests.journeys.test_1_self_report import YEAR

NATIONAL, OFFICER, MANAGER, LEAD = "national.lead1", "hub.officer21", "hub.manager2", "service.lead7"
# The trusts whose first (proposed) and second (in the room) services stand on the agenda of the demonstration's open meeting.
PROPOSED_AT, IN_THE_ROOM = "ZZP07", "ZZP05"
# Whose trust has a service that meets everything, and another to which the demonstration gives notice.
WHOLE_MANAGER, WHOLE_EXECUTIVE = "hub.manager3", "executive11"


def report_of(site: Site, provider: str) -> str:
    """The address of this year's accepted self-report of a trust."""
    return f"/self-reports/{site.one('self_report', provider=provider, year=YEAR, status='ACCEPTED')['pk']}/"


def meeting_of(site: Site) -> str:
    """The open meeting of the demonstration."""
    return f"/decisions/meetings/{site.one('meeting', status='OPEN')['pk']}/"


def choose_by_keyboard(somebody: Person, legend: str, presses: int) -> None:
    """Reach a set of radios by Tab and choose with the arrow keys."""
    group = somebody.page.get_by_role("group", name=legend)
    group.get_by_role("radio").first.focus()
    somebody.page.keyboard.press("Space")
    for _ in range(presses):
        somebody.page.keyboard.press("ArrowDown")


def test_national_lead_edits_previews_and_publishes_the_rules(person: Callable[..., Person]) -> None:
    national = person(NATIONAL)
    national.visit("/decisions/rules/")
    national.press("Change the rules")
    national.fill("What changes, and why?", "The random sample is confirmed for the next round.")
    national.press("Save the draft")
    national.visit("/decisions/rules/draft/preview/")
    assert re.search(r"\d+ of \d+ decisions? of \d+ would be proposed otherwise", national.text())
    national.shoot("rules-preview")
    national.press(re.compile("^Publish"), exact=False)

    assert national.reads(re.compile("version 2", re.IGNORECASE))


def test_officer_proposes_a_visit_and_sees_the_room_for_it(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER)
    officer.visit(f"{report_of(site, PROPOSED_AT)}decision/")
    assert re.search(r"\d+ proposed, \d+ planned, \d+ held\. 57 are possible \(our default\)", officer.text())
    officer.shoot("propose-with-room")
    officer.tick(re.compile("^Option 3"), exact=False)
    choose_by_keyboard(officer, "How likely is it to go wrong?", 3)
    choose_by_keyboard(officer, "How serious would it be?", 2)
    officer.fill("Why these options?", "The same indicators were not met before.")
    officer.fill_date("Review date", 29, 9, YEAR + 2)
    officer.press("Ask for positions")
    told["deciding"] = officer.path
    assert "high (4 x 3 = 12)" in officer.text()

    officer.visit(f"/decisions/visits/?year={YEAR}")
    assert re.search(r"Number \d+ of 57", officer.text())
    officer.shoot("visits-by-risk")


def test_lead_comments_and_the_hub_reads_it(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person(LEAD)
    lead.visit(told["deciding"])
    lead.follow("Comment on this proposal")
    lead.press("Save comment")
    assert lead.reads("Enter your comment")
    lead.fill("Your comment", "The second consultant started in May.")
    lead.press("Save comment")
    lead.shoot("decision-with-comment")

    manager = person(MANAGER)
    manager.visit(told["deciding"])
    assert "The second consultant started in May." in manager.text()


def give(somebody: Person, organisation: str, view: str = "Agree") -> None:
    """One party's position, by the first of its people in the room."""
    group = somebody.page.get_by_role("group", name=re.compile(f": {organisation}$"))
    group.get_by_label(view, exact=True).check()
    group.get_by_role("combobox").select_option(index=1)


def test_manager_records_the_meeting(site: Site, person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    manager.visit("/decisions/meetings/")
    manager.shoot("meetings")
    manager.visit(meeting_of(site))
    assert manager.reads("0 of 2 done")
    manager.shoot("meeting")
    trust = "Illustrative Elmstead NHS Trust"
    manager.page.get_by_role("row", name=re.compile(trust)).get_by_role("link").first.click()
    manager.look()
    assert manager.page.evaluate("document.activeElement.tagName") == "H1"
    manager.shoot("meeting-item")
    manager.press("Save and next")
    assert manager.reads("Select at least one option")
    manager.tick(re.compile("^Option 1"), exact=False)
    manager.tick(re.compile("Unlikely$"), exact=False)
    manager.tick(re.compile("Minor$"), exact=False)
    manager.fill("Why these options?", "Nearly everything is met, and the plan is kept.")
    manager.fill_date("Review date", 29, 9, YEAR + 2)
    for organisation in ("Illustrative Centre Region", trust, "Illustrative Centre Board 1"):
        give(manager, organisation)
    manager.press("Save and next")

    assert manager.reads(re.compile(": In force$"))
    assert manager.reads("Illustrative Glenford NHS Trust was not present.")
    assert manager.reads(re.compile("The second consultant started in May"))
    give(manager, "Illustrative Centre Region")
    manager.press("Save and next")
    manager.press("Close the record")
    assert manager.reads("Meeting recorded")
    assert manager.reads("1 in force, 1 waiting for a position")
    manager.shoot("meeting-recorded")


def test_option_1_by_notice_and_an_objection(site: Site, person: Callable[..., Person]) -> None:
    manager = person(WHOLE_MANAGER)
    manager.visit("/decisions/")
    manager.follow("Propose option 1")
    manager.press("Continue with selected services")
    assert manager.reads("Select at least one service")
    trust = "Illustrative Kestrel Bay NHS Trust"
    manager.page.get_by_label(re.compile(trust)).check()
    manager.shoot("option-1")
    manager.press("Continue with selected services")
    manager.tick(re.compile("Rare$"), exact=False)
    manager.tick(re.compile("Minor$"), exact=False)
    manager.fill_date("Review date", 29, 9, YEAR + 2)
    manager.shoot("option-1-check")
    manager.press(re.compile("^Propose option 1 for 1 service"), exact=False)
    manager.page.get_by_text("1 done").first.wait_for(timeout=JOB_MS)
    manager.look()
    manager.shoot("option-1-job")

    executive = person(WHOLE_EXECUTIVE)
    executive.visit("/decisions/?status=PROPOSED&option=1")
    rows = executive.page.get_by_role("table").get_by_role("row").filter(has=executive.page.get_by_role("link"))
    rows.filter(has_not_text="Adult renal services").get_by_role("link").first.click()
    executive.look()
    assert executive.reads("Object to this notice")
    executive.shoot("notice")
    executive.press("Object")
    assert executive.reads("Enter a note to say why you disagree")
    executive.fill("Why do you object?", "We had two incidents after the self-report.")
    executive.press("Object")
    assert executive.reads("We had two incidents after the self-report.")


def test_sample_is_drawn_once(site: Site, person: Callable[..., Person]) -> None:
    national = person(NATIONAL)
    national.visit(f"/rounds/{YEAR}/sample/")
    national.press("Draw the sample")

    assert national.reads(re.compile(r"The seed is \d+"))
    national.shoot("sample")
