"""What a document may load: pictures that are written into it, and nothing else."""

from __future__ import annotations

import re

from weasyprint.urls import URLFetcher, URLFetcherResponse

PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/svg+xml"})
FONT_TYPES = frozenset({"font/woff2", "font/woff", "font/ttf"})

_MEDIA_TYPE = re.compile(r"^data:([a-z]+/[a-z0-9.+-]+)[;,]", re.IGNORECASE)


class ClosedFetcher(URLFetcher):
    """Opens ``data:`` addresses of the given media types. Network, files and everything else are refused.

    WeasyPrint's own fetcher reads ``http:`` and ``file:`` for whoever can write a link into a document.
    """

    def __init__(self, allowed_types: frozenset[str]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self._allowed_types = allowed_types

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        found = _MEDIA_TYPE.match(url)
        if found is None or found[1].lower() not in self._allowed_types:
            raise ValueError("Only pictures inside the document may be loaded")
        return super().fetch(url, headers)


def document_fetcher() -> ClosedFetcher:
    """For the HTML, whose content comes from people."""
    return ClosedFetcher(PICTURE_TYPES)


def stylesheet_fetcher() -> ClosedFetcher:
    """For our own stylesheets, which also carry the fonts."""
    return ClosedFetcher(PICTURE_TYPES | FONT_TYPES)
