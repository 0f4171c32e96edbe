"""Challenges of indicators: counts for those who answer them, the values of the round behind them, and a service's own."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from surveillance import scoring
from surveillance.canonical import number_text
from surveillance.models import Answer, Indicator, IndicatorChallenge, Round, SelfReport
from surveillance.models.consultation import Consulted
from surveillance.queries.self_reports import IS_ANSWERED
from work.working_days import add_working_days

Status = IndicatorChallenge.Status
# Working days in which an open challenge is answered when no round opens before: our default, to be confirmed.
ANSWER_WORKING_DAYS = 20
# Bands of the distribution of proportions, in per cent: from, up to but not including.
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))


def challenged_indicators() -> QuerySet[Indicator]:
    """Indicators with at least one challenge, with a count of each status, those with the most open ones first."""
    counts = {status.value.lower(): Count("challenges", filter=Q(challenges__status=status)) for status in Status}
    return (
        Indicator.objects.filter(challenges__isnull=False)
        .select_related("indicator_set")
        .annotate(
            **{f"{name}_count": count for name, count in counts.items()},
            first_open=Min("challenges__pk", filter=Q(challenges__status=Status.OPEN)),
            newest=Max("challenges__pk"),
        )
        .order_by(F("open_count").desc(), "number", "pk")
    )


def totals_words() -> str:
    """ "3 challenges wait for an answer, 1 was upheld, ...": over all indicators."""
    found = dict(IndicatorChallenge.objects.order_by().values_list("status").annotate(count=Count("pk")))
    waiting, upheld, later, kept = (found.get(status.value, 0) for status in Status)
    wait = f"{waiting:,} {'challenge waits' if waiting == 1 else 'challenges wait'} for an answer"
    return f"{wait}. Answered: {upheld:,} upheld, {later:,} for the next version, {kept:,} kept."


def owner_words(version: Consulted) -> str:
    """Who answers for a set or a procedure: whoever published or drafted it; the national team where nobody is named."""
    owner = version.published_by or version.drafted_by
    return owner.name if owner and owner.is_active else "The national team"


def due_date_of_open(challenges: QuerySet[IndicatorChallenge]) -> dt.date | None:
    """By when open challenges are answered: before the next round opens, or 20 working days after the oldest, what comes first."""
    oldest = challenges.aggregate(oldest=Min("made_at"))["oldest"]
    if oldest is None:
        return None
    due = add_working_days(timezone.localdate(oldest), ANSWER_WORKING_DAYS)
    opens = Round.objects.filter(opens_date__gt=timezone.localdate()).aggregate(next=Min("opens_date"))["next"]
    return min(due, opens) if opens else due


# Of one indicator -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Distribution:
    """What the services of a round answered: rows of words and count, and a sentence for measured values."""

    year: int
    asked_count: int
    rows: list[tuple[str, int]]
    sentence: str = ""


def distribution_of(indicator: Indicator) -> Distribution | None:
    """The answers to the indicator in the newest round that asks it, counted by the database; None when no round does."""
    newest = Round.objects.filter(self_reports__answers__indicator=indicator).order_by("-year").first()
    if newest is None:
        return None
    answers = Answer.objects.filter(indicator=indicator, self_report__round=newest)
    kinds = Indicator.AnswerKind
    facts = answers.aggregate(
        asked=Count("pk"),
        unanswered=Count("pk", filter=~IS_ANSWERED),
        cannot=Count("pk", filter=IS_ANSWERED & Q(value=Answer.CANNOT)),
        met_count=Count("pk", filter=Q(met=True)),
        not_met_count=Count("pk", filter=Q(met=False) & ~Q(value=Answer.CANNOT)),
    )
    ends = [("Cannot answer", facts["cannot"]), ("Not answered yet", facts["unanswered"])]
    counted = [("Met", facts["met_count"]), ("Not met", facts["not_met_count"])]
    if indicator.answer_kind == kinds.YES_NO_NA:
        rows = _choices(answers)
        return Distribution(newest.year, facts["asked"], rows + ends)
    if indicator.answer_kind == kinds.PERCENTAGE:
        return Distribution(newest.year, facts["asked"], [*_bands(answers), *ends], _met_sentence(counted, indicator))
    if indicator.answer_kind == kinds.NUMBER:
        return Distribution(newest.year, facts["asked"], [*counted, *ends], _numbers_sentence(answers))
    return Distribution(newest.year, facts["asked"], [("Answered in words", facts["asked"] - facts["unanswered"] - facts["cannot"]), *ends])


def _choices(answers: QuerySet[Answer]) -> list[tuple[str, int]]:
    words = {Answer.YES: "Yes", Answer.NO: "No", Answer.NA: "Not applicable"}
    found = dict(answers.filter(IS_ANSWERED).order_by().values_list("value").annotate(count=Count("pk")))
    return [(label, found.get(value, 0)) for value, label in words.items()]


def _bands(answers: QuerySet[Answer]) -> list[tuple[str, int]]:
    """Proportions by bands of 20 points, compared without a division; a total of 0 is a row of its own."""
    measured = Q(numerator__isnull=False, denominator__gt=0)

    def band(low: int, high: int) -> Q:
        return measured & Q(numerator__gte=F("denominator") * low / 100) & Q(numerator__lt=F("denominator") * high / 100)

    counts = {f"from_{low}": Count("pk", filter=band(low, high)) for low, high in BANDS}
    whole = Count("pk", filter=measured & Q(numerator__gte=F("denominator")))
    found = answers.aggregate(**counts, whole=whole, empty=Count("pk", filter=Q(denominator=0)))
    rows = [(f"{low}% to {high - 1}%" if high < 100 else "80% to under 100%", found[f"from_{low}"]) for low, high in BANDS]
    return [*rows, ("100% or more", found["whole"]), ("Out of 0", found["empty"])]


def _met_sentence(counted: list[tuple[str, int]], indicator: Indicator) -> str:
    if not indicator.is_kpi:
        return "There is no target, so it does not count as met or not met."
    return ", ".join(f"{words}: {count:,}" for words, count in counted) + "."


def _numbers_sentence(answers: QuerySet[Answer]) -> str:
    """Lowest, middle and highest of the numbers given."""
    texts = answers.exclude(value__in=["", Answer.CANNOT]).values_list("value", flat=True)
    asked = Indicator(answer_kind=Indicator.AnswerKind.NUMBER)
    values = [scoring.measured_value(asked, value=text, numerator=None, denominator=None) for text in texts]
    numbers = sorted(value for value in values if value is not None)
    if not numbers:
        return "No numbers are given yet."
    lowest, middle, highest = (_decimal(value) for value in (numbers[0], median(numbers), numbers[-1]))
    return f"From {lowest} to {highest}, with {middle} in the middle (median)."


def _decimal(value: object) -> str:
    return number_text((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.001"))) or "0"


def told_of(indicator: Indicator) -> list[IndicatorChallenge]:
    """Every challenge of an indicator with its service and people, open ones first."""
    found = indicator.challenges.select_related("service__provider", "service__network", "made_by", "replied_by")
    return sorted(found, key=lambda one: (one.status != Status.OPEN, one.made_at, one.pk))


# Of a service ---------------------------------------------------------------------------------------------------------
def challenges_of_services(user: User) -> QuerySet[IndicatorChallenge]:
    """Challenges by the services that this person answers for, the newest first."""
    mine = IndicatorChallenge.objects.for_user(user, Permission.INDICATOR_CHALLENGE)
    related = ("indicator__indicator_set", "service__provider", "service__network", "made_by", "replied_by")
    return mine.select_related(*related).order_by("-made_at", "-pk")


def standing_of(report: SelfReport) -> dict[int, IndicatorChallenge]:
    """Indicator id to the newest challenge of it by the self-report's service, in one statement: for rows of questions."""
    found = IndicatorChallenge.objects.filter(service=report.service_id, indicator__indicator_set=report.indicator_set_id)
    return {challenge.indicator_id: challenge for challenge in found.select_related("made_by", "replied_by").order_by("made_at", "pk")}
