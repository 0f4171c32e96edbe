"""How values spread: what the table says, what is drawn for whom."""

import re
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.charts import SpreadLine, spread_chart
from rendering.charts.spread import MOST_DOTS, five_numbers

OPTIONS = {"chart_id": "spread", "title": "Spread", "sentence": "Hubs differ.", "unit": "Percent", "first": "Measure"}


def test_table_gives_the_five_numbers_of_each_line():
    chart = spread_chart([SpreadLine("Notice", [10, 20, 30, 40, 50]), SpreadLine("Team", []), SpreadLine("Draft", [7.5])], **OPTIONS)

    assert chart.header == ("Measure", "Number", "Lowest", "Lower quartile", "Median", "Upper quartile", "Highest")
    assert chart.rows == (
        ("Notice", "5", "10", "20", "30", "40", "50"),
        ("Team", "0", *("No data",) * 5),
        ("Draft", "1", *("7.5",) * 5),
    )


def test_every_value_is_a_dot_until_there_are_too_many():
    few, many = ([float(n) for n in range(count)] for count in (MOST_DOTS, MOST_DOTS + 1))

    assert len(re.findall("<circle", spread_chart([SpreadLine("Few", few)], **OPTIONS).svg)) == MOST_DOTS
    assert "<circle" not in spread_chart([SpreadLine("Many", many)], **OPTIONS).svg


def test_own_value_and_limit_have_shapes_of_their_own():
    plain = spread_chart([SpreadLine("Notice", [10, 20])], **OPTIONS).svg
    marked = spread_chart([SpreadLine("Notice", [10, 20], own=20, limit=15)], **OPTIONS).svg

    assert ("<polygon" in plain, "stroke-dasharray" in plain) == (False, False)
    assert ("<polygon" in marked, "stroke-dasharray" in marked) == (True, True)


def test_chart_without_lines_is_refused():
    with pytest.raises(ValueError, match="at least one line"):
        spread_chart([], **OPTIONS)


@given(st.lists(st.floats(0, 1000), min_size=2))
def test_quartiles_are_linear_between_neighbours(values):
    lowest, *middle, highest = five_numbers(values)

    assert (lowest, highest) == (min(values), max(values))
    assert middle == quantiles(values, n=4, method="inclusive")
