import pytest

from rendering.charts import StackedRow, TrendPoint, stacked_bars, trend_chart
from rendering.markdown import markdown_to_html
from rendering.markup import SafeHtml
from rendering.pdf import Metadata, Section, document_html, render_pdf
from rendering.pdf.fonts import find_font, font_file_names

CONTENT_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def sample_sections():
    rows = "".join(
        f'<tr><th scope="row" class="code">10-1A-{number}</th><td>A named lead meets the team each month.</td><td>Met</td></tr>'
        for number in range(300, 400)
    )
    trend = trend_chart([TrendPoint("2026", 70.8, 17, 24), TrendPoint("2027", 87.5, 21, 24)], chart_id="trend", title="Trend by year")
    bars = stacked_bars([StackedRow("Directive", (1, 2))], series=["Concern", "Good practice"], chart_id="bars", title="Findings by domain")
    table = (
        '<table><caption>Compliance</caption><thead><tr><th scope="col">Number</th><th scope="col">Indicator</th>'
        f'<th scope="col">Reviewed</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    return [
        Section("Summary", SafeHtml(f"<p>One sentence.</p>{trend.print_html()}{bars.print_html()}")),
        Section("Views of patients", markdown_to_html("# Heard\n\n- a list\n\n## More\n\n[charter](https://example.org/)")),
        Section("Findings", SafeHtml("<p>Findings by category.</p>")),
        Section("Good practice", SafeHtml("<p>Seen on the day.</p>"), level=2),
        Section("Appendix", SafeHtml(table)),
    ]


def sample_html(**changes):
    values = {
        "title": "Peer review of acute oncology",
        "short_title": "Acute oncology, Northern Trust",
        "file_name": "acute-oncology-v2.pdf",
        "version": "2",
        "date_text": "12 July 2027",
        "content_hash": CONTENT_HASH,
        "sections": sample_sections(),
        "facts": [("Visit", "3 May 2027")],
        "mark": "DRAFT",
        "illustrative": True,
    }
    return document_html(**values | changes)


@pytest.fixture(scope="session")
def arimo():
    missing = [name for name in font_file_names() if find_font(name) is None]
    assert missing == [], "run the set-up: scripts/prepare_assets.py"


@pytest.fixture(scope="session")
def sample_pdf(arimo, tmp_path_factory):
    destination = tmp_path_factory.mktemp("pdf") / "report.pdf"
    return render_pdf(sample_html(), destination, metadata=Metadata(subject="Acute oncology", identifier=CONTENT_HASH))
