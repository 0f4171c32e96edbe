"""Findings as lists show them: good practice first, then by category; and which still lack an action."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from peerreview.models import Finding, Review

Category = Finding.Category
IN_ORDER = (Category.GOOD_PRACTICE, Category.IMMEDIATE_RISK, Category.SERIOUS_CONCERN, Category.CONCERN, Category.FURTHER_CONSIDERATION)


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one category, with the procedure's definition."""

    label: str
    definition: str
    findings: list[Finding]


def findings_by_category(review: Review, findings: Iterable[Finding]) -> list[FindingGroup]:
    """Findings grouped by category, good practice first; empty groups are left out."""
    rows = list(findings)
    groups = [FindingGroup(c.label, review.procedure.definition_of(c), [row for row in rows if row.category == c]) for c in IN_ORDER]
    return [group for group in groups if group.findings]


def with_recommendation(review: Review) -> QuerySet[Finding]:
    """Agreed findings of a review that recommend something."""
    return review.findings.agreed().exclude(recommendation="").exclude(status=Finding.Status.CLOSED)


def without_action(review: Review) -> QuerySet[Finding]:
    """Agreed findings that recommend something and have no action yet."""
    return with_recommendation(review).filter(finding_actions=None)


def open_immediate_risk_counts(service_ids: list[int]) -> dict[int, int]:
    """How many immediate risks are open, by service: confirmed by the team, not found put right. Both tracks: danger is excepted."""
    found = Finding.objects.open_immediate_risks().filter(service__in=service_ids)
    return dict(found.order_by().values("service").annotate(count=Count("pk")).values_list("service", "count"))
