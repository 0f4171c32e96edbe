"""A decision for each accepted self-report, with three positions; the newest in force, the older ones replaced."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.crowd import Crowd
from qnt.demo.national.places import World
from qnt.demo.national.rounds import Scored
from surveillance import rules
from surveillance.canonical import canonical_json, number_text, sha256_of
from surveillance.models import Position, SurveillanceDecision
from surveillance.queries.decisions import figures_of, rule_figures
from surveillance.queries.rules import published_rules

D, View = SurveillanceDecision.Status, Position.View
BATCH = 1_000


class Decisions:
    """Writes decisions in bulk; option 3 goes to the lowest scores, as many as the year has room for."""

    def __init__(self, world: World, crowd: Crowd, chance: random.Random) -> None:
        self.rules, self.chance = published_rules(), chance
        self.managers = {region.pk: user for region, user in zip(world.regions, crowd.managers, strict=True)}
        self.executives = {trust.pk: user for trust, user in zip(world.trusts, crowd.executives, strict=True)}
        self.commissioners = {board.pk: user for board, user in zip(world.boards, crowd.commissioners, strict=True)}

    def carry(self, accepted: list[Scored], *, visit_count: int, is_last: bool) -> list[SurveillanceDecision]:
        """Decide on a round; gives the decisions that ask for a visit. Half of this year's are still proposed."""
        lowest = sorted(accepted, key=lambda one: (one.score.percent or 0, one.report.pk))
        visited = {one.report.pk for one in lowest[:visit_count]}
        made: list[SurveillanceDecision] = []
        rows = iter(accepted)
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                decided = list(write(SurveillanceDecision, (self._decision(one, one.report.pk in visited, is_last) for one in batch)))
                write_all(Position, self._positions(decided))
                made += [decision for decision in decided if decision.needs_peer_review]
        return made

    def replace_older(self) -> int:
        """Only the newest decision of a service stays in force; gives how many were replaced."""
        newest: dict[int, int] = {}
        for service, pk in SurveillanceDecision.objects.filter(status=D.IN_FORCE).order_by("round__year").values_list("service", "pk"):
            newest[service] = pk
        return SurveillanceDecision.objects.filter(status=D.IN_FORCE).exclude(pk__in=newest.values()).update(status=D.SUPERSEDED)

    def _decision(self, one: Scored, is_visit: bool, is_last: bool) -> SurveillanceDecision:
        report = one.report
        service, percent = report.service, one.score.percent or 0
        is_whole = percent == 100
        proposed = report.accepted_at + dt.timedelta(days=3 if is_last else 9)
        due = (proposed + dt.timedelta(days=14)).date()
        is_open = is_last and self.chance.random() < 0.5
        figures = _figures(one)
        proposal = rules.propose(rule_figures(figures_of(figures)), self.rules)
        severity = 4 if percent < 50 else 3 if percent < 80 else 2
        return SurveillanceDecision(
            service=service, round=report.round, status=D.PROPOSED if is_open else D.IN_FORCE, is_routine=is_whole and not is_visit,
            needs_provider_action=not is_whole, needs_commissioner_action=percent < 50, needs_peer_review=is_visit, likelihood=severity,
            consequence=min(5, severity + 1), rationale="Illustrative rationale.", rule_sentence=proposal.sentence,
            rule_version=proposal.rule_version, figures=figures, figures_hash=sha256_of(figures),
            proposed_by=self.managers[service.region_id], proposed_at=proposed, positions_due_date=due,
            in_force_at=None if is_open else proposed + dt.timedelta(days=15),
            in_force_by=None if is_open else self.managers[service.region_id], review_date=due + dt.timedelta(days=500),
        )  # fmt: skip

    def _positions(self, decisions: Iterable[SurveillanceDecision]) -> Iterator[Position]:
        for decision in decisions:
            service = decision.service
            parties = (
                ("QNT", service.region_id, self.managers[service.region_id]),
                ("PROVIDER", service.provider_id, self.executives[service.provider_id]),
                ("COMMISSIONER", service.provider.icb_id, self.commissioners[service.provider.icb_id]),
            )
            for party, organisation_id, person in parties:
                is_given = decision.status == D.IN_FORCE and self.chance.random() < 0.93
                silent = View.NOT_GIVEN if decision.status == D.IN_FORCE else View.WAITING
                yield Position(
                    decision=decision, party=party, organisation_id=organisation_id, due_date=decision.positions_due_date,
                    view=View.AGREE if is_given else silent, given_by=person if is_given else None,
                    given_at=decision.proposed_at + dt.timedelta(days=5) if is_given else None,
                )  # fmt: skip


def _figures(one: Scored) -> str:
    """What a decision freezes, in the shape of ``surveillance.services.figures``; late actions and earlier years are not followed."""
    report, score = one.report, one.score
    return canonical_json(
        {
            "self_report_id": report.pk,
            "year": report.round.year,
            "is_counted": True,
            "is_declared": True,
            "stage": score.stage,
            "met": score.met_count,
            "applicable": score.applicable_count,
            "percent": number_text(score.percent),
            "threshold_percent": number_text(report.indicator_set.threshold_percent),
            "visit_level_percent": number_text(report.indicator_set.visit_level_percent),
            "not_met": [{"number": row.number, "title": row.title, "is_key": row.is_key} for row in one.not_met],
            "open_immediate_risk_count": 0,
            "actions_that_cannot_be_funded": [],
        }
    )
