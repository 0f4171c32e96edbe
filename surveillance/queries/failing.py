"""Services that fail KPIs or key indicators: which, for how many years running, and what answers it.

The compliance arm: nothing of a review for learning is read. A fixed number of statements, whatever the number of services.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from surveillance.bridging import is_carried
from surveillance.canonical import number_text
from surveillance.models import Action, Answer, Assessment, Indicator, Score, SelfReport, Stage, SurveillanceDecision
from surveillance.queries.declared import BEING_CHANGED, declared_answers, not_met_as_decided
from surveillance.queries.self_reports import words_of
from surveillance.suspension import is_out_of_count

MOST_YEARS = 5
WATCHED = Q(indicator__target__isnull=False) | Q(indicator__is_key=True)
Key = tuple[int, str]  # service, indicator number


@dataclass
class FailingService:
    """A service with the answers (by id) that are not met; ``unanswered`` of them have no action."""

    self_report_id: int
    service_id: int
    name: str
    answers: list[int] = field(default_factory=list)
    unanswered: int = 0

    @property
    def rank(self) -> tuple[int, int, str, int]:
        """Those that no action answers come first, then those that fail most."""
        return (-self.unanswered, -len(self.answers), self.name, self.service_id)


@dataclass(frozen=True)
class FailingIndicator:
    """One indicator not met: what was answered, how many years running, and the actions that answer it."""

    indicator: Indicator
    answer_id: int
    words: str
    years: int
    actions: list[Action]

    @property
    def kind(self) -> str:
        """KPI, key indicator, or both."""
        return " and ".join(word for is_it, word in ((self.indicator.is_kpi, "KPI"), (self.indicator.is_key, "key indicator")) if is_it)

    @property
    def target_words(self) -> str:
        """ "target at least 95%"; empty for a question without one."""
        target = self.indicator.target_words
        return f"target {target}" if target else ""


@dataclass(frozen=True)
class FailingRow:
    """A service as the page and the file show it."""

    report: SelfReport
    indicators: list[FailingIndicator]
    decision: SurveillanceDecision | None

    @property
    def stage_words(self) -> str:
        """Whose figures these are."""
        return Stage.VALIDATED.label if getattr(self.report, "is_validated", False) else Stage.SELF_ASSESSED.label


def failing_services(reports: QuerySet[SelfReport], *, only_without_action: bool = False) -> list[FailingService]:
    """Services of declared self-reports with a KPI or key indicator not met, those that no action answers first."""
    declared = reports.filter(declared_at__isnull=False, indicator_set__is_counted=True)
    answered = _answered(declared)
    found: dict[int, FailingService] = {}
    for row in _not_met(declared):
        service = row["self_report__service"]
        holder = row["self_report__service__provider__name"] or row["self_report__service__network__name"]
        name = f"{row['self_report__service__name']}, {holder}"
        one = found.setdefault(service, FailingService(row["self_report"], service, name))
        one.answers.append(row["pk"])
        one.unanswered += not _is_answered(answered.get((service, row["indicator__number"]), []), row["self_report__declared_at"])
    kept = [one for one in found.values() if one.unanswered or not only_without_action]
    return sorted(kept, key=lambda one: one.rank)


def _not_met(declared: QuerySet[SelfReport]) -> list[dict[str, Any]]:
    """Answers to KPIs and key indicators that count and are not met, in the order of the set."""
    names = (
        "pk", "self_report", "self_report__status", "self_report__declared_at", "self_report__round__check_by_date", "self_report__service",
        "self_report__service__name", "self_report__service__provider__name", "self_report__service__network__name", "indicator__number",
        "indicator__suspended_from",
    )  # fmt: skip
    watched = Answer.objects.filter(WATCHED, self_report__in=declared.order_by().values("pk"))
    wanted = watched.filter(not_met_as_decided() | Q(self_report__status__in=BEING_CHANGED))
    rows = [row for row in wanted.order_by("self_report", "indicator__position").values(*names) if not _has_left(row)]
    changing = {row["self_report"] for row in rows if row["self_report__status"] in BEING_CHANGED}
    as_declared = declared_answers(sorted(changing))
    return [row for row in rows if row["self_report"] not in changing or as_declared.get(row["pk"], {}).get("met") is False]


def _has_left(row: dict[str, Any]) -> bool:
    """Whether a suspended indicator has left the count of the self-report."""
    return is_out_of_count(
        row["indicator__suspended_from"],
        check_by_date=row["self_report__round__check_by_date"],
        declared_date=timezone.localdate(row["self_report__declared_at"]),
        today=timezone.localdate(),
    )


# What answers it ------------------------------------------------------------------------------------------------------
def _answered(reports: QuerySet[SelfReport]) -> dict[Key, list[Any]]:
    """(service, number) to when each of its actions was verified; None for one that is not."""
    actions = Action.objects.of_compliance().filter(service__in=reports.order_by().values("service"), indicator__isnull=False)
    found: dict[Key, list[Any]] = {}
    for service, number, verified_at in actions.order_by().values_list("service", "indicator__number", "verified_at"):
        found.setdefault((service, number), []).append(verified_at)
    return found


def _is_answered(verified: Iterable[Any], declared_at: Any) -> bool:
    """Whether an action is still open, or was verified after the figures: one verified before did not bring the indicator up."""
    return any(at is None or at > declared_at for at in verified)


# Rows -----------------------------------------------------------------------------------------------------------------
def failing_rows(services: Sequence[FailingService]) -> list[FailingRow]:
    """What a page or a batch of a file shows of these services, in four statements, five while a query is open."""
    answers = _answers([pk for one in services for pk in one.answers])
    years = _years_running(services, answers)
    actions = _actions(services)
    decisions = _decisions(services)
    as_declared = declared_answers({one.self_report_id for one in answers.values() if one.self_report.status in BEING_CHANGED})
    rows = []
    for one in services:
        own = [answers[pk] for pk in one.answers]
        report = own[0].self_report
        report.is_validated = own[0].is_validated
        indicators = [
            FailingIndicator(
                answer.indicator,
                answer.pk,
                _words(answer, as_declared.get(answer.pk)),
                years[answer.pk],
                _answering(answer, actions.get((one.service_id, answer.indicator.number), [])),
            )
            for answer in own
        ]
        rows.append(FailingRow(report, indicators, decisions.get(one.service_id)))
    return rows


def _answering(answer: Answer, actions: list[Action]) -> list[Action]:
    return [action for action in actions if _is_answered([action.verified_at], answer.self_report.declared_at)]


def _answers(pks: list[int]) -> dict[int, Any]:
    """Answers by id with their service, indicator and what the hub held of them."""
    assessed = Assessment.objects.filter(answer=OuterRef("pk"), stage=Stage.VALIDATED)
    scores = Score.objects.filter(self_report=OuterRef("self_report"), stage=Stage.VALIDATED)
    held = {f"held_{name}": Subquery(assessed.values(name)[:1]) for name in ("pk", "value", "numerator", "denominator")}
    related = ("service__provider", "service__network", "service__region", "service__specification__programme", "round")
    found = Answer.objects.filter(pk__in=pks).select_related("indicator", *(f"self_report__{name}" for name in related))
    return {answer.pk: answer for answer in found.annotate(**held, is_validated=Subquery(scores.values("pk")[:1]))}


def _words(answer: Any, declared: dict[str, Any] | None) -> str:
    """The answer as a decision reads it."""
    kind = answer.indicator.answer_kind
    if declared:
        return words_of(kind, value=declared["value"], numerator=declared["numerator"], denominator=declared["denominator"])
    side = "held_" if answer.is_validated and answer.held_pk else ""
    value, numerator, denominator = (getattr(answer, f"{side}{name}") for name in ("value", "numerator", "denominator"))
    return words_of(kind, value=value, numerator=number_text(numerator), denominator=number_text(denominator))


def _years_running(services: Sequence[FailingService], answers: dict[int, Answer]) -> dict[int, int]:
    """Answer id to the years running in which the same indicator was not met, this one included."""
    earlier = Answer.objects.filter(
        not_met_as_decided(), self_report__service__in=[one.service_id for one in services], self_report__declared_at__isnull=False,
        indicator__number__in={answer.indicator.number for answer in answers.values()},
    ).select_related("indicator", "self_report__round")  # fmt: skip
    missed = {(one.self_report.service_id, one.indicator.number, one.self_report.round.year): one for one in earlier if not _was_out(one)}
    found = {}
    for pk, answer in answers.items():
        service, year, indicator = answer.self_report.service_id, answer.self_report.round.year, answer.indicator
        count = 1
        while count < MOST_YEARS and (before := missed.get((service, indicator.number, year - count))):
            if not is_carried(before.indicator, indicator):
                break
            indicator, count = before.indicator, count + 1
        found[pk] = count
    return found


def _was_out(answer: Answer) -> bool:
    report = answer.self_report
    return is_out_of_count(
        answer.indicator.suspended_from,
        check_by_date=report.round.check_by_date,
        declared_date=timezone.localdate(report.declared_at) if report.declared_at else None,
        today=timezone.localdate(),
    )


def _actions(services: Sequence[FailingService]) -> dict[Key, list[Action]]:
    actions = Action.objects.of_compliance().filter(service__in=[one.service_id for one in services], indicator__isnull=False)
    found: dict[Key, list[Action]] = {}
    for action in actions.select_related("indicator").order_by("due_date", "pk"):
        if action.indicator:
            found.setdefault((action.service_id, action.indicator.number), []).append(action)
    return found


def _decisions(services: Sequence[FailingService]) -> dict[int, SurveillanceDecision]:
    """Service to its newest decision that is proposed or in force."""
    live = SurveillanceDecision.objects.live().filter(service__in=[one.service_id for one in services])
    found: dict[int, SurveillanceDecision] = {}
    for decision in live.order_by("-round__year", "-pk"):
        found.setdefault(decision.service_id, decision)
    return found
