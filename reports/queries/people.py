"""Whom a report concerns: who may check it, who answers, who is issued it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from accounts.permissions import HUB_ROLES, Role
from reports.models import Report
from surveillance.models import NetworkMember
from surveillance.queries.people import commissioners_of, executives_of, leads_of


def checker_candidates(report: Report) -> list[User]:
    """People of the region's hub and the national team who were neither on the visit nor drafted the report, by name."""
    review = report.review
    held = Membership.objects.active().filter(role__in=HUB_ROLES, organisation=review.region_id)
    national = Membership.objects.active().filter(role=Role.NATIONAL_LEAD)
    people = User.objects.filter(is_active=True, memberships__in=held) | User.objects.filter(is_active=True, memberships__in=national)
    away = {report.drafter_id, review.visit_lead_id, *review.team.filter(is_cleared=True).values_list("user", flat=True)}
    return list(people.exclude(pk__in=[pk for pk in away if pk]).distinct().order_by("name", "pk"))


def service_people(report: Report) -> list[User]:
    """Service leads and executives of the services under review."""
    return _once(
        person for service in report.review.services.all() for people in (leads_of(service), executives_of(service)) for person in people
    )


def commissioning_people(report: Report) -> list[User]:
    """Commissioners' staff of the services under review."""
    return _once(person for service in report.review.services.all() for person in commissioners_of(service))


def network_people(report: Report) -> list[User]:
    """Leads of the networks that the services belong to."""
    members = NetworkMember.objects.active().filter(service__in=report.review.services.all()).values("network")
    held = Membership.objects.active().filter(role=Role.NETWORK_LEAD, organisation__in=members)
    return list(User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("name", "pk"))


def people_to_issue(report: Report) -> list[tuple[User, Organisation | None]]:
    """Everybody who is issued the signed report, each once, with the organisation for which they get it."""
    services = list(report.review.services.all())
    places = {s.provider_id or s.network_id for s in services} | {s.network.host_id for s in services if s.network}
    people = [*service_people(report), *commissioning_people(report), *network_people(report)]
    if report.review.is_learning:
        people = service_people(report)
    found = Membership.objects.active().filter(user__in=people).select_related("organisation").order_by("pk")
    home: dict[int, Organisation] = {}
    for membership in found:
        if membership.organisation_id in places or membership.user_id not in home:
            home[membership.user_id] = membership.organisation
    return [(person, home.get(person.pk)) for person in _once(people)]


def national_people() -> QuerySet[User]:
    """The national team."""
    held = Membership.objects.active().filter(role=Role.NATIONAL_LEAD)
    return User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("name", "pk")


def _once(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
