"""Which services report in a round, after it was opened: taking one out, putting one in."""

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, InvalidTransition, Round, RoundExclusion, RoundSet, SelfReport, Service
from surveillance.services.key_requirements import key_requirement_set
from surveillance.services.rounds import make_self_reports, services_of_round


def _open_round(round_id: int) -> Round:
    """The round, locked as the job that makes its self-reports locks it. Raises InvalidTransition once it is closed."""
    opened = Round.objects.select_for_update().get(pk=round_id)
    if opened.closed_at:
        raise InvalidTransition(f"The {opened.year} round has closed, so its services cannot be changed.")
    return opened


def _locked_with_answers(opened: Round, service_id: int) -> SelfReport | None:
    """The service's self-report, its answers locked before it: the order in which a save locks them, so that neither waits for ever."""
    own = Answer.objects.filter(self_report__round=opened, self_report__service=service_id)
    list(own.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return SelfReport.objects.select_for_update().filter(round=opened, service=service_id).first()


@transaction.atomic
def take_out_of_round(*, round_id: int, service_id: int, reason: str, by: User) -> RoundExclusion:
    """Take a service out of a round: its untouched self-report goes, and the reason is kept.

    Raises InvalidTransition once anything was saved in the self-report, when it is out already, and when the round is closed.
    """
    opened = _open_round(round_id)
    if RoundExclusion.objects.filter(round=opened, service=service_id).exists():
        raise InvalidTransition("Somebody took this service out of the round already. You do not need to do anything.")
    report = _locked_with_answers(opened, service_id)
    if report is not None:
        _check_untouched(report)
        audit.record("self_report.removed", target=report, by=by, reason=reason)
        report.delete()
    elif not services_of_round(opened).filter(pk=service_id).exists():
        raise InvalidTransition("This service is not in the round, so there is nothing to take out.")
    exclusion = RoundExclusion.objects.create(round=opened, service_id=service_id, reason=reason, made_by=by)
    audit.record("round.service_taken_out", target=exclusion.service, by=by, reason=reason)
    return exclusion


def _check_untouched(report: SelfReport) -> None:
    used = Q(version__gt=0) | Q(saved_at__isnull=False) | Q(evidence__isnull=False) | Q(queries__isnull=False)
    is_begun = report.status != SelfReport.Status.NOT_STARTED or report.declarations.exists() or report.answers.filter(used).exists()
    if is_begun:
        raise InvalidTransition("Somebody has begun this self-report, so the service cannot be taken out of the round.")
    if report.section_assignments.exists() or report.spreadsheets.exists():
        raise InvalidTransition("Somebody has given its sections to people or uploaded a file, so the service cannot be taken out.")


@transaction.atomic
def add_to_round(*, round_id: int, service_id: int, by: User) -> SelfReport:
    """Put a service into a round: against the round's set for its specification, else against its key requirements.

    A service that was taken out is back in, and the reason goes from its page; the audit trail keeps it. Raises
    InvalidTransition when the service has a self-report in this round, and when the round is closed.
    """
    opened = _open_round(round_id)
    service = Service.objects.select_related("specification").get(pk=service_id)
    if SelfReport.objects.filter(round=opened, service=service).exists():
        raise InvalidTransition(f"This service has a self-report in the {opened.year} round already.")
    RoundExclusion.objects.filter(round=opened, service=service).delete()
    found = RoundSet.objects.filter(round=opened, specification=service.specification_id).values_list("indicator_set", flat=True).first()
    indicator_set = found or key_requirement_set(service.specification, by=by).pk
    report = make_self_reports(opened, [(service, indicator_set)])[0]
    audit.record("round.service_added", target=service, by=by)
    return report
