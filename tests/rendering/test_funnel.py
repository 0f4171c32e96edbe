"""The funnel: binomial tails against exact fractions and printed tables, limits, places, sentence and drawing."""

from fractions import Fraction
from itertools import accumulate
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rendering.charts import FunnelPoint, funnel_chart
from rendering.charts.binomial import at_least, at_most, lower_limit, upper_limit
from rendering.charts.funnel import INNER, OUTER, Place, funnel_sentence, place_of


def exactly(counts, total, share):
    """The chance of any of ``counts``, in fractions: nothing is rounded."""
    return sum(comb(total, count) * share**count * (1 - share) ** (total - count) for count in counts)


# Cumulative binomial tables as statistics textbooks print them (n, p, x: P(X <= x)).
PRINTED = [
    (10, 0.5, 3, 0.1719),
    (20, 0.3, 3, 0.1071),
    (20, 0.3, 9, 0.9520),
    (25, 0.1, 0, 0.0718),
    (15, 0.8, 9, 0.0611),
    (5, 0.2, 2, 0.9421),
]


@pytest.mark.parametrize(("total", "share", "count", "printed"), PRINTED)
def test_tail_is_that_of_printed_tables(total, share, count, printed):
    assert round(at_most(count, total, share), 4) == printed
    assert round(1 - at_least(count + 1, total, share), 4) == printed


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 150), st.integers(0, 150), st.integers(1, 999))
def test_tails_are_those_of_exact_fractions(total, count, thousandths):
    count, share = min(count, total), Fraction(thousandths, 1000)

    low, high = exactly(range(count + 1), total, share), exactly(range(count, total + 1), total, share)
    assert at_most(count, total, float(share)) == pytest.approx(float(low), rel=1e-9, abs=1e-13)
    assert at_least(count, total, float(share)) == pytest.approx(float(high), rel=1e-9, abs=1e-13)


def test_tail_of_a_very_large_total_converges():
    assert at_most(87_000, 100_000, 0.87) == pytest.approx(0.5, abs=0.01)
    assert at_most(86_000, 100_000, 0.87) < 1e-15


@pytest.mark.parametrize("share", ["0.05", "0.5", "0.87", "0.99"])
@pytest.mark.parametrize("total", [1, 7, 40, 120])
@pytest.mark.parametrize("tail", [OUTER, INNER])
def test_a_count_lies_beyond_a_drawn_limit_exactly_when_its_tail_is_smaller(total, share, tail):
    up_to = list(accumulate(exactly([count], total, Fraction(share)) for count in range(total + 1)))
    share, from_on = float(share), [1 - below for below in (0, *up_to[:-1])]

    for count in range(total + 1):
        assert (count / total < lower_limit(total, share, tail) - 1e-12) == (up_to[count] < Fraction(tail))
        assert (count / total > upper_limit(total, share, tail) + 1e-12) == (from_on[count] < Fraction(tail))


def test_limits_close_around_the_share_as_totals_grow():
    limits = [(lower_limit(n, 0.87, OUTER), upper_limit(n, 0.87, OUTER)) for n in (5, 50, 500, 5_000)]

    assert [low for low, _ in limits] == sorted(low for low, _ in limits)
    assert [high for _, high in limits] == sorted((high for _, high in limits), reverse=True)
    assert all(0 <= low < 0.87 < high <= 1 for low, high in limits)


@pytest.mark.parametrize(("met", "place"), [(60, Place.BELOW), (78, Place.LOW), (85, Place.WITHIN), (93, Place.HIGH), (98, Place.ABOVE)])
def test_place_against_the_limits(met, place):
    assert place_of(FunnelPoint("A", met, 100), 0.86) == place


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_alike_are_within_the_limits(share):
    assert place_of(FunnelPoint("A", int(40 * share), 40), share) == Place.WITHIN


@pytest.mark.parametrize(
    ("places", "is_high_worse", "sentence"),
    [
        ([Place.BELOW] * 3 + [Place.WITHIN] * 385, False, "3 of 388 services are below the lower limit."),
        ([Place.BELOW, Place.ABOVE, Place.LOW], False, "1 of 3 services is below the lower limit, 1 is above the upper limit."),
        ([Place.BELOW, Place.ABOVE, Place.ABOVE], True, "2 of 3 services are above the upper limit, 1 is below the lower limit."),
        ([Place.WITHIN], False, "0 of 1 service is below the lower limit."),
    ],
)
def test_sentence_names_the_worse_side_first(places, is_high_worse, sentence):
    assert funnel_sentence(places, is_high_worse=is_high_worse) == sentence


def test_chart_lists_every_service_worst_first_and_names_the_picked_one():
    points = [FunnelPoint("Fine", 86, 100), FunnelPoint("Poor", 60, 100), FunnelPoint("Best", 99, 100)]

    chart = funnel_chart(points, share=0.86, chart_id="funnel", title="Care plans", picked=1)

    assert chart.rows == (
        ("Poor", "60 of 100", "60.0%", "Below the lower limit (99.8%)"),
        ("Fine", "86 of 100", "86.0%", "Within the limits"),
        ("Best", "99 of 100", "99.0%", "Above the upper limit (99.8%)"),
    )
    assert ">Poor: 60 of 100 (60%)<" in chart.svg
    assert chart.svg.count("<polygon") == 3  # two outside, one in the legend


@pytest.mark.parametrize("points", [[], [FunnelPoint("A", 5, 4)], [FunnelPoint("A", 0, 0)]])
def test_chart_refuses_what_is_no_proportion(points):
    with pytest.raises(ValueError, match="counts within their totals"):
        funnel_chart(points, share=0.5, chart_id="funnel", title="Care plans")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 4_000), st.floats(0, 1)), min_size=1, max_size=20), st.floats(0, 1))
def test_chart_keeps_every_point_inside_its_frame(sizes, share):
    points = [FunnelPoint("A", round(total * part), total) for total, part in sizes]

    chart = funnel_chart(points, share=share, chart_id="funnel", title="Care plans")

    assert len(chart.rows) == len(points)
    assert "nan" not in chart.svg
