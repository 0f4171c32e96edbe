"""The process beside the site of statuses: reads what to make, a line of JSON each, and answers a line of JSON.

An answer says the status as it stands in the database, names people with the key of a session, and lists every address of what was made.
"""

import itertools
import json
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.conf import settings

from accounts.access import PUBLIC, SIGNED_IN
from accounts.models import User
from accounts.permissions import Permission
from qnt.programme.annual.models import AnnualReport
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ContextNote
from qnt.route_list import Route, routes
from reports.models import ReadingComment, Report, ReportVersion
from tests.factories.accounts import session_of
from tests.factories.annual_states import LAST, YEAR, Story
from tests.factories.report_states import CONCERNED, build
from tests.journeys.pages import NOT_PAGES, PARAMETER
from tests.journeys.site import Row


class Page(NamedTuple):
    """A page: the name of its route, its address, and what the route asks for."""

    name: str
    path: str
    access: str


Pages = list[Page]
Values = dict[str, Iterable[Any]]
MADE = {"pdf_path": "report.pdf", "pdf_sha256": "0" * 64, "pdf_page_count": 3, "pdf_size_bytes": 1000}
OF_REPORT = ("/reports/<int:pk>/", "/library/<slug:address>/")
OF_ANNUAL_REPORT = ("/programme/reports/", "/library/programme/")
OF_PROGRAMME = "/programme/"


def answer_all() -> None:
    """Make what each line of standard input asks for, until there are no more."""
    settings.PASSWORD_HASHERS, settings.JOBS_RING_BELL = ["django.contrib.auth.hashers.MD5PasswordHasher"], False
    story = Story()
    for line in sys.stdin:
        what = json.loads(line)
        try:
            answer = made_report(**what) if "track" in what else made_stage(story, **what)
        except Exception:  # told to the test that asked; the next one can ask for something else
            answer = {"fault": traceback.format_exc()}
        print(json.dumps(answer), flush=True)  # noqa: T201


def made_report(track: str, state: str) -> Row:
    """A report of a track in a state. Those of compliance have their PDFs, the PDFs of the others are still being made."""
    report, people = build(track, state)
    if track == "COMPLIANCE":
        ReportVersion.objects.filter(report=report).update(**MADE)
    holds = [f"Publication {decision}" for decision in report.publications.values_list("decision", flat=True)]
    holds += [f"Revision {kind} {status}" for kind, status in report.revisions.values_list("kind", "status")]
    lists = [] if state in CONCERNED else lists_with(report)
    rows = [person_of(name, user, pages_of(report, user, lists)) for name, user in fresh(people)]
    return {"status": report.status, "holds": sorted(holds), "people": [row for row in rows if row["pages"]]}


def made_stage(story: Story, stage: str) -> Row:
    """The programme's year carried on to a stage, through those before it."""
    story.carry(stage)
    newest = AnnualReport.newest().first()
    pages = pages_of_annual(newest) if newest else pages_of_programme(story, is_counted=stage == "figures counted")
    people = [person_of(name, user, allowed(pages, user)) for name, user in fresh(story.people())]
    return {"status": newest.status if newest else "", "people": people}


def fresh(people: dict[str, User | None]) -> Iterator[tuple[str, User | None]]:
    """The same people as they are in the database now."""
    for name, user in people.items():
        yield name, User.objects.get(pk=user.pk) if user else None


def person_of(name: str, user: User | None, pages: Pages) -> Row:
    """A person's name in the scene, address, session and pages; nobody has no session."""
    row: Row = {"name": name, "pages": [(page.name, page.path) for page in pages]}
    return row | {"email": user.email, "session": session_of(user)} if user else row


# Addresses ------------------------------------------------------------------------------------------------------------
def patterns(*beginnings: str) -> Iterator[Route]:
    """Every route that shows a page under one of these addresses."""
    for route in routes():
        if route.pattern.startswith(beginnings) and "GET" in route.rule.methods and not NOT_PAGES.search(route.pattern):
            yield route


def filled(route: Route, values: Values, query: str = "") -> list[Page]:
    """The addresses of a route, each of its parameters having each of its values."""
    names = PARAMETER.findall(route.pattern)
    chosen = [dict(zip(names, one, strict=True)) for one in itertools.product(*(values[name] for name in names))]
    paths = [PARAMETER.sub(lambda match, parts=parts: str(parts[match[1]]), route.pattern) for parts in chosen]
    return [Page(route.name, path + query, route.rule.access) for path in paths]


def allowed(pages: Iterable[Page], user: User | None) -> Pages:
    """The pages whose route this person's roles may call; what they may not is refused before any view (tests/matrix)."""
    return [page for page in pages if page.access == PUBLIC or user and (page.access == SIGNED_IN or user.has_permission(page.access))]


def lists_with(report: Report) -> Pages:
    """The lists in which a report stands; a moment within its status changes none of them."""
    return [
        Page("reports:report_list", "/reports/", Permission.REPORT_VIEW), Page("reports:library", "/library/?words=handovers", PUBLIC),
        Page("service_reports", f"/services/{report.review.services.first().pk}/reports/", Permission.SERVICE_VIEW),
    ]  # fmt: skip


def pages_of(report: Report, user: User | None, lists: Pages) -> Pages:
    """Every page of a report for one person: all that their roles may call where they see the report, and its public pages."""
    sections = {(bool(one.block), one.visibility, one.text == one.drafted_text): one.pk for one in report.sections.all()}
    points = {(one.party, one.answer, one.outcome): one.pk for one in report.accuracy_points.all()}
    values: Values = {
        "pk": [report.pk], "address": [report.address], "section_pk": sections.values(), "point_pk": points.values(),
        "reading_comment_pk": ReadingComment.objects.filter(reading__report=report).values_list("pk", flat=True),
        "number": report.versions.filter(purpose="PUBLIC").values_list("number", flat=True),
        "evidence_pk": [],  # a document, which is no page
    }  # fmt: skip
    found = lists + [page for route in patterns(*OF_REPORT) for page in filled(route, values)]
    if user is None:
        return allowed(found, user)
    sees = Report.objects.for_user(user, Permission.REPORT_VIEW).filter(pk=report.pk).exists()
    return allowed(found, user) if sees else []


def pages_of_annual(report: AnnualReport) -> Pages:
    """Every page of the year's report, in either version, and of publishing the year's figures."""
    values: Values = {"year": [LAST], "edition": [1, 2], "part": report.sections.values_list("code", flat=True)}
    found = [page for route in patterns(*OF_ANNUAL_REPORT) for page in filled(route, values)]
    return [*found, Page("reports:library", "/library/", PUBLIC)]


def pages_of_programme(story: Story, *, is_counted: bool) -> Pages:
    """Every page of the programme; where figures are counted also by year, specification and hub, and the rows of every measure."""
    values = {
        "review": [one.pk for one in story.reviews], "context_note": ContextNote.objects.values_list("pk", flat=True),
        "programme_year": [], "trainee": [story.reviewer.pk], "course": [story.course.pk],
    }  # fmt: skip
    queries = [""]
    if is_counted:
        queries += [f"?year={LAST}", f"?specification={story.services[0].specification_id}", f"?region={story.hubs[0].pk}"]
    found = []
    for route in patterns(OF_PROGRAMME):
        places: Values = {"pk": values.get(route.rule.kind, []), "year": [LAST, YEAR], "part": ["foreword"], "course_pk": [story.course.pk]}
        is_figures = not route.parameters and route.name.startswith("programme_")
        for query in queries if is_figures else [""]:
            found += filled(route, places, query)
    asked = [f"/programme/burden/?by={by}" for by in ("set", "specification")]
    asked += [f"/programme/rows/?measure={one.code}" for one in DEFINITIONS if is_counted]
    return found + [Page("programme_rows" if "rows" in path else "programme_burden", path, Permission.PROGRAMME_VIEW) for path in asked]
