"""The same work by keyboard alone, and without JavaScript."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.answering import fill_in
from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.journeys.test_1_self_report import YEAR

LABEL = r"""() => {
    const e = document.activeElement
    const label = e.labels && e.labels.length ? e.labels[0].innerText : ''
    return [e.getAttribute('aria-label') || '', label, e.innerText || ''].join(' ').replace(/\s+/g, ' ').trim()
}"""
MOST_TABS = 120


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on what is called so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if re.search(wanted, page.evaluate(LABEL)):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{wanted!r} was not reached by {MOST_TABS} presses of Tab")


def in_progress(site: Site, name: str) -> str:
    """The address of a self-report that this service lead is answering."""
    services = site.user(name)["services"]
    rows = site.objects["self_report"]
    return next(f"/self-reports/{r['pk']}/" for r in rows if r["service"] in services and (r["year"], r["status"]) == (YEAR, "IN_PROGRESS"))


def test_answer_is_given_by_keyboard_alone(site: Site, person: Callable[..., Person]) -> None:
    somebody = person()
    page, lead = somebody.page, site.user("service.lead5")
    page.goto("/accounts/login/")
    tab_to(page, "^Email address")
    page.keyboard.type(lead["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(lead["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")
    page.goto(in_progress(site, "service.lead5"))
    page.keyboard.press("Tab")
    assert page.evaluate(LABEL) == "Skip to main content"
    page.keyboard.press("Enter")

    last = page.locator(".nhsuk-task-list__link").last.inner_text()
    tab_to(page, f"^{re.escape(last)}$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/*/")
    somebody.look()
    question = page.locator("section.app-answer").first
    number = question.get_attribute("data-number")
    tab_to(page, "^(Still true|Changed|Yes|Number that met it|Answer)")
    if page.evaluate(LABEL).startswith("Still true"):
        page.keyboard.press("ArrowDown")
    if page.evaluate(LABEL).startswith("Changed"):
        tab_to(page, "^(Yes|Number that met it|Answer)")
    if page.evaluate("document.activeElement.type") == "radio":
        page.keyboard.press("Space")
    else:
        page.keyboard.type("7")
        page.keyboard.press("Tab")
        if "Number in total" in page.evaluate(LABEL):
            page.keyboard.type("9")
    tab_to(page, f"^Save answer {re.escape(number)}$")
    page.keyboard.press("Enter")

    expect(question.locator("[data-saved]")).to_contain_text("by you")
    expect(page.locator("#answers-status")).to_contain_text(f"Answer {number} saved")
    assert f"Save answer {number}" in page.evaluate(LABEL)


def test_self_report_is_answered_and_sent_without_javascript(site: Site, person: Callable[..., Person]) -> None:
    lead = person("service.lead8", has_script=False)
    report = in_progress(site, "service.lead8")
    lead.visit(report)
    sections = lead.page.locator(".nhsuk-task-list").first.locator(".nhsuk-task-list__link").count()

    for n in range(1, sections + 1):
        lead.visit(f"{report}sections/{n}/")
        while (waiting := unanswered(lead)) is not None:
            question = lead.page.locator(f"#{waiting}")
            fill_in(question)
            question.get_by_role("button", name=re.compile("^Save answer")).click()
            assert re.search("Answer .* saved", lead.text())
    lead.visit(f"{report}check/")
    lead.press(re.compile("^Send to "), exact=False)

    lead.visit(report)
    assert "With executive" in lead.text()


def unanswered(lead: Person) -> str | None:
    """The id of the first question on this page that has no saved answer."""
    for question in lead.page.locator("section.app-answer").all():
        if not question.locator("[data-saved]").inner_text().strip():
            return question.get_attribute("id")
    return None
