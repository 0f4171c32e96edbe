"""One indicator of a service over the years: before and after an action, and the figures that an action starts from."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from rendering.charts import Chart, TrendPoint, trend_chart
from surveillance.canonical import number_text
from surveillance.models import Answer, Assessment, Indicator, SelfReport, Service, Stage

LONGEST = 60  # characters of a baseline or target


@dataclass(frozen=True)
class IndicatorYear:
    """The declared answer to an indicator in one round, or what the hub validated in its place."""

    year: int
    answer: str
    met: bool | None
    whose: str = "Self-assessed"
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def met_words(self) -> str:
        """Met, Not met, or that it did not count."""
        return {True: "Met", False: "Not met"}.get(self.met, "Not applicable")


WORDS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NA: "Not applicable", Answer.CANNOT: "Cannot answer"}


def indicator_years(service: Service, indicator: Indicator) -> list[IndicatorYear]:
    """Answers of declared self-reports to the indicator of this number, oldest first, in two statements."""
    validated = Prefetch("assessments", queryset=Assessment.objects.filter(stage=Stage.VALIDATED), to_attr="validated")
    answers = Answer.objects.filter(
        self_report__service=service, self_report__status__in=SelfReport.SENT, indicator__number=indicator.number
    ).select_related("self_report__round")
    return [_year(answer) for answer in answers.prefetch_related(validated).order_by("self_report__round__year")]


def _year(answer: Any) -> IndicatorYear:
    """A validated value stands beside the answer in the database, and before it here."""
    stands = answer.validated[0] if answer.validated else answer
    whose = "Validated by the hub" if answer.validated else "Self-assessed"
    year = answer.self_report.round.year
    return IndicatorYear(year, answer_words(stands), stands.met, whose, stands.numerator, stands.denominator)


def answer_words(answer: Answer | Assessment) -> str:
    """An answer as people say it: Yes, 12.5, or "40 of 45 (88%)"."""
    if answer.numerator is not None and answer.denominator is not None and not answer.value:
        counts = f"{number_text(answer.numerator)} of {number_text(answer.denominator)}"
        return f"{counts} ({int(answer.numerator * 100 // answer.denominator)}%)" if answer.denominator else counts
    return WORDS.get(answer.value, answer.value) or "No data"


def baseline_words(service: Service, indicator: Indicator) -> str:
    """Where the indicator stands: "40 of 45 (88%) in 2027", or that it is not met; empty while nothing is declared."""
    years = indicator_years(service, indicator)
    if not years:
        return ""
    newest = years[-1]
    return f"{newest.answer} in {newest.year}" if len(newest.answer) <= LONGEST - 8 else f"{newest.met_words} in {newest.year}"


def kpi_words(indicator: Indicator) -> str:
    """Where it should be: its target, or that it is met."""
    words = indicator.target_words
    return f"{words[0].upper()}{words[1:]}"[:LONGEST] if words else "Met"


def indicator_chart(years: list[IndicatorYear], indicator: Indicator) -> Chart | None:
    """A measured indicator's share by year with its target; None for one that is no share, or without a year."""
    if indicator.answer_kind != Indicator.AnswerKind.PERCENTAGE or not years:
        return None
    is_least = indicator.comparator == Indicator.Comparator.AT_LEAST
    return trend_chart(
        [_point(year) for year in years], chart_id="indicator", title=f"{indicator.number} by year", level_percent=_level(indicator),
        level_name=f"Target, {'at least' if is_least else 'at most'}", is_of_indicators=False, is_high_good=is_least,
    )  # fmt: skip


def _level(indicator: Indicator) -> Decimal | None:
    return indicator.target if indicator.target is not None and 0 <= indicator.target <= 100 else None


def _point(year: IndicatorYear) -> TrendPoint:
    """A share that cannot be drawn (nothing counted, or more than the whole) says what was answered instead."""
    if year.numerator is None or not year.denominator or not 0 <= year.numerator <= year.denominator:
        return TrendPoint(str(year.year), None, note=year.answer)
    share = year.numerator * 100 / year.denominator
    return TrendPoint(str(year.year), share, _whole(year.numerator), _whole(year.denominator))


def _whole(number: Decimal) -> int | None:
    return int(number) if number == int(number) else None
