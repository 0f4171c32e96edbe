"""Points 1 to 4: the site, a round, answers, a declaration."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from playwright.sync_api import expect

from tests.journeys.answering import answer_section, open_section, save
from tests.journeys.person import JOB_MS, Person
from tests.journeys.site import Site, is_ready

SERVICE_LEAD, CONTRIBUTOR, EXECUTIVE = "service.lead2", "contributor2", "executive2"
YEAR = dt.date.today().year  # noqa: DTZ011 (the browser's day)
CLASH_COMMENT = "Written by the contributor while the lead had the page open."


def self_report(site: Site) -> str:
    """The address of the self-report that these journeys carry: this year's of the first service of the second trust."""
    service = min(site.user(SERVICE_LEAD)["services"])
    return f"/self-reports/{site.one('self_report', service=service, year=YEAR)['pk']}/"


def test_newcomer_meets_a_running_site_with_a_published_report(site: Site, person: Callable[..., Person]) -> None:
    newcomer = person()

    newcomer.visit("/accounts/login/")
    newcomer.shoot("sign-in")
    newcomer.press("Sign in")

    assert is_ready(site.url)
    assert newcomer.reads("Enter your email address")
    newcomer.visit("/library/")
    assert newcomer.page.get_by_role("link", name=re.compile("PDF")).count() >= 1


def test_national_lead_reads_where_indicators_come_from(site: Site, person: Callable[..., Person]) -> None:
    lead = person("national.lead1")

    lead.visit("/indicators/")
    lead.follow(re.compile("renal", re.IGNORECASE))

    assert "invented" in lead.text().lower()
    lead.visit("/indicators/")
    lead.shoot("indicator-sets")
    lead.follow(re.compile("Scot|QPI", re.IGNORECASE))
    assert "not" in lead.text()
    assert "NHS England" in lead.text()


def test_national_lead_opens_a_round_and_waits_for_its_job(person: Callable[..., Person]) -> None:
    lead = person("national.lead1")
    lead.visit("/home/")
    lead.shoot("home-national-lead")
    lead.visit("/rounds/")
    lead.follow("Open a round")
    for legend, month in (("Day the round opens", 4), ("Last day to declare", 3), ("Day by which hubs check", 5)):
        lead.fill_date(legend, 12, month, YEAR + 1)
    lead.fill("Year", str(YEAR + 1), exact=True)
    lead.press("Open round")
    assert lead.reads("The last day to declare must be the same as or after the day the round opens")
    lead.shoot("round-open-error")

    lead.fill_date("Day the round opens", 12, 1, YEAR + 1)
    lead.press("Open round")

    job = lead.page.get_by_role("link", name="See how far it is")
    if job.count():
        job.click()
        expect(lead.page.locator("progress")).to_have_count(0, timeout=JOB_MS)
        lead.look()
    lead.visit(f"/rounds/{YEAR + 1}/")
    expect(lead.page.get_by_role("main")).to_contain_text("0 of 26 declared")
    lead.shoot("round-new")


def test_contributor_answers_a_section(site: Site, person: Callable[..., Person]) -> None:
    contributor = person(CONTRIBUTOR)
    contributor.visit(self_report(site))
    contributor.shoot("self-report-contributor")

    given = contributor.page.locator(".nhsuk-task-list__link").count()
    open_section(contributor, given)
    kinds = answer_section(contributor)

    assert sum(kinds.values()) >= 3
    contributor.page.reload()
    contributor.look()
    assert contributor.page.locator("[data-saved]:has-text('by you')").count() >= 3


def test_service_lead_answers_every_kind_of_question(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person(SERVICE_LEAD)
    lead.visit("/home/")
    lead.shoot("home-service-lead")
    lead.visit(self_report(site))
    count = lead.page.locator(".nhsuk-task-list").first.locator(".nhsuk-task-list__link").count()

    for n in range(1, count + 1):
        lead.visit(f"{self_report(site)}sections/{n}/")
        answer_section(lead)

    told["kinds"] = {kind for n in range(1, count + 1) for kind in kinds_on(lead, f"{self_report(site)}sections/{n}/")}
    assert told["kinds"] == {"yes or no", "number", "percentage", "text"}
    lead.shoot("section")
    lead.visit(self_report(site))
    lead.shoot("self-report")
    assert lead.page.get_by_text("Completed").count() >= count


def kinds_on(somebody: Person, path: str) -> set[str]:
    """The kinds of question on this page."""
    somebody.page.goto(path)
    labels = {"Number that met it": "percentage", "Answer, as a number": "number", "Yes": "yes or no", "Answer": "text"}
    return {kind for label, kind in labels.items() if somebody.page.get_by_label(label, exact=True).count()}


def test_service_lead_meets_the_faults_of_an_answer(site: Site, person: Callable[..., Person]) -> None:
    lead = person(SERVICE_LEAD)
    lead.visit(f"{self_report(site)}check/")
    lead.page.get_by_role("link", name=re.compile("^Change")).first.click()
    lead.look()

    lead.tick("Cannot answer")
    lead.press(re.compile("^Save answer"), exact=False)

    expect(lead.page).to_have_title(re.compile("^Error: "))
    lead.look()
    lead.shoot("answer-error")
    lead.tick("Yes")
    lead.press(re.compile("^Save answer"), exact=False)
    expect(lead.page).not_to_have_title(re.compile("^Error: "))


def test_service_lead_adds_evidence(site: Site, person: Callable[..., Person], tmp_path: Path) -> None:
    policy = tmp_path / "policy.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(policy)
    fake = tmp_path / "policy.exe"
    fake.write_bytes(b"MZ not a document")
    lead = person(SERVICE_LEAD)
    lead.visit(f"{self_report(site)}sections/1/")
    lead.follow(re.compile("^Add evidence"))
    lead.press("Add evidence")
    assert lead.page.title().startswith("Error: ")

    lead.tick("A file")
    lead.page.locator("input[type=file]").set_input_files(fake)
    lead.fill("What is this document?", "Policy of the renal service")
    lead.fill_date("Date on the document", 14, 5, YEAR - 1)
    lead.press("Add evidence")
    assert lead.reads("The selected file must be a PDF")
    assert lead.page.get_by_label("What is this document?").input_value() == "Policy of the renal service"
    lead.shoot("evidence-error")
    lead.page.locator("input[type=file]").set_input_files(policy)
    lead.press("Add evidence")
    lead.page.wait_for_url(re.compile(r"/sections/1/#answer-\d+$"))

    lead.visit(f"{self_report(site)}sections/1/")
    assert lead.page.get_by_role("link", name="Policy of the renal service").count() >= 1
    lead.follow("Policy of the renal service")
    lead.shoot("evidence")


def test_two_people_change_one_answer(site: Site, person: Callable[..., Person]) -> None:
    contributor, lead = person(CONTRIBUTOR), person(SERVICE_LEAD)
    contributor.visit(self_report(site))
    open_section(contributor, contributor.page.locator(".nhsuk-task-list__link").count())
    number = contributor.page.locator("section.app-answer").first.get_attribute("data-answer")
    lead.visit(contributor.path)
    theirs, mine = (somebody.page.locator(f"#answer-{number}") for somebody in (contributor, lead))

    theirs.get_by_label("Comment (optional)").fill(CLASH_COMMENT)
    save(theirs)
    mine.get_by_label("Comment (optional)").fill("Agreed on 3 May.")
    mine.get_by_role("button", name=re.compile("^Save answer")).click()
    lead.page.wait_for_selector("text=Someone else changed this answer")
    lead.look()

    assert lead.reads(CLASH_COMMENT)
    assert "Agreed on 3 May." in lead.text()
    lead.shoot("clash")
    lead.press("Save answer")
    expect(lead.page.get_by_role("link", name="Select which answer you want to keep")).to_be_visible()
    lead.look()
    lead.tick("Use mine")
    lead.press("Save answer")
    expect(mine.locator("[data-saved]")).to_contain_text("text is kept in the history")


def test_service_lead_checks_and_sends(site: Site, person: Callable[..., Person]) -> None:
    lead = person(SERVICE_LEAD)
    lead.visit(self_report(site))

    lead.follow("Check your answers", nth=-1)
    lead.shoot("check-answers")
    lead.fill(re.compile("About how many hours"), "12")
    lead.press(re.compile("^Send to "), exact=False)

    expect(lead.page.get_by_role("heading", level=1)).to_have_text(re.compile("^Sent to "))
    lead.shoot("sent")
    lead.visit(self_report(site))
    assert lead.page.get_by_text("With executive").count() >= 1


def test_executive_sends_back_with_a_reason(site: Site, person: Callable[..., Person]) -> None:
    executive, lead = person(EXECUTIVE), person(SERVICE_LEAD)
    executive.visit("/home/")
    executive.shoot("home-executive")
    executive.visit(f"{self_report(site)}declare/")
    executive.shoot("declare")
    executive.follow(re.compile("^Send back to"))
    executive.press("Send back")
    assert executive.reads("Enter why you send it back")

    executive.fill("Why do you send it back?", "Say in the comment of the first answer what changed.")
    executive.press("Send back")

    lead.visit(self_report(site))
    assert "Say in the comment of the first answer what changed." in lead.text()
    lead.follow("Check your answers", nth=-1)
    lead.press(re.compile("^Send to "), exact=False)


def test_executive_declares_and_gets_a_receipt(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    executive = person(EXECUTIVE)
    executive.visit(f"{self_report(site)}declare/")
    executive.press("Declare")
    assert executive.reads("Confirm that the answers are true and accurate")

    executive.tick(re.compile("^I declare that these answers"), exact=False)
    executive.press("Declare")

    assert executive.path == f"{self_report(site)}receipt/"
    assert executive.heading == "" or "declared" in executive.heading.lower()
    executive.shoot("receipt")
    executive.visit(f"{self_report(site)}declare/")
    assert executive.reads("You do not need to do anything.")
