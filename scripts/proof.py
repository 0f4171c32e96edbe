"""What a proof asks of a running site: that it is ready, and that its library holds a published PDF."""

import http.client
import os
import re
import time
from pathlib import Path


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body of ``path`` on this machine; redirects are not followed. Raises OSError when nothing listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until_ready(port: int, seconds: float, headers: dict[str, str] | None = None) -> float:
    """Seconds until ``/readyz`` first answered 200; ends the proof when that takes longer than ``seconds``."""
    started = time.monotonic()
    answer = "nothing listened"
    while time.monotonic() - started < seconds:
        try:
            status, body = get(port, "/readyz", headers)
        except OSError:
            pass
        else:
            if status == 200:
                return time.monotonic() - started
            answer = f"{status} {body[:500].decode(errors='replace')}"
        time.sleep(0.5)
    raise SystemExit(f"/readyz did not answer 200 within {seconds:.0f} seconds: {answer}")


def check_published_pdf(port: int, headers: dict[str, str] | None = None) -> str:
    """The address of the first PDF in the library, after it was fetched without an account and found to be one."""
    status, body = get(port, "/library/", headers)
    if status != 200:
        raise SystemExit(f"/library/ answered {status}.")
    links = re.findall(r'href="(/[^"]*pdf[^"]*)"', body.decode(), re.IGNORECASE)
    if not links:
        raise SystemExit("/library/ has no link to a PDF.")
    status, pdf = get(port, links[0], headers)
    if status != 200 or not pdf.startswith(b"%PDF-"):
        raise SystemExit(f"{links[0]} answered {status} and {pdf[:20]!r}.")
    print(f"{links[0]}: {len(pdf):,} bytes of PDF", flush=True)
    return links[0]


def processes_in(folder: Path) -> list[str]:
    """The command lines of processes that work in ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            works_in = Path(os.readlink(process / "cwd"))
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it ended, or is not ours
        if command and works_in.is_relative_to(folder):
            found.append(f"{process.name} {command}")
    return found
