"""On which day each milestone of a review was done, worked out from what is recorded and from nothing else."""

import datetime as dt
from collections import Counter

from django.utils import timezone

from peerreview.models import Review, TeamMember
from surveillance.models import PlanAgreement

# Milestones of which something is recorded, here or by the app above. Of others nobody can say that they are late.
RECORDED = frozenset({
    "NOTICE", "TEAM", "TOPICS", "EVIDENCE", "BRIEFING", "DRAFT", "QUALITY_CHECK", "ACCURACY", "FINAL", "PUBLICATION", "PLAN",
    "PROGRESS_3", "PROGRESS_6", "PROGRESS_12",
})  # fmt: skip


def done_days(review: Review) -> dict[str, dt.date]:
    """Milestone code to the day on which it was done; what is not done is left out. The report's own come from the app above.

    Two statements, and two after sign-off; one where ``team``, ``evidence_asks`` and ``progress_checks`` are prefetched.
    """
    moments = {
        "NOTICE": review.notified_at, "TEAM": team_settled_at(review), "TOPICS": _topics_agreed_at(review),
        "EVIDENCE": _evidence_filed_at(review), "BRIEFING": _briefed_at(review), "PLAN": _plan_agreed_at(review),
    }  # fmt: skip
    if review.status in (Review.Status.FOLLOW_UP, Review.Status.CLOSED):
        moments |= {check.milestone_code: check.done_at for check in review.progress_checks.all()}
    return {code: timezone.localdate(moment) for code, moment in moments.items() if moment}


def _cleared(review: Review) -> list[TeamMember]:
    """Members who were cleared, also after their places ended with the sign-off of the report."""
    held = (TeamMember.Status.ACCEPTED, TeamMember.Status.ENDED)
    return [member for member in review.team.all() if member.is_cleared and member.status in held and not member.ended_reason]


def team_settled_at(review: Review) -> dt.datetime | None:
    """When the last place that the procedure requires was filled by somebody cleared."""
    wanted: Counter[str] = Counter()
    for entry in review.procedure.roles_required:
        wanted[str(entry["role"])] += int(entry["count"])
    filled = []
    for role, count in wanted.items():
        ruled = sorted(member.ruled_at for member in _cleared(review) if member.team_role == role and member.ruled_at)
        if len(ruled) < count:
            return None
        filled.append(ruled[count - 1])
    return max(filled, default=None)


def _topics_agreed_at(review: Review) -> dt.datetime | None:
    """When topics and the evidence request stood: both agreed, or the preparation begun, whichever came first."""
    agreed = [review.topics_agreed_at, review.evidence_requested_at]
    both = max(moment for moment in agreed if moment) if all(agreed) else None
    return min((moment for moment in (both, review.preparing_at) if moment), default=None)


def _evidence_filed_at(review: Review) -> dt.datetime | None:
    """When the last document asked for was filed, or its absence explained; nothing before the request is sent."""
    if review.evidence_requested_at is None:
        return None
    answered = [ask.answered_at for ask in review.evidence_asks.all()]
    if not all(answered):
        return None
    return max([review.evidence_requested_at, *(moment for moment in answered if moment)])


def _briefed_at(review: Review) -> dt.datetime | None:
    """When the last member of the team had read the context cards; the team must be settled first."""
    read = [member.context_read_at for member in _cleared(review)]
    if team_settled_at(review) is None or not all(read):
        return None
    return max((moment for moment in read if moment), default=None)


def _plan_agreed_at(review: Review) -> dt.datetime | None:
    """When the executive of the last of the services agreed its plan, after this visit."""
    if review.status not in (Review.Status.FOLLOW_UP, Review.Status.CLOSED) or review.visited_at is None:
        return None
    services = {service.pk for service in review.services.all()}
    agreed = PlanAgreement.objects.filter(service__in=services, executive_at__gte=review.visited_at).order_by("executive_at")
    first: dict[int, dt.datetime] = {}
    for service_id, moment in agreed.values_list("service", "executive_at"):
        first.setdefault(service_id, moment)
    return max(first.values()) if first and set(first) == services else None
