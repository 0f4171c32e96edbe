"""Packs for a regulator: what a pack says, from the public sections of reports that anyone may read now; and who may have one."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission, Role
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Finding, Review
from reports.content import content_of
from reports.lights import Rule, gravest, light_of
from reports.models import LightRule, Publication
from reports.papers.frozen import all_findings, check_public, part
from surveillance.models import Service
from surveillance.reach import reach_of
from work.status import InvalidTransition

Facts = dict[str, Any]
COUNTED = (Finding.Category.IMMEDIATE_RISK, Finding.Category.SERIOUS_CONCERN, Finding.Category.CONCERN)


def current_rule() -> LightRule:
    """The newest version of the rule. Raises InvalidTransition when none is on record."""
    rule = LightRule.objects.order_by("-version").first()
    if rule is None:
        raise InvalidTransition("No rule for lights is on record. The national team must write one first.")
    return rule


def as_rule(row: LightRule) -> Rule:
    """A stored version of the rule as the arithmetic reads it."""
    return Rule(row.version, row.red_immediate_risks, row.amber_serious_concerns, row.amber_concerns)


def issue_regions(user: User) -> QuerySet[Organisation]:
    """Regions for which this person may issue a pack; the national team may issue one for England besides."""
    where = reach_of(user, Permission.PACK_ISSUE)
    regions = Organisation.objects.filter(kind=Organisation.Kind.REGION, region_services__isnull=False).distinct().order_by("name")
    return regions if where.is_national else regions.filter(pk__in=where.regions)


def regulators() -> QuerySet[Organisation]:
    """Organisations to which a pack can be issued."""
    return Organisation.objects.filter(kind=Organisation.Kind.REGULATOR).order_by("name")


def regulator_people(organisation: Organisation) -> list[User]:
    """Those who read the packs issued to an organisation."""
    held = Membership.objects.active().filter(role=Role.REGULATOR, organisation=organisation)
    return list(User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("pk"))


def published_now(region: Organisation | None) -> QuerySet[Publication]:
    """Live publications of compliance reviews, for a region or for England, the oldest first."""
    public = Publication.objects.public().filter(report__review__purpose=Review.Purpose.COMPLIANCE)
    if region is not None:
        public = public.filter(report__review__services__region=region).distinct()
    return (
        public.select_related("report__review", "version")
        .prefetch_related("report__review__services__provider", "report__review__services__network")
        .order_by("public_from", "pk")
    )


def pack_facts(region: Organisation | None, rule: LightRule) -> tuple[Facts, list[Publication]]:
    """What the pack says, in JSON's own types, and the publications behind it. Raises InvalidTransition when nothing is published."""
    publications = list(published_now(region))
    if not publications:
        raise InvalidTransition("No published report stands behind a pack for this place, so none was issued.")
    newest: dict[tuple[str, str], Facts] = {}
    for publication in publications:
        for line in _lines(publication, region, as_rule(rule)):
            newest[line["service"], line["holder"]] = line  # the newest published report of a service decides
    lines = sorted(newest.values(), key=lambda line: (line["holder"], line["service"]))
    places = Service.objects.filter(region=region) if region else Service.objects.all()
    illustrative = any(content_of(publication.version)["cover"]["is_illustrative"] for publication in publications)
    return {
        "place": region.name if region else "England",
        "rule": {"version": rule.version, "sentences": as_rule(rule).sentences, "reason": rule.reason},
        "services": lines,
        "providers": _providers(lines),
        "service_count": places.count(),
        "is_illustrative": illustrative,
        "publications": [publication.pk for publication in publications],
    }, publications


def _lines(publication: Publication, region: Organisation | None, rule: Rule) -> list[Facts]:
    """One line for each service of a published report that lies in the place. Raises NotPublishable as ``check_public`` does."""
    content = content_of(publication.version)
    check_public(content)
    shown = part(content, "findings")
    entries = shown["data"]["services"] if shown else []
    services = list(publication.report.review.services.all())
    holders = {entry["name"]: entry["holder"] for entry in entries} or {service.name: service.holder.name for service in services}
    here = {service.name for service in services if region is None or service.region_id == region.pk}
    found = all_findings(content)
    return [
        {"service": name, "holder": holder, **_counted([one for one in found if one["service"] == name] if shown else None, rule)}
        | {
            "visit": content["cover"]["visit_dates"],
            "published": month_date(publication.public_from),
            "address": publication.report.address,
        }
        for name, holder in holders.items()
        if name in here
    ]


def _counted(findings: list[Facts] | None, rule: Rule) -> Facts:
    """The light, and how many findings of each category it rests on."""
    counts = Counter(one["code"] for one in findings) if findings is not None else None
    return {"light": light_of(counts, rule), "counts": [counts[category] for category in COUNTED] if counts is not None else None}


def _providers(lines: list[Facts]) -> list[Facts]:
    """Each trust or network with the gravest light of its services."""
    by_holder: dict[str, list[Facts]] = {}
    for line in lines:
        by_holder.setdefault(line["holder"], []).append(line)
    return [
        {"holder": holder, "light": gravest([line["light"] for line in found]), "services": len(found)}
        for holder, found in by_holder.items()
    ]
