"""What happens inside the forked process. It never returns: it reports through a pipe and ends by ``os._exit``."""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import logging
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rendering.pdf.fetcher import document_fetcher
from rendering.pdf.fonts import WarmStyles
from rendering.pdf.harden import harden
from rendering.pdf.keep import fit_tables
from rendering.pdf.limits import Limits
from rendering.pdf.metadata import Metadata

if TYPE_CHECKING:
    from weasyprint.document import DocumentMetadata

NEAR_LIMIT_BYTES = 4 * 1024 * 1024
PR_SET_PDEATHSIG = 1
PAGE_BYTES = resource.getpagesize()


class TooManyPages(Exception):
    pass


class PageWatch(logging.Handler):
    """Follows WeasyPrint's own progress log: tells the parent each page, and stops at the limit."""

    def __init__(self, pipe: int, page_limit: int) -> None:
        super().__init__(level=logging.INFO)
        self._pipe = pipe
        self._page_limit = page_limit

    def emit(self, record: logging.LogRecord) -> None:
        if not (isinstance(record.msg, str) and record.msg.startswith("Step 5 - Creating layout - Page %d")):
            return
        page = int(str(record.args[0])) if isinstance(record.args, tuple) else 0
        if page > self._page_limit:
            raise TooManyPages
        tell(self._pipe, {"page": page})


def tell(pipe: int, message: dict[str, object]) -> None:
    """Write one line to the parent. Lines are far shorter than PIPE_BUF, so they never mix or tear."""
    os.write(pipe, json.dumps(message).encode() + b"\n")


def run_child(*, html: str, part: Path, pipe: int, parent_id: int, styles: WarmStyles, limits: Limits, metadata: Metadata) -> NoReturn:
    """Render ``html`` into ``part`` and leave the process. Nothing of the parent's is closed, flushed or used."""
    code = 1
    try:
        _leave_parent(parent_id)
        _limit_resources(limits)
        page_count = write_pdf(html, part, styles=styles, limits=limits, metadata=metadata, pipe=pipe)
        tell(pipe, {"done": page_count})
        code = 0
    except TooManyPages:
        tell(pipe, {"failed": "TooManyPages"})
    except BaseException as error:  # noqa: BLE001  whatever it is, the parent must hear of it
        tell(pipe, {"failed": "MemoryError" if _is_for_want_of_memory(error) else type(error).__name__})
    finally:
        os._exit(code)


def _is_for_want_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: said by the error or one behind it, or seen in a peak that all but reached the limit.

    C libraries report a failed allocation in their own words, so that the error alone does not always tell.
    """
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, MemoryError) or (isinstance(link, OSError) and link.errno == errno.ENOMEM):
            return True
        link = link.__cause__ or link.__context__
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmPeak:"))
    return peak > resource.getrlimit(resource.RLIMIT_AS)[0] - NEAR_LIMIT_BYTES


def _leave_parent(parent_id: int) -> None:
    """Die with the parent, and answer to no signal handler or timer of its."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:
        os._exit(1)
    gc.freeze()  # what was inherited is not ours to collect: walking it would copy the parent's memory
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)


def _limit_resources(limits: Limits) -> None:
    """Set the limits of this process only. Address space counts from what was inherited by the fork."""
    inherited = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE_BYTES
    _lower(resource.RLIMIT_AS, inherited + limits.memory_bytes)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, grace=2)  # SIGXCPU first, so that the parent can say why
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, value: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(kind)
    most = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(kind, (min(value, most), most))


def write_pdf(html: str, part: Path, *, styles: WarmStyles, limits: Limits, metadata: Metadata, pipe: int) -> int:
    """Render ``html`` into the file ``part``, on disk when this returns. Gives the number of pages."""
    from weasyprint import HTML  # noqa: PLC0415  loaded by the parent already
    from weasyprint.logger import LOGGER, PROGRESS_LOGGER  # noqa: PLC0415

    LOGGER.handlers, LOGGER.propagate = [logging.NullHandler()], False  # its warnings quote the document
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False
    PROGRESS_LOGGER.handlers = [PageWatch(pipe, limits.page_count)]
    source = HTML(string=html, url_fetcher=document_fetcher())
    harden(source.etree_element)
    fit_tables(source.etree_element)
    document = source.render(
        font_config=styles.fonts, stylesheets=list(styles.stylesheets), pdf_variant="pdf/ua-1", presentational_hints=False
    )
    _set_metadata(document.metadata, metadata)
    identifier = metadata.identifier.encode() if metadata.identifier else None
    with part.open("wb") as file:
        document.write_pdf(file, pdf_variant="pdf/ua-1", pdf_identifier=identifier)
        file.flush()
        os.fsync(file.fileno())
    return len(document.pages)


def _set_metadata(properties: DocumentMetadata, metadata: Metadata) -> None:
    """Our values over what the HTML says."""
    if metadata.title:
        properties.title = metadata.title
    if metadata.author:
        properties.authors = [metadata.author]
    if metadata.subject:
        properties.description = metadata.subject
    if metadata.keywords:
        properties.keywords = list(metadata.keywords)
