"""Outliers of a round: one measured indicator of every service against limits that chance alone would rarely pass.

A person sees the services in their scope as points; the limits always come from all services in England. Five
statements at most, whatever the number of services. Figures are those that were declared, with what was assessed up to the stage.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from rendering.charts import Chart, FunnelPoint, funnel_chart
from rendering.charts.funnel import OUTSIDE, Place, place_of
from surveillance.models import Answer, Assessment, Indicator, Round, SelfReport, Stage
from surveillance.queries.declared import BEING_CHANGED, declared_answers
from surveillance.queries.scores import LEAST_SERVICES_COMPARED, STAGE_ORDER
from surveillance.suspension import is_out_of_count

# Why a service is no point, in the order in which the page says it.
LEFT_OUT = {
    "undeclared": "not declared",
    "suspended": "suspended when it was counted",
    "CANNOT": "cannot answer",
    "NA": "not applicable",
    "empty": "without figures",
    "zero": "with a total of 0",
    "odd": "with more that met it than the total, or with a part of a person",
}


@dataclass(frozen=True)
class Spot:
    """One service of the person's scope on the funnel, and where its answer is read."""

    point: FunnelPoint
    place: Place
    self_report_id: int
    answer_id: int


@dataclass
class Outliers:
    """What the page shows of one indicator. ``share`` is None when too few services in England gave figures."""

    round: Round
    stage: str
    indicator: Indicator
    spots: list[Spot] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    share: float | None = None
    england_count: int = 0
    picked: int | None = None

    @property
    def is_high_worse(self) -> bool:
        """Whether a high figure is the worse one: the target is a most."""
        return self.indicator.comparator == Indicator.Comparator.AT_MOST

    @property
    def target_words(self) -> str:
        """ "at least 90%"; empty without a target."""
        return self.indicator.target_words

    @property
    def chart(self) -> Chart | None:
        """The funnel; None where it would show nothing, or point at single services."""
        if self.share is None or not self.spots:
            return None
        places = [spot.self_report_id for spot in self.spots]
        picked = places.index(self.picked) if self.picked in places else None
        title = f"{self.indicator.number} {self.indicator.title}, {self.round.year}"
        points, is_high_worse = [spot.point for spot in self.spots], self.is_high_worse
        return funnel_chart(points, share=self.share, chart_id="funnel", title=title, picked=picked, is_high_worse=is_high_worse)

    @property
    def outside(self) -> list[Spot]:
        """Services beyond a 99.8% limit, the worse side first."""
        order = list(Place)
        ranked = sorted(self.spots, key=lambda spot: (order.index(spot.place), spot.point.percent), reverse=self.is_high_worse)
        return [spot for spot in ranked if spot.place in OUTSIDE]

    @property
    def picked_spot(self) -> Spot | None:
        """The service that the person chose."""
        return next((spot for spot in self.spots if spot.self_report_id == self.picked), None)

    @property
    def left_out_words(self) -> str:
        """ "2 not declared, 1 with a total of 0"; empty when every service is a point."""
        return ", ".join(f"{self.left_out[code]:,} {words}" for code, words in LEFT_OUT.items() if self.left_out[code])

    @property
    def left_out_count(self) -> int:
        """How many services in scope are no point."""
        return self.left_out.total()

    @property
    def share_percent(self) -> int:
        """What all services together reach, whole and rounded down."""
        return int(round(100 * (self.share or 0), 6))


def measured_indicators(user: User, opened: Round) -> list[Indicator]:
    """Proportions that services in scope were asked in the round, by specification; suspended ones too: ``is_suspended`` says so."""
    visible = SelfReport.objects.for_user(user, Permission.ROUND_VIEW).filter(round=opened)
    asked = Indicator.objects.filter(
        indicator_set__in=visible.order_by().values("indicator_set"), answer_kind=Indicator.AnswerKind.PERCENTAGE
    )
    return list(asked.select_related("indicator_set__specification").order_by("indicator_set__specification__number", "position"))


def most_declared_set(user: User, opened: Round) -> int | None:
    """The indicator set against which most services in scope declared."""
    visible = SelfReport.objects.for_user(user, Permission.ROUND_VIEW).filter(round=opened, declared_at__isnull=False)
    counts = visible.order_by().values("indicator_set").annotate(declared=Count("pk")).order_by("-declared", "indicator_set")
    return counts.values_list("indicator_set", flat=True).first()


def is_suspended(indicator: Indicator, opened: Round) -> bool:
    """Whether the indicator has left every count of the round."""
    return _was_suspended(indicator, opened, declared=opened.check_by_date)


def outliers_of(
    user: User, opened: Round, indicator: Indicator, *, stage: str = Stage.SELF_ASSESSED, picked: int | None = None
) -> Outliers:
    """One indicator of the round at a stage, for this person. ``picked`` is the self-report of the service to mark."""
    found = Outliers(opened, stage, indicator, picked=picked)
    visible = set(
        SelfReport.objects.for_user(user, Permission.ROUND_VIEW).filter(round=opened, indicator_set=indicator.indicator_set_id)
        .order_by().values_list("pk", flat=True)
    )  # fmt: skip
    rows = _rows(opened, indicator)
    current = _declared_since(rows) | _assessed(opened, indicator, stage)
    numbers: list[tuple[dict[str, Any], int, int]] = []
    for row in rows:
        values = current.get(row["pk"], (row["value"], row["numerator"], row["denominator"]))
        why, met, total = _figure(row, values, indicator, opened)
        if not why:
            numbers.append((row, met, total))
        elif row["self_report"] in visible:
            found.left_out[why] += 1
    found.england_count = len(numbers)
    if len(numbers) >= LEAST_SERVICES_COMPARED:
        found.share = sum(met for _, met, _ in numbers) / sum(total for _, _, total in numbers)
        found.spots = [_spot(row, met, total, found.share) for row, met, total in numbers if row["self_report"] in visible]
    return found


def _rows(opened: Round, indicator: Indicator) -> list[dict[str, Any]]:
    names = (
        "pk", "self_report", "value", "numerator", "denominator", "self_report__status", "self_report__declared_at",
        "self_report__service__name", "self_report__service__provider__name", "self_report__service__network__name",
    )  # fmt: skip
    answers = Answer.objects.filter(self_report__round=opened, indicator=indicator)
    return list(answers.order_by("self_report__service__provider__name", "pk").values(*names))


def _declared_since(rows: Iterable[dict[str, Any]]) -> dict[int, tuple[str, Decimal | None, Decimal | None]]:
    """Answer id to what was declared, of self-reports whose answers may have been changed since."""
    reports = [row["self_report"] for row in rows if row["self_report__status"] in BEING_CHANGED and row["self_report__declared_at"]]
    return {
        pk: (answer["value"], _number(answer["numerator"]), _number(answer["denominator"]))
        for pk, answer in declared_answers(reports).items()
    }


def _assessed(opened: Round, indicator: Indicator, stage: str) -> dict[int, tuple[str, Decimal | None, Decimal | None]]:
    """Answer id to what it is held to be at the stage, the latest stage counting."""
    reached = STAGE_ORDER[1 : STAGE_ORDER.index(Stage(stage)) + 1]
    if not reached:
        return {}
    found = Assessment.objects.filter(answer__self_report__round=opened, answer__indicator=indicator, stage__in=reached)
    ordered = sorted(found, key=lambda one: STAGE_ORDER.index(Stage(one.stage)))
    return {one.answer_id: (one.value, one.numerator, one.denominator) for one in ordered}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _figure(
    row: dict[str, Any], values: tuple[str, Decimal | None, Decimal | None], indicator: Indicator, opened: Round
) -> tuple[str, int, int]:
    """Why the service is no point (a key of ``LEFT_OUT``), or nothing and its figure: met, total."""
    value, met, total = values
    declared_at = row["self_report__declared_at"]
    if declared_at is None:
        return "undeclared", 0, 0
    if _was_suspended(indicator, opened, timezone.localdate(declared_at)):
        return "suspended", 0, 0
    if value in ("CANNOT", "NA"):
        return value, 0, 0
    if met is None or total is None:
        return "empty", 0, 0
    if total == 0:
        return "zero", 0, 0
    if not 0 <= met <= total or met != int(met) or total != int(total):
        return "odd", 0, 0
    return "", int(met), int(total)


def _was_suspended(indicator: Indicator, opened: Round, declared: dt.date) -> bool:
    today = timezone.localdate()
    return is_out_of_count(indicator.suspended_from, check_by_date=opened.check_by_date, declared_date=declared, today=today)


def _spot(row: dict[str, Any], met: int, total: int, share: float) -> Spot:
    holder = row["self_report__service__provider__name"] or row["self_report__service__network__name"]
    point = FunnelPoint(f"{holder}, {row['self_report__service__name']}", met, total)
    return Spot(point, place_of(point, share), row["self_report"], row["pk"])
