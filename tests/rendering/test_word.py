"""Word documents: real headings, repeated heads, one mark on every page, nothing that Word would fetch or run."""

import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from rendering.markdown import markdown_to_html
from rendering.markup import SafeHtml
from rendering.pdf import Section
from rendering.word import save_word, table_html

HOSTILE = (
    '"><script>x</script><img src="http://127.0.0.1:9/x"> {{7*7}} \x00\x0b ]]> [a](file:///etc/passwd) '
    "<w:instrText>INCLUDEPICTURE</w:instrText>"
)


def save(path, *sections, **changes):
    values = {"title": "Peer review", "short_title": "Acute oncology", "file_name": "a-v2.docx", "date_text": "12 July 2027"}
    save_word(path, sections=sections, **values | changes)
    return docx.Document(path)


def texts(document, style):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def test_headings_lists_and_quotes_are_words_own_styles(tmp_path):
    words = "# Heard\n\nOne *two* **three**.\n\n1. a\n2. b\n\n> said\n\n- c\n  - d\n"

    document = save(tmp_path / "a.docx", Section("Views", markdown_to_html(words)), Section("Inside", SafeHtml("<p>x</p>"), level=2))

    names = ("Title", "Heading 1", "Heading 2", "List Number", "List Bullet", "List Bullet 2", "Quote")
    assert [texts(document, name) for name in names] == [
        ["Peer review"], ["Views"], ["Heard", "Inside"], ["a", "b"], ["c"], ["d"], ["said"],
    ]  # fmt: skip


def test_numbered_lists_each_begin_at_one(tmp_path):
    document = save(tmp_path / "a.docx", Section("Lists", markdown_to_html("1. a\n2. b\n\nbetween\n\n1. c\n")))

    numbers = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"]

    assert numbers[0] == numbers[1] != numbers[2]


def test_table_repeats_its_head_and_keeps_every_cell(tmp_path):
    table = table_html(("Number", "What"), [("1", "=1+1"), ("2", "b")], caption="Measures")

    document = save(tmp_path / "a.docx", Section("Table", table))

    found = document.tables[-1]
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["Number", "What"], ["1", "=1+1"], ["2", "b"]]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in found.rows] == [True, False, False]
    assert texts(document, "Caption") == ["Measures"]


def test_hidden_name_of_a_table_is_not_printed(tmp_path):
    html = '<table><caption class="nhsuk-table__caption nhsuk-u-visually-hidden">Steps</caption><tr><th>Step</th></tr></table>'

    document = save(tmp_path / "a.docx", Section("Steps of the review", SafeHtml(html)))

    assert (len(document.tables), texts(document, "Caption")) == (2, [])


def test_columns_have_room_for_their_longest_word_and_fill_the_line(tmp_path):
    header = ("Number", "Indicator", "Self-assessed", "Validated", "Reviewed", "Comment")
    row = ("ILL-REN-001", "A named lead with time in the job plan", "Not applicable", "Not met", "Not judged", "Said by the service. " * 20)

    document = save(tmp_path / "a.docx", Section("Table", table_html(header, [row] * 3)))

    widths = [column.width.mm for column in document.tables[-1].columns]
    longest = [max(len(word) for text in pair for word in text.split()) for pair in zip(header, row, strict=True)]
    assert [width >= 4 + 1.85 * length for width, length in zip(widths, longest, strict=True)] == [True] * 6
    assert sum(widths) == pytest.approx(170, abs=1)


@pytest.mark.parametrize("mark", ["DRAFT", "ACCURACY CHECK"])
def test_mark_title_and_footer_run_along_every_page(tmp_path, mark):
    document = save(tmp_path / "a.docx", mark=mark, version="2", content_hash="9f86d081884c7d65")

    section = document.sections[0]
    assert section.header.paragraphs[0].text.split() == ["Acute", "oncology", *mark.split()]
    assert section.footer.paragraphs[0].text.startswith("a-v2.docx · Version 2 · 12 July 2027 · 9f86d081884c · Page ")
    assert [field.get(qn("w:instr")) for field in section.footer._element.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_unknown_mark_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Unknown mark"):
        save(tmp_path / "a.docx", mark="Draft")

    assert list(tmp_path.iterdir()) == []


def test_hostile_text_stays_text_and_nothing_is_fetched_or_embedded(tmp_path):
    html = f'<p>{"x"}<img src="http://127.0.0.1:9/i"><svg><image href="http://127.0.0.1:9/s"/></svg></p><p>kept</p>'
    sections = [
        Section(HOSTILE, markdown_to_html(HOSTILE)),
        Section("Raw", SafeHtml(html)),
        Section("Table", table_html([HOSTILE], [[HOSTILE]])),
    ]

    save(tmp_path / "a.docx", *sections, title=HOSTILE, short_title=HOSTILE, subtitle=[HOSTILE], facts=[(HOSTILE, HOSTILE)])

    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        parts = {name: archive.read(name).decode("utf-8", "ignore") for name in archive.namelist() if name.endswith((".xml", ".rels"))}
        names = archive.namelist()
    assert [name for name in names if "embed" in name.lower() or "media" in name or "vba" in name.lower()] == []
    assert "TargetMode" not in parts["word/_rels/document.xml.rels"]
    assert "<w:instrText" not in parts["word/document.xml"]
    assert "&lt;script&gt;" in parts["word/document.xml"]
    assert "kept" in parts["word/document.xml"]


def test_only_web_and_mail_links_are_links(tmp_path):
    words = "[a](https://example.org/) [b](mailto:a@example.org) [c](http://example.org/) [d](file:///etc/passwd)"

    document = save(tmp_path / "a.docx", Section("Links", markdown_to_html(words)))

    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert targets == ["https://example.org/", "mailto:a@example.org"]
