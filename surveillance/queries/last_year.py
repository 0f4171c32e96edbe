"""Last year's answers, and which of them are on offer to be confirmed. Nothing is ever copied by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import F, Subquery

from surveillance.bridging import Change, WordingChange, change_between, wording_changes
from surveillance.models import Answer, Indicator, SelfReport
from surveillance.queries.self_reports import value_words

PARTS = {"title": "title", "description": "description", "target": "target", "comparator": "target"}


def last_year_answers(report: SelfReport, *, numbers: Iterable[str] | None = None) -> dict[str, Answer]:
    """Answers of the service's newest declared self-report of an earlier round, by indicator number; one statement.

    Each comes with its indicator and ``round_year``. ``numbers`` narrows them to these indicators.
    """
    earlier = SelfReport.objects.filter(service=report.service_id, round__year__lt=report.round.year, declared_at__isnull=False)
    newest = earlier.order_by("-round__year").values("pk")[:1]
    answers = Answer.objects.filter(self_report=Subquery(newest)).select_related("indicator")
    if numbers is not None:
        answers = answers.filter(indicator__number__in=list(numbers))
    return {answer.indicator.number: answer for answer in answers.annotate(round_year=F("self_report__round__year"))}


@dataclass(frozen=True)
class Offer:
    """Last year's answer beside this year's question. ``may_confirm``: it can be taken over as it is."""

    earlier: Answer
    change: Change
    heading: str
    words: str
    wording: list[str]

    @property
    def may_confirm(self) -> bool:
        """Whether it counts and answers the same kind of question."""
        return is_on_offer(self.earlier, self.change)

    @property
    def is_afresh(self) -> bool:
        """Whether the question is answered in another way now."""
        return self.change is Change.NEW

    @property
    def documents(self) -> list[str]:
        """Titles of last year's documents."""
        return [item.title for item in self.earlier.evidence.all() if item.removed_at is None]


def is_on_offer(earlier: Answer, change: Change) -> bool:
    """Whether an answer of last year can be confirmed; what is answered in another way now is asked afresh."""
    return earlier.is_answered and change is not Change.NEW


def offer_for(answer: Answer, before: dict[str, Answer]) -> Offer | None:
    """What last year's answer offers to this one; None when the question is new."""
    earlier = before.get(answer.indicator.number)
    if earlier is None:
        return None
    change = change_between(earlier.indicator, answer.indicator)
    year: int = earlier.round_year  # annotated
    return Offer(
        earlier,
        change,
        "Last year" if answer.self_report.round.year - year == 1 else f"In {year}",
        value_words(earlier).rstrip("."),
        [] if change is Change.NEW else _wording_sentences(earlier.indicator, answer.indicator),
    )


def to_confirm(answer: Answer, before: dict[str, Answer]) -> bool:
    """Whether an unanswered question has an answer of last year that somebody may confirm."""
    earlier = before.get(answer.indicator.number)
    if earlier is None or answer.is_answered:
        return False
    # The light answers hold no descriptions, and whether it is on offer depends on the kind alone.
    return earlier.is_answered and earlier.indicator.answer_kind == answer.indicator.answer_kind


def is_changed(answer: Answer, before: dict[str, Answer]) -> bool:
    """Whether an answered question had another answer last year."""
    earlier = before.get(answer.indicator.number)
    return earlier is not None and answer.is_answered and _facts(earlier) != _facts(answer)


def _facts(answer: Answer) -> tuple[str, Fraction | None, Fraction | None]:
    def exact(number: Decimal | None) -> Fraction | None:
        return None if number is None else Fraction(number)

    return answer.value, exact(answer.numerator), exact(answer.denominator)


def _wording_sentences(old: Indicator, new: Indicator) -> list[str]:
    """ "The wording changed since last year: the title was “…”." for each part that reads differently."""
    parts: dict[str, WordingChange] = {}
    for change in wording_changes(old, new):
        parts.setdefault(PARTS[change.part], change)
    return [f"The wording changed since last year: {_before(part, change, old)}" for part, change in parts.items()]


def _before(part: str, change: WordingChange, old: Indicator) -> str:
    before = old.target_words if part == "target" else change.before
    return f"the {part} was “{before}”." if before else f"there was no {part}."
