"""What was reviewed: the services, the standards and their provenance, the context card, the focus topics."""

from django.db.models import Prefetch

from accounts.models import Organisation
from accounts.templatetags.qnt_tags import date_range
from peerreview.models import Review
from peerreview.queries.topics import latest_reports
from reports.blocks.block import Data
from surveillance.models import Indicator, IndicatorSet, NetworkMember, Service


def services_of(review: Review) -> list[Service]:
    """The services under review in the patient's order."""
    rows = review.review_services.select_related(
        "service__provider", "service__network", "service__region", "service__specification__programme"
    )
    return [row.service for row in rows.order_by("position")]


def networks_of(services: list[Service]) -> list[Organisation]:
    """The clinical networks that the services belong to today, by name."""
    rows = NetworkMember.objects.active().filter(service__in=services).select_related("network")
    found = {row.network_id: row.network for row in rows} | {s.network_id: s.network for s in services if s.network}
    return sorted(found.values(), key=lambda network: network.name)


def sets_of(review: Review) -> list[tuple[Service, IndicatorSet | None]]:
    """The indicator set against which each service is held: that of its latest self-report, else the published one."""
    reports, services = latest_reports(review), services_of(review)
    published: dict[int, IndicatorSet] = {}
    for found in IndicatorSet.objects.filter(status="PUBLISHED", specification__in=[s.specification_id for s in services]).order_by(
        "version"
    ):
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
            "threshold": f"{found.threshold_percent:.0f}%",
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


def topics(review: Review) -> Data:
    """The focus topics, their question and the numbers of their indicators."""
    indicators = Prefetch("indicators", Indicator.objects.order_by("position"))
    return {
        "topics": [
            {"title": topic.title, "question": topic.question, "numbers": [indicator.number for indicator in topic.indicators.all()]}
            for topic in review.topics.order_by("position").prefetch_related(indicators)
        ]
    }
