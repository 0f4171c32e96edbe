"""Point 7: an action from draft to verified, each press by the one whose turn it is; its plan agreed, printed and kept."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl

from tests.journeys.person import JOB_MS, Person
from tests.journeys.site import Site

YEAR = dt.date.today().year  # noqa: DTZ011 (the browser's day)
# The second service of a trust to which no other journey goes.
LEAD, EXECUTIVE, COMMISSIONER, OFFICER, MANAGER = "service.lead7", "executive7", "commissioner4", "hub.officer21", "hub.manager2"
WHAT = "Hold the clinic on Saturdays, so that nobody waits over two weeks."


def plan(site: Site) -> str:
    """The address of the plan."""
    return f"/services/{max(site.user(LEAD)['services'])}/actions/"


def test_lead_drafts_and_offers(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person(LEAD)
    lead.visit(plan(site))
    lead.follow("Draft an action")
    lead.fill("What will be done?", WHAT)
    lead.fill_date("Due date", 30, 9, YEAR + 1)
    field = lead.page.get_by_label("Which indicator should it move?")
    field.select_option(index=1)
    lead.shoot("acting-draft")
    lead.press("Save action")
    lead.tick(re.compile(r"executive, Illustrative"), exact=False)
    lead.press("Offer this action")

    assert re.fullmatch(r"/actions/\d+/", lead.path)
    assert re.search(r"Baseline: .+ in \d{4}", lead.text())
    told["acting"] = lead.path
    lead.shoot("acting-offered")


def test_executive_accepts_from_the_mail_in_two_presses(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    executive = person(EXECUTIVE)
    executive.visit(told["acting"])  # the first press: the link of the mail
    executive.press("Accept")  # the second

    assert executive.reads("Action accepted")
    executive.fill("Next step", "Ask the nurses who can work on Saturdays")
    executive.press("Add step")
    executive.press(re.compile("^Tick as done"), exact=False)
    assert executive.reads(re.compile("Done by .* on "))
    executive.shoot("acting-steps")


def test_link_of_the_mail_survives_signing_in(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    nobody, lead = person(), site.user(LEAD)
    nobody.page.goto(told["acting"])
    nobody.page.get_by_label("Email address").fill(lead["email"])
    nobody.page.get_by_label("Password", exact=True).fill(lead["password"])
    nobody.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    nobody.page.wait_for_url(f"**{told['acting']}")

    assert nobody.reads("What happens next")


def test_commissioner_answers_the_block(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    executive = person(EXECUTIVE)
    executive.visit(told["acting"])
    executive.follow("Say it is blocked")
    executive.press("Say it is blocked")
    assert executive.reads("Enter what money or staff it needs")
    executive.fill("What money or staff does it need?", "One nurse for each Saturday.")
    executive.press("Say it is blocked")

    commissioner = person(COMMISSIONER, has_script=False)
    commissioner.visit("/actions/?show=blocked")
    commissioner.follow(WHAT[:40])
    assert "fund it, advise, or say it cannot" in commissioner.text()
    commissioner.follow("Answer the block")
    commissioner.tick("Fund it")
    commissioner.fill("Say more", "Funded from April.")
    commissioner.press("Answer the block")
    assert commissioner.reads("Answer: Fund it. Funded from April.")
    commissioner.fill("Comment", "The contract is changed in March.")
    commissioner.press("Save comment")
    assert commissioner.reads("Comment saved")


def add_document(site: Site, person: Callable[..., Person]) -> None:
    """The service's lead files what shows it."""
    lead = person(LEAD)
    lead.visit("/evidence/add/")
    lead.tick("A link")
    lead.fill("Address of the link", "https://intranet.illustrative.example/rota")
    lead.fill("What is this document?", "Saturday rota")
    if lead.page.get_by_label("Which service is it for?").count():
        lead.page.get_by_label("Which service is it for?").select_option(str(max(site.user(LEAD)["services"])))
    lead.press("Add evidence")


def test_owner_is_done_and_the_hub_verifies(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    add_document(site, person)
    executive = person(EXECUTIVE)
    executive.visit(told["acting"])
    executive.follow("Mark as done")
    executive.press("Mark as done")
    assert executive.reads("Add evidence before you mark this as done")
    executive.tick("Saturday rota")
    executive.press("Mark as done")
    assert executive.reads("You own this action, so someone else must verify it.")

    officer = person(OFFICER)
    officer.visit("/actions/?show=to_verify")
    officer.shoot("acting-to-verify")
    officer.follow(WHAT[:40])
    officer.press("Verify")
    assert officer.reads("Nothing. This action is verified.")
    officer.shoot("acting-verified")


def test_plan_is_agreed_by_executive_then_hub(site: Site, person: Callable[..., Person]) -> None:
    executive, manager = person(EXECUTIVE), person(MANAGER)
    manager.visit(plan(site))
    assert manager.page.get_by_role("button", name="Agree this plan").count() == 0
    for somebody in (executive, manager):
        somebody.visit(plan(site))
        somebody.press("Agree this plan")

    assert manager.reads(re.compile("The plan was agreed by .* for the hub on"))
    assert re.search(r"\d of \d verified", manager.text())
    manager.shoot("acting-plan")


def test_plan_is_printed_and_kept(site: Site, person: Callable[..., Person], tmp_path: Path) -> None:
    executive = person(EXECUTIVE)
    executive.visit(plan(site))
    executive.follow("Print or download this plan (PDF, Excel)")
    executive.press("Make the PDF")
    link = executive.page.get_by_role("link", name=re.compile(r"action-plan-\d+\.pdf"))
    link.wait_for(timeout=JOB_MS)
    executive.shoot("acting-paper")
    status, content = executive.get(urlsplit(link.get_attribute("href")).path)
    assert (status, content[:5]) == (200, b"%PDF-")

    with executive.page.expect_download() as download:
        executive.page.get_by_role("link", name="Download the action plan as a spreadsheet (Excel)").click()
    path = Path(tmp_path, download.value.suggested_filename)
    download.value.save_as(path)
    rows = [row for row in openpyxl.load_workbook(path)["Actions"].iter_rows(values_only=True) if row[1] == WHAT]
    assert [(row[0], row[6]) for row in rows] == [("Verified", "Verified")]


def test_manager_counts_the_actions_of_the_region(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    manager.visit("/actions/")
    manager.follow("Count them by owner, service, trust or region")
    for group in ("By service", "By trust or network", "By region", "By owner"):
        manager.follow(group)
    manager.shoot("acting-counts")
    manager.page.locator("main table a").first.click()
    manager.look()
    assert re.search(r"\d+ actions?: \d+ late", manager.text())
    manager.shoot("acting-list")
    manager.follow(re.compile("^Remove Owner"))
    assert manager.page.locator("main table tbody tr").count() > 1
