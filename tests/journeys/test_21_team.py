"""A team by suggestions, conflicts of interest and stand-bys in the browser: somebody steps back, and the next one joins."""

import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Site

MANAGER, LEAVING, STAND_BY = "hub.manager2", "reviewer6", "standby1"


def test_manager_invites_a_suggested_reviewer(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    manager = person(MANAGER)
    manager.visit(f"/reviews/{site.one('review', status='NOTIFIED')['pk']}/team/")
    assert manager.reads("A patient reviewer is required. Invite one to continue.")
    manager.shoot("team-places")
    manager.follow("See suggestions")
    assert manager.reads("Why suggested")
    manager.shoot("team-suggestions")

    manager.page.get_by_role("button", name=re.compile("^Invite ")).first.click()
    manager.look()

    assert manager.reads(re.compile(" invited"))
    assert manager.path.endswith("/team/")


def test_stand_by_moves_up_and_reads_the_context(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    manager, leaving, stand_by = person(MANAGER), person(LEAVING), person(STAND_BY)
    review = site.one("review", status="PREPARING")
    mine = {row["user"].split("@")[0]: row["pk"] for row in site.objects["team_member"] if row["pk"] in members_of(site, manager, review)}
    leaving.visit(f"/team/{mine[LEAVING]}/")
    leaving.follow("Step back from this review")
    leaving.press("Step back")
    assert leaving.reads("Enter why you step back")
    leaving.fill("Why do you step back?", "I am away in that week.")
    leaving.press("Step back")

    manager.visit(f"/reviews/{review['pk']}/team/")
    assert manager.reads(re.compile("declined. .*, first stand-by, was invited at "))
    manager.shoot("team-moved-up")
    stand_by.visit(f"/team/{mine[STAND_BY]}/")
    stand_by.follow("Accept or decline")
    stand_by.tick("Accept")
    stand_by.press("Send your answer")
    stand_by.follow("Read the pack")
    stand_by.shoot("pack-context")
    stand_by.visit(f"/reviews/{review['pk']}/visit/")
    assert stand_by.reads("Read the context of the services first")
    stand_by.follow("Read the context")
    stand_by.tick("I have read this")
    stand_by.press("Save")
    stand_by.visit(f"/reviews/{review['pk']}/visit/")
    stand_by.page.get_by_label("Note", exact=True).wait_for()


def members_of(site: Site, manager: Person, review: dict[str, Any]) -> set[int]:
    """Places on the review, by the links of its team page."""
    manager.visit(f"/reviews/{review['pk']}/team/")
    links = manager.page.locator("main a[href^='/team/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return {int(found.group(1)) for link in links if (found := re.match(r"/team/(\d+)/$", link))}


def test_reviewer_keeps_a_profile(person: Callable[..., Person]) -> None:
    reviewer = person(STAND_BY)
    reviewer.visit("/reviewers/me/")
    reviewer.shoot("reviewer-me")
    reviewer.tick("Manager")
    reviewer.press("Save profile")
    assert reviewer.reads("Profile saved")
    reviewer.visit("/reviewers/me/away/")
    reviewer.press("Add days away")
    assert reviewer.reads("Enter the first day away")
    reviewer.fill_date("First day away", 3, 8, 2031)
    reviewer.fill_date("Last day away", 14, 8, 2031)
    reviewer.press("Add days away")
    assert reviewer.reads("3 August 2031 to 14 August 2031")
    reviewer.press(re.compile("^Remove"), exact=False)
    assert reviewer.reads("Entry removed")
