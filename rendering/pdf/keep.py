"""Where tables may break, and how wide their columns are: what a stylesheet alone cannot see."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# A table of no more than this is at most a third of a page; a larger one goes on over the page, its heads repeated.
MOST_ROWS, MOST_CHARACTERS = 12, 1_000
# A row of no more than this is a few lines high, so that it can be kept with its neighbour.
MOST_CHARACTERS_OF_A_ROW = 300
LONG_WORD = 18  # characters; ordinary words of 9 points fit their column
LINE, WIDE_CHARACTER, PADDING = 174, 2.6, 3  # millimetres between the margins, of a bold w, and beside a cell
PIECE = re.compile(r"[\s\u200b]+|(?<=-)")


def fit_tables(root: Element) -> None:
    """Give the tables of a parsed document the classes that the stylesheet knows, in place: ``short`` is kept whole; in ``tied``
    the first two rows stay together, and the last two; ``even`` has columns of one width, inside which long words break. A short
    paragraph before a table or a figure ``leads`` to it: heading and paragraph do not stay behind alone at the foot of a page."""
    for parent in root.iter():
        for one, following in pairwise(list(parent)):
            if one.tag == "p" and following.tag in ("table", "figure") and len("".join(one.itertext())) <= MOST_CHARACTERS_OF_A_ROW:
                one.set("class", f"{one.get('class', '')} leads".strip())
    for table in root.iter("table"):
        rows = [[" ".join(cell.itertext()) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        sizes = [sum(map(len, row)) for row in rows]
        looks = [table.get("class", "")]
        if len(rows) <= MOST_ROWS and sum(sizes) <= MOST_CHARACTERS:
            looks.append("short")
        if max(sizes[:3] + sizes[-2:], default=0) <= MOST_CHARACTERS_OF_A_ROW:
            looks.append("tied")
        if _is_too_wide(rows):
            looks.append("even")
        if any(looks):
            table.set("class", " ".join(filter(None, looks)))


def _is_too_wide(rows: list[list[str]]) -> bool:
    """Whether columns that make room for their longest words would run off the paper."""
    longest: list[int] = []
    for row in rows:
        longest += [0] * (len(row) - len(longest))
        for column, text in enumerate(row):
            longest[column] = max(longest[column], *map(len, PIECE.split(text)))
    width = sum(length * WIDE_CHARACTER + PADDING for length in longest)
    return max(longest, default=0) >= LONG_WORD and width > LINE
