"""PDF: starts at byte 0, opens within bounds, has pages, and neither carries nor starts anything else."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf.settings import set_qpdf_limits

from surveillance.uploads.refusals import PROTECTED, TOO_LARGE_INSIDE, UploadRefused, not_readable

# For the whole process, before any PDF is opened: without these, 2 MB that unfold to 2 GB are unfolded in memory.
set_qpdf_limits(
    flate_max_memory=64 * 1024 * 1024,
    png_max_memory=64 * 1024 * 1024,
    tiff_max_memory=64 * 1024 * 1024,
    run_length_max_memory=64 * 1024 * 1024,
    max_stream_filters=4,
    parser_max_nesting=200,
    doc_max_warnings=500,
)
MAX_OBJECTS = 300_000
END = b"%%EOF"
ATTACHED = "The selected file has files attached inside it. Remove them and try again"
SCRIPTS = "The selected file contains scripts. Print it to a new PDF and try again"
STARTS_PROGRAMS = "The selected file can start programs. Print it to a new PDF and try again"
HAS_MORE = "The selected file has something added after its end. Print it to a new PDF and try again"


def check_pdf(content: bytes) -> None:
    """Raises UploadRefused with a sentence."""
    if not content.startswith(b"%PDF-"):
        raise not_readable("PDF")
    _refuse_second_file(content)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise UploadRefused(PROTECTED)
            if not len(pdf.pages):
                raise not_readable("PDF")
            objects = list(pdf.objects)
            if len(objects) > MAX_OBJECTS:
                raise UploadRefused(TOO_LARGE_INSIDE)
            for container in _containers(objects):
                _refuse_active(container)
    except pikepdf.PasswordError as error:
        raise UploadRefused(PROTECTED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError, MemoryError) as error:
        raise not_readable("PDF") from error


def count_pages(content: bytes) -> int:
    """How many pages a PDF that passed the check has."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _refuse_second_file(content: bytes) -> None:
    """A PDF that is a zip as well, or that goes on after its end, is shown differently by different programs."""
    _, mark, rest = content.rpartition(END)
    if not mark:
        raise not_readable("PDF")
    if rest.strip(b"\r\n\t \x00\x1a") or zipfile.is_zipfile(io.BytesIO(content)):
        raise UploadRefused(HAS_MORE)


def _containers(objects: list[Any]) -> Iterator[Any]:
    """Every dictionary of the file, also those inside arrays and dictionaries."""
    for found in objects:
        waiting = [found]
        while waiting:
            container = waiting.pop()
            if isinstance(container, pikepdf.Dictionary | pikepdf.Stream):
                yield container
                inner: Any = (value for _, value in container.items())
            elif isinstance(container, pikepdf.Array):
                inner = container
            else:
                continue
            waiting.extend(
                value for value in inner if isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array) and not value.is_indirect
            )


def _refuse_active(container: Any) -> None:
    names = container.keys()
    if "/EF" in names or container.get("/Type") == pikepdf.Name.EmbeddedFile:
        raise UploadRefused(ATTACHED)
    action = container.get("/S")
    if "/JS" in names or "/XFA" in names or action == pikepdf.Name.JavaScript:
        raise UploadRefused(SCRIPTS)
    if action in (pikepdf.Name.Launch, pikepdf.Name.ImportData):
        raise UploadRefused(STARTS_PROGRAMS)
