"""Which indicators a review can name: those of the sets against which its services last reported."""

from peerreview.models import Review
from surveillance.models import Indicator, IndicatorSet, SelfReport


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


def indicators_of(review: Review) -> list[Indicator]:
    """Indicators of the sets of the review's services, in the order of the sets; retired ones are left out."""
    sets = {report.indicator_set_id for report in latest_reports(review).values() if report.indicator_set_id}
    if not sets:
        specifications = review.services.values("specification")
        sets = set(
            IndicatorSet.objects.filter(specification__in=specifications, status=IndicatorSet.Status.PUBLISHED).values_list("pk", flat=True)
        )
    return list(Indicator.objects.filter(indicator_set__in=sets, retired_on=None).order_by("indicator_set", "position"))
