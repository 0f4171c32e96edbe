"""One indicator of a service over the years: before and after an action."""

from dataclasses import dataclass

from surveillance.canonical import number_text
from surveillance.models import Answer, Indicator, SelfReport, Service


@dataclass(frozen=True)
class IndicatorYear:
    """The declared answer to an indicator in one round."""

    year: int
    answer: str
    met: bool | None

    @property
    def met_words(self) -> str:
        """Met, Not met, or that it did not count."""
        return {True: "Met", False: "Not met"}.get(self.met, "Not applicable")


WORDS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NA: "Not applicable", Answer.CANNOT: "Cannot answer"}


def indicator_years(service: Service, indicator: Indicator) -> list[IndicatorYear]:
    """Answers of declared self-reports to the indicator of this number, oldest first, in one statement."""
    answers = Answer.objects.filter(
        self_report__service=service, self_report__status__in=SelfReport.SENT, indicator__number=indicator.number
    ).select_related("self_report__round")
    return [IndicatorYear(a.self_report.round.year, answer_words(a), a.met) for a in answers.order_by("self_report__round__year")]


def answer_words(answer: Answer) -> str:
    """An answer as people say it: Yes, 12.5, or "40 of 45 (88%)"."""
    if answer.numerator is not None and answer.denominator is not None and not answer.value:
        counts = f"{number_text(answer.numerator)} of {number_text(answer.denominator)}"
        return f"{counts} ({int(answer.numerator * 100 // answer.denominator)}%)" if answer.denominator else counts
    return WORDS.get(answer.value, answer.value) or "No data"
