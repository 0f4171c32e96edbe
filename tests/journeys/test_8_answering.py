"""Answers save themselves, and nothing that was typed is lost: no connection, server down, signed out, two people at once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.person import PATIENCE_MS, Person
from tests.journeys.site import Site
from tests.journeys.test_1_self_report import YEAR

LEAD, SOMEBODY_ELSE = "service.lead9", "service.lead10"
ASKED = "service.lead4"  # whom the hub has asked about answers
UNSENT = "() => Object.keys(localStorage).filter(key => key.startsWith('qnt-answer:')).length"
SAVES = re.compile(r"/answers/\d+/$")


@pytest.fixture(scope="module")
def report(site: Site) -> str:
    """The self-report of these journeys: nobody has started it, and last year's was declared."""
    services = site.user(LEAD)["services"]
    row = next(r for r in site.objects["self_report"] if r["service"] in services and (r["year"], r["status"]) == (YEAR, "NOT_STARTED"))
    return f"/self-reports/{row['pk']}/"


def question(page: Page, place: int) -> Locator:
    """One question of the page."""
    return page.locator("section.app-answer").nth(place)


def comment(page: Page, place: int) -> Locator:
    return question(page, place).get_by_label("Comment (optional)")


def line(page: Page, place: int) -> Locator:
    """What stands under a question about its saving."""
    return question(page, place).locator("[data-saved]")


def saved(page: Page, place: int) -> None:
    """Wait until the question says that it is saved, and nothing of it waits on the device."""
    expect(line(page, place)).to_have_text(re.compile(r"^Saved at (\d+(:\d\d)?[ap]m|midnight|midday) by you$"))
    for _ in range(PATIENCE_MS // 100):  # wait_for_function needs eval, which the page's policy forbids
        if page.evaluate(UNSENT) == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError("unsent text is left on the device")


def stored(lead: Person, page: Page, place: int) -> dict[str, str]:
    """The answer as the server has it."""
    answer = question(page, place).get_attribute("data-url")
    return lead.context.request.get(lead.site.url + str(answer), headers={"Accept": "application/json"}).json()


def test_answer_saves_itself_and_last_year_is_confirmed_in_one_press(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(report)
    lead.shoot("answering-tasks")
    lead.visit(f"{report}sections/1/")
    lead.shoot("answering-section")
    page = lead.page

    question(page, 0).get_by_label("Still true").check()
    saved(page, 0)
    expect(page.locator("[data-count]")).to_have_text(re.compile("^1 of "))
    assert page.evaluate("document.activeElement.value") == "TRUE"
    assert stored(lead, page, 0)["value"] == "YES"

    question(page, 4).get_by_label("Changed").check()
    question(page, 4).get_by_label("Number that met it").fill("60")
    question(page, 4).get_by_label("Number in total").fill("50")
    expect(question(page, 4).locator(".app-share")).to_have_text("120%")
    saved(page, 4)
    expect(question(page, 4).locator(".app-check-this").first).to_have_text("Check this: 60 is more than the total of 50.")
    expect(page.locator("#answers-status")).to_have_text(re.compile("saved"))
    lead.look()
    lead.shoot("answering-saved")


def test_save_and_continue_saves_what_is_left(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")

    comment(lead.page, 1).fill("Typed last, then on to the next page.")
    lead.page.get_by_role("button", name="Save and continue").click()

    lead.page.wait_for_url("**/sections/2/")
    lead.visit(f"{report}sections/1/")
    expect(comment(lead.page, 1)).to_have_value("Typed last, then on to the next page.")


def test_faults_are_shown_only_after_a_press(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    page = lead.page

    question(page, 2).get_by_label("Changed").check()
    question(page, 2).get_by_label("Not applicable").check()
    expect(line(page, 2)).to_have_text("Not saved yet.")
    assert page.locator(".nhsuk-error-message").count() == 0
    question(page, 2).get_by_role("button", name=re.compile("^Save answer")).click()

    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    lead.look()
    lead.shoot("answering-fault")
    question(page, 2).get_by_label("Why does this not apply?").fill("We do not provide this.")
    saved(page, 2)
    expect(page).not_to_have_title(re.compile("^Error: "))


def test_network_cut_keeps_the_text_through_a_closed_tab(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.context.set_offline(True)

    comment(lead.page, 0).fill("Written on the train.")
    expect(line(lead.page, 0)).to_have_text("No connection. Your text is kept on this device and will be sent when the connection is back.")
    lead.look()
    lead.page.close()
    lead.context.set_offline(False)
    lead.page = lead.context.new_page()
    lead.visit(f"{report}sections/1/")

    saved(lead.page, 0)
    assert stored(lead, lead.page, 0)["comment"] == "Written on the train."


def test_text_is_sent_when_the_connection_is_back(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.context.set_offline(True)
    comment(lead.page, 0).fill("Sent by itself.")
    expect(line(lead.page, 0)).to_contain_text("No connection.")

    lead.context.set_offline(False)

    saved(lead.page, 0)


def test_server_down_is_said_and_tried_again(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.page.remove_listener("response", lead._on_response)  # the server is meant to fail
    lead.visit(f"{report}sections/1/")
    failing = ["503", "503"]

    def fail(route: Route) -> None:
        if route.request.method == "POST" and failing:
            route.fulfill(status=int(failing.pop()), body="{}")
        else:
            route.continue_()

    lead.page.route(SAVES, fail)
    comment(lead.page, 0).fill("Kept while the server was away.")
    expect(line(lead.page, 0)).to_have_text("We could not save this. Your text is still here and we are trying again. Keep this page open.")

    saved(lead.page, 0)
    assert stored(lead, lead.page, 0)["comment"] == "Kept while the server was away."


def test_reload_gives_back_what_was_not_saved(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.page.route(SAVES, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    comment(lead.page, 0).fill("Typed before the reload.")
    expect(line(lead.page, 0)).to_contain_text("No connection.")

    lead.page.reload()
    expect(comment(lead.page, 0)).to_have_value("Typed before the reload.")
    expect(line(lead.page, 0)).to_have_text(re.compile("^(You had typed this before. It is not saved yet.|No connection)"))
    lead.page.unroute(SAVES)

    saved(lead.page, 0)


def sign_in_as(page: Page, site: Site, name: str) -> None:
    user = site.user(name)
    page.get_by_label("Email address").fill(user["email"])
    page.get_by_label("Password", exact=True).fill(user["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_session_gone_leads_to_sign_in_and_back_with_the_text(site: Site, report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.context.clear_cookies(name="sessionid")

    comment(lead.page, 0).fill("Typed when signed out.")
    expect(line(lead.page, 0)).to_have_text("You are signed out. Your text is kept on this page. Sign in to save it. Sign in")
    lead.look()
    line(lead.page, 0).get_by_role("link", name="Sign in").click()

    sign_in_as(lead.page, site, LEAD)
    lead.page.wait_for_url("**/sections/1/#answer-*")
    saved(lead.page, 0)
    assert stored(lead, lead.page, 0)["comment"] == "Typed when signed out."


def test_another_person_on_the_same_device_neither_sees_nor_sends_it(site: Site, report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.context.clear_cookies(name="sessionid")
    comment(lead.page, 0).fill("Only mine.")
    expect(line(lead.page, 0)).to_contain_text("You are signed out.")

    other = lead.context.new_page()
    other.goto("/accounts/login/")
    sign_in_as(other, site, SOMEBODY_ELSE)
    other.wait_for_url("**/home/")
    other.goto("/self-reports/")
    assert "Only mine." not in other.content()
    lead.page.evaluate("dispatchEvent(new Event('focus'))")  # the page of the first is looked at again: it tries, and is refused
    lead.page.wait_for_timeout(1500)
    expect(line(lead.page, 0)).to_contain_text("You are signed out.")
    assert other.evaluate(UNSENT) == 1
    other.get_by_role("button", name="Sign out").first.click()
    other.wait_for_url(re.compile("/(accounts/login/)?$"))
    assert other.evaluate(UNSENT) == 1

    other.goto("/accounts/login/")
    sign_in_as(other, site, LEAD)
    other.wait_for_url("**/home/")
    other.goto(f"{report}sections/1/")
    saved(other, 0)
    assert stored(lead, other, 0)["comment"] == "Only mine."


def test_sign_out_names_what_is_not_saved_and_then_leaves_nothing(report: str, person: Callable[..., Person]) -> None:
    lead = person(LEAD)
    lead.visit(f"{report}sections/1/")
    lead.page.route(SAVES, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    comment(lead.page, 0).fill("To be deleted.")
    expect(line(lead.page, 0)).to_contain_text("No connection.")

    lead.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    dialog = lead.page.get_by_role("dialog", name="Your text for 1 answer has not been saved")
    expect(dialog).to_contain_text("If you sign out now it will be deleted from this device.")
    lead.look()
    lead.shoot("answering-sign-out")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(comment(lead.page, 0)).to_have_value("To be deleted.")
    lead.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    lead.page.get_by_role("dialog").get_by_role("button", name="Sign out and delete my text").click()

    lead.page.wait_for_url(re.compile("/(accounts/login/)?$"))
    assert lead.page.evaluate(UNSENT) == 0


def test_two_edits_meet_in_place_and_by_keyboard(report: str, person: Callable[..., Person]) -> None:
    first, second = person(LEAD), person(LEAD)
    for one in (first, second):
        one.visit(f"{report}sections/1/")
    comment(first.page, 3).fill("Saved first.")
    saved(first.page, 3)
    first.page.reload()

    comment(second.page, 3).fill("Typed second.")
    heading = question(second.page, 3).get_by_role("heading", name="Someone else changed this answer")
    expect(heading).to_be_focused()
    assert second.path == f"{report}sections/1/"
    second.look()
    second.shoot("answering-clash")
    comment(first.page, 3).fill("Saved again.")
    saved(first.page, 3)
    second.page.keyboard.press("Tab")
    second.page.keyboard.press("ArrowDown")
    assert question(second.page, 3).get_by_label("Use mine").is_checked()
    question(second.page, 3).get_by_role("button", name="Save answer", exact=True).press("Enter")
    expect(question(second.page, 3)).to_contain_text("It changed again at")
    question(second.page, 3).get_by_label("Use mine").check()
    question(second.page, 3).get_by_role("button", name="Save answer", exact=True).press("Enter")

    expect(line(second.page, 3)).to_have_text(re.compile(r"^Saved at .* text is kept in the history\.$"))
    assert stored(second, second.page, 3)["comment"] == "Typed second."
    assert second.page.evaluate(UNSENT) == 0


def test_half_a_reply_to_the_hub_is_not_left_behind(site: Site, person: Callable[..., Person]) -> None:
    lead = person(ASKED)
    services = lead.user["services"]
    row = next(r for r in site.objects["self_report"] if r["service"] in services and r["status"] == "QUERIED")
    lead.visit(f"/self-reports/{row['pk']}/")
    lead.page.locator("a[href*='#answer-']").first.click()
    reply = lead.page.get_by_label("Your reply to the hub").first
    reply.fill("Since May.")

    lead.press("Save and continue")

    assert "/sections/" in lead.path
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Since May.")
    assert lead.reads("Your reply to the hub has not been sent. Press Send reply, or empty it.")
    lead.shoot("answering-half-a-reply")
    before = lead.path
    reply.fill("")
    lead.page.get_by_role("button", name="Save and continue").click()
    lead.page.wait_for_url(lambda url: not url.split("#")[0].endswith(before))
