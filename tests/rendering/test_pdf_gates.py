"""What every PDF must have to be read aloud, searched and printed. Read back with pikepdf."""

import re
import shutil
import subprocess

import pikepdf
import pytest

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads pages with poppler-utils")


@pytest.fixture
def pdf(sample_pdf):
    with pikepdf.open(sample_pdf.path) as opened:
        yield opened


def elements(node, kind=None):
    """Structure elements below ``node``, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if kind is None or str(kid.S) in kind:
                yield kid
            yield from elements(kid, kind)


def page_texts(path):
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return text.split("\f")[:-1]


def test_document_is_tagged_named_and_in_english(pdf):
    with pdf.open_metadata() as metadata:
        part = metadata["pdfuaid:part"]

    assert (bool(pdf.Root.MarkInfo.Marked), str(pdf.Root.Lang), str(pdf.docinfo["/Title"]), part) == (
        True,
        "en-GB",
        "Peer review of acute oncology",
        "1",
    )
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo["/Subject"]) == "Acute oncology"


def test_every_figure_has_alternative_text(pdf):
    texts = [str(figure.get("/Alt", "")) for figure in elements(pdf.Root.StructTreeRoot, {"/Figure"})]

    assert texts == ["Trend by year", "Findings by domain"]


def test_every_body_cell_is_tied_to_its_heads(pdf):
    cells = list(elements(pdf.Root.StructTreeRoot, {"/TD"}))
    heads = list(elements(pdf.Root.StructTreeRoot, {"/TH"}))

    named = {str(head.get("/ID", "")) for head in heads}
    tied = [[str(name) for name in cell.A.get("/Headers", [])] for cell in cells]

    assert len(cells) > 200
    assert [names for names in tied if not names or not set(names) <= named] == []


def test_headings_begin_at_one_and_skip_no_level(pdf):
    levels = [int(str(heading.S)[2:]) for heading in elements(pdf.Root.StructTreeRoot, {f"/H{level}" for level in range(1, 7)})]

    assert levels == [1, 2, 2, 2, 3, 4, 2, 3, 2]


def test_every_font_is_embedded_and_arimo(pdf):
    descriptors = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor"]
    files = [entry for entry in descriptors if {"/FontFile", "/FontFile2", "/FontFile3"} & set(entry.keys())]

    assert {str(entry.FontName).split("+")[1] for entry in descriptors} == {"Arimo", "Arimo-Bold"}
    assert files == descriptors


def test_bookmarks_follow_the_sections(pdf):
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root[0].children]

    assert titles == ["Contents", "Summary", "Views of patients", "Findings", "Appendix"]


@needs_pdftotext
def test_contents_name_the_pages_where_sections_start(sample_pdf):
    pages = page_texts(sample_pdf.path)
    named = {
        title: int(number) for title, number in re.findall(r"^\s*(\S.*?)\s{3,}(\d+)$", pages[1].split("One sentence")[0], re.MULTILINE)
    }

    found = {
        title: next(n for n, page in enumerate(pages, 1) if n > 1 and re.search(rf"^\s*{title}$", page, re.MULTILINE)) for title in named
    }

    assert list(named) == ["Summary", "Views of patients", "Findings", "Good practice", "Appendix"]
    assert named == found


@needs_pdftotext
def test_every_page_has_footer_and_later_pages_a_header(sample_pdf):
    pages = page_texts(sample_pdf.path)

    assert len(pages) == sample_pdf.page_count
    for number, page in enumerate(pages, 1):
        footer = rf"acute-oncology-v2.pdf · Version 2 · 12 July 2027 · 9f86d081884c\s+Page {number} of {len(pages)}"
        assert re.search(footer, page), page
        assert "Illustrative" in page
        assert number == 1 or "Acute oncology, Northern Trust" in page.splitlines()[0]


@needs_pdftotext
def test_table_heads_repeat_on_each_page_of_a_table(sample_pdf):
    pages = [page for page in page_texts(sample_pdf.path) if "10-1A-3" in page]

    assert len(pages) > 1
    assert [page for page in pages if not re.search(r"Number\s+Indicator\s+Reviewed", page)] == []


def test_mark_is_an_artifact_behind_every_page(pdf):
    starts = [b" ".join(page_content(page).split()[:40]) for page in pdf.pages]

    assert [start for start in starts if not re.search(rb"/Artifact BMC [^A-Z]* re W n /x\d+ Do EMC", start)] == []


def page_content(page):
    contents = page.Contents
    return contents.read_bytes() if isinstance(contents, pikepdf.Stream) else b"\n".join(part.read_bytes() for part in contents)


def test_nothing_is_attached_and_links_are_ordinary(pdf):
    addresses = [
        str(annotation.A.URI)
        for page in pdf.pages
        for annotation in page.get("/Annots", [])
        if "/A" in annotation and "/URI" in annotation.A
    ]

    assert (addresses, list(pdf.attachments)) == (["https://example.org/"], [])
