"""What a saved answer makes one ask: "Check this: ..." lines, which block nothing. Plain Python, no database.

Source: our rule. The limit of a jump is a setting of the indicator set, in points of a percentage; for a number it is the same
figure in per cent of last year's.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from rendering.texts import find_nhs_numbers
from surveillance.canonical import number_text
from surveillance.scoring import measured_value

EXPLAIN = "A comment helps the hub understand."
NHS_NUMBER = "This may include an NHS number. Remove it if it does."


class Question(Protocol):
    """What is asked."""

    answer_kind: str
    evidence_wanted: str
    target: Decimal | None
    comparator: str


class Given(Protocol):
    """What was answered."""

    value: str
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str
    comment: str


class Before(Given, Protocol):
    """What was answered last year, with the question of then."""

    @property
    def indicator(self) -> Question: ...


def doubts_of(question: Question, given: Given, *, earlier: Before | None, has_evidence: bool, jump_limit_points: int) -> list[str]:
    """Every doubt about one answer as a sentence, in the order in which a page shows them; empty when there is none."""
    found = [
        _more_than_total(question, given),
        _jump(question, given, earlier, jump_limit_points),
        _yes_without_evidence(question, given, has_evidence=has_evidence),
        NHS_NUMBER if find_nhs_numbers(f"{given.value}\n{given.reason}\n{given.comment}") else "",
    ]
    return [sentence for sentence in found if sentence]


def _more_than_total(question: Question, given: Given) -> str:
    if question.answer_kind != "PERCENTAGE" or given.numerator is None or given.denominator is None:
        return ""
    if given.numerator <= given.denominator:
        return ""
    return f"{number_text(given.numerator)} is more than the total of {number_text(given.denominator)}."


def _jump(question: Question, given: Given, earlier: Before | None, limit: int) -> str:
    """A measured answer that lies further from last year's than the limit allows, unless the question was another kind then."""
    if earlier is None or earlier.indicator.answer_kind != question.answer_kind:
        return ""
    now, before = _measured(question, given), _measured(earlier.indicator, earlier)
    if now is None or before is None:
        return ""
    is_share = question.answer_kind == "PERCENTAGE"
    if not is_share and before == 0:
        return ""  # nothing is a per cent of nothing
    distance = abs(now - before) if is_share else abs(now - before) / abs(before) * 100
    if distance <= limit:
        return ""
    direction = "higher" if now > before else "lower"
    amount = f"{int(distance)} points" if is_share else f"{int(distance)}%"
    shown = f"{int(now)}%" if is_share else number_text(Decimal(given.value))
    sentence = f"{shown} is {amount} {direction} than last year."
    return sentence if given.comment else f"{sentence} {EXPLAIN}"


def _measured(question: Question, given: Given) -> Fraction | None:
    return measured_value(question, value=given.value, numerator=given.numerator, denominator=given.denominator)


def _yes_without_evidence(question: Question, given: Given, *, has_evidence: bool) -> str:
    if question.answer_kind != "YES_NO_NA" or given.value != "YES" or has_evidence or not question.evidence_wanted:
        return ""
    return f"You answered Yes, and there is no document yet. Evidence wanted: {question.evidence_wanted}."
