"""The house's own HTML as paragraphs, lists and tables of a Word document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rendering.markup import clean_text

if TYPE_CHECKING:
    from docx.document import Document

DEEPEST_LIST = 3
DEEPEST_HEADING = 5
LINE_UNITS = 17 * 360_000  # 17 cm between the margins; Word counts 360,000 to a centimetre
LEAST_WEIGHT, MOST_WEIGHT = 9, 60  # characters of an average cell
TABLE_STYLE = "Table Text"
CELL_UNITS, CHARACTER_UNITS = 144_000, 68_000  # 4 mm beside the words of a cell; 1.9 mm for a bold character of 9 points
LONGEST_WHOLE_WORD = 16  # characters of a word that its column keeps on one line
MOST_COLUMNS = 20  # Word holds 63; nothing of ours has more than ten
HIDDEN = "nhsuk-u-visually-hidden"  # a table under a heading that says the same
CONTAINERS = frozenset({"div", "section", "main", "figure", "figcaption", "details", "summary", "article", "dl", "span"})
LEFT_OUT = frozenset({"svg", "script", "style", "template", "img", "object", "iframe"})
LINK = re.compile(r"^(https://|mailto:)", re.IGNORECASE)
INLINE = frozenset({"a", "strong", "b", "em", "i", "code", "br", "span", "abbr", "time", "mark", "small", "sub", "sup"})


class Body:
    """Writes onto the end of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._bookmarks = 0

    def heading(self, text: str, *, level: int, anchor: str = "", starts_page: bool = False) -> None:
        """A heading of Word's own style, ``level`` 1 to 5, which links to ``#anchor`` find."""
        paragraph: Any = self.document.add_paragraph(clean_text(text), style=f"Heading {max(1, min(level, DEEPEST_HEADING))}")
        paragraph.paragraph_format.page_break_before = starts_page
        if anchor:
            self._mark(paragraph, anchor)

    def add_html(self, html: str) -> None:
        """Safe HTML whose headings begin at h3 below a section's own."""
        from lxml.html import fragment_fromstring  # noqa: PLC0415  slow library

        if html.strip():
            self._children(fragment_fromstring(html, create_parent="div"))

    def _mark(self, paragraph: Any, anchor: str) -> None:
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.oxml.parser import OxmlElement  # noqa: PLC0415

        self._bookmarks += 1
        for name in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(name)
            mark.set(qn("w:id"), str(self._bookmarks))
            if name == "w:bookmarkStart":
                mark.set(qn("w:name"), anchor[:40])
            paragraph._p.append(mark)

    # Blocks -----------------------------------------------------------------------------------------------------------
    def _children(self, element: Any, *, style: str | None = None, depth: int = 0) -> None:
        """What stands in a container: blocks as they are, loose words as paragraphs of their own."""
        loose: list[Any] = [element.text] if element.text else []
        for child in element:
            if _is_inline(child):
                loose.append(child)
            else:
                self._loose(loose, style)
                loose = []
                self._block(child, style=style, depth=depth)
            if child.tail:
                loose.append(child.tail)
        self._loose(loose, style)

    def _loose(self, pieces: list[Any], style: str | None) -> None:
        if any(piece.strip() if isinstance(piece, str) else True for piece in pieces):
            paragraph = self.document.add_paragraph(style=style)
            for piece in pieces:
                self._piece(paragraph, piece, {})

    def _block(self, element: Any, *, style: str | None, depth: int) -> None:
        tag = _tag(element)
        if tag in LEFT_OUT or not tag:
            return
        if re.fullmatch(r"h[1-6]", tag):
            self.heading(" ".join(element.text_content().split()), level=int(tag[1]) - 1)
        elif tag in {"ul", "ol"}:
            self._list(element, depth=depth)
        elif tag == "table":
            self._table(element)
        elif tag == "blockquote":
            self._children(element, style="Quote", depth=depth)
        elif tag in CONTAINERS or len(element) and not _holds_words_only(element):
            self._children(element, style=style, depth=depth)
        elif tag != "hr":
            self._fill(self.document.add_paragraph(style=style), element)

    def _list(self, element: Any, *, depth: int) -> None:
        """A list; a numbered one begins at 1 again."""
        kind = "List Number" if _tag(element) == "ol" else "List Bullet"
        name = kind if depth == 0 else f"{kind} {min(depth + 1, DEEPEST_LIST)}"
        number = self._new_numbering(name) if kind == "List Number" else None
        for item in element.iterchildren("li"):
            paragraph: Any = self.document.add_paragraph(style=name)
            if number is not None:
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                properties.get_or_add_numId().val = number
            self._item(paragraph, item, depth=depth)

    def _item(self, paragraph: Any, item: Any, *, depth: int) -> None:
        """The words of an item in its own paragraph, and the blocks inside it below."""
        self._piece(paragraph, item.text, {})
        is_first = not (item.text or "").strip()
        for child in item:
            if _is_inline(child):
                self._piece(paragraph, child, {})
            elif _tag(child) == "p" and is_first:
                self._fill(paragraph, child)
            else:
                self._block(child, style="List Continue", depth=depth + 1)
            is_first = False
            if child.tail and child.tail.strip():
                self._piece(paragraph, child.tail, {})

    def _new_numbering(self, style: str) -> int:
        """A numbering of its own that begins at 1, with the look of ``style``."""
        numbering = self.document.part.numbering_part.element
        kept = self.document.styles[style].element.pPr.numPr.numId.val
        abstract = next(found.abstractNumId.val for found in numbering.num_lst if found.numId == kept)
        made = numbering.add_num(abstract)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        number: int = made.numId
        return number

    # Tables -----------------------------------------------------------------------------------------------------------
    def _table(self, element: Any) -> None:
        rows = [[cell for cell in row if _tag(cell) in {"td", "th"}][:MOST_COLUMNS] for row in element.iter("tr")]
        width = max((len(row) for row in rows), default=0)
        if not width:
            return
        caption = next(element.iterchildren("caption"), None)
        if caption is not None and HIDDEN not in caption.get("class", ""):
            self.document.add_paragraph(" ".join(caption.text_content().split()), style="Caption")
        table: Any = self.document.add_table(rows=0, cols=width, style="Table Grid")
        widths = _widths(rows, width)
        for column, share in zip(table.columns, widths, strict=True):
            column.width = share
        heads = {row for head in element.iterchildren("thead") for row in head.iter("tr")}
        for row, cells in zip(element.iter("tr"), rows, strict=True):
            self._row(table.add_row(), cells, widths, is_head=row in heads)
        self.document.add_paragraph()

    def _row(self, row: Any, cells: list[Any], widths: list[int], *, is_head: bool) -> None:
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.oxml.parser import OxmlElement  # noqa: PLC0415

        properties = row._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
            flag = OxmlElement(name)
            flag.set(qn("w:val"), "true")
            properties.append(flag)
        for place, share in zip(row.cells, widths, strict=True):
            place.width = share
        for place, cell in zip(row.cells, cells, strict=False):
            look = {"bold": True} if _tag(cell) == "th" else {}
            for number, part in enumerate(_paragraphs_of(cell)):
                paragraph = place.paragraphs[0] if number == 0 else place.add_paragraph()
                paragraph.style = TABLE_STYLE
                for piece in part:
                    self._piece(paragraph, piece, look)

    # Words ------------------------------------------------------------------------------------------------------------
    def _fill(self, paragraph: Any, element: Any) -> None:
        """The words of ``element`` onto the end of a paragraph."""
        for piece in _pieces_of(element):
            self._piece(paragraph, piece, {"mono": True} if _tag(element) == "pre" else {})

    def _piece(self, paragraph: Any, piece: Any, look: dict[str, bool]) -> None:
        if piece is None:
            return
        if isinstance(piece, str):
            text = clean_text(piece) if look.get("mono") else re.sub(r"\s+", " ", clean_text(piece))
            if text and (text.strip() or paragraph.runs):
                _look(paragraph.add_run(text), look)
            return
        tag = _tag(piece)
        if tag == "br":
            paragraph.add_run().add_break()
        elif tag == "a" and LINK.match(piece.get("href") or ""):
            _link(paragraph, " ".join(piece.text_content().split()), piece.get("href"))
        elif tag not in LEFT_OUT and tag:
            inside = look | {
                "bold": tag in {"strong", "b"} or look.get("bold", False),
                "italic": tag in {"em", "i"} or look.get("italic", False),
            }
            inside["mono"] = tag == "code" or look.get("mono", False)
            for inner in _pieces_of(piece):
                self._piece(paragraph, inner, inside)


def _widths(rows: list[list[Any]], count: int) -> list[int]:
    """How wide each column is, in Word's own units: room for its longest word, as far as the line has it, and the rest by how much
    stands in it."""
    words = [[row[n].text_content().split() for row in rows if n < len(row)] for n in range(count)]
    weights = [max(LEAST_WEIGHT, min(MOST_WEIGHT, sum(len(" ".join(cell)) for cell in cells) / max(1, len(cells)))) for cells in words]
    longest = [min(LONGEST_WHOLE_WORD, max((len(word) for cell in cells for word in cell), default=0)) for cells in words]
    least = [CELL_UNITS + CHARACTER_UNITS * length for length in longest]
    rest = max(0, LINE_UNITS - sum(least))
    wanted = [whole + rest * weight / sum(weights) for whole, weight in zip(least, weights, strict=True)]
    return [int(LINE_UNITS * one / sum(wanted)) for one in wanted]


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_inline(element: Any) -> bool:
    return _tag(element) in INLINE and _holds_words_only(element)


def _holds_words_only(element: Any) -> bool:
    return all(_tag(inner) in INLINE or not _tag(inner) for inner in element.iterdescendants())


def _pieces_of(element: Any) -> Iterator[Any]:
    """Text and elements of ``element`` in reading order."""
    yield element.text
    for child in element:
        yield child
        yield child.tail


def _paragraphs_of(cell: Any) -> list[list[Any]]:
    """A cell's words: one paragraph, or one for each block inside it."""
    found: list[list[Any]] = [[]]
    for piece in _pieces_of(cell):
        if piece is None or isinstance(piece, str) or _is_inline(piece):
            found[-1].append(piece)
        else:
            found += [_flat(piece), []]
    return [part for part in found if any(piece is not None and (not isinstance(piece, str) or piece.strip()) for piece in part)]


def _flat(element: Any) -> list[Any]:
    """The words of a block inside a cell: a list's items one after another, each with its mark."""
    if _tag(element) not in {"ul", "ol"}:
        return list(_pieces_of(element))
    return ["; ".join(" ".join(item.text_content().split()) for item in element.iter("li"))]


def _look(run: Any, look: dict[str, bool]) -> None:
    run.bold, run.italic = look.get("bold") or None, look.get("italic") or None
    if look.get("mono"):
        run.font.name = "Courier New"


def _link(paragraph: Any, text: str, address: str) -> None:
    """A link that Word opens when it is pressed, never before."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.oxml.parser import OxmlElement  # noqa: PLC0415

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(clean_text(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run: Any = paragraph.add_run(clean_text(text))
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)
