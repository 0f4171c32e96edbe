"""Findings: recorded and changed by the team, agreed by its lead, withdrawn, amended after the accuracy check."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, FindingTag, PatientView, Review
from peerreview.queries.immediate_risks import RISK_STATUSES
from peerreview.queries.pathway import next_step_of
from peerreview.queries.teams import is_lead_reviewer, is_on_team
from peerreview.queries.topics import indicators_of
from peerreview.services.agreements import REASON_LENGTH, check_heard, note_writer
from peerreview.services.letters import open_letter
from peerreview.services.locks import locked_finding, locked_review
from peerreview.services.once import kept_before
from surveillance.models import EvidenceItem, ImpactDomain
from surveillance.services.clash import AlreadyDone, check_version
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

Category, Status = Finding.Category, Finding.Status
# A review for learning knows no severity; immediate risk alone is excepted, and said in advance.
LEARNING_CATEGORIES = (Category.GOOD_PRACTICE, Category.FURTHER_CONSIDERATION, Category.IMMEDIATE_RISK)


@dataclass(frozen=True)
class FindingContent:
    """What a finding says; ``tags`` are lines by impact domain code."""

    category: str
    service_id: int
    what_was_seen: str
    basis: str
    indicator_id: int | None = None
    topic_id: int | None = None
    addressed_to: str = Finding.AddressedTo.PROVIDER
    recommendation: str = ""
    how_others_did_it: str = ""
    evidence_ids: tuple[int, ...] = ()
    note_ids: tuple[int, ...] = ()
    view_ids: tuple[int, ...] = ()
    is_handover: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def record_finding(*, review_id: int, content: FindingContent, by: User, client_id: uuid.UUID | None = None) -> Finding:
    """Record a draft finding during the visit; the same form sent twice is one finding. Raises InvalidTransition."""
    review = _visiting(review_id, by)
    if kept := kept_before(Finding, client_id, review=review, recorded_by=by):
        return kept
    _check_content(review, content)
    finding = Finding(review=review, recorded_by=by, client_id=client_id)
    _write(finding, content, by)
    audit.record("finding.recorded", target=finding, by=by)
    return finding


@transaction.atomic
def report_immediate_risk(
    *, review_id: int, service_id: int, what: str, where: str, told: str, by: User, client_id: uuid.UUID | None = None
) -> Finding:
    """Report danger in three fields; the lead and the hub are told at once, and the lead confirms it.

    Open from the preparation (a risk can stand in the papers) until the places end, in both tracks. The device makes
    ``client_id``: the same report sent twice is one finding and one alarm. Raises InvalidTransition.
    """
    review = locked_review(review_id)
    kept = Finding.objects.filter(client_id=client_id).first() if client_id else None
    if kept:
        if kept.recorded_by_id != by.pk or kept.review_id != review_id:
            raise InvalidTransition("This report was made by someone else.")
        return kept
    if not is_on_team(review, by):
        raise InvalidTransition("Only members of the team report an immediate risk here.")
    if review.status not in RISK_STATUSES:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Tell the hub about the risk at once.")
    if not review.services.filter(pk=service_id).exists():
        raise InvalidTransition("Select a service under review")
    finding = Finding.objects.create(
        review=review, client_id=client_id, service_id=service_id, category=Category.IMMEDIATE_RISK, what_was_seen=what.strip(),
        basis=f"Where: {where.strip()}\nTold: {told.strip()}", recorded_by=by,
    )  # fmt: skip
    audit.record("finding.immediate_risk_reported", target=finding, by=by)
    jobs.enqueue("mail.finding_risk_reported", finding_id=finding.pk, requested_by=by)
    return finding


@transaction.atomic
def change_finding(*, finding_id: int, content: FindingContent, by: User, version: int | None = None) -> Finding:
    """Change a draft finding. Raises InvalidTransition, SomeoneElseChanged."""
    finding = locked_finding(finding_id)
    _visiting(finding.review_id, by)
    if finding.status != Status.DRAFT:
        raise InvalidTransition(f"This finding is {finding.get_status_display().lower()}, so it cannot be changed here.")
    check_version(finding, finding.version, version)
    _check_content(finding.review, content)
    finding.version += 1
    _write(finding, content, by)
    audit.record("finding.changed", target=finding, by=by)
    return finding


@transaction.atomic
def agree_finding(*, finding_id: int, by: User, version: int | None = None, without_reason: str = "") -> Finding:
    """The lead reviewer agrees a draft for the team, when each cleared member has said yes or no, or without some with a reason.

    Who does not agree stays on record. An immediate risk is confirmed without waiting: its letter's clock starts.
    Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = locked_finding(finding_id)
    if finding.status != Status.DRAFT and finding.agreed_by:
        raise AlreadyDone(
            f"{finding.agreed_by.name} agreed this on {day_words(timezone.localdate(finding.agreed_at))}. You do not need to do anything."
        )
    finding.check_may_become(Status.AGREED)
    check_version(finding, finding.version, version)
    if not is_lead_reviewer(finding.review, by):
        raise InvalidTransition("Only the lead reviewer can agree a finding.")
    _check_whole(finding)
    check_heard(finding, without_reason)
    note_writer(finding, by)
    finding.status, finding.agreed_by, finding.agreed_at = Status.AGREED, by, timezone.now()
    finding.version += 1
    finding._change_reason = without_reason.strip()[:REASON_LENGTH]  # type: ignore[attr-defined]  # of its history
    finding.save(update_fields=["status", "agreed_by", "agreed_at", "version"])
    audit.record("finding.agreed", target=finding, by=by)
    open_letter(finding)
    if finding.category == Category.IMMEDIATE_RISK:
        jobs.enqueue("mail.finding_immediate_risk", finding_id=finding.pk, requested_by=by)
    return finding


@transaction.atomic
def withdraw_finding(*, finding_id: int, reason: str, by: User, version: int | None = None) -> Finding:
    """Take a finding back with a reason: a draft by the team, an agreed one by its lead or, later, by the report's owner.

    With the ``version`` that the page showed, a finding that changed since stays. Raises InvalidTransition and SomeoneElseChanged.
    """
    finding = locked_finding(finding_id)
    check_version(finding, finding.version, version)
    finding.check_may_become(Status.WITHDRAWN)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for withdrawing this finding")
    finding.status, finding.closed_reason, finding.closed_at = Status.WITHDRAWN, reason.strip(), timezone.now()
    finding.version += 1
    finding.save(update_fields=["status", "closed_reason", "closed_at", "version"])
    audit.record("finding.withdrawn", target=finding, by=by, reason=reason.strip())
    return finding


@transaction.atomic
def amend_finding(
    *,
    finding_id: int,
    reason: str,
    by: User,
    what_was_seen: str | None = None,
    basis: str | None = None,
    recommendation: str | None = None,
    category: str | None = None,
) -> Finding:
    """Correct an agreed finding after the factual accuracy check; the history keeps what it said. Raises InvalidTransition."""
    finding = locked_finding(finding_id)
    if finding.status != Status.AMENDED:
        finding.check_may_become(Status.AMENDED)
    changes = {"what_was_seen": what_was_seen, "basis": basis, "recommendation": recommendation, "category": category}
    for name, value in changes.items():
        if value is not None:
            setattr(finding, name, value.strip())
    _check_whole(finding)
    finding.status = Status.AMENDED
    finding.version += 1
    finding.save()
    audit.record("finding.amended", target=finding, by=by, reason=reason)
    return finding


def _visiting(review_id: int, by: User) -> Review:
    review = locked_review(review_id)
    if not is_on_team(review, by):
        raise InvalidTransition("Only members of the team record findings.")
    if review.status != Review.Status.VISITING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. Findings are recorded during the visit.")
    return review


def _check_content(review: Review, content: FindingContent) -> None:
    """What a form cannot know: that everything named belongs to this review."""
    if review.is_learning and content.category not in LEARNING_CATEGORIES:
        raise InvalidTransition("A review for learning records good practice, further consideration, and immediate risk alone.")
    if review.is_learning and content.indicator_id is not None:
        raise InvalidTransition("A review for learning looks at its questions, and judges no indicator. Select a focus topic")
    if review.is_learning and content.addressed_to != Finding.AddressedTo.PROVIDER:
        raise InvalidTransition("No commissioner reads what a review for learning finds, so a finding cannot be for one to act on.")
    if content.category in Finding.NEEDS_RECOMMENDATION and not content.recommendation.strip():
        raise InvalidTransition("Enter a recommendation. It is required from “concern” up")
    if content.indicator_id is None and content.topic_id is None:
        raise InvalidTransition("Select an indicator or a focus topic")
    if not (content.basis.strip() or content.evidence_ids or content.note_ids or content.view_ids):
        raise InvalidTransition("Select what it is based on, or say it in words")
    if not review.services.filter(pk=content.service_id).exists():
        raise InvalidTransition("Select a service under review")
    if content.topic_id is not None and not review.topics.filter(pk=content.topic_id).exists():
        raise InvalidTransition("Select a focus topic of this review")
    if content.indicator_id is not None and content.indicator_id not in {indicator.pk for indicator in indicators_of(review)}:
        raise InvalidTransition("Select an indicator of the services under review")
    if content.is_handover and next_step_of(review, content.service_id) is None:
        raise InvalidTransition("This is the last step, so it hands over to no other")
    if unknown := set(content.tags) - set(ImpactDomain.values):
        raise InvalidTransition(f"{', '.join(sorted(unknown))} is not an impact domain.")
    if any(not line.strip() for line in content.tags.values()):
        raise InvalidTransition("Enter what it shows for each impact domain that you select")


def _check_whole(finding: Finding) -> None:
    if finding.indicator_id is None and finding.topic_id is None:
        raise InvalidTransition("Select an indicator or a focus topic before you agree this finding.")
    if finding.category in Finding.NEEDS_RECOMMENDATION and not finding.recommendation:
        raise InvalidTransition("Enter a recommendation before you agree this finding. It is required from “concern” up.")
    if finding.review.is_learning and finding.category not in LEARNING_CATEGORIES:
        raise InvalidTransition("A review for learning records good practice, further consideration, and immediate risk alone.")


def _write(finding: Finding, content: FindingContent, by: User) -> None:
    for name in ("category", "service_id", "indicator_id", "topic_id", "addressed_to"):
        setattr(finding, name, getattr(content, name))
    for name in ("what_was_seen", "basis", "recommendation", "how_others_did_it"):
        setattr(finding, name, getattr(content, name).strip())
    step = next_step_of(finding.review, content.service_id) if content.is_handover else None
    finding.handover_to = step.service if step else None
    finding.save()
    services = finding.review.services.all()
    finding.evidence.set(EvidenceItem.objects.kept().filter(pk__in=content.evidence_ids, service__in=services))
    finding.notes.set(finding.review.notes.filter(pk__in=content.note_ids))
    finding.views.set(PatientView.objects.filter(review=finding.review, status=PatientView.Status.SHARED, pk__in=content.view_ids))
    note_writer(finding, by)
    finding.tags.exclude(domain__in=content.tags).delete()
    for domain, shows in content.tags.items():
        FindingTag.objects.update_or_create(finding=finding, domain=domain, defaults={"shows": shows.strip()[:300], "tagged_by": by})
