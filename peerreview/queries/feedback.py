"""The feedback that a service hears at the end of a visit: agreed findings alone, good practice first, in plain words."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from peerreview.models import Finding, Review
from peerreview.queries.findings import IN_ORDER
from peerreview.queries.pathway import steps_of

Category = Finding.Category
HEADINGS = {
    Category.GOOD_PRACTICE: "What works well",
    Category.IMMEDIATE_RISK: "What must be made safe now",
    Category.SERIOUS_CONCERN: "What worries us most",
    Category.CONCERN: "What needs to change",
    Category.FURTHER_CONSIDERATION: "What you could think about",
}
LEARNING_HEADINGS = {
    Category.GOOD_PRACTICE: "What we would like to take home",
    Category.IMMEDIATE_RISK: "What we must report, because people could be harmed",
    Category.FURTHER_CONSIDERATION: "What we could think about together",
}
GIVEN_IN = (Review.Status.VISITING, Review.Status.REPORTING)


@dataclass(frozen=True)
class FeedbackPart:
    """One heading of the feedback with its findings."""

    heading: str
    category: str
    findings: list[Finding]


@dataclass(frozen=True)
class FeedbackStep:
    """What is read out about one step of a pathway; ``label`` is empty where the review has one part."""

    label: str
    parts: list[FeedbackPart]


def feedback_of(review: Review) -> list[FeedbackStep]:
    """Agreed findings as they are read out: by step in a pathway, good practice first, empty headings left out."""
    findings = list(review.findings.agreed().for_display().order_by("pk"))
    if not review.is_pathway:
        parts = _parts(review, findings)
        return [FeedbackStep("", parts)] if parts else []
    steps = [
        FeedbackStep(step.words, _parts(review, [f for f in findings if f.service_id == step.service.pk])) for step in steps_of(review)
    ]
    return [step for step in steps if step.parts]


def _parts(review: Review, findings: list[Finding]) -> list[FeedbackPart]:
    headings = LEARNING_HEADINGS if review.is_learning else HEADINGS
    parts = [
        FeedbackPart(headings[category], category, [finding for finding in findings if finding.category == category])
        for category in IN_ORDER
        if category in headings
    ]
    return [part for part in parts if part.findings]


def heard_day(review: Review) -> dt.date | None:
    """The day on which the service heard the feedback, or None."""
    return timezone.localdate(review.feedback_given_at) if review.feedback_given_at else None


def heard_on_the_day(review: Review) -> bool | None:
    """Whether the service heard it on a day of the visit, for the fidelity of the review; None while it has not."""
    day = heard_day(review)
    if day is None or review.starts_date is None or review.ends_date is None:
        return None
    return review.starts_date <= day <= review.ends_date
