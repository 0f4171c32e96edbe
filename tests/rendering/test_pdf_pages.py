"""How a document breaks into pages: no heading alone, small tables whole, nothing in the margins, contents only where they help."""

import pytest
from defusedxml.ElementTree import fromstring

from rendering.charts import TrendPoint, distribution_chart, trend_chart
from rendering.markup import SafeHtml
from rendering.pdf import Section, letter_html, render_pdf
from rendering.pdf.document import cover_facts, cover_lines
from rendering.pdf.keep import fit_tables
from tests.pdf_gates import faults_of, lonely_headings, page_texts, words_outside
from tests.rendering.conftest import sample_html
from tests.rendering.test_pdf_gates import needs_pdftotext

pytestmark = [needs_pdftotext, pytest.mark.usefixtures("arimo")]
LINE = "<p>The team met the staff of two wards.</p>"


def table_of(count: int, name: str, words: str = "A short answer") -> str:
    rows = "".join(f'<tr><th scope="row">{name} row {number}</th><td>{words}</td></tr>' for number in range(1, count + 1))
    heads = '<thead><tr><th scope="col">Row</th><th scope="col">Answer</th></tr></thead>'
    return f"<table><caption>Table {name}</caption>{heads}<tbody>{rows}</tbody></table>"


def test_headings_tables_and_charts_break_well_wherever_they_fall(tmp_path):
    """Each section moves what follows it down by one line more, so that headings fall on every height of a page."""
    trend = trend_chart([TrendPoint("2027", 50, 1, 2)], chart_id="trend", title="Trend")
    sections = [
        Section(
            f"Part {number}",
            SafeHtml(f"{LINE * number}<h3>Table under part {number}</h3>{table_of(4, f'T{number}')}<h3>End of part {number}</h3>{LINE}"),
            page_break=False,
        )
        for number in range(1, 31)
    ]
    sections.append(Section("Chart", SafeHtml(f"{LINE * 12}<h3>Figures of the chart</h3>{trend.print_html()}"), page_break=False))

    made = render_pdf(sample_html(sections=sections, mark=None), tmp_path / "pages.pdf")

    pages = page_texts(made.path)
    split = [
        number for number in range(1, 31) if len([page for page in pages if f"Table T{number}\n" in page or f"T{number} row" in page]) != 1
    ]
    assert made.page_count > 15
    assert (lonely_headings(made.path), split, words_outside(made.path), faults_of(made.path)) == ([], [], [], [])


def test_a_section_of_one_sentence_and_a_table_begins_where_its_table_does(tmp_path):
    """Its heading and its sentence do not stay behind at the foot of a page, however far down the section begins."""
    sections = [
        Section(
            f"Part {number}",
            SafeHtml(f"{LINE * number}<h3>Figures {number}</h3><p>What part {number} counts.</p>{table_of(6, f'T{number}')}"),
            page_break=False,
        )
        for number in range(1, 25)
    ]

    made = render_pdf(sample_html(sections=sections, mark=None), tmp_path / "leads.pdf")

    pages = page_texts(made.path)
    apart = [n for n in range(1, 25) if not any(f"What part {n} counts." in page and f"T{n} row 1" in page for page in pages)]
    assert (apart, lonely_headings(made.path), faults_of(made.path)) == ([], [], [])


def test_only_a_short_paragraph_leads_to_its_table():
    root = fromstring(f"<body><p>{'Long. ' * 60}</p><table></table><p class='a'>Short.</p><table></table><p>Short.</p><p>Last.</p></body>")

    fit_tables(root)

    assert [one.get("class") for one in root.iter("p")] == [None, "a leads", None, None]


def test_one_row_is_not_tied_to_what_follows(tmp_path):
    """A table of one row, then a table that fills the rest of the page and more: the first stays where there is room for it."""
    html = f"{LINE * 10}{table_of(1, 'One')}{table_of(60, 'Long', 'Words. ' * 12)}"

    made = render_pdf(sample_html(sections=[Section("Only", SafeHtml(html))], mark=None), tmp_path / "rows.pdf")

    first = next(page for page in page_texts(made.path) if "Only" in page)
    assert ("One row 1" in first, "Long row 1" in first) == (True, True)


def test_words_without_a_space_stay_between_the_margins(tmp_path):
    long = "w" * 300
    address = "https://example.org/" + "adult-renal-services-" * 12
    html = f"<h3>{long}</h3><p>{long}</p><ul><li>{long}</li></ul>{table_of(3, long, f'{address} {long}')}<blockquote>{long}</blockquote>"

    made = render_pdf(sample_html(title=long, short_title=long, sections=[Section(long, SafeHtml(html))]), tmp_path / "long.pdf")

    assert words_outside(made.path) == []
    assert [page for page in page_texts(made.path) if "servi\n" in page] == []


@pytest.mark.parametrize("word", ["w" * 30, "w" * 90, "adult-renal-services-illustrative-trust@northern-hospitals.example"])
def test_columns_of_long_words_share_the_page(tmp_path, word):
    heads = "".join(f'<th scope="col">Column {number}</th>' for number in range(6))
    cells = f'<th scope="row">{word}</th>' + f"<td>Said by {word}</td>" * 5
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{f'<tr>{cells}</tr>' * 3}</tbody></table>"

    made = render_pdf(sample_html(sections=[Section("Only", SafeHtml(table))]), tmp_path / "wide.pdf")

    assert words_outside(made.path) == []


def test_columns_of_ordinary_words_keep_the_width_that_they_need():
    lines = "Service: the rota was documented.<br/>Review: seen."
    ordinary, long = (fromstring(f"<table><tr>{f'<td>{cell}</td>' * 6}</tr></table>") for cell in (lines, "w" * 40))

    fit_tables(ordinary)
    fit_tables(long)

    assert [table.get("class") for table in (ordinary, long)] == ["short tied", "short tied even"]


@pytest.mark.parametrize(("count", "has_contents", "first_page"), [(2, False, 2), (3, True, 2), (9, True, 2), (10, True, 3)])
def test_contents_stand_where_they_help(tmp_path, count, has_contents, first_page):
    sections = [Section(f"Part {number} of them", SafeHtml(LINE), page_break=False) for number in range(1, count + 1)]

    made = render_pdf(sample_html(sections=sections), tmp_path / "contents.pdf")

    pages = page_texts(made.path)
    begins = next(number for number, page in enumerate(pages, 1) if "The team met the staff" in page)
    assert ("Contents" in pages[1], begins) == (has_contents, first_page)
    assert faults_of(made.path) == []


def test_cover_says_nothing_twice():
    facts = cover_facts([("Report date", "12 July 2027"), ("Network", "")], version="2", date_text="12 July 2027", content_hash="ab")

    assert facts == [("Report date", "12 July 2027"), ("Version", "2"), ("Content hash", "ab")]
    assert cover_lines("Renal services, Northern Trust: review", ["Renal services", "", "Full report"]) == ["Full report"]


def test_figures_stand_beside_a_chart_where_they_are_few_and_short():
    few = distribution_chart([35, 50, 80], chart_id="few", title="Scores", this_percent=35)
    many = trend_chart([TrendPoint(str(2000 + number), 50, 1, 2) for number in range(13)], chart_id="many", title="Trend")
    wide = trend_chart([TrendPoint("Not a year but a long name of a round", 50, 1, 2)], chart_id="wide", title="Trend")

    assert [' beside"' in chart.print_html() for chart in (few, many, wide)] == [True, False, False]


def test_a_notice_with_six_headings_fits_one_page(tmp_path):
    words = f"<p>{'Words of the notice. ' * 8}</p><ul><li>One thing</li></ul>"
    html = letter_html(
        title="Notice of a peer review: Acute oncology, Northern Trust",
        recipient=["Ann Lee", "Northern Trust"],
        date_text="3 May 2027",
        body=SafeHtml("".join(f"<h2>What we ask {number}</h2>{words}" for number in range(6))),
        signature=["Sam Hill", "North hub"],
        reference="Review 7",
        salutation="Dear Ann Lee",
        illustrative=True,
    )

    made = render_pdf(html, tmp_path / "notice.pdf")

    assert (made.page_count, words_outside(made.path)) == (1, [])
