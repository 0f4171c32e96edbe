"""A finished chart, and how it is printed beside its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.markup import SafeHtml, escape

MOST_ROWS_BESIDE, MOST_CHARACTERS_BESIDE = 12, 26


@dataclass(frozen=True)
class Chart:
    """``svg`` is safe to print; ``sentence`` says what the chart shows; ``header`` and ``rows`` are its figures.

    The first cell of each row is its heading. No cell is empty: what is missing says so in words.
    """

    svg: SafeHtml
    title: str
    sentence: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table_html(self) -> SafeHtml:
        """The figures as a table with tied headings."""
        heads = "".join(f'<th scope="col"{_cell_class(position)}>{escape(text)}</th>' for position, text in enumerate(self.header))
        body = "".join(_row(row) for row in self.rows)
        return SafeHtml(
            f'<table class="nhsuk-table"><caption class="nhsuk-table__caption nhsuk-table__caption--s">'
            f'{escape(self.title)}</caption><thead class="nhsuk-table__head"><tr>{heads}</tr></thead>'
            f'<tbody class="nhsuk-table__body">{body}</tbody></table>'
        )

    def page_html(self) -> SafeHtml:
        """For a page: the sentence, the drawing, and the figures behind "See the figures as a table"."""
        return SafeHtml(
            f'<figure class="app-chart"><p>{escape(self.sentence)}</p>{self.svg}'
            '<details class="nhsuk-details"><summary class="nhsuk-details__summary">'
            '<span class="nhsuk-details__summary-text">See the figures as a table</span></summary>'
            f'<div class="nhsuk-details__text">{self.table_html()}</div></details></figure>'
        )

    def print_html(self, *, with_table: bool = True) -> SafeHtml:
        """For a PDF: the sentence, the drawing, and the figures open beside it where they are few and short, else below it."""
        look = " beside" if with_table and self._fits_beside() else ""
        table = f'<div class="numbers">{self.table_html()}</div>' if with_table else ""
        return SafeHtml(
            f'<figure class="app-chart{look}"><p>{escape(self.sentence)}</p><div class="drawing">{self.svg}</div>{table}</figure>'
        )

    def _fits_beside(self) -> bool:
        """Whether the figures fit a third of the paper's width: heads may wrap between words, cells of figures do not."""
        columns = zip(self.header, *self.rows, strict=True)
        widths = [max(max(map(len, head.split()), default=0), *map(len, cells)) for head, *cells in columns] if self.rows else []
        return len(self.rows) <= MOST_ROWS_BESIDE and sum(widths) <= MOST_CHARACTERS_BESIDE


def _row(row: Sequence[str]) -> str:
    first, *others = row
    cells = "".join(f'<td class="nhsuk-table__cell number">{escape(text)}</td>' for text in others)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'


def _cell_class(position: int) -> str:
    return ' class="number"' if position else ""
