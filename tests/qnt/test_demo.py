"""The demonstration: every status once, the same each time, illustrative throughout, and carried to a published PDF.

It is seeded in a process and a folder of its own, as ``make run`` does it, without a worker: jobs run in that process.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from peerreview.models import Finding, Review, TeamMember
from reports.models import Report
from surveillance.models import Action, SelfReport, SurveillanceDecision

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
def site(tmp_path_factory):
    """A site seeded once for these tests."""
    demonstration = Demonstration(tmp_path_factory.mktemp("demo"))
    demonstration.manage("migrate", "--verbosity", "0")
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


def test_demonstration_seeded_again_changes_nothing(site):
    again = site.seed("second.json")

    assert again.read_bytes() == (site.folder / "first.json").read_bytes()


def test_canaries_are_each_in_one_object(manifest):
    kinds = ("self_report", "decision", "action", "review", "report", "evidence")
    canaries = [row["canary"] for kind in kinds for row in manifest["objects"][kind] if row["canary"]]

    assert len(canaries) > 60
    assert len(set(canaries)) == len(canaries)
