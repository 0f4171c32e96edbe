"""Answers are filled in without a connection: a lead downloads the spreadsheet, makes a mistake, corrects it and saves.

Meanwhile a contributor answers one of the same questions on the site, so that the lead has to choose.
"""

import re
import secrets
from pathlib import Path

import openpyxl

from surveillance.spreadsheets.columns import PLACE
from tests.journeys.answering import save
from tests.journeys.person import JOB_MS

LEAD, HELPER = "service.lead5", "several1"
RUN = secrets.token_hex(3)  # so that a second run on the same site changes something again
THEIRS, MINE = f"Rewritten by the contributor while the file was away ({RUN}).", f"Written in the spreadsheet ({RUN})."


def fill_in(path, cells):
    """Fill cells in with another program: {(row, column key): value}."""
    book = openpyxl.load_workbook(path)
    for (row, key), value in cells.items():
        book["Answers"].cell(row, PLACE[key] + 1).value = value
    book.save(path)


def upload(somebody, path):
    """Hand the file in and wait until it was read."""
    somebody.page.locator("input[type=file]").set_input_files(path)
    somebody.press("Upload and check")
    somebody.page.get_by_text("Nothing has been saved.").first.wait_for(timeout=JOB_MS)
    somebody.look()


def test_spreadsheet_out_and_in(person, site, tmp_path):
    lead, helper = person(LEAD), person(HELPER)
    report = site.one("self_report", status="IN_PROGRESS", service=site.user(HELPER)["services"][0])
    lead.visit(f"/self-reports/{report['pk']}/")
    lead.follow("Work in a spreadsheet")
    lead.shoot("spreadsheet")

    with lead.page.expect_download() as download:
        lead.page.get_by_role("link", name="Download the spreadsheet (XLSX)").click()
    path = Path(tmp_path, download.value.suggested_filename)
    download.value.save_as(path)
    page = openpyxl.load_workbook(path)["Answers"]
    last_section = page.cell(page.max_row, 3).value
    theirs = next(n for n in range(2, page.max_row + 1) if page.cell(n, 3).value == last_section)
    numbered = next(n for n in range(2, page.max_row + 1) if page.cell(n, 4).value.startswith("Yes, No"))

    helper_changes(helper, report["pk"], str(page.cell(theirs, 1).value))
    fill_in(path, {(numbered, "value"): "Perhaps", (numbered, "comment"): MINE, (theirs, "comment"): MINE, (3, "comment"): MINE})
    upload(lead, path)

    assert lead.heading == "Check before anything is saved"
    assert lead.reads(re.compile(r"changes?, 1 error, [\d,]+ the same. Nothing has been saved."))
    assert lead.reads(f"I{numbered}: enter Yes, No or Not applicable")
    lead.shoot("spreadsheet-errors")

    lead.follow("Upload a corrected file")
    fill_in(path, {(numbered, "value"): "Yes"})
    upload(lead, path)
    assert lead.reads(re.compile("was changed by .* after you downloaded this. Choose which to keep."))
    assert lead.reads(THEIRS)
    lead.shoot("spreadsheet-stale")
    lead.press(re.compile("^Save [0-9]+ change"))
    assert lead.page.locator(".nhsuk-error-summary").is_visible()
    lead.tick("Use the one in your file")
    lead.press(re.compile("^Save [0-9]+ change"))

    assert lead.page.get_by_text(re.compile(r"^\d+ answers saved$")).first.is_visible()
    lead.follow("Read all answers")
    assert lead.text().count(MINE) == 3


def helper_changes(helper, report_pk, number):
    """The contributor answers one question on the site."""
    helper.visit(f"/self-reports/{report_pk}/")
    helper.page.locator(".nhsuk-task-list__link").last.click()
    helper.look()
    question = helper.page.locator(f"section.app-answer[data-number='{number}']")
    question.get_by_label("Comment (optional)").fill(THEIRS)
    if question.get_by_label("Yes", exact=True).count():
        question.get_by_label("Yes", exact=True).check()
    save(question)


def test_all_answers_become_a_pdf(person, site):
    lead = person(LEAD)
    report = site.one("self_report", status="IN_PROGRESS", service=site.user(HELPER)["services"][0])
    lead.visit(f"/self-reports/{report['pk']}/")
    lead.follow("Print or download all answers (PDF)")
    lead.press(re.compile("^Make (the|a new) PDF$"))
    link = lead.page.get_by_role("link", name=re.compile(r"self-report-.*\.pdf"))
    link.wait_for(timeout=JOB_MS)
    lead.shoot("paper")

    status, content = lead.get(link.get_attribute("href"))
    assert (status, content[:5]) == (200, b"%PDF-")


def test_spreadsheet_without_javascript(person, site, tmp_path):
    lead = person(LEAD, has_script=False)
    report = site.one("self_report", status="IN_PROGRESS", service=site.user(HELPER)["services"][0])
    status, content = lead.get(f"/self-reports/{report['pk']}/spreadsheet/file/")
    path = Path(tmp_path, "same.xlsx")
    path.write_bytes(content)

    lead.visit(f"/self-reports/{report['pk']}/spreadsheet/")
    lead.page.get_by_label("Upload the spreadsheet that you filled in").set_input_files(path)
    lead.press("Upload and check")
    for _ in range(JOB_MS // 500):
        if lead.reads("This file makes no changes."):
            break
        lead.page.wait_for_timeout(500)
        lead.page.reload()

    assert (status, lead.reads("This file makes no changes.")) == (200, True)
