"""Which services a draft of the rules would move."""

from collections import Counter
from dataclasses import dataclass

from surveillance import rules
from surveillance.models import DecisionRules, Round, SurveillanceDecision
from surveillance.queries.decisions import figures_of, rule_figures
from surveillance.queries.rules import as_rules, published_rules
from surveillance.rules import Option


@dataclass(frozen=True)
class Move:
    """A decision of the round that a draft would have proposed otherwise."""

    decision_id: int
    before: frozenset[Option]
    after: frozenset[Option]
    sentence: str


@dataclass(frozen=True)
class Preview:
    """What a draft would have done to a round: its year, the others to choose from, how many decisions were read, those that move."""

    year: int | None
    other_years: tuple[int, ...]
    total: int
    moves: tuple[Move, ...]
    before: dict[Option, int]
    after: dict[Option, int]


def preview(draft: DecisionRules, *, year: str = "") -> Preview:
    """Propose again on the frozen figures of a round's decisions, by the rules in use and by the draft; three statements.

    ``year`` is as typed; without one that has decisions, the last closed round is read, as it is whole, else the newest.
    Figures that a decision did not freeze yet (an older one) count as if nothing was known.
    """
    current, wanted = published_rules(), as_rules(draft)
    chosen, others = _years(year)
    decisions = SurveillanceDecision.objects.filter(round__year=chosen).order_by("pk").values_list("pk", "figures")
    before: Counter[Option] = Counter()
    after: Counter[Option] = Counter()
    moves, total = [], 0
    for pk, content in decisions.iterator():
        figures = rule_figures(figures_of(content))
        old, new = rules.propose(figures, current), rules.propose(figures, wanted)
        before.update(old.options)
        after.update(new.options)
        total += 1
        if old.options != new.options:
            moves.append(Move(pk, old.options, new.options, new.sentence))
    return Preview(chosen, others, total, tuple(moves), dict(before), dict(after))


def _years(wanted: str) -> tuple[int | None, tuple[int, ...]]:
    """The year to read and the others that have decisions, newest first."""
    decided = Round.objects.filter(pk__in=SurveillanceDecision.objects.values("round")).order_by("-year")
    closed = dict(decided.values_list("year", "closed_at"))
    if not closed:
        return None, ()
    asked = next((year for year in closed if str(year) == wanted), None)
    chosen = asked or next((year for year, at in closed.items() if at), max(closed))
    return chosen, tuple(year for year in closed if year != chosen)
