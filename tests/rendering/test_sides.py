"""Two sides beside each other: what the sentence says, what is drawn for whom, what the table says."""

import re

import pytest

from rendering.charts import SidesLine, sides_chart

OPTIONS = {
    "names": ("The service", "The visiting team"),
    "scale": (1, 5),
    "chart_id": "sides",
    "title": "Both",
    "heading": "About",
    "missing": "Few",
}


def marks(chart):
    """How many circles, squares and joining lines are drawn, without those of the legend."""
    svg = str(chart.svg)
    return svg.count("<circle") - 1, svg.count("<rect") - 1, svg.count('stroke-width="3"')


def test_table_gives_both_sides_and_says_why_one_is_missing():
    chart = sides_chart([SidesLine("Trust", 4.25, 3.6), SidesLine("Equality", None, 4.0)], **OPTIONS)

    assert chart.header == ("About", "The service", "The visiting team")
    assert chart.rows == (("Trust", "4.2", "3.6"), ("Equality", "Few", "4.0"))
    assert marks(chart) == (1, 2, 1)


def test_sentence_names_where_the_sides_are_furthest_apart():
    chart = sides_chart([SidesLine("Trust", 4.0, 3.9), SidesLine("Equality", 2.5, 4.0)], **OPTIONS)

    assert chart.sentence == "The sides are furthest apart on equality: the service 2.5, the visiting team 4.0."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (SidesLine("Trust", 4.0, 4.0), "Both sides say the same throughout."),
        (SidesLine("Trust", 4.0, None), "Only one side can be shown: the service."),
        (SidesLine("Trust", None, 4.0), "Only one side can be shown: the visiting team."),
    ],
)
def test_sentence_of_equal_and_of_single_sides(line, sentence):
    assert sides_chart([line], **OPTIONS).sentence == sentence


def test_marks_stand_on_the_scale_and_never_beyond_it():
    chart = sides_chart([SidesLine("Lowest", 1, 5), SidesLine("Beyond", 0, 9)], **OPTIONS)

    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', str(chart.svg))][1:]
    assert places[0] == places[1] == 14


def test_chart_without_lines_is_refused():
    with pytest.raises(ValueError, match="at least one line"):
        sides_chart([], **OPTIONS)
