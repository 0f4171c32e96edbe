"""Prove the production processes without Docker: PostgreSQL, Redis, web by gunicorn, one worker a queue, and beat.

They carry one demonstration cycle, on a database made for it, to a PDF in the library. What each process runs is read
from ``docker-compose.yml``, so that the proof and the deployment cannot drift apart.
"""

import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import proof
import psycopg2
import redis
import yaml

ROOT = Path(__file__).resolve().parent.parent
PORT = 8766
DATABASE = "qnt_proof"
SERVER = os.environ.get("DATABASE_SERVER", "postgres://postgres:postgres@127.0.0.1:5432")
BROKER = "redis://127.0.0.1:6379/9"
THROUGH_PROXY = {"Host": "qnt.example", "X-Forwarded-Proto": "https"}
PROCESSES = ("worker-interactive", "worker-bulk", "beat", "web")


def environment(folder: Path) -> dict[str, str]:
    """Every setting that the production profile asks for."""
    return os.environ | {
        "QNT_PROFILE": "production",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "qnt.example",
        "DATABASE_URL": f"{SERVER}/{DATABASE}",
        "CELERY_BROKER_URL": BROKER,
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "PORT": str(PORT),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def commands(folder: Path) -> dict[str, list[str]]:
    """The command of each process in ``docker-compose.yml``, moved to this machine's port and folder."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    moved = {"0.0.0.0:8000": f"127.0.0.1:{PORT}", "/tmp/beat-schedule": f"{folder}/beat-schedule"}  # noqa: S104, S108
    lines = {name: services[name]["command"] for name in PROCESSES}
    for there, here in moved.items():
        lines = {name: line.replace(there, here) for name, line in lines.items()}
    return {name: shlex.split(line) for name, line in lines.items()}


def fresh_database() -> None:
    """Drop and create the proof's database, and empty its part of Redis."""
    connection = psycopg2.connect(f"{SERVER}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    redis.Redis.from_url(BROKER).flushdb()


def carry_a_cycle(folder: Path) -> None:
    """Start the processes, seed through the real workers, and fetch the PDF as anyone may."""
    settings = environment(folder)
    manage = [sys.executable, "manage.py"]
    running: list[subprocess.Popen[bytes]] = []
    try:
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=settings, check=True)
        for name, command in commands(folder).items():
            with (folder / f"{name}.log").open("wb") as log:
                running.append(subprocess.Popen(command, env=settings, stdout=log, stderr=log))
        seconds = proof.wait_until_ready(PORT, 300, THROUGH_PROXY)
        print(f"Web, two workers and beat are ready after {seconds:.0f} seconds", flush=True)
        manifest = folder / "manifest.json"
        subprocess.run([*manage, "seed_demo", "--seed", "1", "--manifest", str(manifest)], env=settings, check=True)
        print(f"{len(json.loads(manifest.read_text())['users'])} accounts seeded", flush=True)
        proof.check_published_pdf(PORT, THROUGH_PROXY)
    except BaseException:
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-15:], sep="\n", flush=True)
        raise
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 120
        for process in running:
            process.wait(max(0.1, deadline - time.monotonic()))


if __name__ == "__main__":
    os.chdir(ROOT)
    subprocess.run(["scripts/setup", "run"], check=True)
    fresh_database()
    with tempfile.TemporaryDirectory(prefix="qnt-proof-") as folder:
        carry_a_cycle(Path(folder))
