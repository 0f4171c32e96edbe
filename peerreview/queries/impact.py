"""Evidence, findings and actions of a review by the eight impact domains; empty domains are named too."""

import uuid
from dataclasses import dataclass, field

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import EvidenceTag, Finding, FindingAction, FindingTag, ImpactEvidence, Review
from peerreview.queries.teams import works_on
from surveillance.models import DOMAIN_MEANINGS, Action, ImpactDomain


@dataclass
class DomainRow:
    """One impact domain with what bears on it."""

    code: str
    label: str
    meaning: str
    evidence: list[EvidenceTag] = field(default_factory=list)
    findings: list[FindingTag] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    changes: list[ImpactEvidence] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of this review bears on the domain."""
        return not (self.evidence or self.findings or self.actions or self.changes)


def impact_of(review: Review, user: User) -> list[DomainRow]:
    """All eight domains with what ``user`` may see: tags of documents are the team's until the report is signed off."""
    rows = {code: DomainRow(code, label, DOMAIN_MEANINGS[code]) for code, label in ImpactDomain.choices}
    is_shared = review.status in (Review.Status.FOLLOW_UP, Review.Status.CLOSED)
    if is_shared or works_on(review, user):
        for tag in review.evidence_tags.select_related("item", "tagged_by").order_by("pk"):
            rows[tag.domain].evidence.append(tag)
    visible = Finding.objects.for_user(user, Permission.FINDING_VIEW).filter(review=review).exclude(status=Finding.Status.WITHDRAWN)
    for finding_tag in FindingTag.objects.filter(finding__in=visible.values("pk")).select_related("finding").order_by("pk"):
        rows[finding_tag.domain].findings.append(finding_tag)
    for action in actions_of(review):
        for code in action.domains:
            if code in rows:
                rows[code].actions.append(action)
    for change in changes_of(review):
        rows[change.domain].changes.append(change)
    return list(rows.values())


def changes_of(review: Review) -> list[ImpactEvidence]:
    """What the services said changed after the visit, by domain, in one statement; a removed document is left out of its line."""
    filed = review.impact_evidence.select_related("service__provider", "service__network", "item", "filed_by")
    return list(filed.order_by("domain", "pk"))


def was_filed(review: Review, client_id: uuid.UUID, user: User) -> bool:
    """Whether ``user`` sent this form before, and it was filed."""
    return review.impact_evidence.filter(client_id=client_id, filed_by=user).exists()


def actions_of(review: Review) -> list[Action]:
    """Actions drafted from the findings of a review, oldest first."""
    linked = FindingAction.objects.filter(finding__review=review).values("action")
    return list(Action.objects.filter(pk__in=linked).for_display().order_by("pk"))
