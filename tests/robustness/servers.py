"""The processes that are killed: a PostgreSQL cluster and gunicorn, both of the test's own."""

import contextlib
import glob
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings

from tests.ports import free_port

PATIENCE_SECONDS = 300  # a wait ends as soon as its condition holds
HOST = "qnt.example"
# As durable as it comes; before recovering, it asks the kernel once to write everything, not once a file.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 60
recovery_init_sync_method = syncfs
"""


def folder_of_programs() -> Path:
    """Where the newest PostgreSQL of this machine keeps ``initdb`` and ``pg_ctl``."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    on_path = shutil.which("initdb")
    assert found or on_path, "Install PostgreSQL's server: this test makes a cluster of its own."
    return Path(found[-1] if found else str(on_path)).parent


class Cluster:
    """A PostgreSQL cluster in a temporary folder, on a free port, durable as in production: killing it hurts nobody."""

    def __init__(self) -> None:
        self.port, self.programs = free_port(), folder_of_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="qnt-cluster-"))
        # PostgreSQL refuses to run as root.
        self.owner: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self.owner:
            shutil.chown(self.folder, "postgres", "postgres")
        self.data, self.log = self.folder / "data", self.folder / "log"
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION.format(port=self.port))
        self.start()

    @property
    def url(self) -> str:
        """Its address, as the site is given it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        # To a file: the server that pg_ctl starts keeps the pipe open for ever.
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(
                [str(self.programs / program), *arguments],
                stdout=log,
                stderr=log,
                check=True,
                timeout=PATIENCE_SECONDS,
                cwd="/",
                **self.owner,
            )

    def start(self) -> None:
        """Start it and wait until it takes connections, recovered."""
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(PATIENCE_SECONDS), "start")

    def stop_at_once(self) -> None:
        """As a crash: no checkpoint, every connection cut."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement."""
        with contextlib.closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def kill_backend(self) -> None:
        """SIGKILL the process behind one of the site's connections; PostgreSQL then restarts all of them, as after a crash."""
        mine = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        pids: list[int] = []
        wait_for(lambda: pids.extend(pid for (pid,) in self.ask(mine)) or pids, "the site holds a connection")
        os.kill(secrets.choice(pids), signal.SIGKILL)

    def remove(self) -> None:
        """Leave nothing behind."""
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(subprocess.SubprocessError):
                self.stop_at_once()
        shutil.rmtree(self.folder, ignore_errors=True)


class Site:
    """The site by gunicorn in the production profile: two workers with threads, each group of processes known by its master."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.masters: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.robustness.settings",
            "QNT_PROFILE": "production",
            "QNT_DATA_DIR": str(folder),
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": database_url,
            "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",  # nothing listens: a save asks for no job
            "MEDIA_ROOT": str(folder / "media"),
            "EMAIL_URL": f"filemail:///{folder}/mail",
        }

    def prepare(self, editor_count: int) -> dict[str, Any]:
        """See ``prepare.py``."""
        command = [sys.executable, "-m", "tests.robustness.prepare", str(editor_count)]
        made = subprocess.run(command, env=self.environment, cwd=settings.BASE_DIR, capture_output=True, timeout=900)
        assert made.returncode == 0, made.stderr.decode()
        return dict(json.loads(made.stdout.splitlines()[-1]))

    def start(self) -> None:
        """A new master; it takes the port as soon as the last workers of the one before have let go."""
        command = [
            *(sys.executable, "-m", "gunicorn", "qnt.wsgi", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"),
            *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket"),
        ]
        with (self.folder / "web.log").open("ab") as log:
            self.masters.append(
                subprocess.Popen(command, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True)
            )

    def worker_ids(self) -> list[int]:
        """Process ids of the workers of the newest master."""
        master = self.masters[-1].pid
        return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if parent_of(folder) == master]

    def kill_worker(self) -> None:
        """SIGKILL one worker in the middle of whatever it does; its master starts another."""
        os.kill(secrets.choice(self.worker_ids()), signal.SIGKILL)

    def kill_master(self) -> None:
        """SIGKILL the master; its workers notice and end by themselves, as a supervisor starts the next."""
        self.masters[-1].kill()
        self.masters[-1].wait()
        self.start()

    def keep_running(self) -> None:
        """What a supervisor does: start a new master when the last could not get the port in time."""
        if self.masters[-1].poll() is not None:
            self.start()

    def remove(self) -> None:
        """Leave no process behind."""
        for master in self.masters:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(master.pid, signal.SIGKILL)
            master.wait()


def parent_of(process: Path) -> int | None:
    """The parent's id of a process in ``/proc``; None when it has ended."""
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def wait_for(condition: Any, what: str) -> float:
    """Seconds until the condition held; fails when it never does."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < PATIENCE_SECONDS, f"Waited {PATIENCE_SECONDS} seconds for this: {what}"
        time.sleep(0.1)
    return time.monotonic() - started
