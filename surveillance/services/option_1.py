"""Option 1 in bulk: proposed by notice, in force when nobody objects within the time. Silence stays silence on the record."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import Position, SurveillanceDecision
from surveillance.queries.option_1 import notices_to_bring_into_force
from surveillance.queries.parties import acts_for_hub
from surveillance.services.decisions import bring_into_force, propose_decision, record_position
from work import jobs
from work.models import Job, ReminderSent
from work.status import InvalidTransition

KIND, NOTICE_KIND = "decisions.option_1", "mail.option_1_notice"
RATIONALE = "Every indicator that applies is met and the good practice level is reached, so option 1 is proposed by notice."


def ask_for_option_1(
    *, self_report_ids: Sequence[int], likelihood: int, consequence: int, review_date: dt.date, by: User
) -> Job:  # fmt: skip
    """Ask for the job that proposes option 1 for many services; the same press twice gives the same job."""
    ids = sorted(self_report_ids)
    return jobs.enqueue(
        KIND, key=f"{by.pk}:{ids[0]}-{ids[-1]}:{len(ids)}", requested_by=by, self_report_ids=ids, likelihood=likelihood,
        consequence=consequence, review_date=review_date.isoformat(),
    )  # fmt: skip


@transaction.atomic
def propose_by_notice(
    *, self_report_id: int, likelihood: int, consequence: int, review_date: dt.date, by: User, at: dt.datetime | None = None
) -> SurveillanceDecision:
    """Propose option 1 for one service by notice; QNT agrees at once where the proposer may take its position.

    Raises InvalidTransition where the rules propose more than option 1, and as ``propose_decision`` does.
    """
    decision = propose_decision(
        self_report_id=self_report_id, is_routine=True, is_by_notice=True, likelihood=likelihood, consequence=consequence,
        rationale=RATIONALE, review_date=review_date, by=by, at=at,
    )  # fmt: skip
    if acts_for_hub(by, Permission.DECISION_DECIDE, decision.service):
        record_position(decision_id=decision.pk, party=Position.Party.QNT, view=Position.View.AGREE, by=by, at=at)
    return decision


def bring_notices_into_force(*, today: dt.date | None = None) -> int:
    """Bring notices into force whose time to object has passed in silence; gives how many. The rest waits for the hub.

    QNT's position, taken by a person, is what brings them into force.
    """
    count = 0
    for decision in notices_to_bring_into_force(today or timezone.localdate()):
        agreed = decision.positions.select_related("given_by").get(party=Position.Party.QNT)
        if agreed.given_by is None:
            continue
        try:
            bring_into_force(decision_id=decision.pk, by=agreed.given_by, version=decision.version)
        except InvalidTransition:  # an older decision asks for a reason: a person at the hub gives it
            continue
        count += 1
    return count


def ask_for_notices() -> int:
    """Ask for the mails of notices that nobody was told of yet, one an organisation; gives how many. None while a bulk job runs."""
    if Job.objects.filter(kind=KIND, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists():
        return 0
    waiting = Position.objects.filter(
        decision__is_by_notice=True, decision__status=SurveillanceDecision.Status.PROPOSED, view=Position.View.WAITING
    ).exclude(party=Position.Party.QNT)
    pairs = list(waiting.values_list("organisation", "decision").distinct())
    keys = {(organisation, decision): notice_key(organisation, decision) for organisation, decision in pairs if organisation}
    told = set(ReminderSent.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    organisations = sorted({organisation for (organisation, _), key in keys.items() if key not in told})
    for organisation in organisations:
        jobs.enqueue(NOTICE_KIND, organisation_id=organisation)
    return len(organisations)


def notice_key(organisation_id: int, decision_id: int) -> str:
    """Under which key it is noted that an organisation was told of a notice."""
    return f"option_1_notice:{organisation_id}:{decision_id}"
