"""Job kinds of decisions and actions: mails. Each tells only those who were not told, then notes whom it told."""

from collections.abc import Callable

from accounts.models import User
from surveillance.models import Action, PlanAgreement, SurveillanceDecision
from surveillance.notifications import decisions as notices
from surveillance.services.notices import record_told
from work.jobs import RunningJob, job_kind


@job_kind("mail.decision_positions", time_limit_seconds=60)
def mail_positions_request(job: RunningJob, *, decision_id: int) -> None:
    """Ask the three parties for their positions."""
    decision = SurveillanceDecision.objects.for_display().get(pk=decision_id)
    key = f"decision_positions:{decision.pk}"
    people = notices.not_yet_told(key, notices.people_to_give_position(decision))
    notices.send_positions_request(decision, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.plan_to_agree", time_limit_seconds=60)
def mail_plan_to_agree(job: RunningJob, *, agreement_id: int) -> None:
    """Ask the executive to agree the plan."""
    agreement = PlanAgreement.objects.select_related("service__provider", "service__network").get(pk=agreement_id)
    key = f"plan_to_agree:{agreement.pk}"
    people = notices.not_yet_told(key, notices.executives_to_agree(agreement))
    notices.send_plan_to_agree(agreement, people)
    record_told(key=key, people=people, lease=job.lease)


def _owner(action: Action) -> list[User]:
    return [action.owner] if action.owner else []


def _tell(notice: str, job: RunningJob, action_id: int, version: int, people_of: Callable[[Action], list[User]]) -> None:
    """Send a notice about an action once for each version of it; what was overtaken by a later step is not sent."""
    action = Action.objects.for_display().get(pk=action_id)
    key = f"{notice}:{action.pk}:{version}"
    people = notices.not_yet_told(key, people_of(action)) if action.version == version else []
    notices.send_action_notice(notice, action, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.action_offered", time_limit_seconds=60)
def mail_action_offered(job: RunningJob, *, action_id: int, version: int) -> None:
    """Tell the person to whom an action is offered."""
    _tell("action_offered", job, action_id, version, _owner)


@job_kind("mail.action_needs_owner", time_limit_seconds=60)
def mail_action_needs_owner(job: RunningJob, *, action_id: int, version: int) -> None:
    """Tell those who must choose an owner."""
    _tell("action_needs_owner", job, action_id, version, notices.choosers_of)


@job_kind("mail.action_blocked", time_limit_seconds=60)
def mail_action_blocked(job: RunningJob, *, action_id: int, version: int) -> None:
    """Tell the lead commissioner that it must answer a block."""
    _tell("action_blocked", job, action_id, version, lambda action: notices.lead_commissioners_people(action.service))


@job_kind("mail.action_returned", time_limit_seconds=60)
def mail_action_returned(job: RunningJob, *, action_id: int, version: int) -> None:
    """Tell the owner that the hub sent the action back."""
    _tell("action_returned", job, action_id, version, _owner)


@job_kind("mail.action_block_unanswered", time_limit_seconds=60)
def mail_action_block_unanswered(job: RunningJob, *, action_id: int, version: int) -> None:
    """Tell the hub and the regional commissioner that the lead commissioner did not answer a block in time."""
    _tell("action_block_unanswered", job, action_id, version, lambda action: notices.people_above_block(action.service))
