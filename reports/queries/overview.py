"""A programme over many reviews: what published reports of compliance reviews say together, without numbers under 5.

Only the public version is read: what a report keeps restricted counts nowhere here, nor does one that was withheld or withdrawn.
Nothing of a review for learning is read here.
"""

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, Review
from peerreview.queries.findings import IN_ORDER
from reports.blocks.findings import PLURALS
from reports.content import content_of
from reports.models import Publication, Report
from reports.papers.frozen import all_findings, check_public, data_of
from reports.queries.overview_indicators import compliance_of
from reports.queries.overview_themes import findings_by_theme
from reports.queries.small_numbers import LEAST, guarded
from surveillance.models import ImpactDomain, ProgrammeOfCare, Service
from work.status import InvalidTransition

Facts = dict[str, Any]


def overview_reports(user: User, programme: ProgrammeOfCare, first_year: int, last_year: int) -> QuerySet[Report]:
    """Reports that anyone may read of compliance reviews of the programme, by the year of the visit, that the person arranges."""
    public = Publication.objects.public().values("report")
    visible = Report.objects.for_user(user, Permission.REPORT_DRAFT).filter(pk__in=public, review__purpose=Review.Purpose.COMPLIANCE)
    visible = visible.filter(review__starts_date__year__gte=first_year, review__starts_date__year__lte=last_year)
    return visible.filter(pk__in=Report.objects.filter(review__services__specification__programme=programme).values("pk")).order_by("pk")


def overview_facts(user: User, programme: ProgrammeOfCare, first_year: int, last_year: int) -> Facts:
    """What the overview says, in JSON's own types. Raises InvalidTransition for fewer than 5 services."""
    reports = overview_reports(user, programme, first_year, last_year)
    public = Publication.objects.public().filter(report__in=reports).select_related("version", "report").order_by("-public_from", "-pk")
    publications = list(public)
    names = _services_of(publications, programme)
    read = [_read(publication, names[publication.report_id]) for publication in publications]
    services = {one for report in read for one in report["services"]}
    if len(services) < LEAST:
        raise InvalidTransition(
            f"Fewer than {LEAST} services of this programme have a published report for these years, so no overview is made."
        )
    findings = [finding for report in read for finding in report["findings"]]
    return {
        "programme": programme.name,
        "years": [first_year, last_year],
        "reports": len(read),
        "services": len(services),
        "report_ids": sorted(publication.report_id for publication in publications),
        "is_illustrative": any(report["is_illustrative"] for report in read),
        "categories": _by_category(findings),
        "domains": _by_domain(findings),
        "themes": findings_by_theme(user, findings),
        "compliance": compliance_of([entry for report in read for entry in report["compliance"]]),
        "good_practice": [quoted for report in read for quoted in report["good_practice"]],
    }


def _services_of(publications: list[Publication], programme: ProgrammeOfCare) -> dict[int, set[str]]:
    """For each report the names of its services in the programme."""
    found: dict[int, set[str]] = {publication.report_id: set() for publication in publications}
    rows = Service.objects.filter(specification__programme=programme, review_services__review__report__in=list(found))
    for pk, name in rows.values_list("review_services__review__report", "name"):
        if pk in found:
            found[pk].add(name)
    return found


def _read(publication: Publication, names: set[str]) -> Facts:
    """What one public version says of its services in the programme. Raises InvalidTransition where a section of it is not public."""
    content = content_of(publication.version)
    check_public(content)
    compliance = [entry for entry in data_of(content, "compliance").get("services", []) if entry["name"] in names]
    found = data_of(content, "findings").get("services", [])
    places = [(entry["name"], entry["holder"]) for entry in [*found, *compliance] if entry["name"] in names]
    findings = [one | {"report": publication.report_id} for one in all_findings(content) if one["service"] in names or not one["service"]]
    return {
        "services": set(places),
        "findings": findings,
        "compliance": compliance,
        "good_practice": [
            [one["seen"], f"{one['service']}, {one['holder']}", publication.report.address]
            for one in findings
            if one["code"] == Finding.Category.GOOD_PRACTICE and one["service"]
        ],
        "is_illustrative": content["cover"]["is_illustrative"],
    }


def _by_category(findings: list[Facts]) -> list[list[Any]]:
    """Each category with its findings; no total stands beside them, from which a small number could be told."""
    counts = Counter(finding["code"] for finding in findings)
    return [[PLURALS[category], guarded(counts[category])] for category in IN_ORDER]


def _by_domain(findings: list[Facts]) -> list[list[str]]:
    """Each impact domain with the findings of each category that bear on it; a finding may bear on several."""
    counts = Counter((label, finding["code"]) for finding in findings for label, _ in finding.get("domains", []))
    return [[domain.label, *(guarded(counts[domain.label, category]) for category in IN_ORDER)] for domain in ImpactDomain]
