"""One rendering in a fork of the warm worker, within limits, ending in one whole file or one failure."""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rendering.pdf.child import run_child
from rendering.pdf.failure import PdfFailed
from rendering.pdf.fonts import warm_styles
from rendering.pdf.limits import Limits
from rendering.pdf.metadata import Metadata

STALE_PART_SECONDS = 3600


@dataclass(frozen=True)
class RenderedPdf:
    """A finished file. ``sha256`` is of the file's bytes, in hexadecimal."""

    path: Path
    page_count: int
    byte_count: int
    sha256: str


@dataclass
class _Outcome:
    page_count: int | None = None
    failed: str = ""
    timed_out: bool = False
    wait_status: int = 0
    unread: bytes = field(default=b"", repr=False)


def render_pdf(
    html: str,
    destination: Path,
    *,
    limits: Limits | None = None,
    metadata: Metadata | None = None,
    progress: Callable[[int], None] | None = None,
) -> RenderedPdf:
    """The PDF of ``html`` at ``destination``: tagged (PDF/UA-1 intended), Arimo embedded, no network, no files read.

    ``progress`` is called with the number of pages laid out so far, in this process and at most twice a second; what
    it raises stops the rendering. The file appears whole or not at all, and replaces an older one. Raises PdfFailed
    with a sentence for people; the HTML is then kept beside ``destination``, as ``<name>.failed.html``, until the
    next success. Call it in a worker, never in a request.
    """
    limits, metadata = limits or Limits(), metadata or Metadata()
    destination = Path(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale_parts(destination)
    part = _new_part(destination)
    try:
        outcome = _fork_and_watch(html, part, limits, metadata, progress)
        if outcome.page_count is None:
            raise _failure(outcome, limits, kept_html(html, destination))
        return _take_into_place(part, destination, outcome.page_count)
    finally:
        part.unlink(missing_ok=True)


def _fork_and_watch(html: str, part: Path, limits: Limits, metadata: Metadata, progress: Callable[[int], None] | None) -> _Outcome:
    styles = warm_styles()
    read_end, write_end = os.pipe()
    parent_id = os.getpid()
    child_id = os.fork()
    if child_id == 0:
        run_child(
            html=html,
            part=part,
            pipe=write_end,
            parent_id=parent_id,
            styles=styles,
            limits=limits,
            metadata=metadata,
        )
    os.close(write_end)
    outcome = _Outcome()
    try:
        _follow(read_end, outcome, limits, progress)
    finally:
        os.close(read_end)
        if outcome.page_count is None and not outcome.failed:
            _kill(child_id)
        outcome.wait_status = os.waitpid(child_id, 0)[1]
    return outcome


def _follow(read_end: int, outcome: _Outcome, limits: Limits, progress: Callable[[int], None] | None) -> None:
    """Read the child's lines until it is done, has failed, has gone, or is out of time."""
    deadline = time.monotonic() + limits.wall_clock_seconds
    told_at = float("-inf")
    while outcome.page_count is None and not outcome.failed:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not select.select([read_end], [], [], remaining)[0]:
            outcome.timed_out = True
            return
        chunk = os.read(read_end, 65536)
        if not chunk:
            return
        page = _take_lines(outcome, chunk)
        if page and progress and time.monotonic() - told_at >= 0.5:
            told_at = time.monotonic()
            progress(page)


def _take_lines(outcome: _Outcome, chunk: bytes) -> int:
    """Record what the lines say. Gives the last page they name, 0 when none."""
    *lines, outcome.unread = (outcome.unread + chunk).split(b"\n")
    page = 0
    for line in lines:
        message = json.loads(line)
        page = message.get("page", page)
        outcome.page_count = message.get("done", outcome.page_count)
        outcome.failed = message.get("failed", outcome.failed)
    return page


def _kill(child_id: int) -> None:
    try:
        os.kill(child_id, signal.SIGKILL)
    except ProcessLookupError:
        return


def _failure(outcome: _Outcome, limits: Limits, html_path: Path | None) -> PdfFailed:
    signal_number = os.WTERMSIG(outcome.wait_status) if os.WIFSIGNALED(outcome.wait_status) else 0
    detail = outcome.failed or (f"signal {signal_number}" if signal_number else "the process ended without a word")
    sentence = "The PDF could not be made. Nothing you wrote is lost."
    if outcome.failed == "TooManyPages":
        sentence = f"The report is too long: more than {limits.page_count:,} pages"
    elif outcome.timed_out or signal_number == signal.SIGXCPU:
        detail = "wall clock" if outcome.timed_out else "CPU time"
        sentence = "The PDF took too long to make. Shorten the report or split it"
    elif outcome.failed == "MemoryError" or signal_number in (signal.SIGABRT, signal.SIGTRAP, signal.SIGSEGV):
        sentence = "The PDF needs too much memory. Shorten the report or make its pictures smaller"
    elif outcome.failed == "OSError" or signal_number == signal.SIGXFSZ:
        sentence = "The PDF could not be written: it is too large, or there is no room for it"
    return PdfFailed(sentence, html_path=html_path, detail=detail)


def kept_html(html: str, destination: Path) -> Path | None:
    """Write the HTML beside a failure, readable by this account alone. None when even that fails."""
    path = failed_html_path(destination)
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(html)
    except OSError:
        return None
    return path


def failed_html_path(destination: Path) -> Path:
    """Where the HTML of a failed rendering is kept."""
    return destination.with_name(f"{destination.name}.failed.html")


def _new_part(destination: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.", suffix=".part")
    os.close(descriptor)
    return Path(name)


def _remove_stale_parts(destination: Path) -> None:
    """Files left by a worker that was killed in the middle."""
    oldest = time.time() - STALE_PART_SECONDS
    for part in destination.parent.glob(".*.part"):
        if part.name.startswith(f".{destination.name}.") and part.stat().st_mtime < oldest:
            part.unlink(missing_ok=True)


def _take_into_place(part: Path, destination: Path, page_count: int) -> RenderedPdf:
    content = part.read_bytes()
    part.replace(destination)
    directory = os.open(destination.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    failed_html_path(destination).unlink(missing_ok=True)
    return RenderedPdf(
        path=destination,
        page_count=page_count,
        byte_count=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
