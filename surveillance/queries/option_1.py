"""Self-reports that may get option 1 in bulk by notice: everything met, the good practice level reached, nothing else known."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, F, OuterRef

from accounts.models import User
from surveillance.facts import open_immediate_risks
from surveillance.models import Action, DrawnService, Position, Score, SelfReport, Stage, SurveillanceDecision
from surveillance.models.self_reports import SelfReportQuerySet
from surveillance.queries.decisions import reports_to_decide_on

View = Position.View


def option_1_candidates(user: User) -> SelfReportQuerySet:
    """Accepted self-reports to decide on in this person's hub whose validated score is whole and reaches its level.

    Services with a late action, an open immediate risk, or drawn in the sample are left out: the rules propose more for them.
    """
    reports = _whole(reports_to_decide_on(user))
    at_risk = open_immediate_risks(reports.values_list("service", flat=True))
    return reports.exclude(service__in=at_risk) if at_risk else reports


def option_1_count(undecided: Collection[int]) -> int:
    """How many of the self-reports to decide on (ids) these are, in one statement beside the open risks."""
    services = list(_whole(SelfReport.objects.filter(pk__in=undecided)).order_by().values_list("service", flat=True))
    at_risk = open_immediate_risks(services)
    return sum(service not in at_risk for service in services)


def _whole(reports: SelfReportQuerySet) -> SelfReportQuerySet:
    whole = Score.objects.filter(
        self_report=OuterRef("pk"), stage=Stage.VALIDATED, is_threshold_met=True, applicable_count__gt=0, met_count=F("applicable_count")
    )
    drawn = DrawnService.objects.filter(round=OuterRef("round"), service=OuterRef("service"))
    late = Action.objects.late().filter(service=OuterRef("service"))
    accepted = reports.filter(Exists(whole), status=SelfReport.Status.ACCEPTED)
    return accepted.exclude(Exists(drawn)).exclude(Exists(late))


def notices_to_bring_into_force(today: dt.date) -> list[SurveillanceDecision]:
    """Notices whose day has passed: QNT agreed, nobody objected, and their figures did not move."""
    passed = SurveillanceDecision.objects.filter(
        is_by_notice=True, status=SurveillanceDecision.Status.PROPOSED, positions_due_date__lt=today, is_on_older_figures=False
    )
    agreed = Position.objects.filter(decision=OuterRef("pk"), party=Position.Party.QNT, view__in=[View.AGREE, View.AGREE_WITH_NOTE])
    objected = Position.objects.filter(decision=OuterRef("pk"), view=View.DISAGREE)
    return list(passed.filter(Exists(agreed)).exclude(Exists(objected)).order_by("pk"))


def notices_of(organisation_id: int) -> list[SurveillanceDecision]:
    """Proposed notices to which an organisation may object, as provider or as lead commissioner."""
    waiting = Position.objects.filter(organisation=organisation_id, view=View.WAITING).exclude(party=Position.Party.QNT)
    decisions = SurveillanceDecision.objects.filter(is_by_notice=True, status=SurveillanceDecision.Status.PROPOSED)
    return list(decisions.filter(pk__in=waiting.values("decision")).for_display().order_by("service__name", "pk"))
