"""The rule that proposes surveillance options from a service's figures: plain arithmetic, no database.

A proposal is words for people: the hub chooses, in consensus with the provider and the commissioner. Source: evaluation
report 1.1.1 (under 100 % or under the good practice level calls for further surveillance); levels are settings of the set.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

RULE_VERSION = 1


class Option(Enum):
    """What surveillance a service may get; options combine."""

    ROUTINE = "option 1, routine surveillance"
    PROVIDER_ACTION = "option 2, provider action"
    COMMISSIONER_ACTION = "option 2, commissioner action"
    PEER_REVIEW = "option 3, peer review"


@dataclass(frozen=True)
class Figures:
    """What the rule reads: counts, levels in per cent, numbers of key indicators not met, immediate risks that are open."""

    met: int
    applicable: int
    threshold_percent: Decimal
    visit_level_percent: Decimal
    key_not_met: tuple[str, ...] = ()
    open_immediate_risk_count: int = 0

    def is_under(self, percent: Decimal) -> bool:
        """Whether the score is under a level, compared unrounded; at the level is not under it."""
        return self.applicable > 0 and self.met * 100 < percent * self.applicable


@dataclass(frozen=True)
class Proposal:
    """What the rule proposes, why in words, and whether it may come into force without a provider action."""

    options: frozenset[Option]
    sentence: str
    needs_provider_action_first: bool
    rule_version: int = RULE_VERSION


def propose(figures: Figures) -> Proposal:
    """The options that the rule proposes for ``figures``.

    All met: option 1. Under 100 %, or nothing measured: option 2 with provider action. Under the good practice level: the
    same, in force only with at least one provider action. Under the visit level, or with an open immediate risk: options 2 and 3.
    """
    is_under_threshold = figures.is_under(figures.threshold_percent)
    is_under_visit_level = figures.is_under(figures.visit_level_percent)
    options = {Option.PROVIDER_ACTION}
    if is_under_visit_level or figures.open_immediate_risk_count:
        options.add(Option.PEER_REVIEW)
    elif figures.applicable and figures.met == figures.applicable:
        options = {Option.ROUTINE}
    gate = "It comes into force only with at least one provider action." if is_under_threshold else ""
    sentences = [_score(figures), _reasons(figures, options), gate, _key_indicators(figures)]
    return Proposal(frozenset(options), " ".join(part for part in sentences if part), is_under_threshold)


def _score(figures: Figures) -> str:
    if not figures.applicable:
        return "No indicator could be measured."
    return f"{figures.met} of {figures.applicable} met ({figures.met * 100 // figures.applicable}%)."


def _reasons(figures: Figures, options: set[Option]) -> str:
    reasons = []
    if figures.is_under(figures.visit_level_percent):
        reasons.append((f"under the visit level of {_percent(figures.visit_level_percent)}", 4))
    elif figures.is_under(figures.threshold_percent):
        reasons.append((f"under the good practice level of {_percent(figures.threshold_percent)}", 3))
    elif not figures.applicable:
        reasons.append(("nothing shows that every indicator is met", 2))
    elif figures.met < figures.applicable:
        reasons.append(("under 100%", 2))
    if figures.open_immediate_risk_count:
        count = figures.open_immediate_risk_count
        reasons.append((f"{count} immediate {'risk is' if count == 1 else 'risks are'} open", 5))
    words, rules = " and ".join(reason for reason, _ in reasons), " and ".join(f"rule {number}" for _, number in reasons)
    chosen = " and ".join(option.value for option in Option if option in options)
    if not reasons:
        words, rules = "every indicator that applies is met", "rule 1"
    return f"{words[:1].upper()}{words[1:]}: {chosen} ({rules})."


def _key_indicators(figures: Figures) -> str:
    if not figures.key_not_met:
        return ""
    noun = "Key indicator" if len(figures.key_not_met) == 1 else "Key indicators"
    return f"{noun} not met: {', '.join(figures.key_not_met)}."


def _percent(level: Decimal) -> str:
    return f"{level.normalize():f}%"
