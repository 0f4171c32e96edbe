"""Job kinds of reminders about actions and plans: each is sent only while what it asks for still waits."""

import datetime as dt

from accounts.models import User
from surveillance.models import Action, PlanAgreement
from surveillance.notifications import actions as notices
from work.jobs import RunningJob, job_kind


@job_kind("mail.action_reminder", time_limit_seconds=60)
def send_action_reminder(job: RunningJob, *, action_id: int, user_ids: list[int], ask: str, version: int, due: str, step: str) -> None:
    """Remind people of an action, unless somebody did something about it meanwhile."""
    action = Action.objects.for_display().select_related("service__region", "service__network__host").get(pk=action_id)
    if action.version == version:
        people = User.objects.filter(pk__in=user_ids).order_by("pk")
        notices.remind_of_action(action, people, ask=ask, due=dt.date.fromisoformat(due), step=step)


@job_kind("mail.plan_reminder", time_limit_seconds=60)
def send_plan_reminder(job: RunningJob, *, agreement_id: int, user_ids: list[int], due: str, step: str) -> None:
    """Remind people of a plan, unless the hub agreed it meanwhile."""
    agreement = PlanAgreement.objects.select_related("service__provider", "service__network", "service__region").get(pk=agreement_id)
    if agreement.hub_at is None:
        people = User.objects.filter(pk__in=user_ids).order_by("pk")
        notices.remind_of_plan(agreement, people, due=dt.date.fromisoformat(due), step=step)
