"""Findings as lists show them: good practice first, then by category; and which still lack an action."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from accounts.templatetags.qnt_tags import counted
from peerreview.models import Finding, FindingAction, Review

Category = Finding.Category
IN_ORDER = (Category.GOOD_PRACTICE, Category.IMMEDIATE_RISK, Category.SERIOUS_CONCERN, Category.CONCERN, Category.FURTHER_CONSIDERATION)


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one category, with the procedure's name and definition of it."""

    label: str
    definition: str
    findings: list[Finding]


def findings_by_category(review: Review, findings: Iterable[Finding]) -> list[FindingGroup]:
    """Findings grouped by category, good practice first; empty groups are left out."""
    rows = list(findings)
    procedure = review.procedure
    groups = [
        FindingGroup(procedure.label_of(c) or c.label, procedure.definition_of(c), [row for row in rows if row.category == c])
        for c in IN_ORDER
    ]
    return [group for group in groups if group.findings]


def rests_on_words(finding: Finding) -> str:
    """What a finding rests on: its words, then how many documents, views and notes; for ``for_display`` rows no further statement."""
    kinds = {
        "document": finding.evidence.all(), "view of a patient or carer,views of patients and carers": finding.views.all(),
        "note": finding.notes.all(),
    }  # fmt: skip
    parts = [counted(len(rows), noun) for noun, rows in kinds.items() if len(rows)]
    return "\n".join(filter(None, (finding.basis, ", ".join(parts))))


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


def learning_action_ids() -> Any:
    """Actions that come from a review for learning, as ids for a condition."""
    return FindingAction.objects.filter(finding__review__purpose=Review.Purpose.IMPROVEMENT).values("action")
