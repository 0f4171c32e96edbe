"""A small site of its own that holds a report in any status, and the programme's year at any stage, made when a test asks."""

import json
import subprocess
import sys
from pathlib import Path

from tests.journeys.site import ROOT, Row, Site, WebServer

BUILDER = "import django; django.setup(); from tests.journeys.status_builder import answer_all; answer_all()"


class StatusSite(WebServer):
    """A web server, and beside it a process that fills the same database."""

    worker_count = 2
    builder: subprocess.Popen[str] | None = None

    def start_empty(self, migrated: Path) -> Site:
        """The site without anything in it."""
        self.begin_from(migrated)
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        with (self.folder / "builder.log").open("wb") as log:
            self.builder = subprocess.Popen(
                [sys.executable, "-c", BUILDER], cwd=ROOT, env=self.environment, text=True, stderr=log,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        self.serve()
        return Site(self.url, [], {})

    def make(self, **what: str) -> Row:
        """Let the builder make it; gives what it says of it. Raises RuntimeError with the builder's fault, or the end of its log."""
        self.builder.stdin.write(json.dumps(what) + "\n")
        self.builder.stdin.flush()
        line = self.builder.stdout.readline()
        answer: Row = json.loads(line) if line else {"fault": (self.folder / "builder.log").read_text(errors="replace")[-4000:]}
        if "fault" in answer:
            raise RuntimeError(f"{what} was not made:\n{answer['fault']}")
        return answer

    def stop(self) -> None:
        """End the builder, then the server."""
        if self.builder is not None:
            self.builder.communicate()
        super().stop()
