"""Actions agreed so far, each once: what, for which finding, who, by when; and recommendations that still have none. The annex likewise."""

import re

from accounts.templatetags.qnt_tags import month_date
from peerreview.models import FindingAction, Review
from reports.blocks.block import Data
from reports.blocks.findings import block_of, numbered_findings
from reports.blocks.services import services_of
from reports.queries.revisions import in_agreed_plan
from surveillance.models import Action

# Where an action's target begins, as the service words targets of its own; a free text stays as it was written.
_TARGET = re.compile(r" to (?=(?:At least|At most|Met)\b)")


def moves_words(moves: str) -> str:
    """From where to where an action moves its indicator, as a document says it: "Baseline: 47.2 in 2025. Target: At most 42."."""
    baseline, *target = _TARGET.split(moves, maxsplit=1)
    if target:
        return f"Baseline: {baseline}. Target: {target[0]}."
    return f"From {moves}." if " to " in moves else moves


def in_words(data: Data) -> Data:
    """The same actions, each with what it moves in words."""
    return data | {"actions": [action | {"moves": moves_words(action["moves"])} for action in data["actions"]]}


def actions(review: Review) -> Data:
    """Actions that an owner has accepted, on the plans of the services under review, by due date."""
    numbered = numbered_findings(review)
    reference_of = {finding.pk: (reference, finding.recommendation) for reference, finding in numbered}
    causes = dict(FindingAction.objects.filter(finding__in=reference_of).values_list("action", "finding"))
    rows = (
        Action.objects.of_compliance()
        .filter(service__in=services_of(review), accepted_at__isnull=False)
        .exclude(status=Action.Status.DRAFT)
    )
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


def plan_annex(review: Review) -> Data:
    """The agreed action plan: each action with its recommendation, organisation and day; no person, no status.

    ``section`` says where its finding stands in the report: what is not public there has no place in a public annex.
    """
    numbered = numbered_findings(review)
    places = {finding.pk: (n, reference, finding.recommendation) for n, (reference, finding) in enumerate(numbered)}
    links = FindingAction.objects.filter(in_agreed_plan(), finding__in=places)
    rows = links.select_related("finding__review", "action__owner_organisation", "action__service__provider", "action__service__network")
    ordered = sorted(rows, key=lambda link: (places[link.finding_id][0], link.action.due_date, link.action_id))
    return {
        "actions": [
            {
                "reference": f"P{number}",
                "finding": places[link.finding_id][1],
                "section": block_of(link.finding),
                "recommendation": places[link.finding_id][2],
                "what": link.action.what,
                "owner": (link.action.owner_organisation or link.action.service.holder).name,
                "due": month_date(link.action.due_date),
            }
            for number, link in enumerate(ordered, start=1)
        ],
    }
