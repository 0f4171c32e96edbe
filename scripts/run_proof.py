"""Prove ``make run`` as a newcomer meets it: fresh clone, ready, published PDF, a second start, nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import proof

ROOT = Path(__file__).resolve().parent.parent
PORT = 8765
# A machine may be slow, and other stages may run beside: a second start that seeds nothing again still takes a small part of the first.
FIRST_SECONDS, SECOND_SECONDS, STOP_SECONDS = 1800, 60, 120


def run_once(clone: Path, limit_seconds: float) -> None:
    """Start ``make run`` in its own process group, check the library, end the group by SIGTERM; nothing may be left."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT")}
    run = subprocess.Popen(["make", "run"], cwd=clone, env=environment | {"PORT": str(PORT)}, process_group=0)
    try:
        seconds = proof.wait_until_ready(PORT, limit_seconds)
        print(f"Ready after {seconds:.0f} seconds", flush=True)
        proof.check_published_pdf(PORT)
        time.sleep(3)  # time for the account table to be printed
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        stopping = time.monotonic()
        run.wait(STOP_SECONDS)
    while left := proof.processes_in(clone):
        if time.monotonic() - stopping > STOP_SECONDS:
            sys.exit("\n".join(["Left behind by make run:", *left]))
        time.sleep(0.2)
    print(f"Stopped after {time.monotonic() - stopping:.0f} seconds; nothing is left", flush=True)


if __name__ == "__main__":
    clone = Path(tempfile.mkdtemp(prefix="qnt-run-"))
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        run_once(clone, FIRST_SECONDS)
        run_once(clone, SECOND_SECONDS)
    finally:
        shutil.rmtree(clone, ignore_errors=True)
