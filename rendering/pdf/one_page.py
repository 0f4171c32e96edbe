"""The HTML of a paper of one page: a title, and a few sections with small tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.markup import escape
from rendering.pdf.document import ILLUSTRATIVE_SENTENCE, PUBLISHER, footer_text, page_html, running_texts


@dataclass(frozen=True)
class PageTable:
    """A heading, a sentence, and rows of plain texts under ``header``; without rows the sentence stands alone."""

    heading: str
    sentence: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    def html(self) -> str:
        """Heading, sentence and table with tied heads; the first cell of a row is its head."""
        words = f"<h2>{escape(self.heading)}</h2><p>{escape(self.sentence)}</p>"
        if not self.rows:
            return words
        heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in self.header)
        return f"{words}<table><thead><tr>{heads}</tr></thead><tbody>{''.join(_row(row) for row in self.rows)}</tbody></table>"


def one_page_html(
    *, title: str, kicker: str, lead: str, tables: Sequence[PageTable], file_name: str, date_text: str, content_hash: str,
    illustrative: bool = False,
) -> str:  # fmt: skip
    """A paper for ``render_pdf``. All texts are escaped; that it stays on one page is for the caller, who knows how many rows fit."""
    note = f'<p class="note">{escape(ILLUSTRATIVE_SENTENCE)}</p>' if illustrative else ""
    body = f'<p class="kicker">{escape(kicker)}</p><h1>{escape(title)}</h1>{note}<p>{escape(lead)}</p><main>'
    footer = footer_text(file_name=file_name, version="", date_text=date_text, content_hash=content_hash)
    return page_html(
        title=title,
        publisher=PUBLISHER,
        body_class="one-page",
        running=running_texts(short_title=title, footer=footer, mark=None, illustrative=illustrative),
        mark=None,
        body=f"{body}{''.join(table.html() for table in tables)}</main>",
    )


def _row(row: Sequence[str]) -> str:
    first, *others = row
    return f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(text)}</td>" for text in others)}</tr>'
