"""How many visits a hub can hold in a year, what fills them, and which proposals of option 3 come first by risk."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from accounts.models import Organisation
from surveillance.facts import visit_counts, visit_states
from surveillance.models import Round, SurveillanceDecision
from surveillance.queries.decisions import figures_of


def visits_a_year() -> int:
    """How many visits a hub can hold in a year."""
    return int(settings.VISITS_A_YEAR_A_HUB)


@dataclass(frozen=True)
class Row:
    """One decision with option 3: its score then, how far its visit is, and its place in the year."""

    decision: SurveillanceDecision
    met: int
    applicable: int
    state: str
    number: int

    @property
    def is_beyond(self) -> bool:
        """Whether there is no room for it this year."""
        return not self.state and self.number > visits_a_year()


@dataclass(frozen=True)
class Capacity:
    """The visits of a region in the year that follows a round's checking."""

    region: Organisation
    year: int
    from_date: dt.date
    to_date: dt.date
    planned: int
    held: int
    rows: list[Row]

    @property
    def possible(self) -> int:
        """How many visits the hub can hold."""
        return visits_a_year()

    @property
    def proposed(self) -> int:
        """Decisions with option 3, proposed or in force, whose visit is not planned."""
        return sum(not row.state for row in self.rows)

    @property
    def left(self) -> int:
        """How many more could be proposed; below 0 when there are too many."""
        return self.possible - self.proposed - self.planned - self.held

    @property
    def over(self) -> int:
        """How many there are too many."""
        return -self.left


def capacity_of(region: Organisation, opened: Round) -> Capacity:
    """The region's visits after a round, its option 3 decisions in order of risk, lowest score first; three statements."""
    from_date = opened.check_by_date + dt.timedelta(days=1)
    to_date = from_date + dt.timedelta(days=364)
    planned, held = visit_counts(region.pk, from_date, to_date)
    live = SurveillanceDecision.objects.live().filter(needs_peer_review=True, service__region=region, round=opened)
    decisions = sorted(live.for_display(), key=_order)
    states = visit_states(decision.pk for decision in decisions)
    rows, number = [], planned + held
    for decision in decisions:
        figures, state = figures_of(decision.figures), states.get(decision.pk, "")
        number += not state
        rows.append(Row(decision, figures["met"], figures["applicable"], state, number))
    return Capacity(region, opened.year, from_date, to_date, planned, held, rows)


def _order(decision: SurveillanceDecision) -> tuple[int, float, int]:
    """The highest risk first; where it is the same, the lowest share of indicators met."""
    figures = figures_of(decision.figures)
    share = figures["met"] / figures["applicable"] if figures["applicable"] else 0.0
    return -decision.risk_score, share, decision.pk
