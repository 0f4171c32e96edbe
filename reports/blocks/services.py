"""What was reviewed: the services, the standards and their provenance, the context card."""

from collections import Counter

from accounts.models import Organisation
from accounts.templatetags.qnt_tags import date_range
from peerreview.models import Review
from reports.blocks.block import Data
from reports.blocks.drawing import latest_reports, read_once
from surveillance.models import IndicatorSet, NetworkMember, Service


@read_once
def services_of(review: Review) -> list[Service]:
    """The services under review in the patient's order."""
    rows = review.review_services.select_related(
        "service__provider", "service__network", "service__region", "service__specification__programme"
    )
    return [row.service for row in rows.order_by("position")]


@read_once
def names_of(review: Review) -> dict[int, str]:
    """What each service is called where its trust does not stand beside it: with its trust where two have the same name."""
    services = services_of(review)
    count = Counter(service.name for service in services)
    return {s.pk: f"{s.name}, {s.holder.name}" if count[s.name] > 1 else s.name for s in services}


def networks_of(services: list[Service]) -> list[Organisation]:
    """The clinical networks that the services belong to today, by name."""
    rows = NetworkMember.objects.active().filter(service__in=services).select_related("network")
    found = {row.network_id: row.network for row in rows} | {s.network_id: s.network for s in services if s.network}
    return sorted(found.values(), key=lambda network: network.name)


@read_once
def sets_of(review: Review) -> list[tuple[Service, IndicatorSet | None]]:
    """The indicator set against which each service is held: that of its latest self-report, else the published one."""
    reports, services = latest_reports(review), services_of(review)
    published: dict[int, IndicatorSet] = {}
    counted = IndicatorSet.objects.filter(status="PUBLISHED", is_counted=True, specification__in=[s.specification_id for s in services])
    for found in counted.order_by("version"):
        published[found.specification_id] = found
    return [
        (s, reports[s.pk].indicator_set if s.pk in reports and reports[s.pk].indicator_set else published.get(s.specification_id))
        for s in services
    ]


def reviewed(review: Review) -> Data:
    """Services, standards with version and provenance, and how the review was carried out."""
    standards = [
        {
            "name": found.name,
            "version": found.version,
            "provenance": found.provenance,
            "threshold": f"{found.threshold_percent:.0f}%" if found.is_counted else "Not counted",
            "is_illustrative": found.is_illustrative,
            "is_nhs_england": found.is_nhs_england,
        }
        for found in {found.pk: found for _, found in sets_of(review) if found}.values()
    ]
    return {
        "services": [
            {
                "name": s.name,
                "holder": s.holder.name,
                "specification": f"{s.specification.number} {s.specification.name}",
                "programme": s.specification.programme.name,
            }
            for s in services_of(review)
        ],
        "standards": [] if review.is_learning else standards,
        "procedure": review.procedure.name,
        "procedure_version": review.procedure.version,
        "purpose": review.get_purpose_display(),
        "kind": review.get_kind_display(),
        "mode": review.get_mode_display(),
        "dates": date_range(review.starts_date, review.ends_date),
    }


CONTEXT_CARD = (
    ("geography", "Geography"),
    ("population", "Population"),
    ("travel", "Travel"),
    ("dependencies", "What it depends on"),
    ("outside_control", "Outside its control"),
)


def description(review: Review) -> Data:
    """Sites, patients a year and the context card of each service."""
    services = services_of(review)
    return {
        "services": [
            {
                "name": s.name,
                "holder": s.holder.name,
                "sites": s.sites,
                "patients": s.patients_a_year_count,
                "card": [[label, getattr(s, name)] for name, label in CONTEXT_CARD if getattr(s, name)],
            }
            for s in services
        ],
        "networks": [network.name for network in networks_of(services)],
    }
