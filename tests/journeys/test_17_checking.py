"""The hub checks by exception: the next answer takes the focus, a checked self-report is accepted with others, an Excel file."""

import re
from collections.abc import Callable

from tests.journeys.person import JOB_MS, Person
from tests.journeys.site import Site
from tests.journeys.test_13_rounds import YEAR

# The hub whose self-reports no other journey checks: one declared, one that it has looked through.
REGION = "ZZR2"


def officer_of(site: Site) -> str:
    return str(site.who("HUB_OFFICER", region=REGION)["email"].split("@")[0])


def test_saving_a_check_leads_to_the_heading_of_the_next_answer(site: Site, person: Callable[..., Person]) -> None:
    report = site.one("self_report", region=REGION, year=YEAR, status="DECLARED")
    officer = person(officer_of(site))
    officer.visit(f"/self-reports/{report['pk']}/validation/?show=not_checked")
    officer.shoot("validation-not-checked")
    officer.page.get_by_role("table").get_by_role("link").first.click()
    officer.look()
    first = officer.page.locator("h1").inner_text()

    officer.tick("Agree")
    officer.press("Save and next")

    assert officer.page.evaluate("document.activeElement.id") == "check"
    assert officer.page.locator("h1").inner_text() != first


def test_what_is_looked_through_is_accepted_together(site: Site, person: Callable[..., Person]) -> None:
    officer = person(officer_of(site))
    officer.visit(f"/rounds/{YEAR}/to-check/?show=ready")
    officer.shoot("to-check")
    officer.page.get_by_role("checkbox").last.check()
    officer.press("Continue with those selected")
    officer.shoot("to-check-accept")
    officer.press("Accept 1 self-report")

    officer.page.get_by_text("1 done").first.wait_for(timeout=JOB_MS)
    officer.look()
    officer.shoot("to-check-result")
    assert officer.reads("What became of each")


def test_excel_file_is_made_by_a_job(site: Site, person: Callable[..., Person]) -> None:
    officer = person(officer_of(site))
    officer.visit(f"/rounds/{YEAR}/")
    officer.follow("Services and answers (Excel)")
    officer.shoot("round-workbook")
    officer.press("Make the file")

    link = officer.page.get_by_role("link", name=re.compile(r"\.xlsx$")).first
    link.wait_for(timeout=JOB_MS)
    with officer.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"round-{YEAR}.xlsx"
