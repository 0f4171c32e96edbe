"""The demonstration: every status once, the same each time, illustrative throughout, and carried to a published PDF.

It is seeded in a process and a folder of its own, as ``make run`` does it, without a worker: jobs run in that process.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from peerreview.models import Finding, Review, TeamMember
from reports.models import Report
from surveillance.models import Action, IndicatorChallenge, SelfReport, SurveillanceDecision
from tests.tables import begin_with_tables

# Seeding takes a minute: one worker does it, once.
pytestmark = pytest.mark.xdist_group("demonstration")
STATES = {"active", "disabled", "no_role", "future", "ended", "conflicted", "declined"}


class Demonstration:
    """A seeded site in a folder: runs management commands there, and reads its manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "MEDIA_", "CELERY_"))}
        self.environment |= {"QNT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "qnt.settings", "QNT_PROFILE": "embedded"}

    def manage(self, *arguments: str) -> str:
        """What ``manage.py`` prints for these arguments."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def seed(self, name: str) -> Path:
        """Seed (or read back) and give the manifest's path."""
        path = self.folder / name
        self.manage("seed_demo", "--seed", "1", "--manifest", str(path))
        return path


@pytest.fixture(scope="module")
def site(tmp_path_factory, tables_folder):
    """A site seeded once for these tests."""
    demonstration = Demonstration(tmp_path_factory.mktemp("demo"))
    begin_with_tables(tables_folder, demonstration.folder / "db.sqlite3")
    demonstration.seed("first.json")
    return demonstration


@pytest.fixture(scope="module")
def manifest(site):
    """The manifest of the seeded site."""
    return json.loads((site.folder / "first.json").read_text(encoding="utf-8"))


def statuses(manifest, kind):
    """The statuses that objects of a kind show."""
    return {row["status"] for row in manifest["objects"][kind]}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("self_report", SelfReport.Status),
        ("decision", SurveillanceDecision.Status),
        ("action", Action.Status),
        ("review", Review.Status),
        ("finding", Finding.Status),
        ("team_member", TeamMember.Status),
        ("report", Report.Status),
        ("indicator_challenge", IndicatorChallenge.Status),
    ],
)
def test_demonstration_shows_every_status(manifest, kind, status):
    assert statuses(manifest, kind) == set(status.values)


def test_demonstration_has_every_role_and_state(manifest):
    roles = {role for user in manifest["users"] for role in user["roles"]}
    states = {user["state"] for user in manifest["users"]}

    assert len(roles) == 11
    assert states == STATES
    assert [user["roles"] for user in manifest["users"] if user["role"] == "SEVERAL"] == [["CONTRIBUTOR", "REVIEWER"]]


def test_demonstration_is_large_enough(manifest):
    objects = manifest["objects"]
    regions = {row["region"] for row in objects["service"]}
    by_trust = defaultdict(int)
    for row in objects["service"]:
        by_trust[row["provider"]] += 1

    assert (len(regions), len(objects["round"])) == (3, 2)
    assert len([trust for trust in by_trust if trust]) == 12
    assert sum(by_trust.values()) >= 24
    assert by_trust["ZZP01"] == 2


def test_demonstration_is_invented(manifest):
    codes = {code for rows in manifest["objects"].values() for row in rows for code in (row["region"], row["provider"]) if code}

    assert {code[:2] for code in codes} == {"ZZ"}


def test_demonstration_has_a_visiting_review_with_an_active_reviewer(manifest):
    visiting = {row["pk"] for row in manifest["objects"]["review"] if row["status"] == "VISITING"}
    active = next(user for user in manifest["users"] if user["email"].startswith("reviewer.active@"))

    assert visiting & set(active["reviews"])


def test_demonstration_publishes_a_pdf(site):
    printed = site.manage("show_demo")
    path = Path(next(line.split("Its PDF: ")[1] for line in printed.splitlines() if "Its PDF: " in line))

    assert path.read_bytes()[:5] == b"%PDF-"
    assert path.is_relative_to(site.folder)


def test_published_reports_begin_with_a_few_sentences_of_their_own(site):
    with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        told = database.execute(
            "SELECT report.review_id, section.text FROM reports_report report JOIN reports_reportsection section "
            "ON section.report_id = report.id JOIN peerreview_review review ON review.id = report.review_id "
            "WHERE report.status = 'PUBLISHED' AND section.code = 'summary' AND review.purpose = 'COMPLIANCE'"
        ).fetchall()
        found = database.execute("SELECT review_id, what_was_seen, recommendation FROM peerreview_finding").fetchall()

    own = [(review, text.split(" (Illustrative)")[0]) for review, text in told if " (Illustrative)" in text]
    repeated = [text for review, text in own for one, *said in found if one == review and any(words and words in text for words in said)]
    assert len(told) >= 30
    assert [text for _, text in told if " (Illustrative)" not in text or "The team agreed" in text] == []
    assert {text.count(". ") + 1 for _, text in own} <= {2, 3, 4}
    assert (repeated, len({text for _, text in own}) >= 20) == ([], True)


def test_demonstration_seeded_again_changes_nothing(site):
    again = site.seed("second.json")

    assert again.read_bytes() == (site.folder / "first.json").read_bytes()


def test_canaries_are_each_in_one_object(manifest):
    kinds = ("self_report", "decision", "action", "review", "report", "evidence")
    canaries = [row["canary"] for kind in kinds for row in manifest["objects"][kind] if row["canary"]]

    assert len(canaries) > 60
    assert len(set(canaries)) == len(canaries)


RECOMPUTE = """
import json
from django.test import Client
from accounts.models import User
from qnt.programme.models import ProgrammeYear
from tests.programme.recomputing import check_every_figure
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(User.objects.get(email="national.lead1@illustrative.example"))
years = ProgrammeYear.objects.order_by("year").values_list("year", flat=True)
print(json.dumps([check_every_figure(client, year) for year in years]))
"""


def test_every_figure_of_the_programme_follows_from_its_exported_rows(site):
    compared = json.loads(site.manage("shell", "--verbosity", "0", "-c", RECOMPUTE).splitlines()[-1])

    assert sum(compared) > 50


TWO_YEARS = """
import datetime as dt
import json
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from accounts.models import User
from peerreview.models import Review
from qnt.programme.choice import choice_of
from qnt.programme.definitions import Group
from qnt.programme.models import ProgrammeFact
from qnt.programme.queries import comparisons
from qnt.programme.tables import CODES, kind_lines
lead, last = User.objects.get(email="national.lead1@illustrative.example"), timezone.localdate().year - 1
choice = choice_of(lead, QueryDict(f"year={last}"))
beyond = ("LEARN_UPTAKE", "LEARN_EXCHANGES", "CHANGE_LATERAL", "THEMES_FOUND", "SYS_PACKS", "CHANGE_SYSTEMIC")
long_ago = timezone.localdate() - dt.timedelta(days=330)  # what the story tells of the weeks before today may lie in last year too
client, address = Client(HTTP_HOST="127.0.0.1"), f"/library/programme/{last}/"
page = client.get(address)
print(json.dumps({
    "hubs": sorted({one.shown_count for one in comparisons(choice, CODES[Group.FIDELITY]) if one.definition.code != "FID_LETTERS"}),
    "kinds": sorted({line.kind for line in kind_lines(choice) if line.this.is_shown}),
    "beyond_one_service": ProgrammeFact.objects.filter(year=last, measure__in=beyond, day__lt=long_ago).count(),
    "report": [page.status_code, "Illustrative." in page.content.decode(), client.get(f"{address}report.pdf").status_code],
    "without_next_date": Review.objects.filter(status="CLOSED", next_review_date__lte=timezone.localdate()).count(),
}))
"""


def test_last_year_can_be_compared_between_hubs_reached_nobody_beyond_a_service_and_has_its_report(site):
    told = json.loads(site.manage("shell", "--verbosity", "0", "-c", TWO_YEARS).splitlines()[-1])

    assert told == {
        "hubs": [3], "kinds": ["COMPREHENSIVE", "TARGETED"], "beyond_one_service": 0, "report": [200, True, 200], "without_next_date": 0,
    }  # fmt: skip


RECOUNT = """
import json
from accounts.models import User
from tests.surveillance.recomputing import recount
found = recount(User.objects.get(email="national.lead1@illustrative.example"), HTTP_HOST="127.0.0.1")
print(json.dumps(vars(found)))
"""


def test_every_figure_is_that_of_the_exported_answers(site):
    found = json.loads(site.manage("shell", "--verbosity", "0", "-c", RECOUNT).splitlines()[-1])

    assert found.pop("differences") == []
    assert all(found.values())
    assert found["answers"] > 1_000
