"""Evidence filed once: several files with progress, something already added, a newer version, refused and done removal."""

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from tests.journeys.person import Person
from tests.journeys.site import Site

LEAD = "service.lead4"
SECOND_PRESS_MS = 3000  # NHS.UK's button takes two presses within a second for one, and a busy page counts it slowly
POLICY, REPORT = "operational-policy.pdf", "annual_report.txt"


def add_address(site: Site) -> str:
    """Adding to the first answer of a self-report that no other journey carries."""
    services = site.user(LEAD)["services"]
    report = next(row for row in site.objects["self_report"] if row["status"] == "NOT_STARTED" and row["service"] in services)
    return f"/self-reports/{report['pk']}/sections/1/"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A PDF, a text, and a program under a document's name."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / POLICY)
    (tmp_path / REPORT).write_text("Annual report")
    (tmp_path / "plan.docx").write_bytes(b"MZ not a document")
    return {path.name: path for path in tmp_path.iterdir()}


def start_adding(lead: Person, site: Site) -> None:
    lead.visit(add_address(site))
    lead.follow(re.compile("^Add evidence"))


def test_lead_adds_several_files_at_once(site: Site, person: Callable[..., Person], files: dict[str, Path]) -> None:
    lead = person(LEAD)
    start_adding(lead, site)
    lead.shoot("evidence-add")
    lead.tick("A file")
    lead.page.locator("input[type=file]").set_input_files([files[POLICY], files["plan.docx"], files[REPORT]])
    lead.look()
    lead.page.get_by_role("group", name=POLICY).get_by_label("Year").fill("2026")
    lead.shoot("evidence-rows")

    lead.page.get_by_role("main").get_by_role("button", name="Add evidence", exact=True).click()
    lead.page.get_by_text("not added: the reason stands beside each").wait_for(state="attached")
    lead.look()

    assert lead.reads(f"{REPORT}: added")
    assert lead.reads("The selected file is not a DOCX that can be opened")
    assert lead.reads("The date on the document must include a day and month")
    assert lead.page.title().startswith("Error: ")
    lead.shoot("evidence-rows-faults")
    policy = lead.page.get_by_role("group", name=POLICY)
    policy.get_by_label("Day").fill("14")
    policy.get_by_label("Month").fill("5")
    lead.page.get_by_role("button", name="Leave this file out plan.docx").press("Enter")
    lead.page.wait_for_timeout(SECOND_PRESS_MS)
    lead.page.get_by_role("main").get_by_role("button", name="Add evidence", exact=True).click()
    lead.page.wait_for_url(re.compile(r"/sections/1/#answer-\d+$"))
    lead.look()

    assert lead.reads("2 documents added")
    first = lead.page.locator("section.app-answer").first
    assert first.get_by_role("link", name="Operational policy", exact=True).is_visible()
    assert first.get_by_role("link", name="Annual report", exact=True).is_visible()


def test_lead_uses_something_already_added(site: Site, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(add_address(site))
    lead.page.locator("section.app-answer").nth(1).get_by_role("link", name=re.compile("^Add evidence")).click()
    lead.look()
    lead.tick("Something already added")
    lead.fill("Search by words of the title", "policy operational")
    lead.page.get_by_label("Search by words of the title").press("Enter")
    lead.look()
    lead.shoot("evidence-existing")
    lead.tick("Operational policy, dated 14 May 2026")
    lead.press("Add evidence")

    assert lead.reads("Operational policy now supports 1 answer")
    assert lead.page.get_by_role("link", name="Operational policy", exact=True).count() >= 2


def test_lead_adds_a_version_and_changes_the_document(site: Site, person: Callable[..., Person], files: dict[str, Path]) -> None:
    lead = person(LEAD)
    lead.visit("/evidence/")
    lead.shoot("evidence-library")
    lead.follow("Operational policy", nth=0)
    lead.follow("Add a newer version")
    lead.page.get_by_label("A link", exact=True).check()
    lead.fill("Address of the link", "https://intranet.illustrative.example/policy")
    lead.press("Add version")
    assert lead.reads("New version of Operational policy added")
    assert lead.page.get_by_role("link", name=re.compile(f"Download {POLICY}")).is_visible()
    lead.shoot("evidence-detail")

    lead.follow("Change its title or date")
    lead.fill("What is this document?", "Operational policy 943 476 5919")
    lead.press("Save changes")
    assert lead.reads("Enter why you are changing it")
    lead.fill("Why are you changing it?", "The number belongs to it")
    lead.press("Save changes")
    assert lead.heading == "This may contain an NHS number"
    lead.shoot("evidence-nhs-number")
    lead.press("Go back and change it")
    assert lead.page.get_by_label("Why are you changing it?").input_value() == "The number belongs to it"
    lead.fill("What is this document?", "Operational policy of the service")
    lead.press("Save changes")
    assert lead.reads("Operational policy of the service saved")


def test_lead_removes_what_nothing_uses_by_keyboard(site: Site, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit("/evidence/")
    lead.page.get_by_role("link", name="Annual report", exact=True).press("Enter")
    lead.look()
    lead.page.get_by_role("link", name="Remove this document").press("Enter")
    lead.look()
    assert lead.heading == "This document cannot be removed"
    assert lead.reads("Used by 1 answer. Remove it from that answer first.")
    lead.shoot("evidence-stays")
    lead.page.get_by_role("main").get_by_role("link", name="Change which answers it supports").press("Enter")
    lead.look()
    lead.shoot("evidence-answers")
    lead.page.locator("input[name=answers]:checked").press("Space")
    lead.page.get_by_role("button", name="Save").press("Enter")
    lead.page.get_by_role("link", name="Remove this document").press("Enter")
    lead.look()
    lead.shoot("evidence-remove")
    lead.page.get_by_role("button", name="Remove document").press("Enter")
    lead.look()

    assert lead.reads("Annual report removed")
    assert lead.page.get_by_role("link", name="Annual report", exact=True).count() == 0


def test_evidence_is_added_without_javascript(site: Site, person: Callable[..., Person], files: dict[str, Path]) -> None:
    lead = person(LEAD, has_script=False)
    start_adding(lead, site)
    lead.tick("A file")
    lead.page.locator("input[type=file]").set_input_files([files[POLICY], files["plan.docx"]])
    lead.press("Add evidence")

    assert lead.reads("1 of 2 files added: Operational policy.")
    assert lead.reads("plan.docx: The selected file is not a DOCX that can be opened")
    assert lead.page.locator("[data-upload-row]").count() == 1
    lead.visit("/evidence/?words=operational&use=none")
    assert lead.reads("No documents match these filters")


def test_signed_out_lead_keeps_the_files_and_their_titles(site: Site, person: Callable[..., Person], files: dict[str, Path]) -> None:
    lead = person(LEAD)
    start_adding(lead, site)
    lead.tick("A file")
    lead.page.locator("input[type=file]").set_input_files([files[POLICY], files[REPORT]])
    lead.page.get_by_role("group", name=POLICY).get_by_label("What is this document?").fill("Typed before")
    lead.page.get_by_role("group", name=REPORT).get_by_label("What is this document?").fill("Typed too")
    lead.context.clear_cookies(name="sessionid")
    lead.page.get_by_role("main").get_by_role("button", name="Add evidence", exact=True).click()

    lead.page.get_by_text("You are signed out. Your files are kept on this page.").first.wait_for()
    assert lead.page.get_by_role("group", name=POLICY).get_by_label("What is this document?").input_value() == "Typed before"
    assert lead.page.get_by_role("link", name="Sign in (opens in a new tab)").is_visible()
    lead.shoot("evidence-signed-out")
    tab = lead.context.new_page()
    tab.goto("/accounts/login/")
    tab.get_by_label("Email address").fill(lead.user["email"])
    tab.get_by_label("Password", exact=True).fill(lead.user["password"])
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/home/")
    lead.page.wait_for_timeout(SECOND_PRESS_MS)
    lead.page.get_by_role("main").get_by_role("button", name="Add evidence", exact=True).click()
    lead.page.wait_for_url(re.compile(r"/sections/1/#answer-\d+$"))
    assert lead.reads("2 documents added")
