from __future__ import annotations

from pathlib import Path


class PdfFailed(Exception):
    """A PDF could not be made. ``str(error)`` is a sentence for people.

    ``html_path`` is where the HTML was kept for whoever looks into it, or None. ``detail`` is for the log: it
    names the exception and never quotes the document.
    """

    def __init__(self, sentence: str, *, html_path: Path | None = None, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.html_path = html_path
        self.detail = detail
