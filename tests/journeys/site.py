"""A whole site of its own for the journeys: folder, database, broker, worker, beat and web server, with the demonstration."""

import email
import email.policy
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS, STOP_SECONDS, MAIL_SECONDS = 1800, 60, 300
Row = dict[str, Any]


@dataclass
class Site:
    """A running site: its address, what its manifest says about people and objects, and the folder of the mails it sent."""

    url: str
    users: list[Row]
    objects: dict[str, list[Row]]
    mail: Path | None = None

    @classmethod
    def from_manifest(cls, url: str, path: Path, mail: Path) -> "Site":
        """The site at ``url`` that the manifest at ``path`` describes, with its mails."""
        manifest = json.loads(path.read_text(encoding="utf-8"))
        return cls(url, manifest["users"], manifest["objects"], mail)

    def mail_to(self, address: str) -> EmailMessage:
        """The newest mail to this address, once the worker has sent one."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for path in sorted(self.mail.glob("*.log"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if message["To"] == address:
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no mail to {address} within {MAIL_SECONDS} seconds")

    def user(self, name: str) -> Row:
        """The person whose address begins with ``name``."""
        return next(user for user in self.users if user["email"].split("@")[0] == name)

    def who(self, role: str, **columns: Any) -> Row:
        """The first active person with only this role whose columns have these values; a list column has to hold the value."""
        return next(user for user in self.users if user["role"] == role and user["state"] == "active" and fits(user, columns))

    def one(self, kind: str, **columns: Any) -> Row:
        """The first object of this kind whose columns have these values."""
        return next(row for row in self.objects[kind] if fits(row, columns))


def fits(row: Row, columns: Row) -> bool:
    """Whether each named column has the value, or holds it where the column is a list."""
    return all(value in row[name] if isinstance(row[name], list) else row[name] == value for name, value in columns.items())


class Processes:
    """``scripts/run.py`` with a folder, a database and a port of its own, in a process group that can be ended whole."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data = folder / "data"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "CELERY_"))} | {
            "QNT_PROFILE": "embedded",
            "QNT_DATA_DIR": str(data),
            "DATABASE_URL": f"sqlite:///{data / 'db.sqlite3'}",
            "MEDIA_ROOT": str(data / "media"),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "qnt.settings",
        }
        self.run: subprocess.Popen[bytes] | None = None

    @property
    def database_path(self) -> Path:
        """The site's SQLite file."""
        return self.folder / "data" / "db.sqlite3"

    def begin_from(self, migrated: Path) -> None:
        """A data folder; its database begins as a copy of ``migrated``, which saves the migrations."""
        self.database_path.parent.mkdir()
        shutil.copy(migrated, self.database_path)

    def start(self) -> Site:
        """Start everything, wait for ``/readyz``, read the manifest."""
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        with (self.folder / "run.log").open("wb") as log:
            self.run = subprocess.Popen(
                [sys.executable, "scripts/run.py"], cwd=ROOT, env=self.environment, stdout=log, stderr=log, process_group=0
            )
        self.wait_until_ready()
        manifest = self.folder / "manifest.json"
        self.manage("seed_demo", "--seed", "1", "--manifest", str(manifest))
        return Site.from_manifest(self.url, manifest, self.folder / "data" / "mail")

    def manage(self, *arguments: str) -> None:
        """Run a management command of this site."""
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def wait_until_ready(self) -> None:
        """Return when ``/readyz`` answers 200; fails with the end of the log when the site ends or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(self.url):
            if self.run.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The site did not start:\n" + (self.folder / "run.log").read_text(errors="replace")[-4000:])
            time.sleep(0.5)

    def stop(self) -> None:
        """End the whole group, by force where asking does not help."""
        if self.run is None or self.run.poll() is not None:
            return
        os.killpg(self.run.pid, signal.SIGTERM)
        try:
            self.run.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.run.pid, signal.SIGKILL)
            self.run.wait()


class WebServer(Processes):
    """Gunicorn alone on SQLite, without a worker."""

    worker_count = 1

    def serve(self) -> None:
        """Start the web server, also once more after it was killed."""
        command = [
            *(sys.executable, "-m", "gunicorn", "qnt.wsgi", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"),
            *("--workers", str(self.worker_count), "--threads", "4", "--no-control-socket"),
        ]
        with (self.folder / "run.log").open("ab") as log:
            self.run = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, process_group=0)
        self.wait_until_ready()


def is_ready(url: str) -> bool:
    """Whether the site's ``/readyz`` answers 200."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
