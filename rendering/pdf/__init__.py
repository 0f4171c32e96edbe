"""PDF files from HTML: tagged, paged, and made without network or file access.

``document_html``, ``short_paper_html``, ``letter_html`` and ``one_page_html`` build the pages, ``render_pdf`` turns them into a file.
"""

from rendering.pdf.document import Fact, Section, document_html
from rendering.pdf.failure import PdfFailed
from rendering.pdf.letter import letter_html
from rendering.pdf.limits import Limits
from rendering.pdf.metadata import Metadata
from rendering.pdf.one_page import PageTable, one_page_html
from rendering.pdf.process import RenderedPdf, render_pdf
from rendering.pdf.short_paper import short_paper_html

__all__ = [
    "Fact",
    "Limits",
    "Metadata",
    "PageTable",
    "PdfFailed",
    "RenderedPdf",
    "Section",
    "document_html",
    "letter_html",
    "one_page_html",
    "render_pdf",
    "short_paper_html",
]
