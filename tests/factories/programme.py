"""Rows of the programme written directly, and a small record to count."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Role
from peerreview.models import Procedure, Review, ReviewService, VisitDay
from qnt.programme.definitions import as_record, definitions_in
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ProgrammeFact, ProgrammeYear
from qnt.programme.services import facts_hash
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Service
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.surveillance import ServiceFactory

YEAR = timezone.localdate().year


def counted(year: int = YEAR) -> ProgrammeYear:
    """A year whose rows were counted just now."""
    return ProgrammeYear.objects.update_or_create(year=year, defaults={"counted_at": timezone.now()})[0]


def fact(measure: str, region: Organisation | None, value: Any = 1, *, year: int = YEAR, **columns: Any) -> ProgrammeFact:
    """A row; each has a number of its own unless told otherwise."""
    facts = {"day": dt.date(year, 3, 1), "unit_id": ProgrammeFact.objects.count() + 1} | columns
    return ProgrammeFact.objects.create(year=year, measure=measure, region=region, value=Decimal(str(value)), **facts)


def facts(measure: str, region: Organisation | None, values: Any, **columns: Any) -> list[ProgrammeFact]:
    """A row for each value."""
    return [fact(measure, region, value, **columns) for value in values]


def hub(name: str = "") -> Organisation:
    """A region with its hub."""
    return OrganisationFactory(hub=True, **({"name": name} if name else {}))


def national() -> User:
    """The national lead."""
    return person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))


def service_in(region: Organisation) -> Service:
    """A service of a provider of the region."""
    return ServiceFactory(provider=OrganisationFactory(region=region))


def held_review(service: Service, *, purpose: str = "COMPLIANCE", days_ago: int = 30, by: User, **columns: Any) -> Review:
    """A review whose visit was held, written directly; noticed 80 days before, with nothing else recorded."""
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    at = timezone.now() - dt.timedelta(days=days_ago)
    facts: dict[str, Any] = {
        "title": f"Review of {service.name}", "purpose": purpose, "origin": "REQUEST" if purpose == "IMPROVEMENT" else "RISK",
        "status": "REPORTING", "procedure": Procedure.objects.get(code="SMALL_NETWORK", status="PUBLISHED"), "region": service.region,
        "starts_date": day, "ends_date": day, "opened_by": by, "opened_at": at - dt.timedelta(days=120), "visited_at": at,
        "notified_at": at - dt.timedelta(days=80), "preparing_at": at - dt.timedelta(days=20),
    }  # fmt: skip
    review = Review.objects.create(**(facts | columns))
    ReviewService.objects.create(review=review, service=service)
    VisitDay.objects.create(review=review, date=review.starts_date)
    return review


def published_year(year: int, by: User) -> ProgrammeYear:
    """A year whose figures were published just now, from the rows that are there."""
    found = counted(year)
    records = [as_record(one) for one in definitions_in(year, DEFINITIONS).values()]
    found.definitions = canonical_json({"year": year, "definitions": records})
    found.definitions_hash, found.facts_hash = sha256_of(found.definitions), facts_hash(year)
    found.published_at, found.published_by = timezone.now(), by
    found.save()
    return found
