"""The plan of a service: agreed by the executive, then by the hub."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.clocks import due_date
from surveillance.models import Action, PlanAgreement, Service
from surveillance.services.clash import AlreadyDone
from work import jobs
from work.status import InvalidTransition


def open_plan(service: Service, *, by: User, at: dt.datetime) -> PlanAgreement:
    """The agreement that a new action calls for; call it with the service locked.

    The first action starts the clock; a further one after the executive agreed asks the executive again: the plan is another.
    """
    agreement = PlanAgreement.objects.select_for_update().filter(service=service, hub_at=None).first()
    if agreement is None:
        agreement = PlanAgreement.objects.create(
            service=service, drafted_at=at, due_date=due_date("plan_agreement", timezone.localdate(at))
        )
        audit.record("plan.drafted", target=agreement, by=by)
        jobs.enqueue("mail.plan_to_agree", agreement_id=agreement.pk, requested_by=by)
    elif agreement.executive_at is not None:
        agreement.executive, agreement.executive_at = None, None
        agreement.save(update_fields=["executive", "executive_at"])
        audit.record("plan.changed_after_agreement", target=agreement, by=by)
    return agreement


@transaction.atomic
def agree_plan(*, service_id: int, by: User, as_hub: bool, at: dt.datetime | None = None) -> PlanAgreement:
    """Agree a service's plan: the executive first, then the hub. Raises InvalidTransition out of that order, AlreadyDone."""
    now = at or timezone.now()
    service = Service.objects.select_for_update().get(pk=service_id)
    agreement = PlanAgreement.objects.select_for_update().filter(service=service, hub_at=None).first()
    if agreement is None:
        raise _nothing_to_agree(service)
    if not Action.objects.filter(service=service).exists():
        raise InvalidTransition("There are no actions in this plan yet.")
    if as_hub:
        _agree_as_hub(agreement, by, now)
    else:
        _agree_as_executive(agreement, by, now)
    return agreement


def _agree_as_executive(agreement: PlanAgreement, by: User, now: dt.datetime) -> None:
    if agreement.executive_at is not None and agreement.executive is not None:
        raise AlreadyDone(
            f"{agreement.executive.name} agreed this plan at {long_datetime(agreement.executive_at)}. You do not need to do anything."
        )
    agreement.executive, agreement.executive_at = by, now
    agreement.save(update_fields=["executive", "executive_at"])
    audit.record("plan.agreed_by_executive", target=agreement, by=by)


def _agree_as_hub(agreement: PlanAgreement, by: User, now: dt.datetime) -> None:
    if agreement.executive_at is None:
        raise InvalidTransition("The executive has not agreed this plan yet. The hub agrees it afterwards.")
    agreement.hub, agreement.hub_at = by, now
    agreement.save(update_fields=["hub", "hub_at"])
    audit.record("plan.agreed_by_hub", target=agreement, by=by)


def _nothing_to_agree(service: Service) -> InvalidTransition:
    last = PlanAgreement.objects.filter(service=service, hub_at__isnull=False).select_related("hub").first()
    if last and last.hub and last.hub_at:
        did = f"{last.hub.name} agreed this plan at {long_datetime(last.hub_at)}."
        return AlreadyDone(f"{did} You do not need to do anything.")
    return InvalidTransition("There is no plan to agree yet.")
