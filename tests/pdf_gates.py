"""What every PDF of every kind must have, read back with pikepdf: to be read aloud, searched, printed and trusted."""

import re
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

LEVELS = {f"/H{level}": level for level in range(1, 7)}


def elements(node: Any, kinds: set[str]) -> Iterator[Any]:
    """Structure elements of some kinds below ``node``, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if str(kid.S) in kinds:
                yield kid
            yield from elements(kid, kinds)


def faults_of(path: Path) -> list[str]:
    """Sentences about everything that is not as it must be; empty when the file passes every gate."""
    with pikepdf.open(path) as pdf:
        return [
            *_named(pdf),
            *_figures(pdf),
            *_cells(pdf),
            *_headings(pdf),
            *_fonts(pdf),
            *_outline(pdf),
            *_contents(pdf),
            *_nothing_attached(pdf),
        ]


def _named(pdf: pikepdf.Pdf) -> Iterator[str]:
    with pdf.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") != "1":
            yield "PDF/UA-1 is not intended"
    if not bool(pdf.Root.MarkInfo.Marked):
        yield "not tagged"
    if str(pdf.Root.Lang) != "en-GB":
        yield f"language {pdf.Root.Lang}"
    if not str(pdf.docinfo.get("/Title", "")).strip() or not bool(pdf.Root.ViewerPreferences.DisplayDocTitle):
        yield "no title"


def _figures(pdf: pikepdf.Pdf) -> Iterator[str]:
    for figure in elements(pdf.Root.StructTreeRoot, {"/Figure"}):
        if not str(figure.get("/Alt", "")).strip():
            yield "a figure without alternative text"


def _cells(pdf: pikepdf.Pdf) -> Iterator[str]:
    heads = {str(head.get("/ID", "")) for head in elements(pdf.Root.StructTreeRoot, {"/TH"})}
    for cell in elements(pdf.Root.StructTreeRoot, {"/TD"}):
        tied = {str(name) for name in cell.get("/A", pikepdf.Dictionary()).get("/Headers", [])}
        if not tied or not tied <= heads:
            yield "a cell that is tied to no head"


def _headings(pdf: pikepdf.Pdf) -> Iterator[str]:
    levels = [LEVELS[str(heading.S)] for heading in elements(pdf.Root.StructTreeRoot, set(LEVELS))]
    if levels[:1] != [1]:
        yield f"headings begin at {levels[:1]}"
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            yield f"a heading of level {after} after one of level {before}"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    fonts = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor"]
    for font in fonts:
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()):
            yield f"{font.FontName} is not embedded"
    names = {str(font.FontName) for font in fonts}
    if not any("Arimo" in name for name in names):
        yield f"no Arimo among {sorted(names)}"


def _outline(pdf: pikepdf.Pdf) -> Iterator[str]:
    with pdf.open_outline() as outline:
        if not outline.root:
            yield "no bookmarks"


def _contents(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Each line of the contents must lead to where its section begins, which the bookmarks know from the heading itself."""
    with pdf.open_outline() as outline:
        children = outline.root[0].children if outline.root else []
        begins = {str(item.title): pdf.pages.index(pikepdf.Page(item.destination[0])) for item in children[:1]}
        sections = [pdf.pages.index(pikepdf.Page(item.destination[0])) for item in children[1:]]
    if "Contents" not in begins:
        return
    places = pikepdf.NameTree(pdf.Root.Names.Dests) if "/Names" in pdf.Root and "/Dests" in pdf.Root.Names else {}
    pages = list(pdf.pages)[begins["Contents"] : sections[0] + 1] if sections else []
    links = list(dict.fromkeys(str(note.Dest) for page in pages for note in page.get("/Annots", []) if "/Dest" in note))
    named = [pdf.pages.index(pikepdf.Page(places[name][0])) for name in links[: len(sections)]]
    if named != sections:
        yield f"contents name pages {named}, sections begin on {sections}"


def _nothing_attached(pdf: pikepdf.Pdf) -> Iterator[str]:
    if list(pdf.attachments):
        yield "attachments"
    for entry in pdf.objects:
        if isinstance(entry, pikepdf.Dictionary) and ("/JS" in entry or entry.get("/Type") == "/EmbeddedFile" or "/EF" in entry):
            yield "a script or an embedded file"


def page_texts(path: Path) -> list[str]:
    """The words of each page as they lie on it."""
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return text.split("\f")[:-1]


def unnumbered_pages(path: Path) -> list[int]:
    """Pages whose foot does not say which of how many they are."""
    pages = page_texts(path)
    return [number for number, page in enumerate(pages, 1) if not re.search(rf"Page\s+{number}\s+of\s+{len(pages)}\b", page)]


WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)')
LEFT, RIGHT = 13 / 25.4 * 72, (210 - 13) / 25.4 * 72  # the narrowest margin of any paper is 16 mm


def words_outside(path: Path) -> list[str]:
    """Words that run into a margin at the side, with their page."""
    text = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True).stdout
    pages = enumerate(text.split("<page ")[1:], 1)
    found = ((number, *word.groups()) for number, page in pages for word in WORD.finditer(page))
    return [f"page {number}: {words[:20]}" for number, left, _, right, _, words in found if float(left) < LEFT or float(right) > RIGHT]


def lonely_headings(path: Path) -> list[str]:
    """Headings under which nothing stands on their page. Their words must be theirs alone in the document."""
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        titles = {" ".join(str(item.title).split()) for item in _items(outline.root)}
    last = [[line.strip() for line in page.splitlines() if line.strip()][-2:-1] for page in page_texts(path)]
    return [line for lines in last for line in lines if line in titles]


def _items(items: list[Any]) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _items(item.children)


def everything_in(path: Path) -> bytes:
    """All that a reader of the file could get at: every stream, inflated, and every text."""
    with pikepdf.open(path) as pdf:
        streams = [_read(entry) for entry in pdf.objects if isinstance(entry, pikepdf.Stream)]
        return b"\n".join(
            [*streams, *(str(entry).encode("utf-8", "replace") for entry in pdf.objects if not isinstance(entry, pikepdf.Stream))]
        )


def _read(stream: pikepdf.Stream) -> bytes:
    try:
        return bytes(stream.read_bytes())
    except (pikepdf.PdfError, zlib.error):
        return b""
