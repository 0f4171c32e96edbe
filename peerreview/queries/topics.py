"""Which indicators a review can name: service by service, those of the set against which it last reported, else of the one in use."""

from collections.abc import Iterable

from peerreview.models import Review
from surveillance.models import Indicator, IndicatorSet, SelfReport, Service


def latest_reports(review: Review) -> dict[int, SelfReport]:
    """The newest self-report that each service of the review declared, by service."""
    sent = SelfReport.objects.filter(service__in=review.services.all(), status__in=SelfReport.SENT).select_related("round", "indicator_set")
    found: dict[int, SelfReport] = {}
    for report in sent.order_by("round__year"):
        found[report.service_id] = report
    if review.decision_id and review.decision:
        asked = sent.filter(service=review.decision.service_id, round=review.decision.round_id).first()
        if asked:
            found[asked.service_id] = asked
    return found


def sets_of(services: Iterable[Service], reports: dict[int, SelfReport]) -> dict[int, int]:
    """The indicator set of each service, by service: that of its self-report in ``reports``, else the one in use.

    A service without either is left out. One statement at most.
    """
    found = {pk: report.indicator_set_id for pk, report in reports.items() if report.indicator_set_id}
    missing = {service.pk: service.specification_id for service in services if service.pk not in found}
    if not missing:
        return found
    in_use = IndicatorSet.objects.filter(specification__in=missing.values(), status=IndicatorSet.Status.PUBLISHED).order_by("version")
    by_specification = dict(in_use.values_list("specification", "pk"))
    return found | {pk: by_specification[specification] for pk, specification in missing.items() if specification in by_specification}


def indicators_of_service(service: Service) -> list[Indicator]:
    """Indicators of the set against which a service last reported, else of the one in use; key indicators first."""
    sent = SelfReport.objects.filter(service=service, status__in=SelfReport.SENT, indicator_set__isnull=False)
    last = sent.order_by("-round__year").first()
    sets = sets_of([service], {service.pk: last} if last else {})
    return list(Indicator.objects.filter(indicator_set__in=sets.values(), retired_on=None).order_by("-is_key", "position"))


def indicators_of(review: Review) -> list[Indicator]:
    """Indicators of the set of each of the review's services, in the order of the sets; retired ones are left out."""
    sets = sets_of(review.services.all(), latest_reports(review))
    return list(Indicator.objects.filter(indicator_set__in=sets.values(), retired_on=None).order_by("indicator_set", "position"))
