"""A small site of its own with one visit, on a web server that can be killed, for what happens without a signal.

Run as ``python -m tests.journeys.visit_site``, it fills the database and prints JSON: the review and its people.
"""

import contextlib
import datetime as dt
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

from tests.journeys.site import ROOT, Site, WebServer

PASSWORD = "illustrative-visit-1"
PHONE = "0113 496 0100"


class VisitSite(WebServer):
    """The web server of one visit."""

    def start_visit(self, migrated: Path) -> Site:
        """Fill a copy of a migrated database, start the server, wait until it is ready."""
        self.begin_from(migrated)
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        made = subprocess.run(
            [sys.executable, "-m", "tests.journeys.visit_site"], cwd=ROOT, env=self.environment, check=True, capture_output=True
        )
        self.facts: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
        self.serve()
        return Site(self.url, self.facts["users"], {})

    def kill(self) -> None:
        """SIGKILL the whole server in the middle of whatever it does."""
        os.killpg(self.run.pid, signal.SIGKILL)
        self.run.wait()

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The site's database, looked at from outside."""
        connection = sqlite3.connect(self.database_path, timeout=20, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement; or its effect."""
        with self.database() as connection:
            return connection.execute(statement).fetchall()

    def notes(self, begins: str) -> list[str]:
        """Notes whose text begins so, in the order of the visit."""
        return [text for (text,) in self.ask("SELECT text FROM peerreview_note ORDER BY written_at, id") if text.startswith(begins)]


def fill() -> dict[str, Any]:
    """One visit under way with a timetable, a number to call, and people who can sign in."""
    from peerreview.models import Review, Session, VisitDay  # noqa: PLC0415 - models are there only after django.setup()
    from tests.factories.peerreview import make_visit  # noqa: PLC0415

    visit = make_visit(accepted=True)
    visit.carry("VISITING")
    Review.objects.filter(pk=visit.review.pk).update(visit_phone=PHONE, visit_lead=visit.manager)
    day = VisitDay.objects.create(review=visit.review, date=dt.date(2099, 5, 12))
    Session.objects.create(day=day, starts_at=dt.time(9), ends_at=dt.time(10), title="Ward walk")
    for user in (visit.member, visit.lead, visit.patient):
        user.set_password(PASSWORD)
        user.save()
    users = {"member": visit.member, "lead": visit.lead, "patient": visit.patient}
    rows = [{"email": user.email, "password": PASSWORD, "name": name} for name, user in users.items()]
    return {"review": visit.review.pk, "users": rows, "visit_lead": visit.manager.name}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(fill()))  # noqa: T201
