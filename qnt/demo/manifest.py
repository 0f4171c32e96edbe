"""The manifest: every person and object of the demonstration as JSON, for tests and tools outside the code."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import Finding, Letter, Procedure, Review, TeamMember
from qnt.demo.canaries import canaries
from qnt.demo.people import DOMAIN, PASSWORD
from reports.models import Publication, Report, ReportSection
from surveillance.models import (
    Action,
    EvidenceItem,
    IndicatorSet,
    Round,
    SelfReport,
    Service,
    ServiceAssignment,
    SurveillanceDecision,
)
from work.models import BankHoliday, Job

Row = dict[str, Any]
REVIEWER_STATES = ("active", "future", "ended", "conflicted", "declined")
BLANK: Row = {
    "region": None,
    "provider": None,
    "service": None,
    "status": None,
    "year": None,
    "canary": "",
    "commissioners": [],
    "network": None,
    "team": [],
    "purpose": None,
    "sealed": False,
}


def as_json() -> str:
    """The whole manifest; the same rows give the same text."""
    objects = {kind: list(rows) for kind, rows in _objects().items()}
    return json.dumps({"users": _users(), "objects": objects}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


# Users ----------------------------------------------------------------------------------------------------------------
def _users() -> list[Row]:
    people = User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("pk").prefetch_related("memberships__organisation__region")
    return [_user(user) for user in people]


def _user(user: User) -> Row:
    memberships = list(user.memberships.all())
    organisation = memberships[0].organisation if memberships else None
    roles = [membership.role for membership in memberships]
    return {
        "email": user.email,
        "password": PASSWORD,
        "role": roles[0] if len(roles) == 1 else "SEVERAL" if roles else None,
        "roles": roles,
        "state": _state(user, memberships),
        "organisation": organisation.code if organisation else None,
        "organisation_pk": organisation.pk if organisation else None,
        "region": _region(organisation) if len(roles) == 1 else None,
        "provider": organisation.code if len(roles) == 1 and organisation.kind == Organisation.Kind.PROVIDER else None,
        "services": sorted(set(_services(user, roles))),
        "reviews": sorted(TeamMember.objects.filter(user=user).values_list("review", flat=True)),
    }


def _state(user: User, memberships: list[Membership]) -> str:
    if not user.is_active:
        return "disabled"
    if not memberships:
        return "no_role"
    name = user.email.split("@")[0].removeprefix("reviewer.")
    return name if name in REVIEWER_STATES else "active"


def _region(organisation: Organisation | None) -> str | None:
    if organisation is None or organisation.kind in {Organisation.Kind.NATIONAL, Organisation.Kind.REGULATOR}:
        return None
    return organisation.code if organisation.kind == Organisation.Kind.REGION else organisation.region.code


def _services(user: User, roles: list[str]) -> Iterable[int]:
    """Services that a person works on, runs or buys; hubs reach theirs by region."""
    yield from ServiceAssignment.objects.active().filter(user=user).values_list("service", flat=True)
    held = [m.organisation_id for m in user.memberships.all() if m.role in {Role.EXECUTIVE, Role.NETWORK_LEAD, Role.COMMISSIONER}]
    yield from Service.objects.filter(provider__in=held).values_list("pk", flat=True)
    yield from Service.objects.filter(network__in=held).values_list("pk", flat=True)
    yield from Service.objects.filter(network__host__in=held).values_list("pk", flat=True)
    today = timezone.localdate()
    yield from Service.objects.filter(commissionings__organisation__in=held, commissionings__from_date__lte=today).values_list(
        "pk", flat=True
    )


# Objects --------------------------------------------------------------------------------------------------------------
def _objects() -> dict[str, Iterable[Row]]:
    found = canaries()
    reports = SelfReport.objects.filter(service__is_illustrative=True).select_related("round").prefetch_related("answers").order_by("pk")
    documents = EvidenceItem.objects.filter(service__is_illustrative=True).order_by("pk")
    return {
        "service": (_of_service(s, pk=s.pk, service_pk=s.pk) for s in _services_shown()),
        "provider": (_provider(o) for o in Organisation.objects.filter(code__startswith="ZZP").select_related("region").order_by("pk")),
        "round": ({**BLANK, "pk": r.pk, "year": r.year, "status": "OPEN" if r.is_open else "CLOSED"} for r in Round.objects.order_by("pk")),
        "indicator_set": ({**BLANK, "pk": s.pk, "status": s.status} for s in IndicatorSet.objects.order_by("pk")),
        "self_report": (_self_report(r, found) for r in reports),
        "evidence": (_of_service(e.service, pk=e.pk, canary=e.title) for e in documents.select_related("service")),
        "decision": (_decision(d, found) for d in SurveillanceDecision.objects.select_related("service", "round").order_by("pk")),
        "action": (
            _of_service(a.service, pk=a.pk, status=a.status, canary=found["action"].get(a.pk, ""))
            for a in Action.objects.select_related("service").order_by("pk")
        ),
        "procedure": ({**BLANK, "pk": p.pk, "status": p.status} for p in Procedure.objects.order_by("pk")),
        "review": (_of_review(r, pk=r.pk, status=r.status, canary=found["review"].get(r.pk, "")) | _topic(r) for r in _reviews()),
        "team_member": (_of_review(m.review, pk=m.pk, status=m.status) | {"user": m.user.email} for m in _members()),
        "finding": (_of_review(f.review, pk=f.pk, status=f.status, canary=found["finding"].get(f.pk, "")) for f in _findings()),
        "letter": (_of_review(x.finding.review, pk=x.pk) for x in Letter.objects.select_related("finding__review").order_by("pk")),
        "report": (_report(r, found) for r in Report.objects.select_related("review").order_by("pk")),
        "library_report": (
            _of_review(p.report.review, pk=p.report_id, address=p.report.address, status=p.report.status)
            for p in Publication.objects.filter(decision="PUBLISH").select_related("report__review").order_by("pk")
        ),
        "restricted_text": (
            _of_review(s.report.review, pk=s.pk, canary=found["restricted_text"][s.pk], status=s.report.status)
            for s in ReportSection.objects.filter(pk__in=found["restricted_text"]).select_related("report__review").order_by("pk")
        ),
        "membership": (_membership(m) for m in Membership.objects.filter(user__email__endswith=DOMAIN).order_by("pk")),
        "bank_holiday": ({**BLANK, "pk": pk} for pk in BankHoliday.objects.order_by("pk").values_list("pk", flat=True)[:3]),
        "job": (
            {**BLANK, "pk": j.pk, "status": j.status, "requested_by": j.requested_by.email}
            for j in Job.objects.filter(requested_by__isnull=False, kind__endswith=".pdf")
            .select_related("requested_by")
            .order_by("pk")[:20]
        ),
    }


def _services_shown() -> QuerySet[Service]:
    return Service.objects.filter(is_illustrative=True).order_by("pk")


def _reviews() -> QuerySet[Review]:
    return Review.objects.order_by("pk")


def _members() -> QuerySet[TeamMember]:
    return TeamMember.objects.select_related("user", "review").order_by("pk")


def _findings() -> QuerySet[Finding]:
    return Finding.objects.select_related("review").order_by("pk")


_PLACES: dict[int, Row] = {}


def _of_service(service: Service, **columns: Any) -> Row:
    """A row about one service, with where it is and who buys it."""
    if service.pk not in _PLACES:
        network = service.network or (link.network if (link := service.networks.select_related("network").first()) else None)
        _PLACES[service.pk] = {
            "region": service.region.code,
            "provider": service.provider.code if service.provider else None,
            "service": service.pk,
            "commissioners": sorted(service.commissionings.active().values_list("organisation__code", flat=True)),
            "network": network.code if network else None,
        }
    return {**BLANK, **_PLACES[service.pk], **columns}


def _of_review(review: Review, **columns: Any) -> Row:
    service = review.services.select_related("region", "provider", "network").order_by("pk").first()
    team = sorted({*review.team.values_list("user__email", flat=True), *([review.visit_lead.email] if review.visit_lead else [])})
    year = review.starts_date.year if review.starts_date else None
    return _of_service(service, team=team, purpose=review.purpose, year=year, **columns)


def _topic(review: Review) -> Row:
    topic, link = review.topics.order_by("pk").first(), review.evidence_tags.order_by("pk").first()
    return {"topic_pk": topic.pk if topic else None, "item_pk": link.item_id if link else None}


def _provider(organisation: Organisation) -> Row:
    return {**BLANK, "pk": organisation.pk, "region": organisation.region.code, "provider": organisation.code}


def _membership(membership: Membership) -> Row:
    organisation = membership.organisation
    provider = organisation.code if organisation.kind == Organisation.Kind.PROVIDER else None
    return {**BLANK, "pk": membership.pk, "region": _region(organisation), "provider": provider, "status": membership.role}


def _self_report(report: SelfReport, found: dict[str, dict[int, str]]) -> Row:
    answer = min(report.answers.all(), key=lambda row: row.pk, default=None)
    row = _of_service(report.service, pk=report.pk, status=report.status, year=report.round.year)
    canary = found["self_report"].get(report.pk, "")
    return row | {"canary": canary, "answer_pk": answer.pk if answer else None, "id": answer.pk if answer else None, "n": 1}


def _decision(decision: SurveillanceDecision, found: dict[str, dict[int, str]]) -> Row:
    canary = found["decision"].get(decision.pk, "")
    row = _of_service(decision.service, pk=decision.pk, status=decision.status, year=decision.round.year, canary=canary)
    return row | {"decision_pk": decision.pk}


def _report(report: Report, found: dict[str, dict[int, str]]) -> Row:
    section, point = report.sections.order_by("pk").first(), report.accuracy_points.order_by("pk").first()
    version, check = report.versions.order_by("pk").first(), report.quality_checks.order_by("pk").first()
    parameters = {
        "section_pk": section.pk if section else None,
        "point_pk": point.pk if point else None,
        "number": version.number if version else None,
        "check_pk": check.pk if check else None,
        "address": report.address,
        "code": section.code if section else None,
    }
    return _of_review(report.review, pk=report.pk, status=report.status, canary=found["report"].get(report.pk, "")) | parameters
