"""What the service says to a proposed decision."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import DecisionComment, SurveillanceDecision
from surveillance.notifications.decisions import note_comment
from surveillance.services.decision_replacing import locked_decision
from work.status import InvalidTransition


@transaction.atomic
def comment_on_decision(*, decision_id: int, text: str, by: User, at: dt.datetime | None = None) -> DecisionComment:
    """Put the service's words beside a proposed decision; the hub hears of it in the daily summary. Raises InvalidTransition."""
    decision = locked_decision(decision_id)
    if decision.status != SurveillanceDecision.Status.PROPOSED:
        raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so it takes no comments any more.")
    comment = DecisionComment.objects.create(decision=decision, text=text.strip(), made_by=by, made_at=at or timezone.now())
    audit.record("decision.commented", target=decision, by=by)
    note_comment(decision, comment)
    return comment
