"""Visits of compliance reviews as surveillance counts them; reviews for learning are never among them."""

import datetime as dt

from django.db.models import Count, Q

from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Review
from surveillance.facts import VisitFacts

Status = Review.Status


def visit_counts(region_ids: list[int], from_date: dt.date, to_date: dt.date) -> dict[int, tuple[int, int]]:
    """Region id to how many of its visits that begin between two days are planned and held, in one statement."""
    visits = Review.objects.filter(purpose=Review.Purpose.COMPLIANCE, region__in=region_ids, starts_date__range=(from_date, to_date))
    counted = visits.order_by().values("region").annotate(
        planned=Count("pk", filter=Q(status__in=Review.DATED)), held=Count("pk", filter=Q(status__in=Review.HELD))
    )  # fmt: skip
    return {row["region"]: (row["planned"], row["held"]) for row in counted}


def visit_states(decision_ids: list[int]) -> dict[int, str]:
    """Decision id to how far its visit is, in words; a postponed or cancelled one is none."""
    visits = Review.objects.filter(purpose=Review.Purpose.COMPLIANCE, decision__in=decision_ids, status__in=(*Review.DATED, *Review.HELD))
    found = {}
    for decision_id, status, day in visits.order_by("pk").values_list("decision", "status", "starts_date"):
        found[decision_id] = f"{'Held' if status in Review.HELD else 'Planned for'} {month_date(day)}"
    return found


VISIT_FACTS = VisitFacts(counts=visit_counts, states=visit_states)
