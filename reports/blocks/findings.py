"""Findings by service and category, each with its indicator, its basis and its recommendation; and their counts."""

from collections import Counter

from accounts.components import Column
from peerreview.models import Finding, Review
from peerreview.queries.findings import IN_ORDER, rests_on_words
from rendering.charts import StackedRow, stacked_bars
from reports.blocks.block import Data
from reports.blocks.drawing import read_once, steps_of
from reports.blocks.services import names_of, services_of
from reports.queries.named_cards import titles_by_finding
from surveillance.models import ImpactDomain

# How many of a category, in the words of people.
PLURALS = {
    Finding.Category.GOOD_PRACTICE: "Good practice",
    Finding.Category.IMMEDIATE_RISK: "Immediate risks",
    Finding.Category.SERIOUS_CONCERN: "Serious concerns",
    Finding.Category.CONCERN: "Concerns",
    Finding.Category.FURTHER_CONSIDERATION: "Further consideration",
}
LEARNING_CATEGORIES = (Finding.Category.GOOD_PRACTICE, Finding.Category.IMMEDIATE_RISK, Finding.Category.FURTHER_CONSIDERATION)


@read_once
def numbered_findings(review: Review) -> list[tuple[str, Finding]]:
    """Agreed findings with their number in the report (F1, F2 ...): in the order of services, then of categories.

    The number stays the same in every section, whoever the finding is addressed to.
    """
    place = {service.pk: position for position, service in enumerate(services_of(review))}
    rows = review.findings.agreed().select_related("service__provider", "service__network", "handover_to", "indicator", "topic")
    rows = rows.prefetch_related("tags", "evidence", "notes", "views")
    ordered = sorted(rows, key=lambda finding: (place.get(finding.service_id, 99), _order(finding), finding.pk))
    return [(f"F{number}", finding) for number, finding in enumerate(ordered, start=1)]


def _order(finding: Finding) -> int:
    return IN_ORDER.index(Finding.Category(finding.category))


def block_of(finding: Finding) -> str:
    """Which block prints a finding: of a review for learning, which no commissioner reads, the findings of its service always.

    Read the finding with its review.
    """
    to_commissioner = finding.addressed_to == Finding.AddressedTo.COMMISSIONER and not finding.review.is_learning
    return "commissioning" if to_commissioner else "findings"


def provider_findings(review: Review) -> Data:
    """Findings addressed to the services themselves, by team or by step of the pathway: every category, also those with none."""
    rows = [(reference, finding) for reference, finding in numbered_findings(review) if block_of(finding) == "findings"]
    cards = titles_by_finding([finding for _, finding in rows])
    categories = LEARNING_CATEGORIES if review.is_learning else IN_ORDER
    return {
        "services": [
            {
                "name": step.service.name,
                "holder": step.service.holder.name,
                "heading": step.words,
                "groups": [
                    {
                        "label": _heading(review, category),
                        "definition": review.procedure.definition_of(category),
                        "findings": [
                            _facts(reference, row, cards)
                            for reference, row in rows
                            if row.service_id == step.service.pk and row.category == category
                        ],
                    }
                    for category in categories
                ],
            }
            for step in steps_of(review)
        ]
    }


def _heading(review: Review, category: Finding.Category) -> str:
    """The category in the plural; as the review's procedure names it, where that is another name than ours."""
    own = review.procedure.label_of(category)
    return own if own and own != category.label else PLURALS[category]


def category_labels(review: Review) -> list[tuple[Finding.Category, str]]:
    """Every category with each of the names under which a report of this review may print it."""
    names = [(category, name) for category in Finding.Category for name in (category.label, PLURALS[category], _heading(review, category))]
    return list(dict.fromkeys(names))


def commissioning_findings(review: Review) -> Data:
    """Findings that the commissioner must act on, each with its service or step where the review has several."""
    steps = steps_of(review)
    places = {step.service.pk: step.words for step in steps} if len(steps) > 1 else {}
    rows = [(reference, finding) for reference, finding in numbered_findings(review) if block_of(finding) == "commissioning"]
    cards = titles_by_finding([finding for _, finding in rows])
    return {
        "findings": [
            _facts(reference, finding, cards) | {"category": finding.get_category_display(), "place": places.get(finding.service_id, "")}
            for reference, finding in rows
        ]
    }


def _facts(reference: str, finding: Finding, cards: dict[int, list[str]]) -> Data:
    facts: Data = {
        "reference": reference,
        "number": finding.indicator.number if finding.indicator else "",
        "topic": finding.topic.title if finding.topic else "",
        "handover": finding.handover_to.name if finding.handover_to else "",
        "seen": finding.what_was_seen,
        "basis": rests_on_words(finding),
        "recommendation": finding.recommendation,
        "others": finding.how_others_did_it,
        "domains": [[ImpactDomain(tag.domain).label, tag.shows] for tag in sorted(finding.tags.all(), key=lambda tag: tag.pk)],
    }
    return facts | ({"cards": cards[finding.pk]} if finding.pk in cards else {})


def overview(review: Review) -> Data:
    """How many findings of each category each service has, and how many bear on each impact domain."""
    numbered = [finding for _, finding in numbered_findings(review)]
    categories = LEARNING_CATEGORIES if review.is_learning else IN_ORDER
    counts = Counter((finding.service_id, finding.category) for finding in numbered)
    names = names_of(review)
    domains = Counter(tag.domain for finding in numbered for tag in finding.tags.all())
    return {
        "categories": [_heading(review, category) for category in categories],
        "services": [{"name": names[s.pk], "counts": [counts[s.pk, category] for category in categories]} for s in services_of(review)],
        "domains": [[domain.label, domains[domain]] for domain in ImpactDomain],
        "total": len(numbered),
    }


def charts(data: Data) -> Data:
    """The counts as stacked bars, and by category for a table that fits on paper."""
    rows = [StackedRow(service["name"], tuple(service["counts"])) for service in data["services"]]
    made: Data = {}
    if data["total"]:
        made["chart"] = stacked_bars(
            rows, series=data["categories"], chart_id="findings-chart", title="Findings by category", row_heading="Service"
        )
    columns = [Column("Category"), *(Column(service["name"], is_numeric=True) for service in data["services"])]
    by_category = [[label, [service["counts"][n] for service in data["services"]]] for n, label in enumerate(data["categories"])]
    return data | made | {"columns": columns, "by_category": by_category}
