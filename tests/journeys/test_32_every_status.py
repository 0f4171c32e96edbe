"""A report in every status, of each track, and the annual programme report at every stage: each page, for each role that may open it.

What there is to open comes from the models' own tables and from the list of routes: a status without a scene fails, and so does a page
that nobody could open in any of them. Every page is read; pages built alike are given to axe and to a narrow screen once.
"""

import http.client
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from qnt.programme.annual.models import AnnualReport
from reports.models import Publication, Report, Revision
from tests.factories.annual_states import STAGES
from tests.factories.report_states import CONCERNED, LEARNING, NEVER, STATES, TRACKS, status_of
from tests.journeys.person import Inspector, Person
from tests.journeys.site import Row, Site
from tests.journeys.status_builder import OF_ANNUAL_REPORT, OF_PROGRAMME, OF_REPORT, patterns
from tests.journeys.status_site import StatusSite

READERS = 3  # pages that are asked for ahead, while the browser looks at one
ELEMENT = re.compile(r"<(\w+)([^>]*)>")
KIND = re.compile(r'\s(?:class|role|type|aria-(?:current|expanded|live|sort|invalid|hidden))="[^"]*"')
ID = re.compile(r'<[^>]*\sid="([^"]+)"')
H1 = re.compile(r"<h1[\s>]")
# What people come for: looked at in every state, however it is built.
MAIN = {"reports:report_detail", "reports:library_report", "reports:report_consent", "programme_report", "library_programme"}


def names(text: str) -> set[str]:
    """Names of routes of reports, written without "reports:"."""
    return {f"reports:{name}" for name in text.split()}


# Which pages of a report somebody opens in a status; once they open they go on opening.
FROM = {
    "DRAFT": names(
        "report_list library report_detail report_read report_section report_section_history report_team report_marks report_checkers"
        " report_accuracy accuracy_record report_sign_off report_publish report_withdraw report_issue report_revision revision_stop"
        " report_versions"
    ) | {"service_reports"},
    "QUALITY_CHECK": names("report_quality_check report_documents"),
    "FACTUAL_ACCURACY": names("accuracy_point accuracy_decision"),
}  # fmt: skip
PUBLIC = names("library_report library_changes")
ALSO = {"PUBLISHED": PUBLIC | names("report_published"), "WITHDRAWN": PUBLIC | names("library_version")}
# A report for learning is its service's to publish and to withdraw; its checkers are of the team, whose access ends with sign-off.
CONSENT, WITHDRAWAL, ENDED_WITH_SIGN_OFF = names("report_consent"), names("report_withdraw"), names("report_quality_check")
OF_THE_NATIONAL_TEAM = names("report_publish report_published")
# What a moment within a status is there for: a page that it alone shows, or shows otherwise.
SHOWS = {
    "EMBARGO": "report_published", "CORRECTION_OPEN": "report_revision", "CORRECTION_SIGNED": "report_publish",
    "CORRECTED": "library_version", "DRAFT, read by its team": "report_comment", "DRAFT, its data changed": "report_section_data",
    "DRAFT, sent back": "report_checkers", "FACTUAL_ACCURACY, half answered": "accuracy_point",
    "FACTUAL_ACCURACY, disputed": "accuracy_decision", "FACTUAL_ACCURACY, prepared": "report_sign_off",
    "PUBLISHED, annex open": "report_revision", "PUBLISHED, annexed": "library_changes", "PUBLISHED, correction stopped": "report_revision",
    "SIGNED_OFF, agreed by one of two": "report_consent", "SIGNED_OFF, agreed by the other": "report_consent",
    "SIGNED_OFF, kept": "report_consent", "SIGNED_OFF, released": "report_read",
}  # fmt: skip
# What a state holds beside its report.
HOLDS = {
    "EMBARGO": ["Publication PUBLISH"],
    "PUBLISHED": ["Publication PUBLISH"],
    "CORRECTION_OPEN": ["Publication PUBLISH", "Revision CORRECTION OPEN"],
    "CORRECTION_SIGNED": ["Publication PUBLISH", "Revision CORRECTION SIGNED"],
    "CORRECTED": ["Publication PUBLISH", "Publication PUBLISH", "Revision CORRECTION PUBLISHED"],
    "PUBLISHED, correction stopped": ["Publication PUBLISH", "Revision CORRECTION STOPPED"],
    "PUBLISHED, annex open": ["Publication PUBLISH", "Revision ANNEX OPEN"],
    "PUBLISHED, annexed": ["Publication PUBLISH", "Publication PUBLISH", "Revision ANNEX PUBLISHED"],
    "WITHHELD": ["Publication WITHHOLD"],
    "WITHDRAWN": ["Publication PUBLISH"],
}
# Addresses in the library that say what became of a report or an earlier version (410).
REPLACED = names("library_version")
GONE = {"WITHDRAWN": PUBLIC | REPLACED, "CORRECTED": REPLACED, "PUBLISHED, annexed": REPLACED}
DOCUMENTS = names("accuracy_document")  # files and links of a service, which are no pages
# Stages of the year with a report, and which pages show it.
WRITING = {"programme_reports", "programme_report", "programme_report_section", "programme_report_publish", "programme_report_withdraw"}
UNSEEN = {"nothing counted": {"programme_note_change", "programme_note_remove", "programme_rows"}, "figures published": {"programme_rows"}}
READING = {"library_programme", "library_programme_edition"}


def pages_in(track: str, status: str) -> set[str]:
    """The pages that somebody opens in a status."""
    order = list(Report.Status.values)
    found = set().union(*(pages for since, pages in FROM.items() if order.index(since) <= order.index(status)), ALSO.get(status, set()))
    if track == "COMPLIANCE":
        return found
    if status not in Report.SHARED_WITH_SERVICE:
        return found - WITHDRAWAL - OF_THE_NATIONAL_TEAM
    return (found | CONSENT) - OF_THE_NATIONAL_TEAM - (ENDED_WITH_SIGN_OFF if status in Report.SIGNED else set())


class Walk:
    """Everybody's way through the pages of one state after another.

    Every page is read. The browser looks at one that holds a kind of element (tag, classes, role, type, ARIA state) that its route
    has not shown before, and in each state once at those that people come for.
    """

    def __init__(self, server: StatusSite, site: Site, browser: Browser) -> None:
        self.server, self.site, self.browser, self.inspector = server, site, browser, Inspector()
        self.known: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        self.facts: Row = {}
        self.gone: set[str] = set()

    def through(self, **what: str) -> dict[str, set[str]]:
        """Make a state and open its pages as everybody there: for each route that showed a page, the people to whom it did."""
        self.facts, self.gone = self.server.make(**what), set()
        opened: defaultdict[str, set[str]] = defaultdict(set)
        with ThreadPoolExecutor(READERS) as readers:
            for somebody in self.facts["people"]:
                for name in self.as_person(somebody, readers, opened):
                    opened[name].add(somebody["name"])
        return opened

    def as_person(self, somebody: Row, readers: ThreadPoolExecutor, before: Container[str]) -> set[str]:
        """The routes that showed this person a page; those ``before`` were opened by somebody in this state already."""
        opened, person = set(), None
        pages = somebody["pages"]
        read = readers.map(lambda page: self.read(page[1], somebody.get("session")), pages)
        for (name, path), (status, html) in zip(pages, read, strict=True):
            if status >= 500:
                self.fault(path, f"answered {status} to {somebody['name']}")
            if status not in (200, 410):
                continue
            if status == 410:
                self.gone.add(name)
            self.look_at_text(path, html)
            is_first = name in MAIN and name not in before and name not in opened
            opened.add(name)
            if self.has_new_kind(name, html) or is_first:
                person = person or Person(self.browser, self.site, self.inspector, somebody if "session" in somebody else None)
                self.inspector.seen.clear()  # what is worth a look was decided here
                person.visit(path, status=status)
        if person:
            person.close()
        return opened

    def read(self, path: str, session: str | None) -> tuple[int, str]:
        """Status and text of an address, asked for with a person's session."""
        with closing(http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=60)) as connection:
            connection.request("GET", path, headers={"Cookie": f"sessionid={session}"} if session else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")

    def look_at_text(self, path: str, html: str) -> None:
        """What the text of any page shows: one h1, and no id twice."""
        if (count := len(H1.findall(html))) != 1:
            self.fault(path, f"{count} h1")
        for name, count in Counter(ID.findall(html)).items():
            if count > 1:
                self.fault(path, f"id {name} {count} times")

    def has_new_kind(self, route: str, html: str) -> bool:
        """Whether the page holds a kind of element that no page of its route held before."""
        kinds = {(tag, *KIND.findall(rest)) for tag, rest in ELEMENT.findall(html)}
        is_new = not kinds <= self.known[route]
        self.known[route] |= kinds
        return is_new

    def faults(self) -> list[str]:
        """What was wrong with pages since this was last asked."""
        found, self.inspector.faults = self.inspector.faults, []
        return found

    def fault(self, path: str, words: str) -> None:
        """Note what is wrong with a page, once."""
        line = f"{path}: {words}"
        if line not in self.inspector.faults:
            self.inspector.faults.append(line)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, migrated: Path, chromium: Browser) -> Iterator[Walk]:
    server = StatusSite(tmp_path_factory.mktemp("statuses"))
    try:
        yield Walk(server, server.start_empty(migrated), chromium)
    finally:
        server.stop()


# The lists above are whole --------------------------------------------------------------------------------------------
def test_every_status_has_a_state_in_each_track_and_every_kind_is_held() -> None:
    built = {(track, status_of(name)) for track, name in STATES}

    assert built == set(product(TRACKS, Report.Status.values)) - set(NEVER)
    assert {(track, name) for track, name in STATES if name not in Report.Status.values} == {
        ("LEARNING" if name in LEARNING else "COMPLIANCE", name) for name in CONCERNED
    }
    assert set(SHOWS) == set(CONCERNED)
    held = {words for one in HOLDS.values() for words in one}
    assert {words.split()[1] for words in held if words.startswith("Publication")} == set(Publication.Decision.values)
    revisions = [words.split()[1:] for words in held if words.startswith("Revision")]
    assert {kind for kind, _ in revisions} == set(Revision.Kind.values)
    assert {status for _, status in revisions} == set(Revision.Status.values)
    assert {name.split(",")[0] for name in STAGES} >= set(AnnualReport.Status.values)


def test_every_page_of_a_report_is_opened_in_some_state() -> None:
    opened = set().union(*(pages_in(track, status) for track in TRACKS for status in Report.Status.values), names(" ".join(SHOWS.values())))

    assert {route.name for route in patterns(*OF_REPORT)} - opened == DOCUMENTS


# Reports --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("track", "state"), STATES)
def test_pages_of_a_report(track: str, state: str, walk: Walk) -> None:
    opened = walk.through(track=track, state=state)

    assert (walk.facts["status"], walk.facts["holds"]) == (status_of(state), HOLDS.get(state, []))
    if state in CONCERNED:
        assert set(opened["reports:report_detail"]) == set(CONCERNED[state]) - {"nobody"}
        assert f"reports:{SHOWS[state]}" in opened
    else:
        assert set(opened) == pages_in(track, state)
        assert opened.get("reports:report_consent", set()) <= {"lead", "executive"}
    assert walk.gone == GONE.get(state, set())
    assert not (faults := walk.faults()), "\n".join(faults)


# The programme --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stage", STAGES)
def test_pages_of_the_programme(stage: str, walk: Walk) -> None:
    opened = walk.through(stage=stage)

    status = stage.split(",")[0]
    if status not in AnnualReport.Status.values:
        everything = {route.name for route in patterns(OF_PROGRAMME)} - WRITING | {"programme_reports"}
        assert set(opened) == everything - UNSEEN.get(stage, set())
    else:
        is_read = list(STAGES).index(stage) >= list(STAGES).index("PUBLISHED, PDF being made")
        assert walk.facts["status"] == status
        assert set(opened) == WRITING | {"reports:library"} | (READING if is_read else set())
        assert {route.name for route in patterns(*OF_ANNUAL_REPORT)} == WRITING | READING
        assert walk.gone == (READING if status == "WITHDRAWN" or "second" in stage else set())
    assert not (faults := walk.faults()), "\n".join(faults)
