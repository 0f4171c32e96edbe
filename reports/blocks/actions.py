"""Actions agreed so far, each once: what, for which finding, who, by when; and recommendations that still have none."""

from accounts.templatetags.qnt_tags import month_date
from peerreview.models import FindingAction, Review
from reports.blocks.block import Data
from reports.blocks.findings import numbered_findings
from reports.blocks.services import services_of
from surveillance.models import Action


def actions(review: Review) -> Data:
    """Actions that an owner has accepted, on the plans of the services under review, by due date."""
    numbered = numbered_findings(review)
    reference_of = {finding.pk: (reference, finding.recommendation) for reference, finding in numbered}
    causes = dict(FindingAction.objects.filter(finding__in=reference_of).values_list("action", "finding"))
    rows = Action.objects.filter(service__in=services_of(review), accepted_at__isnull=False).exclude(status=Action.Status.DRAFT)
    rows = rows.exclude(status__in=[Action.Status.OFFERED, Action.Status.DECLINED]).select_related(
        "owner_organisation", "indicator", "service__provider", "service__network"
    )
    return {
        "actions": [
            _facts(number, action, reference_of.get(causes.get(action.pk, 0)))
            for number, action in enumerate(rows.order_by("due_date", "pk"), start=1)
        ],
        "without_action": [
            reference for reference, finding in numbered if finding.recommendation and finding.pk not in set(causes.values())
        ],
        "recommendation_count": sum(1 for _, finding in numbered if finding.recommendation),
    }


def _facts(number: int, action: Action, cause: tuple[str, str] | None) -> Data:
    reference, recommendation = cause or ("", "")
    # Drafted in the recommendation's own words, an action is not printed a second time: the finding holds them.
    is_same = bool(reference) and action.what.strip() == recommendation.strip()
    return {
        "reference": f"A{number}",
        "what": "" if is_same else action.what,
        "finding": reference,
        "source": "Decision" if action.decision_id else "",
        "owner": action.owner_organisation.name if action.owner_organisation else action.service.holder.name,
        "due": month_date(action.due_date),
        "status": action.get_status_display(),
        "number": action.indicator.number if action.indicator else "",
        "moves": " to ".join(text for text in (action.baseline, action.target) if text),
    }
