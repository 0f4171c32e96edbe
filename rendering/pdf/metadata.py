from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """Document properties. What is None is taken from the HTML's own ``<title>`` and ``<meta>``.

    ``identifier`` (the content hash, say) makes two renderings of the same content carry the same file identifier.
    """

    title: str | None = None
    author: str | None = None
    subject: str | None = None
    keywords: Sequence[str] = ()
    identifier: str | None = None
