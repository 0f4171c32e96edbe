"""Reported immediate risks: when they can be reported, who was told, in the words of the page and of the device."""

from django.utils import timezone

from accounts.templatetags.qnt_tags import clock_time
from peerreview.models import Finding, Review
from peerreview.queries.teams import lead_reviewer
from work.items import day_words

# A risk can stand in the papers, be seen on the day, or be noticed when the team writes up.
RISK_STATUSES = (Review.Status.PREPARING, Review.Status.VISITING, Review.Status.REPORTING)


PHONE_MISSING = "Add the phone number for the days of the visit first: reviewers without a signal call it."


def reported_words(finding: Finding) -> str:
    """When it was reported and who has been told (ux 23)."""
    lead = lead_reviewer(finding.review)
    hub = finding.review.visit_lead.name if finding.review.is_learning and finding.review.visit_lead else _hub(finding.review)
    told = f"{lead.user.name} and {hub} have" if lead else f"{hub[:1].upper()}{hub[1:]} has"
    day = timezone.localdate(finding.recorded_at)
    when = "" if day == timezone.localdate() else f" on {day_words(day)}"
    return f"Reported at {clock_time(finding.recorded_at)}{when}. {told} been told."


def whom_to_tell(review: Review) -> str:
    """Whom to tell in person where there is no signal: who arranges the visit, with the number to call."""
    who = review.visit_lead.name if review.visit_lead else _hub(review)
    return f"tell {who} in person now, or call {review.visit_phone}" if review.visit_phone else f"tell {who} in person now"


def _hub(review: Review) -> str:
    return f"the {review.region.name} hub"
