"""Actions drafted from the recommendations of agreed findings; surveillance carries them from then on."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, FindingAction
from peerreview.queries.findings import without_action
from peerreview.services.locks import locked_finding, locked_review
from surveillance.models import Action
from surveillance.services.actions import draft_action
from work.status import InvalidTransition


@transaction.atomic
def draft_action_from_finding(
    *, finding_id: int, what: str, due_date: dt.date, by: User, indicator_id: int | None = None, baseline: str = "", target: str = "",
    domains: Iterable[str] = (),
) -> Action:  # fmt: skip
    """Draft an action that answers an agreed finding's recommendation, for the party to whom it is addressed.

    Raises InvalidTransition when the finding is not agreed or recommends nothing, and in a review for learning: an action is
    directed and verified, while what comes of learning are pledges that each side chooses.
    """
    finding = locked_finding(finding_id)
    if finding.review.is_learning:
        raise InvalidTransition("A review for learning leads to no action. Write what you will do as a pledge, on the page “Learning”.")
    if finding.status in (Finding.Status.DRAFT, Finding.Status.WITHDRAWN, Finding.Status.CLOSED):
        raise InvalidTransition(f"This finding is {finding.get_status_display().lower()}, so no action can be drafted from it.")
    if not finding.recommendation:
        raise InvalidTransition("This finding has no recommendation, so no action can be drafted from it.")
    action = draft_action(
        service_id=finding.service_id, what=what, due_date=due_date, by=by, addressed_to=finding.addressed_to, indicator_id=indicator_id,
        baseline=baseline, target=target, domains=domains,
    )  # fmt: skip
    FindingAction.objects.create(finding=finding, action=action)
    audit.record("finding.action_drafted", target=finding, by=by)
    return action


@transaction.atomic
def draft_actions_from_findings(*, review_id: int, due_date: dt.date, by: User, service_ids: Iterable[int] | None = None) -> list[Action]:
    """Draft one action for each agreed recommendation that has none yet, in the recommendation's own words.

    Each goes to the plan of its finding's own service; ``service_ids`` are those whose plans this person drafts (None: all).
    """
    review = locked_review(review_id)
    waiting = without_action(review).prefetch_related("tags")
    if service_ids is not None:
        waiting = waiting.filter(service__in=list(service_ids))
    return [
        draft_action_from_finding(
            finding_id=finding.pk, what=finding.recommendation, due_date=due_date, by=by, indicator_id=finding.indicator_id,
            domains=[tag.domain for tag in finding.tags.all()],
        )
        for finding in waiting
    ]  # fmt: skip
