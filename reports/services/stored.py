"""What is written down of a finished file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StoredPdf:
    """A finished file under MEDIA_ROOT."""

    path: str
    sha256: str
    page_count: int
    size_bytes: int
