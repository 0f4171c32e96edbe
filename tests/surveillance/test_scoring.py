"""What counts: the arithmetic of compliance."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.scoring import Line, compliance_percent, met_of, score


@dataclass
class Asked:
    answer_kind: str
    target: Decimal | None = None
    comparator: str = ""


YES_NO = Asked("YES_NO_NA")
AT_LEAST_90 = Asked("PERCENTAGE", Decimal(90), "AT_LEAST")
AT_MOST_10 = Asked("NUMBER", Decimal(10), "AT_MOST")


@pytest.mark.parametrize(
    ("indicator", "value", "numerator", "denominator", "expected"),
    [
        (YES_NO, "YES", None, None, True),
        (YES_NO, "NO", None, None, False),
        (YES_NO, "NA", None, None, None),
        (YES_NO, "CANNOT", None, None, False),
        (YES_NO, "", None, None, None),
        (AT_LEAST_90, "", Decimal(45), Decimal(50), True),
        (AT_LEAST_90, "", Decimal(89), Decimal(99), False),
        (AT_LEAST_90, "", Decimal("899.999"), Decimal(1000), False),
        (AT_LEAST_90, "", Decimal(0), Decimal(0), None),
        (AT_LEAST_90, "", Decimal(3), None, None),
        (AT_LEAST_90, "CANNOT", None, None, False),
        (Asked("PERCENTAGE"), "", Decimal(45), Decimal(50), None),
        (Asked("PERCENTAGE", Decimal("33.3"), "AT_MOST"), "", Decimal(1), Decimal(3), False),
        (AT_MOST_10, "10", None, None, True),
        (AT_MOST_10, "10.001", None, None, False),
        (AT_MOST_10, "ten", None, None, None),
        (AT_MOST_10, "CANNOT", None, None, False),
        (Asked("NUMBER"), "5", None, None, None),
        (Asked("TEXT"), "Yes, always", None, None, None),
        (Asked("TEXT"), "CANNOT", None, None, False),
    ],
)
def test_met_of_each_kind(indicator, value, numerator, denominator, expected):
    assert met_of(indicator, value=value, numerator=numerator, denominator=denominator) is expected


def test_score_leaves_out_suspended_and_not_applicable():
    lines = [Line(True), Line(False), Line(None), Line(False, is_suspended=True)]

    result = score(lines, threshold_percent=Decimal(50), visit_level_percent=Decimal("50.1"))

    assert (result.met_count, result.applicable_count, result.percent) == (1, 2, Decimal("50.0"))
    assert (result.is_threshold_met, result.is_visit_level_met) == (True, False)


def test_score_with_nothing_applicable_has_no_percentage():
    result = score([Line(None)], threshold_percent=Decimal(80), visit_level_percent=Decimal(50))

    assert (result.applicable_count, result.percent, result.is_threshold_met) == (0, None, None)


def test_percent_is_rounded_down_so_that_all_means_all():
    assert compliance_percent(met=1999, applicable=2000) == Decimal("99.9")
    assert compliance_percent(met=2000, applicable=2000) == Decimal("100.0")


def test_percent_of_nothing_is_refused():
    with pytest.raises(ValueError, match="0 of 0"):
        compliance_percent(met=0, applicable=0)


@given(st.lists(st.sampled_from([True, False, None]), max_size=80), st.decimals(0, 100, places=1))
def test_score_agrees_with_exact_fractions(answers, threshold):
    counted = [met for met in answers if met is not None]

    result = score([Line(met) for met in answers], threshold_percent=threshold, visit_level_percent=Decimal(0))

    assert (result.met_count, result.applicable_count) == (sum(counted), len(counted))
    if counted:
        exact = Fraction(sum(counted) * 100, len(counted))
        assert result.percent <= exact < Fraction(result.percent) + Fraction(1, 10)
        assert (result.percent == 100) == all(counted)
        assert result.is_threshold_met == (exact >= Fraction(threshold))


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.decimals(0, 100, places=3))
def test_proportion_is_compared_unrounded(numerator, denominator, target):
    asked = Asked("PERCENTAGE", target, "AT_LEAST")

    met = met_of(asked, value="", numerator=Decimal(numerator), denominator=Decimal(denominator))

    assert met == (Fraction(numerator, denominator) >= Fraction(target) / 100)
