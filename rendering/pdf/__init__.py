"""PDF files from HTML: tagged, paged, and made without network or file access.

``document_html`` and ``letter_html`` build the pages, ``render_pdf`` turns them into a file.
"""

from rendering.pdf.document import Fact, Section, document_html
from rendering.pdf.failure import PdfFailed
from rendering.pdf.letter import letter_html
from rendering.pdf.limits import Limits
from rendering.pdf.metadata import Metadata
from rendering.pdf.process import RenderedPdf, render_pdf

__all__ = [
    "Fact",
    "Limits",
    "Metadata",
    "PdfFailed",
    "RenderedPdf",
    "Section",
    "document_html",
    "letter_html",
    "render_pdf",
]
