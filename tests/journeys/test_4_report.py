"""Points 9 and 10: a report is drafted, checked, answered, signed and published; its actions find owners."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import JOB_MS, Person
from tests.journeys.site import Site
from tests.journeys.test_1_self_report import YEAR
from tests.journeys.test_2_decision import MANAGER, OFFICER
from tests.journeys.test_3_review import LEAD_REVIEWER, VISITOR, visiting

CHECKERS = ("hub.officer12", "hub.officer13")
SERVICE_LEAD, COMMISSIONER, PUBLISHER = "service.lead3", "commissioner2", "national.lead1"


def test_officer_starts_the_report_from_the_data(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER)
    officer.visit(f"/reviews/{visiting(site)['pk']}/report/")
    officer.press(re.compile("report", re.IGNORECASE), exact=False)
    assert re.fullmatch(r"/reports/\d+/", officer.path)
    told["report"] = officer.path
    officer.shoot("report")

    officer.follow("Read the report")
    for words in ("The rota leaves two evenings without a named doctor.", "Name a doctor for each evening."):
        assert words in officer.text()
    officer.shoot("report-read")
    officer.visit(f"{told['report']}marks/")
    officer.tick("All sections")
    officer.press("Save marks")
    officer.visit(told["report"])
    officer.page.locator(".nhsuk-task-list__link").first.click()
    officer.look()
    officer.shoot("report-section")
    officer.fill("Text", "## In short\n\nTwo evenings have no **named** doctor.", exact=True)
    officer.press("Preview")
    assert officer.reads("Not saved yet.")
    assert officer.page.get_by_role("heading", name="In short").count() == 1
    officer.press("Save section")
    assert officer.reads("Summary saved")
    officer.follow("History of this section")
    assert officer.reads("Changed the text")
    officer.shoot("report-section-history")


def test_draft_pdf_is_made_with_progress(person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER)
    officer.visit(f"{told['report']}versions/")

    officer.press("Make PDF")
    expect(officer.page.locator("progress")).to_have_count(0, timeout=JOB_MS)
    officer.visit(f"{told['report']}versions/")

    status, pdf = officer.get(officer.page.locator("main a[href$='/pdf/']").first.get_attribute("href"))
    assert (status, pdf[:5]) == (200, b"%PDF-")
    officer.shoot("report-versions")


def test_team_reads_the_draft_and_the_drafter_answers(person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer, visitor, lead = person(OFFICER), person(VISITOR), person(LEAD_REVIEWER)
    officer.visit(f"{told['report']}team/")
    officer.press("Ask the team to read it")
    assert officer.reads("Has not answered yet")

    visitor.visit(told["report"])
    visitor.follow("Say whether you agree with this draft")
    visitor.page.get_by_text("Comment on a section").click()
    visitor.follow("Introduction")
    visitor.fill("Your comment on this section", "Say which evenings the team came.")
    visitor.press("Save comment")
    visitor.shoot("report-team")
    visitor.press("Send your comments")
    lead.visit(f"{told['report']}team/")
    lead.press("I agree with this draft")

    officer.visit(f"{told['report']}team/")
    assert "Say which evenings the team came." in officer.text()
    officer.follow(re.compile("^Answer"))
    officer.fill("Your answer", "The timetable says it.")
    officer.press("Save answer")
    visitor.visit(f"{told['report']}team/")
    assert "The timetable says it." in visitor.text()


def test_two_people_check_the_report(person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER)
    checkers = [person(name) for name in CHECKERS]
    officer.visit(f"{told['report']}checkers/")
    officer.tick(checkers[0].own_name)
    officer.press("Ask for the quality check")
    assert officer.reads("Select 2 people")
    officer.tick(checkers[1].own_name)
    officer.fill("Why do you go on without the team?", "One member is ill; the lead reviewer agrees for both.")
    officer.press("Ask for the quality check")

    for checker in checkers:
        checker.visit(told["report"])
        checker.follow("Check the quality of this report")
        assert checker.reads("One member is ill; the lead reviewer agrees for both.")
        checker.tick("Pass")
        checker.press("Save quality check")
        assert checker.reads("A report passes only when all 4 points are met")
        for box in checker.page.locator("input[name=criteria]").all():
            box.check()
        checker.press("Save quality check")

    officer.visit(told["report"])
    assert "Factual accuracy check" in officer.text()


def test_service_answers_the_accuracy_check(person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer, lead = person(OFFICER), person(SERVICE_LEAD)
    lead.visit(f"{told['report']}accuracy/")
    lead.shoot("accuracy")
    items = [link.get_attribute("href") for link in lead.page.locator(".nhsuk-task-list__link").all()]
    lead.visit(items[0])
    lead.tick("This is not correct")
    lead.press("Save and next")
    assert lead.reads("Say what is wrong, so that the team can correct it")
    lead.shoot("accuracy-error")
    lead.fill("What is wrong?", "It has been so since April, and not for the whole year.")
    lead.press("Save and next")
    for item in items[1:]:
        lead.visit(item)
        lead.tick("This is correct")
        lead.press("Save and next")
    lead.visit(f"{told['report']}accuracy/")
    lead.press("Send your answers")

    officer.visit(f"{told['report']}accuracy/")
    officer.page.get_by_role("row").filter(has_text="To decide").get_by_role("link").first.click()
    officer.look()
    officer.tick("Keep the text")
    officer.fill("Why do you keep the text?", "The log shows it for the whole year.")
    officer.press("Save decision")

    assert "To decide" not in officer.text()


def test_another_signs_off_and_a_third_publishes(person: Callable[..., Person], told: dict[str, Any]) -> None:
    manager, publisher = person(MANAGER), person(PUBLISHER)
    manager.visit(f"{told['report']}sign-off/")
    if manager.page.get_by_role("button", name="Prepare the final version").count():
        manager.press("Prepare the final version")
    manager.shoot("sign-off")
    manager.press(re.compile("^Sign off version"), exact=False)
    manager.visit(told["report"])
    assert "Signed off" in manager.text()

    publisher.visit(f"{told['report']}publish/")
    publisher.press("Publish report")
    assert publisher.reads("Select what you decide")
    publisher.shoot("publish-error")
    publisher.tick("Publish now")
    publisher.press("Publish report")

    expect(publisher.page.locator("progress")).to_have_count(0, timeout=JOB_MS)
    publisher.shoot("published")
    publisher.visit(told["report"])
    told["address"] = publisher.page.locator("main a[href^='/library/']").first.get_attribute("href")


def test_actions_are_drafted_offered_and_accepted(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer, lead = person(OFFICER), person(SERVICE_LEAD)
    review = f"/reviews/{visiting(site)['pk']}/"
    lead.visit(f"{review}findings/actions/")
    lead.fill_date("By when should they be done?", 30, 9, YEAR + 1)
    lead.press("Draft these actions")
    service = f"/services/{visiting(site)['service']}/"
    lead.visit(f"{service}actions/")
    lead.shoot("action-plan")
    lead.page.locator("main a[href^='/actions/']").filter(has_text="Name a doctor for each evening.").first.click()
    lead.look()
    action = lead.path

    lead.visit(f"{action}owner/")
    lead.press("Offer this action")
    assert lead.reads("Select who should own this action")
    lead.tick(re.compile(f"^{re.escape(lead.own_name)}"), exact=False)
    lead.press("Offer this action")
    lead.visit(action)
    lead.press("Accept")

    lead.visit(action)
    lead.shoot("action")
    assert "Not yet started" in lead.text()
    lead.visit(service)
    for words in ("What happens next", "Who holds it", "By when"):
        assert words in lead.text()
    assert f"{YEAR + 1} self-report" not in lead.text(), "a coming round waits for its day"
    lead.shoot("service")
    officer.visit("/actions/")
    officer.shoot("actions")


def test_commissioner_sees_services_and_new_reports(person: Callable[..., Person]) -> None:
    commissioner = person(COMMISSIONER)

    commissioner.visit("/home/")

    commissioner.shoot("home-commissioner2")
    assert commissioner.page.get_by_role("link", name=re.compile("PDF")).count() >= 1
    assert re.search("option", commissioner.text(), re.IGNORECASE)
