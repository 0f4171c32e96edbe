"""Charts: well-formed, without inline style, named, escaped, and saying their figures in words."""

import re
from datetime import date
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from rendering.charts import (
    Beside,
    FunnelPoint,
    HeatCell,
    SpreadLine,
    StackedRow,
    TrendPoint,
    distribution_chart,
    funnel_chart,
    heat_map,
    month_bars,
    spread_chart,
    stacked_bars,
    trend_chart,
)
from rendering.charts.distribution import band_of
from rendering.charts.svg import axis_top, whole_percent

SVG = "{http://www.w3.org/2000/svg}"
PERCENTS = st.decimals(0, 100, places=3)


def every_chart(words="Words", chart_id="chart"):
    """One of each kind, with ``words`` in every text."""
    options = {"chart_id": chart_id, "title": words}
    return [
        trend_chart(
            [TrendPoint(words, 50, 1, 2, note=words), TrendPoint(words, None, note=words)], level_percent=80, level_name=words, **options
        ),
        distribution_chart([10, 87.5], this_percent=87.5, this_name=words, level_percent=80, level_name=words, **options),
        spread_chart(
            [SpreadLine(words, [3.0, 9.5, 9.5, 20, 61], own=9.5, limit=40), SpreadLine(words, [])],
            sentence=words,
            unit=words,
            first=words,
            **options,
        ),
        stacked_bars([StackedRow(words, (1, 2))], series=[words, words], unit=words, row_heading=words, **options),
        month_bars([(date(2027, 5, 1), 3)], unit=words, **options),
        heat_map({(words, words): HeatCell(1, 2)}, rows=[words], columns=[words], row_heading=words, verb=words, **options),
        funnel_chart([FunnelPoint(words, 3, 40), FunnelPoint(words, 39, 40)], share=0.8, picked=0, **options),
    ]


@pytest.mark.parametrize("number", range(6))
def test_chart_is_named_scaled_and_without_inline_style(number):
    chart = every_chart()[number]

    drawing = fromstring(chart.svg)
    attributes = {name for element in drawing.iter() for name in element.attrib}
    ids = [element.attrib["id"] for element in drawing.iter() if "id" in element.attrib]
    assert (drawing.find(f"{SVG}title").text, drawing.find(f"{SVG}desc").text) == (chart.title, chart.sentence)
    assert (drawing.attrib["role"], drawing.attrib["aria-labelledby"]) == ("img", "chart-title chart-desc")
    assert drawing.attrib["viewBox"].startswith("0 0 440 ")
    assert not {name for name in attributes if name == "style" or name.startswith("on")}
    assert len(ids) == len(set(ids))
    assert all(identifier.startswith("chart") for identifier in ids)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("words", ['</title><script>alert("1")</script>', "a&b'\"<!-- ]]>", "\x00\x0b\ud800 control"])
def test_chart_escapes_every_text(number, words):
    chart = every_chart(words)[number]

    drawing = fromstring(chart.svg)
    page = chart.page_html() + chart.print_html()
    tags = {element.tag.removeprefix(SVG) for element in drawing.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "path", "rect", "text", "line", "polyline", "polygon", "circle"}
    assert "<script" not in page
    assert "<!--" not in page


@pytest.mark.parametrize("number", range(6))
def test_chart_table_has_a_cell_for_every_head_and_none_is_empty(number):
    chart = every_chart()[number]

    assert {len(row) for row in chart.rows} == {len(chart.header)}
    assert all(cell for row in chart.rows for cell in row)
    assert chart.table_html().count('scope="row"') == len(chart.rows)


@pytest.mark.parametrize("number", range(6))
def test_chart_text_is_legible_on_a_phone_and_has_contrast(number):
    svg = every_chart()[number].svg
    sizes = [int(size) for size in re.findall(r'font-size="(\d+)"', svg)]
    fills = set(re.findall(r'<text [^>]*fill="(#\w+)"', svg))

    assert min(sizes) * 288 / 440 >= 9
    assert all(contrast_on_white(fill) >= 4.5 for fill in fills)


def contrast_on_white(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_two_charts_on_a_page_share_no_id():
    first, second = every_chart(chart_id="a")[2], every_chart(chart_id="b")[2]

    ids = re.findall(r' id="([^"]+)"', first.svg + second.svg)
    assert len(ids) == len(set(ids))


def test_chart_id_becomes_a_valid_id():
    chart = trend_chart([TrendPoint("2027", 50)], chart_id='7"><script>', title="Trend")

    assert fromstring(chart.svg).attrib["id"] == "chart-7-script"


def test_trend_says_latest_score_change_and_level():
    points = [
        TrendPoint("2025", None, note="Not declared"),
        TrendPoint("2026", Decimal("70.83"), 17, 24),
        TrendPoint("2027", Decimal("87.5"), 21, 24),
    ]

    chart = trend_chart(points, chart_id="trend", title="Trend", level_percent=80)

    assert chart.sentence == "21 of 24 met (87%) in 2027, up from 17 of 24 met (70%) in 2026. Good practice level 80%: reached."
    assert chart.rows == (("2025", "Not declared", "Not declared"), ("2026", "17 of 24", "70.8%"), ("2027", "21 of 24", "87.5%"))


def test_trend_leaves_a_gap_for_a_missing_year():
    percents = [50, 60, None, 70, 80, 90]
    points = [TrendPoint(str(2020 + number), percent) for number, percent in enumerate(percents)]

    drawing = fromstring(trend_chart(points, chart_id="trend", title="Trend").svg)

    lines = [len(line.attrib["points"].split()) for line in drawing.iter(f"{SVG}polyline")]
    assert (lines, len(list(drawing.iter(f"{SVG}circle")))) == ([2, 3], 5)


@pytest.mark.parametrize("level", [None, 80, 92.5])
@pytest.mark.parametrize("newest", [0, 50, 100])
def test_no_line_of_the_scale_runs_through_a_figure(newest, level):
    for percent in range(101):
        points = [TrendPoint("2026", percent), TrendPoint("2027", newest)]

        drawn = fromstring(trend_chart(points, chart_id="trend", title="Trend", level_percent=level).svg)

        lines = [float(line.attrib["y1"]) for line in drawn.iter(f"{SVG}line") if float(line.attrib["y1"]) > 20]
        figures = [text for text in drawn.iter(f"{SVG}text") if (text.text or "").endswith("%") and text.get("font-weight")]
        assert len(figures) == 2
        assert [
            (percent, figure.text)
            for figure in figures
            for y in lines
            if float(figure.attrib["y"]) - 11 < y < float(figure.attrib["y"]) - 1
        ] == []


@pytest.mark.parametrize("years", [1, 2, 3])
def test_no_figure_runs_into_the_words_about_the_level(years):
    points = [TrendPoint(str(2027 + number), 100, 17, 17) for number in range(years)]

    drawn = fromstring(trend_chart(points, chart_id="trend", title="Trend", level_percent=80).svg)

    texts = list(drawn.iter(f"{SVG}text"))
    words = next(float(text.attrib["y"]) for text in texts if "dashed line" in (text.text or ""))
    tops = [float(text.attrib["y"]) - 15 for text in texts if text.text == "100%" and text.get("font-weight")]
    assert len(tops) == years
    assert min(tops) > words + 4


def test_trend_just_under_the_level_is_not_reached():
    chart = trend_chart([TrendPoint("2027", Decimal("79.999"), 1, 2)], chart_id="trend", title="Trend", level_percent=80)

    assert chart.sentence.endswith("Good practice level 80%: not reached.")


def test_trend_without_a_figure_says_so():
    assert trend_chart([TrendPoint("2027", None)], chart_id="trend", title="Trend").sentence == "No year has a figure yet."


@pytest.mark.parametrize("percent", [-1, 100.1, float("nan"), float("inf")])
def test_trend_refuses_what_is_no_percent(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        trend_chart([TrendPoint("2027", percent)], chart_id="trend", title="Trend")


@given(st.lists(st.none() | PERCENTS, min_size=1, max_size=30))
def test_trend_draws_any_years(percents):
    points = [TrendPoint(str(number), percent) for number, percent in enumerate(percents)]

    drawing = fromstring(trend_chart(points, chart_id="trend", title="Trend").svg)

    assert len(list(drawing.iter(f"{SVG}circle"))) == sum(percent is not None for percent in percents)


def test_trend_draws_what_stands_beside_it_with_marks_of_its_own():
    points = [TrendPoint("2026", 50, 1, 2), TrendPoint("2027", 100, 2, 2)]
    england = Beside(
        "England average", (60, 70), ("60.0% (9 services)", "70.0% (9 services)"), "England average in 2027: 70% (9 services)."
    )
    region = Beside("Region average", (None, None), ("Not shown", "Not shown"), "Region average in 2027: not shown.")
    programme = Beside("Programme average", (55, 56), ("55.0%", "56.0%"))

    chart = trend_chart(points, chart_id="trend", title="Trend", beside=[england, region], also_in_table=[programme])

    drawing = fromstring(chart.svg)
    texts = [element.text for element in drawing.iter(f"{SVG}text")]
    assert chart.sentence.endswith(" England average in 2027: 70% (9 services). Region average in 2027: not shown.")
    assert [words in texts for words in ("This service", "England average", "Region average", "Programme average")] == [
        True,
        True,
        False,
        False,
    ]
    assert len(drawing.findall(f"{SVG}rect")) == 3  # one in the legend, one a year
    assert chart.header == ("Year", "Indicators met", "Percent", "England average", "Region average", "Programme average")
    assert chart.rows[1] == ("2027", "2 of 2", "100.0%", "70.0% (9 services)", "Not shown", "56.0%")


@pytest.mark.parametrize("percents", [(50,), (50, 101)])
def test_trend_refuses_what_does_not_fit_beside_it(percents):
    points = [TrendPoint("2026", 50), TrendPoint("2027", 60)]

    with pytest.raises(ValueError, match="two lines|between 0 and 100"):
        trend_chart(points, chart_id="trend", title="Trend", beside=[Beside("England", percents, ("a",) * len(percents))])


@given(PERCENTS)
def test_whole_percent_is_100_only_for_all(percent):
    assert (whole_percent(percent) == "100%") == (percent == 100)


def test_distribution_counts_bands_and_places_this_service():
    chart = distribution_chart([9.9, 10, 79.99, 80, 87.5, 100, 100], chart_id="spread", title="Spread", this_percent=87.5, level_percent=80)

    assert [int(row[1]) for row in chart.rows] == [1, 1, 0, 0, 0, 0, 0, 1, 2, 0, 2]
    assert chart.sentence == (
        "This service met 87% of its indicators; 4 of 7 services scored lower. 4 of 7 services reached the good practice level of 80%."
    )


def test_distribution_of_nothing_says_so():
    assert distribution_chart([], chart_id="spread", title="Spread").sentence == "No service has a score yet."


@given(st.lists(PERCENTS, min_size=1, max_size=60))
def test_distribution_counts_every_service_once(percents):
    chart = distribution_chart(percents, chart_id="spread", title="Spread", this_percent=percents[0])

    assert sum(int(row[1]) for row in chart.rows) == len(percents)
    assert all(0 <= band_of(percent) <= 10 for percent in percents)


def test_stacked_bars_say_counts_by_kind():
    rows = [StackedRow("Directive", (1, 2)), StackedRow("Systemic", (0, 0))]

    chart = stacked_bars(rows, series=["Concern", "Good practice"], chart_id="bars", title="Findings")

    assert chart.sentence == "3 findings: concern 1, good practice 2."
    assert chart.rows == (("Directive", "1", "2", "3"), ("Systemic", "0", "0", "0"))


@pytest.mark.parametrize(("counts", "series"), [((1,), ["a", "b"]), ((-1, 1), ["a", "b"]), ((), []), ((1,) * 7, list("abcdefg"))])
def test_stacked_bars_refuse_what_does_not_fit(counts, series):
    with pytest.raises(ValueError, match="kind"):
        stacked_bars([StackedRow("Row", counts)], series=series, chart_id="bars", title="Findings")


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=12))
def test_stacked_bars_stay_inside_the_drawing(counts):
    chart = stacked_bars([StackedRow("Row", pair) for pair in counts], series=["a", "b"], chart_id="bars", title="Findings")

    drawing = fromstring(chart.svg)
    edges = [float(bar.attrib["x"]) + float(bar.attrib["width"]) for bar in drawing.iter(f"{SVG}rect") if "x" in bar.attrib]
    assert max(edges) <= 440


def test_month_bars_say_total_and_busiest_month():
    counts = [(date(2026, 12, 1), 1), (date(2027, 1, 1), 4)]

    chart = month_bars(counts, chart_id="months", title="Visits by month", this_month=date(2027, 1, 12))

    assert chart.sentence == "5 visits from December 2026 to January 2027. Most in January 2027: 4."
    assert chart.rows == (("December 2026", "1"), ("January 2027", "4"))
    assert ">Now<" in chart.svg


def test_heat_map_says_shares_in_words():
    cells = {("London", "Cancer"): HeatCell(41, 60), ("London", "Trauma"): HeatCell(0, 0)}

    chart = heat_map(cells, rows=["London"], columns=["Cancer", "Trauma", "Other"], chart_id="heat", title="Declared", verb="declared")

    assert chart.sentence == "41 of 60 (68%) declared in all."
    assert chart.rows == (("London", "41 of 60 (68%)", "Not applicable", "No data"),)


@given(st.integers(0, 10**7))
def test_axis_ends_at_or_above_the_largest(largest):
    assert axis_top(largest) >= max(largest, 1)
