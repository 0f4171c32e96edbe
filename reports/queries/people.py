"""Whom a report concerns: who may check it, who answers, who is issued it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from accounts.permissions import HUB_ROLES, Role
from peerreview.models import Review, TeamMember
from reports.models import QualityCheck, Report
from surveillance.models import NetworkMember
from surveillance.queries.people import commissioners_of, executives_of, leads_of


def checker_candidates(report: Report) -> list[User]:
    """Who can be asked to check the report, by name: never its drafter.

    People of the region's hub and the national team who were not on the visit; for a review for learning, which nobody else
    reads, its team (ADR 14).
    """
    away = {report.drafter_id} if report.review.is_learning else {report.drafter_id, *_visited(report)}
    return list(_who_could_check(report).exclude(pk__in=[pk for pk in away if pk]).order_by("name", "pk"))


def other_checker_candidates(report: Report) -> list[User]:
    """Who can be named in the place of somebody who has not answered: whoever could be asked and does not check the report already."""
    now = set(report.quality_checks.counting().values_list("checker", flat=True))
    return [person for person in checker_candidates(report) if person.pk not in now]


def unable_checks() -> QuerySet[QualityCheck]:
    """Checks that wait for somebody who cannot give them any more: their access ended, or their place on the team did (for learning)."""
    review = OuterRef("report__review")
    held = Membership.objects.active().filter(user=OuterRef("checker"))
    at_hub = held.filter(Q(role__in=HUB_ROLES, organisation=OuterRef("report__review__region")) | Q(role=Role.NATIONAL_LEAD))
    on_team = TeamMember.objects.on_team().filter(review=review, user=OuterRef("checker"))
    is_learning = Q(report__review__purpose=Review.Purpose.IMPROVEMENT)
    gone = Q(checker__is_active=False) | (is_learning & ~Exists(on_team)) | (~is_learning & ~Exists(at_hub))
    return QualityCheck.objects.filter(gone, outcome=QualityCheck.Outcome.WAITING, report__status=Report.Status.QUALITY_CHECK)


def why_not_check(user: User, report: Report) -> str:
    """Why this person cannot check the report, in a sentence; empty when they may."""
    if user.pk == report.drafter_id:
        return f"{user.name} drafted this report, so someone else must check it."
    if report.review.is_learning:
        on_team = _who_could_check(report).filter(pk=user.pk).exists()
        return "" if on_team else f"{user.name} is not on the team, and nobody else reads this report, so a member must check it."
    if user.pk in _visited(report):
        return f"{user.name} was on the visit, so someone else must check the report."
    if not _who_could_check(report).filter(pk=user.pk).exists():
        return f"{user.name} does not work for this region’s hub or the national team, so someone else must check the report."
    return ""


def _visited(report: Report) -> set[int | None]:
    """Who arranged the visit or had a place on its team, also one that was declined or has ended."""
    return {report.review.visit_lead_id, *report.review.team.values_list("user", flat=True)}


def _who_could_check(report: Report) -> QuerySet[User]:
    review = report.review
    if review.is_learning:
        return User.objects.filter(is_active=True, pk__in=review.team.on_team().values("user"))
    held = Membership.objects.active().filter(role__in=HUB_ROLES, organisation=review.region_id)
    national = Membership.objects.active().filter(role=Role.NATIONAL_LEAD)
    people = User.objects.filter(is_active=True, memberships__in=held) | User.objects.filter(is_active=True, memberships__in=national)
    return people.distinct()


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


def national_people() -> QuerySet[User]:
    """The national team."""
    held = Membership.objects.active().filter(role=Role.NATIONAL_LEAD)
    return User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("name", "pk")


def _once(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
