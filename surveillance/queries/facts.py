"""What an executive should see before declaring."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils import timezone

from surveillance import scoring
from surveillance.models import Answer, IndicatorSet, SelfReport
from surveillance.queries.self_reports import last_year_answers
from surveillance.scoring import Line, Result


def preview_score(report: SelfReport, answers: Sequence[Answer]) -> Result:
    """The score as it would be declared now; nothing is written."""
    levels = report.indicator_set or IndicatorSet()
    today = timezone.localdate()
    lines = [Line(a.met, is_suspended=bool(a.indicator.suspended_from and a.indicator.suspended_from <= today)) for a in answers]
    return scoring.score(lines, threshold_percent=levels.threshold_percent, visit_level_percent=levels.visit_level_percent)


def declare_facts(report: SelfReport, answers: Sequence[Answer]) -> list[tuple[str, list[Answer]]]:
    """Heading and the answers behind it: changed since last year, not met, no evidence, not applicable, unchanged for long."""
    before = last_year_answers(report)
    return [
        ("Changed since last year", [answer for answer in answers if _is_changed(answer, before)]),
        ("Not met", [answer for answer in answers if answer.met is False]),
        ("No evidence", [answer for answer in answers if not answer.evidence.all()]),
        ("Not applicable", [answer for answer in answers if answer.value == Answer.NA]),
        ("Confirmed unchanged for 3 years or more", [answer for answer in answers if answer.confirmed_years_count >= 3]),
    ]


def _is_changed(answer: Answer, before: dict[str, Answer]) -> bool:
    earlier = before.get(answer.indicator.number)
    return earlier is not None and _facts(earlier) != _facts(answer)


def _facts(answer: Answer) -> tuple[str, Fraction | None, Fraction | None]:
    return (
        answer.value,
        None if answer.numerator is None else Fraction(answer.numerator),
        None if answer.denominator is None else Fraction(answer.denominator),
    )
