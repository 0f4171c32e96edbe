"""Findings by service and category, each with its indicator, its basis and its recommendation; and their counts."""

from collections import Counter

from accounts.components import Column
from peerreview.models import Finding, Review
from peerreview.queries.findings import IN_ORDER
from rendering.charts import StackedRow, stacked_bars
from reports.blocks.block import Data
from reports.blocks.services import services_of
from surveillance.models import ImpactDomain

TO_COMMISSIONER = Finding.AddressedTo.COMMISSIONER
# How many of a category, in the words of people.
PLURALS = {
    Finding.Category.GOOD_PRACTICE: "Good practice",
    Finding.Category.IMMEDIATE_RISK: "Immediate risks",
    Finding.Category.SERIOUS_CONCERN: "Serious concerns",
    Finding.Category.CONCERN: "Concerns",
    Finding.Category.FURTHER_CONSIDERATION: "Further consideration",
}
LEARNING_CATEGORIES = (Finding.Category.GOOD_PRACTICE, Finding.Category.IMMEDIATE_RISK, Finding.Category.FURTHER_CONSIDERATION)


def numbered_findings(review: Review) -> list[tuple[str, Finding]]:
    """Agreed findings with their number in the report (F1, F2 ...): in the order of services, then of categories.

    The number stays the same in every section, whoever the finding is addressed to.
    """
    place = {service.pk: position for position, service in enumerate(services_of(review))}
    rows = review.findings.agreed().select_related("service__provider", "service__network", "indicator", "topic").prefetch_related("tags")
    ordered = sorted(rows, key=lambda finding: (place.get(finding.service_id, 99), _order(finding), finding.pk))
    return [(f"F{number}", finding) for number, finding in enumerate(ordered, start=1)]


def _order(finding: Finding) -> int:
    return IN_ORDER.index(Finding.Category(finding.category))


def provider_findings(review: Review) -> Data:
    """Findings addressed to the services themselves: every category of each service, also those with none."""
    rows = [(reference, finding) for reference, finding in numbered_findings(review) if finding.addressed_to != TO_COMMISSIONER]
    categories = LEARNING_CATEGORIES if review.is_learning else IN_ORDER
    return {
        "services": [
            {
                "name": service.name,
                "holder": service.holder.name,
                "groups": [
                    {
                        "label": PLURALS[category],
                        "definition": review.procedure.definition_of(category),
                        "findings": [
                            _facts(reference, row) for reference, row in rows if row.service_id == service.pk and row.category == category
                        ],
                    }
                    for category in categories
                ],
            }
            for service in services_of(review)
        ]
    }


def commissioning_findings(review: Review) -> Data:
    """Findings that the commissioner must act on."""
    rows = [(reference, finding) for reference, finding in numbered_findings(review) if finding.addressed_to == TO_COMMISSIONER]
    return {"findings": [_facts(reference, finding) | {"category": finding.get_category_display()} for reference, finding in rows]}


def _facts(reference: str, finding: Finding) -> Data:
    return {
        "reference": reference,
        "number": finding.indicator.number if finding.indicator else "",
        "topic": finding.topic.title if finding.topic else "",
        "seen": finding.what_was_seen,
        "basis": finding.basis,
        "recommendation": finding.recommendation,
        "others": finding.how_others_did_it,
        "domains": [[ImpactDomain(tag.domain).label, tag.shows] for tag in sorted(finding.tags.all(), key=lambda tag: tag.pk)],
    }


def overview(review: Review) -> Data:
    """How many findings of each category each service has, and how many bear on each impact domain."""
    numbered = [finding for _, finding in numbered_findings(review)]
    categories = LEARNING_CATEGORIES if review.is_learning else IN_ORDER
    counts = Counter((finding.service_id, finding.category) for finding in numbered)
    domains = Counter(tag.domain for finding in numbered for tag in finding.tags.all())
    return {
        "categories": [PLURALS[category] for category in categories],
        "services": [{"name": s.name, "counts": [counts[s.pk, category] for category in categories]} for s in services_of(review)],
        "domains": [[domain.label, domains[domain]] for domain in ImpactDomain],
        "total": len(numbered),
    }


def charts(data: Data) -> Data:
    """The counts as stacked bars, and by category for a table that fits on paper."""
    rows = [StackedRow(service["name"], tuple(service["counts"])) for service in data["services"]]
    made: Data = {}
    if data["total"]:
        made["chart"] = stacked_bars(
            rows, series=data["categories"], chart_id="findings", title="Findings by category", row_heading="Service"
        )
    columns = [Column("Category"), *(Column(service["name"], is_numeric=True) for service in data["services"])]
    by_category = [[label, [service["counts"][n] for service in data["services"]]] for n, label in enumerate(data["categories"])]
    return data | made | {"columns": columns, "by_category": by_category}
