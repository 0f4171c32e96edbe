"""How people fill in the questions of a self-report."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person

TEXT = "Two dialysis stations were added, and the care plan was rewritten with patients."


def open_section(somebody: Person, n: int) -> None:
    """From the self-report's page to its nth section."""
    somebody.page.locator(".nhsuk-task-list__link").nth(n - 1).click()
    somebody.look()


def answer_section(somebody: Person) -> dict[str, int]:
    """Answer what is unanswered on this page; how many of each kind."""
    kinds: dict[str, int] = {}
    for question in somebody.page.locator("section.app-answer").all():
        if question.locator("[data-saved]").inner_text():
            continue
        kind = fill_in(question)
        kinds[kind] = kinds.get(kind, 0) + 1
        save(question)
    return kinds


def fill_in(question: Locator) -> str:
    """Type an answer of the kind that is asked for; its kind. Last year's answer, where it is offered, is said to have changed."""
    if question.get_by_label("Changed", exact=True).count():
        question.get_by_label("Changed", exact=True).check()
    if question.get_by_label("Number that met it").count():
        question.get_by_label("Number that met it").fill("18")
        question.get_by_label("Number in total").fill("24")
        return "percentage"
    if question.get_by_label("Answer, as a number").count():
        question.get_by_label("Answer, as a number").fill("2")
        return "number"
    if question.get_by_label("Yes", exact=True).count():
        question.get_by_label("Yes", exact=True).check()
        return "yes or no"
    question.get_by_label("Answer", exact=True).fill(TEXT)
    return "text"


def save(question: Locator) -> None:
    """Press the question's button and wait until it says that it is saved."""
    question.get_by_role("button", name=re.compile("^Save answer")).click()
    expect(question.locator("[data-saved]")).to_contain_text("by you")
