"""What the lead reviewer does with a reported immediate risk: confirm it at once, or say that it is something else."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, Review
from peerreview.notifications import note_risk_changed
from peerreview.queries.immediate_risks import PHONE_MISSING
from peerreview.queries.teams import is_lead_reviewer
from peerreview.queries.topics import indicators_of
from peerreview.services.findings import LEARNING_CATEGORIES, agree_finding
from peerreview.services.locks import locked_finding, locked_review
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Category, Status = Finding.Category, Finding.Status
REASON_LENGTH = 100  # of the history of findings
CHANGEABLE = (Review.Status.PREPARING, Review.Status.VISITING)


@transaction.atomic
def confirm_immediate_risk(
    *,
    finding_id: int,
    recommendation: str,
    by: User,
    topic_id: int | None = None,
    indicator_id: int | None = None,
    version: int | None = None,
) -> Finding:
    """Add what a report in three fields lacks and confirm it in one step: danger does not wait for a second page.

    The letter's clock starts and everybody who must know is told the same day. Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = _locked_draft(finding_id, by)
    if finding.status == Status.DRAFT:
        check_version(finding, finding.version, version)
        review = finding.review
        if topic_id is not None and not review.topics.filter(pk=topic_id).exists():
            raise InvalidTransition("Select a focus topic of this review")
        if indicator_id is not None and indicator_id not in {indicator.pk for indicator in indicators_of(review)}:
            raise InvalidTransition("Select an indicator of the services under review")
        finding.recommendation, finding.topic_id, finding.indicator_id = recommendation.strip(), topic_id, indicator_id
        finding.version += 1
        finding.save()
    return agree_finding(finding_id=finding_id, by=by)


@transaction.atomic
def change_risk_category(*, finding_id: int, category: str, reason: str, by: User, version: int | None = None) -> Finding:
    """Say with a reason that a reported risk is not immediate: the draft goes on under another category, and the hub hears of it.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = _locked_draft(finding_id, by)
    if finding.status != Status.DRAFT:
        raise InvalidTransition(f"This finding is {finding.get_status_display().lower()}, so its category cannot be changed here.")
    check_version(finding, finding.version, version)
    allowed = LEARNING_CATEGORIES if finding.review.is_learning else tuple(Category)
    if category not in allowed or category == Category.IMMEDIATE_RISK:
        raise InvalidTransition("Select another category")
    if finding.review.status not in CHANGEABLE:
        raise InvalidTransition("The visit is over. Confirm the immediate risk, or withdraw it with a reason.")
    if not reason.strip():
        raise InvalidTransition("Enter why this is not an immediate risk")
    finding.category = category
    finding.version += 1
    finding._change_reason = reason.strip()[:REASON_LENGTH]  # type: ignore[attr-defined]  # kept by its history
    finding.save()
    audit.record("finding.risk_category_changed", target=finding, by=by, reason=reason.strip())
    note_risk_changed(finding)
    return finding


@transaction.atomic
def set_visit_phone(*, review_id: int, phone: str, by: User) -> Review:
    """Keep the number to call during the visit when there is no signal. Raises InvalidTransition."""
    review = locked_review(review_id)
    if review.status in (Review.Status.CLOSED, Review.Status.CANCELLED):
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its phone number cannot change.")
    if not phone.strip():
        raise InvalidTransition(PHONE_MISSING)
    review.visit_phone = phone.strip()
    review.version += 1
    review.save(update_fields=["visit_phone", "version"])
    audit.record("review.phone_set", target=review, by=by)
    return review


def _locked_draft(finding_id: int, by: User) -> Finding:
    finding = locked_finding(finding_id)
    if not is_lead_reviewer(finding.review, by):
        raise InvalidTransition("Only the lead reviewer confirms an immediate risk or changes its category.")
    if finding.category != Category.IMMEDIATE_RISK:
        raise InvalidTransition("This is not reported as an immediate risk any more.")
    return finding
