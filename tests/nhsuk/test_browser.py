"""The components in Debian's Chromium: axe, narrow screens, what the scripts do, and what is left without them."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC_PAGES = ["/components/", "/accounts/login/", "/accounts/password/reset/", "/help/", "/accessibility/", "/cookies/", "/nowhere/"]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Playwright runs its own event loop; Django would refuse the database in the same thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    yield context
    context.close()


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page, by rule and element."""
    found = Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [320, 1280])
def test_public_pages_have_no_axe_fault_and_no_sideways_scrolling(chromium: Browser, live_server, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))

    found = {}
    for path in PUBLIC_PAGES:
        page.goto(live_server.url + path, wait_until="networkidle")
        found[path] = (page.evaluate("document.documentElement.scrollWidth"), faults_of(page))
    context.close()

    assert found == {path: (width, []) for path in PUBLIC_PAGES}
    assert said == []


def test_faulty_form_takes_focus_to_the_summary(phone: BrowserContext, live_server) -> None:
    page = phone.new_page()
    page.goto(live_server.url + "/components/", wait_until="networkidle")

    with page.expect_navigation(wait_until="networkidle"):
        page.click("main form:has(#id_name) button:has-text('Save answer')")

    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    assert faults_of(page) == []
    page.click("text=Enter the date of the visit >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_visited_on_0"


def test_choice_opens_its_question(phone: BrowserContext, live_server) -> None:
    page = phone.new_page()
    page.goto(live_server.url + "/components/", wait_until="networkidle")
    was_shown = page.is_visible("#id_why_not")

    page.check("#id_value_2")

    assert (was_shown, page.is_visible("#id_why_not")) == (False, True)
    assert page.get_attribute("#id_value_2", "aria-expanded") is None


def test_all_on_this_page_ticks_and_unticks_the_rows(phone: BrowserContext, live_server) -> None:
    page = phone.new_page()
    page.goto(live_server.url + "/components/", wait_until="networkidle")

    page.check("#selected-all")
    after_all = page.locator("input[name=selected]:checked").count()
    page.uncheck("#selected-1")

    assert (after_all, page.is_checked("#selected-all"), page.locator("input[name=selected]:checked").count()) == (2, False, 1)


def test_running_job_asks_until_it_is_done(phone: BrowserContext, live_server) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "?job" in request.url else None)
    page.goto(live_server.url + "/components/")

    page.wait_for_selector("progress", state="detached")
    page.wait_for_timeout(2_500)

    assert len(asked) == 1


def test_page_without_javascript_shows_every_question(chromium: Browser, live_server) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(live_server.url + "/components/")

    shown = [page.is_visible(f"#id_{name}") for name in ("why_not", "document", "password")]
    filters, select_all = page.is_visible("#filter_region"), page.is_visible("#selected-all")
    context.close()

    assert (shown, filters, select_all) == ([True, True, True], True, False)


def test_warning_before_sign_out_keeps_the_session(phone: BrowserContext, live_server) -> None:
    User.objects.create_user("lee@example.com", "a-long-password-1", name="Lee Wong")
    page = phone.new_page()
    page.goto(live_server.url + "/accounts/login/?next=/about/")
    page.fill("#id_login", "lee@example.com")
    page.fill("#id_password", "a-long-password-1")
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/about/")

    def four_minutes_left(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-seconds-left="1800"', 'data-seconds-left="300"'))

    page.route("**/terms/", four_minutes_left)
    page.goto(live_server.url + "/terms/")
    page.wait_for_selector("#sign-out-warning[open]")
    said, faults = page.inner_text("[data-announce]"), faults_of(page)
    with page.expect_response("**/session/keep-alive/") as kept:
        page.click("text=Stay signed in")

    assert (said, faults) == ("You will be signed out in 5 minutes", [])
    assert kept.value.status == 200
    page.wait_for_selector("#sign-out-warning:not([open])", state="attached")
