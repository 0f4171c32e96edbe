"""Outliers of a round: one measured indicator at a time as a funnel."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.outliers import OutlierForm
from surveillance.models import Indicator, Round, Stage
from surveillance.queries.outliers import is_suspended, measured_indicators, most_declared_set, outliers_of


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_outliers(request: SignedInRequest, year: int) -> HttpResponse:
    """Services of the person's scope against the limits of all England; what the address asks for and does not exist is left out."""
    opened = get_object_or_404(Round, year=year)
    return render(request, "surveillance/round_outliers.html", {"opened": opened} | outlier_context(request, opened))


def outlier_context(request: SignedInRequest, opened: Round) -> dict[str, Any]:
    """What ``_round_outliers.html`` draws: the form, and the indicator that the address names, else one that many declared."""
    asked = measured_indicators(request.user, opened)
    indicators = [one for one in asked if not is_suspended(one, opened)]
    stage = request.GET.get("stage") if request.GET.get("stage") in Stage.values else Stage.SELF_ASSESSED.value
    wanted = next((one for one in indicators if str(one.pk) == request.GET.get("indicator")), None) or _first(request, opened, indicators)
    service = request.GET.get("service", "")
    shown = None
    if wanted:
        shown = outliers_of(request.user, opened, wanted, stage=stage, picked=int(service) if service.isdecimal() else None)
    services = [(spot.self_report_id, spot.point.name) for spot in shown.spots] if shown else []
    chosen = {"indicator": wanted.pk if wanted else None, "service": shown.picked if shown else None, "stage": stage}
    form = OutlierForm(initial=chosen, indicators=indicators, services=services)
    return {"outliers": shown, "outlier_form": form, "suspended_count": len(asked) - len(indicators)}


def _first(request: SignedInRequest, opened: Round, indicators: list[Indicator]) -> Indicator | None:
    """What the page begins with: the first indicator of the set that most services declared against."""
    largest = most_declared_set(request.user, opened)
    return next((one for one in indicators if one.indicator_set_id == largest), next(iter(indicators), None))
