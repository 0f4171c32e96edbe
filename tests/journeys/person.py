"""A person at a browser: signs in, reads, types, presses; every page that they see is inspected."""

import contextlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Download, Error, Frame, Locator, Page, Request, Response, expect

from tests.journeys.site import Row, Site

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW, HEIGHT = 1280, 320, 900
BEGINS_MS = 20  # a press returns before the page that it leads to has begun
PATIENCE_MS = 60_000  # a wait ends as soon as what it waits for is there: a busy machine gets its time
ANSWER_MS = 10_000  # what a script asks without a connection may end without a word
JOB_MS = 300_000  # a worker may have other jobs before it
expect.set_options(timeout=PATIENCE_MS)
# Pages of the cycle: each says what happens next, who holds it, by when.
CYCLE = re.compile(r"^/(services|self-reports|decisions|actions|reviews|reports)/\d+/$")
CONSOLE_NOISE = "Failed to load resource"  # said of every 404 or 409 page; what a page loads is watched by its answers
SHOTS = Path(os.environ["JOURNEYS_SHOTS"]) if os.environ.get("JOURNEYS_SHOTS") else None
SKELETON = re.compile(r"<(\w+)[^>]*?(?:class=\"([^\"]*)\")?[^>]*>")


class Inspector:
    """What is wrong with the pages seen, each fault once a page; pages built alike are given to axe once."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen: set[int] = set()
        self.axe = Axe()

    def note(self, page: Page, fault: str) -> None:
        line = f"{urlsplit(page.url).path}: {fault}"
        if line not in self.faults:
            self.faults.append(line)

    def inspect(self, page: Page, *, has_script: bool = True) -> None:
        """Heading, next step, sideways scrolling at 320 px, and axe where no page built like this one was seen."""
        path = urlsplit(page.url).path
        if page.locator("h1").count() != 1:
            self.note(page, f"{page.locator('h1').count()} h1")
        title, has_summary = page.evaluate(TITLE_AND_SUMMARY)
        if "QNT Peer Review" not in title:
            self.note(page, f"title {title!r}")
        if has_summary != title.startswith("Error: "):
            self.note(page, f"error summary and title {title!r} do not agree")
        if CYCLE.match(path) and page.get_by_text("What happens next").count() == 0 and "not found" not in title.lower():
            self.note(page, "does not say what happens next")
        if not has_script:
            return
        if not self.is_new(path, page.content()):
            return
        self.watch_width(page)
        self.run_axe(page)

    def is_new(self, path: str, html: str) -> bool:
        """Whether no page of the same route, built of the same kinds of element, was asked about before."""
        shape = hash((re.sub(r"\d+", "", path), frozenset(SKELETON.findall(html))))
        is_new = shape not in self.seen
        self.seen.add(shape)
        return is_new

    def watch_width(self, page: Page) -> None:
        """Nothing scrolls sideways on a narrow phone."""
        before = page.viewport_size
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        width = page.evaluate(SETTLED_WIDTH, NARROW)
        if width > NARROW:
            self.note(page, f"{width} px wide at {NARROW} px: {page.evaluate(WIDEST)}")
        page.set_viewport_size(before)

    def run_axe(self, page: Page) -> None:
        """What axe finds, by rule and element."""
        found = self.axe.run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]}).response["violations"]
        for rule in found:
            for node in rule["nodes"]:
                self.note(page, f"axe {rule['id']}: {node['html'][:160]}")


# Read in one go: a script may put the summary in, or take it out, between two questions.
TITLE_AND_SUMMARY = "() => [document.title, document.querySelector('.nhsuk-error-summary') !== null]"
# One turn of the page's own loop.
TURN = "() => new Promise(done => setTimeout(done))"
# The width of the page once its header has rearranged itself, ten seconds at most.
SETTLED_WIDTH = """async narrow => {
    const width = () => document.documentElement.scrollWidth
    for (let n = 0; n < 200 && width() > narrow; n++) await new Promise(done => setTimeout(done, 50))
    return width()
}"""
# The elements that stick out to the right, innermost last.
WIDEST = """() => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 4).map(e => e.tagName + '.' + e.className + ' ' + (e.textContent || '').trim().slice(0, 40)).join(' | ')"""


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, site: Site, inspector: Inspector, user: Row | None = None, *, has_script: bool = True) -> None:
        self.site, self.inspector, self.user, self.has_script = site, inspector, user, has_script
        self.context = browser.new_context(
            base_url=site.url, java_script_enabled=has_script, viewport={"width": WIDE, "height": HEIGHT}, accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page, self.is_leaving = self.context.new_page(), False
        self.asked: set[Request] = set()  # by a script, and not answered yet
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: inspector.note(self.page, f"script error {error}"))
        self.page.on("response", self._on_response)
        self.page.on("request", self._on_request)
        for end in ("framenavigated", "requestfailed", "download"):
            self.page.on(end, self._on_end)
        for end in ("requestfinished", "requestfailed"):
            self.page.on(end, self._on_answered)
        self.page.on("close", lambda _: self.asked.clear())
        if user:
            self.sign_in()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and CONSOLE_NOISE not in message.text:
            self.inspector.note(self.page, f"console: {message.text[:300]}")

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.is_leaving = True
            self.asked.clear()
        elif request.resource_type in {"fetch", "xhr"}:
            self.asked.add(request)

    def _on_answered(self, request: Request) -> None:
        self.asked.discard(request)

    def _on_end(self, what: Frame | Request | Download) -> None:
        self.is_leaving = False
        if what == self.page.main_frame:
            self.asked.clear()

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.inspector.note(self.page, f"{response.status} from {response.request.method} {urlsplit(response.url).path}")
        elif response.status == 404 and response.request.resource_type not in {"document", "fetch", "xhr"}:
            self.inspector.note(self.page, f"404 from {urlsplit(response.url).path}")

    # What a person does --------------------------------------------------------------------------------------------
    def sign_in(self) -> None:
        """By address and password, as everybody does; by the cookie of a session where the row has one."""
        if "session" in self.user:
            self.context.add_cookies([{"name": "sessionid", "value": self.user["session"], "url": self.site.url}])
            return
        self.page.goto("/accounts/login/")
        self.page.get_by_label("Email address").fill(self.user["email"])
        self.page.get_by_label("Password", exact=True).fill(self.user["password"])
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/home/")

    def visit(self, path: str, status: int = 200) -> None:
        """Open an address and look at the page."""
        response = self.page.goto(path)
        assert response.status == status, f"{path} answered {response.status}, not {status}"
        self.look()

    def follow(self, name: str | re.Pattern[str], *, within: str = "main", nth: int = 0) -> None:
        """Press a link that says this, also one that looks like a button, and look at the page behind it."""
        self.page.locator(f"{within} a").filter(has_text=name).nth(nth).click()
        self.look()

    def press(self, name: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = True) -> None:
        """Press a button of this name and look at the page that answers."""
        place = within or self.page.get_by_role("main")
        place.get_by_role("button", name=name, exact=exact).first.click()
        self.look()

    def fill(self, label: str | re.Pattern[str], text: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Type a text into the field with this label."""
        (within or self.page.get_by_role("main")).get_by_label(label, exact=exact).first.fill(text)

    def tick(self, label: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = True) -> None:
        """Choose the radio or checkbox with this label."""
        (within or self.page.get_by_role("main")).get_by_label(label, exact=exact).first.check()

    def choose(self, label: str | re.Pattern[str], option: str) -> None:
        """Choose an option of the select with this label; the option that holds the text."""
        field = self.page.get_by_role("main").get_by_label(label).first
        value = field.locator("option").filter(has_text=option).first.get_attribute("value")
        field.select_option(value)

    def fill_date(self, legend: str | re.Pattern[str], day: int, month: int, year: int) -> None:
        """Type a date into the three fields of the group with this legend."""
        group = self.page.get_by_role("group", name=legend)
        for label, number in (("Day", day), ("Month", month), ("Year", year)):
            group.get_by_label(label).fill(str(number))

    def look(self) -> None:
        """Wait until what was sent is answered and its page is there, then inspect it."""
        self.take_a_turn()
        for _ in range(PATIENCE_MS // BEGINS_MS):
            if not self.is_leaving:
                break
            self.page.wait_for_timeout(BEGINS_MS)
        for _ in range(ANSWER_MS // BEGINS_MS):
            if not self.asked:
                break
            self.page.wait_for_timeout(BEGINS_MS)
        self.asked.clear()
        self.page.wait_for_load_state("load")
        self.inspector.inspect(self.page, has_script=self.has_script)

    def take_a_turn(self) -> None:
        """Let the page go once round its loop, however slow it is: what a press asks for is then on its way."""
        with contextlib.suppress(Error):  # it has gone already, and the next is there
            self.page.evaluate(TURN if self.has_script else "0")
        self.page.wait_for_timeout(BEGINS_MS)

    def shoot(self, name: str) -> None:
        """Keep a picture of the page, wide and on a phone, where JOURNEYS_SHOTS names a folder."""
        if SHOTS is None:
            return
        SHOTS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width in (WIDE, 390):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(before)

    # What a person reads -------------------------------------------------------------------------------------------
    @property
    def heading(self) -> str:
        """The h1, without the caption above it."""
        return self.page.locator("h1").evaluate("h => [...h.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('').trim()")

    @property
    def name(self) -> str:
        """Who this is, for messages."""
        return self.user["email"] if self.user else "no account"

    @property
    def own_name(self) -> str:
        """The name in the header."""
        return self.page.locator("header .nhsuk-header__account").inner_text().split(" (")[0].strip()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def reads(self, text: str | re.Pattern[str]) -> bool:
        """Whether the page says this."""
        return self.page.get_by_role("main").get_by_text(text).first.is_visible()

    def text(self) -> str:
        """All that the page says."""
        return self.page.get_by_role("main").inner_text()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and bytes of an address, asked for with this person's cookies; redirects are not followed."""
        answer = self.context.request.get(self.site.url + path, max_redirects=0)
        return answer.status, answer.body()

    def close(self) -> None:
        self.context.close()
