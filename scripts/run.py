"""Run the whole service on this machine: database, worker, beat, demonstration data, web.

``make run`` calls it after set-up. The web server starts last, so that the first answer of ``/readyz`` finds the
demonstration complete, carried by the real worker. Every process stays in this process group: Ctrl-C, or SIGTERM to
the group, ends them all. Their output is in ``.data/logs`` (``QNT_DATA_DIR`` names another folder than ``.data``).
"""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("QNT_DATA_DIR") or ROOT / ".data").resolve()
LOGS = DATA_DIR / "logs"
PORT = int(os.environ.get("PORT") or 8000)
ADDRESS = f"http://127.0.0.1:{PORT}"
# A demonstration never runs as a production site, whatever the shell has set.
ENVIRONMENT = {"QNT_PROFILE": "embedded", "PORT": str(PORT), "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "qnt.settings"}
PYTHON = [sys.executable]
CELERY = [*PYTHON, "-m", "celery", "-A", "qnt"]
PROCESSES = {
    "worker": [*CELERY, "worker", "-P", "prefork", "-c", "2", "-Q", "interactive,bulk", "--without-mingle", "-l", "INFO"],
    "beat": [*CELERY, "beat", "--schedule", str(DATA_DIR / "beat-schedule"), "--pidfile", "", "-l", "INFO"],
    "web": [*PYTHON, "-m", "gunicorn", "qnt.wsgi", "--bind", f"127.0.0.1:{PORT}", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket"],
}  # fmt: skip
WORKER_SECONDS = 300
READY_SECONDS = 300
STOP_SECONDS = 12

running: dict[str, subprocess.Popen[bytes]] = {}


class Stop(BaseException):
    """Someone asked the service to end; no ``except Exception`` on the way may keep it."""


def stop(signal_number: int, _frame: object) -> None:
    """Turn a signal into ``Stop``, once: the ending itself is not interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stop(signal.Signals(signal_number).name)


def start(name: str) -> None:
    """Start the process ``name``, its output going to its log."""
    with (LOGS / f"{name}.log").open("ab") as log:
        running[name] = subprocess.Popen(PROCESSES[name], stdout=log, stderr=log)


def check_running() -> None:
    """Exit with the end of its log when a process has ended by itself."""
    for name, process in running.items():
        if process.poll() is not None:
            log = LOGS / f"{name}.log"
            lines = log.read_text(errors="replace").splitlines()[-20:]
            sys.exit("\n".join([*lines, f"The {name} process ended with code {process.returncode}. See {log}"]))


def ready() -> bool:
    """Whether ``/readyz`` answers 200."""
    try:
        with urllib.request.urlopen(f"{ADDRESS}/readyz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready() -> None:
    """Return when ``/readyz`` answers 200; exit when it does not within READY_SECONDS."""
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        check_running()
        if time.monotonic() > deadline:
            sys.exit(f"{ADDRESS}/readyz did not answer 200 within {READY_SECONDS} seconds. See {LOGS}")
        time.sleep(0.2)


def wait_for_worker(since: dt.datetime) -> None:
    """Return when the worker has run the sweep that it orders on starting: from then on it takes the seeding's jobs."""
    from work.models import PeriodicRun  # noqa: PLC0415 - a model is there only after django.setup()

    deadline = time.monotonic() + WORKER_SECONDS
    while not PeriodicRun.objects.filter(name="sweep_jobs", ran_at__gte=since).exists():
        check_running()
        if time.monotonic() > deadline:
            sys.exit(f"The worker did not take work within {WORKER_SECONDS} seconds. See {LOGS}")
        time.sleep(0.1)


def port_is_free() -> bool:
    """Whether PORT can be bound; the reuse flag is what the web server sets too."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def serve() -> None:
    """Start everything in order, print where it is, and stay until a process ends or a signal comes."""
    django.setup()
    call_command("migrate", verbosity=0)
    starting = dt.datetime.now(dt.UTC)
    start("worker")
    start("beat")
    wait_for_worker(starting)
    call_command("seed_demo", seed=1)
    start("web")
    wait_until_ready()
    call_command("show_demo")
    connections.close_all()
    print(f"\nQNT Peer Review runs at {ADDRESS}   (Ctrl-C stops it)", flush=True)
    while True:
        check_running()
        time.sleep(0.5)


def end_all() -> None:
    """Ask every process to end, then make it. A worker returns what it holds; the job's row remembers it."""
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for name, process in running.items():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"The {name} process did not end in time and is killed.", flush=True)
            process.kill()
            process.wait()


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    if not port_is_free():
        sys.exit(f"Port {PORT} is in use. Choose another: PORT={PORT + 1} make run")
    LOGS.mkdir(parents=True, exist_ok=True)
    os.environ.update(ENVIRONMENT)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    try:
        serve()
    except Stop:
        print("\nStopping.", flush=True)
    except CommandError as error:
        sys.exit(str(error))
    finally:
        end_all()
