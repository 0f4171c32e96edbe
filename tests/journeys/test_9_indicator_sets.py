"""Writing an indicator set in the browser: three indicators, their order, an import with errors and a good one, a new version."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Site

CODE = "JOURNEY-9"
BAD = "number,title,type,target,answer_kind\nJ-1,,structure_and_function,,\nJ-2,Second,clinical_outcome,most,PERCENTAGE\n"
GOOD = (
    "number,title,type,section,target,answer_kind\n"
    "J-1,There is a named clinical lead,structure_and_function,Team,,\n"
    "J-2,Patients seen in time,clinical_outcome,Team,95,PERCENTAGE\n"
    "J-4,Yearly survey of patients,patient_experience,Patients,,\n"
)


def write_indicator(lead: Person, number: str, title: str, *, kind: str = "Yes, No or Not applicable") -> None:
    """Fill in the page of an indicator of the section Team."""
    lead.fill("Number", number, exact=True)
    lead.fill("Title", title, exact=True)
    if lead.page.get_by_label("Team", exact=True).count():
        lead.tick("Team")
    else:
        lead.fill("Section", "Team", exact=True)
    lead.tick("Structure and function")
    lead.page.get_by_role("radio", name=kind, exact=True).check()


def upload(lead: Person, folder: Path, content: str, button: str) -> None:
    path = folder / "indicators.csv"
    path.write_text(content)
    lead.page.locator("input[type=file]").set_input_files(path)
    lead.press(button)


def test_set_is_written_with_three_indicators(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person("national.lead1")
    lead.visit("/indicators/")
    lead.shoot("sets-list")
    lead.follow("Write a new set")
    lead.press("Save and add indicators")
    assert lead.reads("Enter the name of the set")
    lead.shoot("set-new-error")
    lead.fill("Code", CODE)
    lead.fill("Name", "Illustrative set of the journey", exact=True)
    lead.choose("Service specification, or part of one", "Acute oncology")
    lead.tick("This set is illustrative: its indicators are invented")
    lead.press("Save and add indicators")
    told["draft"] = lead.path

    lead.follow("Add an indicator")
    write_indicator(lead, "J-1", "There is a named clinical lead")
    lead.press("Save and add another")
    assert lead.reads("Indicator J-1 added")
    write_indicator(lead, "J-1", "Patients seen in time", kind="Number that met it, of a total")
    lead.fill("Target (optional)", "95")
    lead.shoot("indicator-new")
    lead.press("Save and add another")
    assert lead.reads("Number J-1 is used twice")
    lead.shoot("indicator-new-error")
    lead.fill("Number", "J-2", exact=True)
    lead.press("Save and add another")
    write_indicator(lead, "J-3", "A number of beds", kind="Number")
    lead.press("Save indicator")

    assert lead.path == told["draft"]
    assert numbers(lead) == ["J-1", "J-2", "J-3"]
    lead.shoot("set-draft")


def numbers(lead: Person) -> list[str]:
    """The numbers of the indicators, in the order of the page."""
    return [text.split(":")[0].strip() for text in lead.page.locator("a[id^=indicator-]").all_inner_texts()]


def test_indicators_are_moved_and_the_focus_stays(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person("national.lead1")
    lead.visit(told["draft"])

    button = lead.page.get_by_role("button", name="Move up J-3")
    button.focus()
    lead.page.keyboard.press("Enter")

    expect(lead.page.locator("#move-status")).to_have_text("J-3 is now 2 of 3 in Team")
    assert numbers(lead) == ["J-1", "J-3", "J-2"]
    expect(lead.page.get_by_role("button", name="Move up J-3")).to_be_focused()
    lead.page.keyboard.press("Enter")
    expect(lead.page.locator("#move-status")).to_have_text("J-3 is now 1 of 3 in Team")
    lead.look()


def test_indicators_are_moved_and_removed_without_javascript(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person("national.lead1", has_script=False)
    lead.visit(told["draft"])

    lead.press("Move down J-3")
    assert lead.reads("J-3 is now 2 of 3 in Team")
    assert lead.page.evaluate("document.activeElement.id").startswith("down-")
    lead.page.get_by_role("link", name="Remove J-3").click()
    lead.look()
    lead.press("Remove indicator")

    assert lead.reads("Indicator J-3 removed")
    assert numbers(lead) == ["J-1", "J-2"]


def test_two_people_change_one_indicator(person: Callable[..., Person], told: dict[str, Any]) -> None:
    first, second = person("national.lead1"), person("national.lead2")
    for somebody in (first, second):
        somebody.visit(told["draft"])
        somebody.follow("J-2")
    second.fill("Title", "Patients seen within 5 days", exact=True)
    second.press("Save indicator")

    first.fill("Title", "Patients seen in 5 days", exact=True)
    first.press("Save indicator")
    assert first.reads("Someone else changed this indicator")
    first.shoot("indicator-clash")
    first.press("Continue")
    assert first.reads("Select which text you want to keep")
    first.tick("Use mine")
    first.press("Continue")

    assert first.reads("Indicator J-2 saved")
    assert first.reads("Patients seen in 5 days")


def test_import_says_every_error_then_every_change(person: Callable[..., Person], told: dict[str, Any], tmp_path: Path) -> None:
    lead = person("national.lead1")
    lead.visit(told["draft"])
    lead.follow("Import the indicators from a file")
    lead.shoot("import")
    lead.press("Upload and check")
    assert lead.reads("Select a file")
    upload(lead, tmp_path, BAD, "Upload and check")
    assert lead.reads("B2: enter the title")
    assert lead.reads("D3: enter a number from 0 to 100")
    lead.shoot("import-errors")
    upload(lead, tmp_path, GOOD, "Upload a corrected file")
    assert lead.reads("1 added, 1 changed, 1 the same. Nothing has been saved.")
    lead.shoot("import-changes")
    lead.press("Save 2 changes")

    assert lead.reads("Import saved: 1 added, 1 changed, 1 the same")
    assert numbers(lead) == ["J-1", "J-2", "J-4"]


def test_new_version_of_a_published_set(site: Site, person: Callable[..., Person]) -> None:
    lead = person("national.lead1")
    published = site.one("indicator_set", status="PUBLISHED")
    lead.visit(f"/indicators/{published['pk']}/change/")
    assert lead.reads("A published version cannot be changed. Make a new version.")
    lead.press("Make a new version")
    assert lead.reads(re.compile("Version 2 is a draft now|Version 2 of this set is (a draft|in consultation) already"))
    lead.visit("/indicators/?show=key_requirements")
    lead.visit("/indicators/review-due/")
