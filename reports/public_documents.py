"""Documents beside a published report besides its full PDF and its figures: whoever makes one registers where it is found."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.models import Publication


@dataclass(frozen=True)
class PublicDocument:
    """A file that anyone may download: in words ("Summary (PDF, 80KB, 2 pages)"), and its root-relative address."""

    words: str
    url: str


Source = Callable[[Publication], list[PublicDocument]]
_SOURCES: list[Source] = []
LibrarySource = Callable[[], list[PublicDocument]]
_LIBRARY_SOURCES: list[LibrarySource] = []


def register_public_documents(source: Source) -> None:
    """Add a function that gives a live publication's documents, in the order in which they are listed."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def documents_of(publication: Publication) -> list[PublicDocument]:
    """Every registered document of a live publication."""
    return [document for source in _SOURCES for document in source(publication)]


def register_library_documents(source: LibrarySource) -> None:
    """Add a function that gives public documents about the programme as a whole, for the library's first page."""
    if source not in _LIBRARY_SOURCES:
        _LIBRARY_SOURCES.append(source)


def library_documents() -> list[PublicDocument]:
    """Every public document about the programme as a whole."""
    return [document for source in _LIBRARY_SOURCES for document in source()]
