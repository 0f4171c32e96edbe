"""The rules that propose surveillance options from a service's figures: plain arithmetic, no database.

A proposal is words for people: the hub chooses, in consensus with the provider and the commissioner. The rules come as
versions that the national lead edits (``DecisionRules``). Sources: evaluation report 1.1.1 (under 100 % or under the good
practice level calls for further surveillance); published programmes (low compliance, an unresolved immediate risk, a plan
not carried out, doubt about validation, a small random sample lead to a visit).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from surveillance.shipped_rules import SHIPPED_LEVELS


class Option(Enum):
    """What surveillance a service may get; options combine."""

    ROUTINE = "option 1, routine surveillance"
    PROVIDER_ACTION = "option 2, provider action"
    COMMISSIONER_ACTION = "option 2, commissioner action"
    PEER_REVIEW = "option 3, peer review"


class Rule(Enum):
    """The rules by number, as proposals name them. 1 to 4 look at the score, and exactly one of them fits."""

    ALL_MET = 1
    UNDER_100 = 2
    UNDER_THRESHOLD = 3
    UNDER_VISIT_LEVEL = 4
    IMMEDIATE_RISK = 5
    KEY_INDICATOR = 6
    KPI_AGAIN = 7
    PLAN_LATE = 8
    NOT_DECLARED = 9
    DOUBT = 10
    SAMPLE = 11


@dataclass(frozen=True)
class Setting:
    """What a rule proposes. ``number`` is its level in per cent, years or count; None where it has none or the set's level holds."""

    options: frozenset[Option]
    number: Decimal | None = None


@dataclass(frozen=True)
class Rules:
    """One version of all rules. A rule without options proposes nothing."""

    version: int
    settings: Mapping[Rule, Setting]

    def options(self, rule: Rule) -> frozenset[Option]:
        """What a rule proposes; empty when it is off."""
        return self.settings[rule].options if rule in self.settings else frozenset()

    def number(self, rule: Rule) -> Decimal | None:
        """The rule's own number."""
        return self.settings[rule].number if rule in self.settings else None


def rules_from(version: int, levels: Mapping[str, Any]) -> Rules:
    """A version's rules from its stored levels: rule code to ``{"options": [codes], "number": text or None}``."""
    return Rules(
        version,
        {
            Rule[code]: Setting(
                frozenset(Option[name] for name in stored["options"]),
                None if stored.get("number") in (None, "") else Decimal(str(stored["number"])),
            )
            for code, stored in levels.items()
        },
    )


SHIPPED = rules_from(1, SHIPPED_LEVELS)


@dataclass(frozen=True)
class KpiAgain:
    """A KPI that is not met, and for how many years running, this one included."""

    label: str
    years: int


@dataclass(frozen=True)
class Figures:
    """What the rules read: counts, levels in per cent, and what else is known of the service."""

    met: int
    applicable: int
    threshold_percent: Decimal
    visit_level_percent: Decimal
    key_not_met: tuple[str, ...] = ()
    open_immediate_risk_count: int = 0
    kpis_again: tuple[KpiAgain, ...] = field(default=())
    late_action_count: int = 0
    is_declared: bool = True
    changed_by_hub_count: int = 0
    is_drawn: bool = False

    def is_under(self, percent: Decimal) -> bool:
        """Whether the score is under a level, compared unrounded; at the level is not under it."""
        return self.applicable > 0 and self.met * 100 < percent * self.applicable


@dataclass(frozen=True)
class Proposal:
    """What the rules propose, why in words, and whether it may come into force without a provider action."""

    options: frozenset[Option]
    sentence: str
    needs_provider_action_first: bool
    rule_version: int
    rules: tuple[Rule, ...] = ()


Reason = Callable[[Figures, Rules], str]


def propose(figures: Figures, rules: Rules = SHIPPED) -> Proposal:
    """The options that the rules propose for ``figures``: what every rule that fits proposes, together.

    Routine surveillance stands only where nothing else is proposed. Under the good practice level, a proposal with provider
    action comes into force only with at least one provider action.
    """
    fitting = [(rule, words) for rule, reason in _REASONS.items() if (words := reason(figures, rules)) and rules.options(rule)]
    options = frozenset().union(*(rules.options(rule) for rule, _ in fitting))
    options = (options - {Option.ROUTINE}) or frozenset({Option.ROUTINE})
    is_under = figures.is_under(_level(figures, rules, Rule.UNDER_THRESHOLD))
    gate = is_under and Option.PROVIDER_ACTION in options
    sentences = [_score(figures), _why(fitting, options), "It comes into force only with at least one provider action." if gate else ""]
    return Proposal(options, " ".join(part for part in sentences if part), gate, rules.version, tuple(rule for rule, _ in fitting))


def _level(figures: Figures, rules: Rules, rule: Rule) -> Decimal:
    """The level of a rule: its own, or else that of the service's indicator set."""
    own = rules.number(rule)
    if own is not None:
        return own
    return figures.visit_level_percent if rule is Rule.UNDER_VISIT_LEVEL else figures.threshold_percent


def _score(figures: Figures) -> str:
    if not figures.is_declared:
        return "No self-report was declared."
    if not figures.applicable:
        return "No indicator could be measured."
    return f"{figures.met} of {figures.applicable} met ({figures.met * 100 // figures.applicable}%)."


def _why(fitting: list[tuple[Rule, str]], options: frozenset[Option]) -> str:
    if not fitting:
        return f"No rule asks for more: {Option.ROUTINE.value}."
    words = _joined([reason for _, reason in fitting])
    numbers = _joined([f"rule {rule.value}" for rule, _ in fitting])
    chosen = _joined([option.value for option in Option if option in options])
    return f"{words[:1].upper()}{words[1:]}: {chosen} ({numbers})."


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# Why each rule fits, in words; empty where it does not ---------------------------------------------------------------
def _all_met(figures: Figures, rules: Rules) -> str:
    is_whole = figures.is_declared and figures.applicable > 0 and figures.met == figures.applicable
    return "every indicator that applies is met" if is_whole else ""


def _under_100(figures: Figures, rules: Rules) -> str:
    if not figures.is_declared or figures.is_under(_level(figures, rules, Rule.UNDER_THRESHOLD)):
        return ""
    if _under_visit_level(figures, rules):
        return ""
    if not figures.applicable:
        return "nothing shows that every indicator is met"
    return "under 100%" if figures.met < figures.applicable else ""


def _under_threshold(figures: Figures, rules: Rules) -> str:
    level = _level(figures, rules, Rule.UNDER_THRESHOLD)
    is_this = figures.is_under(level) and not _under_visit_level(figures, rules)
    return f"under the good practice level of {_percent(level)}" if is_this else ""


def _under_visit_level(figures: Figures, rules: Rules) -> str:
    level = _level(figures, rules, Rule.UNDER_VISIT_LEVEL)
    return f"under the visit level of {_percent(level)}" if figures.is_under(level) else ""


def _immediate_risk(figures: Figures, rules: Rules) -> str:
    count = figures.open_immediate_risk_count
    return f"{count} immediate {'risk is' if count == 1 else 'risks are'} open" if count else ""


def _key_indicator(figures: Figures, rules: Rules) -> str:
    noun = "key indicator" if len(figures.key_not_met) == 1 else "key indicators"
    return f"{noun} not met ({'; '.join(figures.key_not_met)})" if figures.key_not_met else ""


def _kpi_again(figures: Figures, rules: Rules) -> str:
    years = int(rules.number(Rule.KPI_AGAIN) or 2)
    again = [kpi.label for kpi in figures.kpis_again if kpi.years >= years]
    noun = "the same KPI" if len(again) == 1 else "the same KPIs"
    return f"{noun} not met for {years} years running ({'; '.join(again)})" if again else ""


def _plan_late(figures: Figures, rules: Rules) -> str:
    count = figures.late_action_count
    least = int(rules.number(Rule.PLAN_LATE) or 1)
    return f"{count} {'action of the plan is' if count == 1 else 'actions of the plan are'} late" if count >= least else ""


def _not_declared(figures: Figures, rules: Rules) -> str:
    return "" if figures.is_declared else "the service did not declare"


def _doubt(figures: Figures, rules: Rules) -> str:
    least = int(rules.number(Rule.DOUBT) or 3)
    count = figures.changed_by_hub_count
    return f"the hub changed {count} {'answer' if count == 1 else 'answers'} on checking" if count >= least else ""


def _sample(figures: Figures, rules: Rules) -> str:
    return "drawn in the random sample" if figures.is_drawn else ""


_REASONS: dict[Rule, Reason] = {
    Rule.ALL_MET: _all_met,
    Rule.UNDER_100: _under_100,
    Rule.UNDER_THRESHOLD: _under_threshold,
    Rule.UNDER_VISIT_LEVEL: _under_visit_level,
    Rule.IMMEDIATE_RISK: _immediate_risk,
    Rule.KEY_INDICATOR: _key_indicator,
    Rule.KPI_AGAIN: _kpi_again,
    Rule.PLAN_LATE: _plan_late,
    Rule.NOT_DECLARED: _not_declared,
    Rule.DOUBT: _doubt,
    Rule.SAMPLE: _sample,
}


def _percent(level: Decimal) -> str:
    return f"{level.normalize():f}%"
