"""A service's decisions over the years: options, positions, figures, what became of each, and what is next. Constant statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from accounts.templatetags.qnt_tags import long_date, score_words
from surveillance.models import Action, Position, Score, Service, Stage, SurveillanceDecision
from surveillance.queries.actions import is_late
from surveillance.queries.decisions import PositionCard, figures_of, position_card
from surveillance.queries.older_figures import older_than, score_read
from work.items import clock_words, counted

Status = SurveillanceDecision.Status
PARTIES = list(Position.Party.values)


@dataclass(frozen=True)
class ToldDecision:
    """One decision of the timeline."""

    decision: SurveillanceDecision
    figures: str
    older_figures: str
    became: str
    next: str
    actions: str
    cards: list[PositionCard]


def decisions_of(service: Service) -> list[ToldDecision]:
    """Every decision about the service, the newest first, in four statements."""
    people = ("proposed_by", "in_force_by", "ended_by", "kept_by", "round")
    positions = Prefetch("positions", Position.objects.select_related("organisation", "given_by", "spoken_by"))
    made = list(service.decisions.select_related(*people).prefetch_related(positions, "actions").order_by("-proposed_at", "-pk"))
    figures = {decision.pk: figures_of(decision.figures) for decision in made}
    scores: dict[int, list[Score]] = {}
    for score in Score.objects.filter(self_report__in={one["self_report_id"] for one in figures.values()}):
        scores.setdefault(score.self_report_id, []).append(score)
    return [_told(decision, made, figures[decision.pk], scores) for decision in made]


def _told(
    decision: SurveillanceDecision, made: list[SurveillanceDecision], figures: dict[str, Any], scores: dict[int, list[Score]]
) -> ToldDecision:
    newest = score_read(scores.get(figures["self_report_id"], []))
    cards = [position_card(one) for one in sorted(decision.positions.all(), key=lambda one: PARTIES.index(one.party))]
    return ToldDecision(
        decision,
        figures_words(figures),
        older_words(decision, figures, newest),
        _became(decision, made),
        _next(decision),
        _actions_words(list(decision.actions.all())),
        cards,
    )


def figures_words(figures: dict[str, Any]) -> str:
    """ "21 of 24 met (87%), validated by the hub"; or why nothing was counted."""
    if not figures.get("is_declared", True):
        return "Nothing was declared"
    if figures.get("is_counted") is False:
        return "Key requirements: not counted"
    return f"{score_words(figures['met'], figures['applicable'])}, {Stage(figures['stage']).label.lower()}"


def older_words(decision: SurveillanceDecision, figures: dict[str, Any], newest: Score | None) -> str:
    """ "Made on older figures: 21 of 24 then, 19 of 24 now.", why, and who kept it all the same; else nothing."""
    older = older_than(decision, figures, newest)
    if older is None:
        return ""
    said = [older.sentence, older.why]
    if decision.kept_at and decision.kept_by:
        said.append(f"{decision.kept_by.name} kept it on {long_date(decision.kept_at)}: {decision.kept_reason}")
    return " ".join(part for part in said if part)


def _became(decision: SurveillanceDecision, made: Iterable[SurveillanceDecision]) -> str:
    """What replaced or ended it and why; empty while it lives."""
    without = f" Without an accepted action: {decision.without_action_reason}" if decision.without_action_reason else ""
    if decision.status == Status.ENDED and decision.ended_by:
        did = "ended it" if decision.in_force_at else "withdrew the proposal"
        return f"{decision.ended_by.name} {did} on {long_date(decision.ended_at)}. {decision.ended_reason}{without}".strip()
    if decision.status != Status.SUPERSEDED or decision.in_force_at is None:
        return ""
    later = [one for one in made if one.in_force_at and one.in_force_at > decision.in_force_at]
    successor = min(later, key=lambda one: one.in_force_at or timezone.now(), default=None)
    if successor is None:
        return f"Replaced.{without}"
    return f"Replaced by {successor.options_words} of the {successor.round.year} round on {long_date(successor.in_force_at)}.{without}"


def _next(decision: SurveillanceDecision) -> str:
    if decision.status == Status.PROPOSED:
        return f"Positions. {clock_words(decision.positions_due_date)}"
    if decision.status == Status.IN_FORCE:
        return f"Review of this decision. {clock_words(decision.review_date)}"
    if decision.status == Status.REVIEW_DUE:
        due = long_date(decision.review_date)
        return f"Review of this decision was due on {due}. It stays in force until someone decides again or ends it."
    return ""


def _actions_words(actions: list[Action]) -> str:
    """ "3 actions, 1 verified, 1 late"."""
    if not actions:
        return ""
    verified, late = sum(action.status == Action.Status.VERIFIED for action in actions), sum(is_late(action) for action in actions)
    parts = [counted(len(actions), "action"), *(f"{count} {words}" for count, words in ((verified, "verified"), (late, "late")) if count)]
    return ", ".join(parts)
