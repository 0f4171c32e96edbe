"""Rows that show how differently hubs and teams judge like things: options by score, categories by indicator."""

import json
from collections.abc import Iterator
from decimal import Decimal

from peerreview.models import Finding, Review
from qnt.programme.counting.years import on_days
from qnt.programme.models import ProgrammeFact, half_of
from surveillance.models import SurveillanceDecision


def spread_facts(year: int) -> Iterator[ProgrammeFact]:
    """Decisions of the year's round that came into force on a percentage, and agreed findings of its visits about an indicator."""
    decided = SurveillanceDecision.objects.filter(round__year=year, in_force_at__isnull=False)
    for decision in decided.select_related("service", "round").order_by("pk").iterator():
        if band := score_band(decision.figures):
            day = decision.round.closes_date
            yield ProgrammeFact(
                year=year, half=half_of(day), measure="SPREAD_OPTIONS", unit_id=decision.pk, day=day, region_id=decision.service.region_id,
                service_id=decision.service_id, detail=band, choice=options_of(decision), value=1,
            )  # fmt: skip
    visited = {"review__purpose": Review.Purpose.COMPLIANCE, "review__status__in": Review.HELD} | on_days("review__starts_date", year)
    findings = Finding.objects.agreed().filter(indicator__isnull=False, **visited)
    for finding in findings.select_related("review", "indicator__indicator_set").order_by("pk").iterator():
        review, indicator = finding.review, finding.indicator
        yield ProgrammeFact(
            year=year, half=half_of(review.starts_date), measure="SPREAD_CATEGORIES", unit_id=finding.pk, day=review.starts_date,
            region_id=review.region_id, review=review, kind=review.kind, procedure_id=review.procedure_id, service_id=finding.service_id,
            indicator_set_id=indicator.indicator_set_id, detail=f"{indicator.number} {indicator.title}"[:80],
            choice=finding.get_category_display(), value=1,
        )  # fmt: skip


def score_band(figures: str) -> str:
    """The ten points in which the frozen percentage lies: "80 to 89%", "100%"; empty where the decision has none."""
    percent = json.loads(figures).get("percent") if figures else None
    if percent is None:
        return ""
    low = int(Decimal(percent) // 10) * 10
    return "100%" if low == 100 else f"{low} to {low + 9}%"


def options_of(decision: SurveillanceDecision) -> str:
    """The options of a decision, shortly: "Option 1", "Options 2 and 3"."""
    numbers = ["1"] if decision.is_routine else []
    numbers += ["2"] if decision.needs_provider_action or decision.needs_commissioner_action else []
    numbers += ["3"] if decision.needs_peer_review else []
    return f"Option{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)}"
