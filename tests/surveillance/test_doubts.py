"""Doubts: sentences about a saved answer that block nothing."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from surveillance.doubts import NHS_NUMBER, doubts_of

VALID_NHS_NUMBER = "943 476 5919"


@dataclass
class Asked:
    answer_kind: str = "YES_NO_NA"
    evidence_wanted: str = ""
    target: Decimal | None = None
    comparator: str = ""


@dataclass
class Given:
    value: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str = ""
    comment: str = ""
    indicator: Asked | None = None


def share(some, total, **more):
    return Given(numerator=Decimal(some), denominator=Decimal(total), indicator=Asked("PERCENTAGE"), **more)


def number(value, **more):
    return Given(value=value, indicator=Asked("NUMBER"), **more)


def doubts(given, earlier=None, *, asked=None, has_evidence=True, limit=20):
    return doubts_of(asked or given.indicator or Asked(), given, earlier=earlier, has_evidence=has_evidence, jump_limit_points=limit)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (share(45, 40), ["45 is more than the total of 40."]),
        (share(40, 40), []),
        (share("40.5", 40), ["40.5 is more than the total of 40."]),
        (Given(indicator=Asked("PERCENTAGE")), []),
    ],
)
def test_more_than_the_total(given, said):
    assert doubts(given) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (share(69, 100), share(91, 100), ["69% is 22 points lower than last year. A comment helps the hub understand."]),
        (share(91, 100), share(69, 100), ["91% is 22 points higher than last year. A comment helps the hub understand."]),
        (share(69, 100, comment="New unit"), share(91, 100), ["69% is 22 points lower than last year."]),
        (share(71, 100), share(91, 100), []),
        (share(69, 100), share(0, 0), []),
        (share(69, 100), number("12"), []),
        (number("13"), number("10"), ["13 is 30% higher than last year. A comment helps the hub understand."]),
        (number("12"), number("10"), []),
        (number("12"), number("0"), []),
        (number("12"), Given(value="CANNOT", indicator=Asked("NUMBER")), []),
        (Given(value="CANNOT", indicator=Asked("NUMBER")), number("12"), []),
        (number("-5"), number("5"), ["-5 is 200% lower than last year. A comment helps the hub understand."]),
    ],
)
def test_jump_beyond_the_limit_of_the_set(now, before, said):
    assert doubts(now, before) == said


def test_jump_limit_is_a_setting_of_the_set():
    assert doubts(share(85, 100), share(91, 100), limit=5) == ["85% is 6 points lower than last year. A comment helps the hub understand."]


@pytest.mark.parametrize(
    ("value", "wanted", "has_evidence", "count"),
    [("YES", "Policy", False, 1), ("YES", "Policy", True, 0), ("YES", "", False, 0), ("NO", "Policy", False, 0)],
)
def test_yes_without_the_evidence_wanted(value, wanted, has_evidence, count):
    said = doubts(Given(value), asked=Asked(evidence_wanted=wanted), has_evidence=has_evidence)

    assert said == ["You answered Yes, and there is no document yet. Evidence wanted: Policy."] * count


@pytest.mark.parametrize("where", ["value", "reason", "comment"])
def test_nhs_number_anywhere(where):
    assert doubts(Given(**{where: f"Seen {VALID_NHS_NUMBER} in May"}), asked=Asked("TEXT")) == [NHS_NUMBER]


def test_ten_digits_that_are_no_nhs_number():
    assert doubts(Given(comment="943 476 5918"), asked=Asked("TEXT")) == []
