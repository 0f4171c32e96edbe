"""Word documents from the same sections that make a PDF: cover facts, headings, words, tables, header and footer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rendering.csv import whole_file
from rendering.markup import SafeHtml, as_html, clean_text, escape
from rendering.pdf.document import (
    ILLUSTRATIVE_SENTENCE,
    MARK_SENTENCES,
    PUBLISHER,
    Fact,
    Mark,
    Section,
    cover_facts,
    cover_lines,
    footer_text,
    with_anchors,
)
from rendering.word_body import TABLE_STYLE, Body

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Arial"
LANGUAGE = "en-GB"
INK, BLUE, QUIET = "212B32", "005EB8", "4C6272"
SIZES = {"Title": 26, "Subtitle": 14, "Heading 1": 18, "Heading 2": 14, "Heading 3": 12, "Heading 4": 11, "Heading 5": 10.5}
BODY_POINTS = 10.5
TABLE_POINTS, RUNNING_POINTS = 9, 8
MARGIN_CENTIMETRES, LINE_CENTIMETRES = 2, 17
MOST_TITLE_CHARACTERS = 255  # of a property in Word


def save_word(
    destination: Path,
    *,
    title: str,
    short_title: str,
    sections: Sequence[Section],
    file_name: str,
    date_text: str,
    subtitle: Sequence[str] = (),
    facts: Sequence[Fact | tuple[str, str]] = (),
    version: str = "",
    content_hash: str = "",
    mark: Mark | None = None,
    illustrative: bool = False,
    publisher: str = PUBLISHER,
    made_at: datetime | None = None,
) -> int:
    """A DOCX file at ``destination``, whole or not at all; gives its size in bytes. Takes what ``document_html`` takes.

    ``sections`` hold HTML that says it is safe (anything else is escaped): headings, paragraphs, lists, quotes, links to https
    and mailto, tables. Drawings are left out: the sentence and the figures beside a chart say what it shows. Headings are
    Word's own styles; heads of tables repeat; the language is British English. The mark stands in the header of every page.
    Raises ValueError for a mark that is not known.
    """
    import docx  # noqa: PLC0415  slow library

    if mark is not None and mark not in MARK_SENTENCES:
        raise ValueError(f"Unknown mark: {mark}")
    document = docx.Document()
    _set_properties(document, title=title, publisher=publisher, made_at=made_at)
    _set_styles(document)
    footer = footer_text(file_name=file_name, version=version, date_text=date_text, content_hash=content_hash)
    _run_along(document, short_title=short_title, footer=footer, mark=mark)
    body = Body(document)
    pairs = cover_facts(facts, version=version, date_text=date_text, content_hash=content_hash)
    notes = [*([MARK_SENTENCES[mark]] if mark else []), *([ILLUSTRATIVE_SENTENCE] if illustrative else [])]
    _cover(document, body, title=title, lines=[*cover_lines(title, subtitle), publisher], pairs=pairs, notes=notes)
    placed = with_anchors(sections)
    for number, section in enumerate(placed):
        body.heading(section.title, level=section.level, anchor=section.anchor, starts_page=bool(number == 0 or section.starts_page))
        body.add_html(as_html(section.html))
    return _write(document, Path(destination))


def table_html(header: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str = "") -> SafeHtml:
    """A table of plain texts as HTML for a section: the first cell of a row is its head. Works for Word and for PDF."""
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    lines = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in rows if row
    )
    name = f"<caption>{escape(caption)}</caption>" if caption else ""
    return SafeHtml(f"<table>{name}<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def _write(document: Document, destination: Path) -> int:
    with whole_file(destination) as part, part.open("wb") as file:
        document.save(file)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _set_properties(document: Document, *, title: str, publisher: str, made_at: datetime | None) -> None:
    properties = document.core_properties
    properties.title = clean_text(title)[:MOST_TITLE_CHARACTERS]
    properties.author = properties.last_modified_by = clean_text(publisher)[:MOST_TITLE_CHARACTERS]
    properties.language, properties.comments, properties.keywords = LANGUAGE, "", ""
    if made_at:
        properties.created = properties.modified = made_at.replace(tzinfo=None)


def _set_styles(document: Document) -> None:
    """Arial, the house's sizes and colours, and British English for whoever reads it aloud."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415
    from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CENTIMETRES)
    normal: Any = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(BODY_POINTS), Pt(6)
    _set_font(normal)
    for name, size in SIZES.items():
        style: Any = document.styles[name]
        _set_font(style)
        style.font.size, style.font.italic, style.font.bold = Pt(size), False, name != "Subtitle"
        style.font.color.rgb = RGBColor.from_string(INK)
    cell: Any = document.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.font.size = normal, Pt(TABLE_POINTS)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
    for name in ("Header", "Footer"):
        running: Any = document.styles[name]
        running.font.size, running.font.color.rgb = Pt(RUNNING_POINTS), RGBColor.from_string(QUIET)
        running.paragraph_format.tab_stops.clear_all()
        running.paragraph_format.tab_stops.add_tab_stop(Cm(LINE_CENTIMETRES), WD_TAB_ALIGNMENT.RIGHT)
    caption: Any = document.styles["Caption"]
    _set_font(caption)
    caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(BODY_POINTS), True, RGBColor.from_string(INK)
    caption.paragraph_format.keep_with_next = True


def _set_font(style: Any) -> None:
    """One font for every script, and the language; a theme's font would win over the name otherwise."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.oxml.parser import OxmlElement  # noqa: PLC0415

    style.font.name = FONT
    properties = style.element.get_or_add_rPr()
    fonts = properties.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    for other in properties.findall(qn("w:lang")):
        properties.remove(other)
    properties.append(language)


def _run_along(document: Document, *, short_title: str, footer: str, mark: str | None) -> None:
    """The header's short title and mark, and the footer's file, version, date, hash and page."""
    section = document.sections[0]
    head: Any = section.header.paragraphs[0]
    head.text = " ".join(clean_text(short_title).split())[:140]
    if mark:
        head.add_run(f"\t{mark}").bold = True
    foot: Any = section.footer.paragraphs[0]
    foot.add_run(" ".join(clean_text(footer).split())[:200] + " · Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, instruction: str) -> None:
    """A field that Word works out itself, such as the number of the page."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.oxml.parser import OxmlElement  # noqa: PLC0415

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _cover(
    document: Document, body: Body, *, title: str, lines: Sequence[str], pairs: Sequence[tuple[str, str]], notes: Sequence[str]
) -> None:
    document.add_paragraph(clean_text(title), style="Title")
    for line in lines:
        if line:
            document.add_paragraph(clean_text(line), style="Subtitle")
    for note in notes:
        document.add_paragraph().add_run(note).bold = True
    body.add_html(table_html(("About this document", "Description"), pairs))
