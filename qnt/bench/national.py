"""Whom the benchmarks on the site of national size are measured with: somebody who reads 4,000 services, and somebody of 400."""

from dataclasses import dataclass

from accounts.models import Organisation, User
from accounts.permissions import Role
from qnt.bench.data import make_person
from surveillance.models import Round, SelfReport, Service

FEW = 400


@dataclass
class Nation:
    """The newest round of a site of national size, the national lead, and the manager of a hub of 400 services."""

    national: User
    hub: User
    opened: Round


def make_nation() -> Nation:
    """Put every tenth service into a region of its own; call it in a transaction that is rolled back."""
    region = Organisation.objects.create(kind="REGION", code="ZZBR", name="Illustrative region of 400", is_illustrative=True)
    pks = list(Service.objects.order_by("pk").values_list("pk", flat=True))
    few = pks[:: max(1, len(pks) // FEW)][:FEW]
    Service.objects.filter(pk__in=few).update(region=region)
    national = User.objects.filter(memberships__role=Role.NATIONAL_LEAD, is_active=True).order_by("pk")[0]
    newest = Round.objects.filter(pk__in=SelfReport.objects.values("round")).order_by("-year")[0]
    return Nation(national, make_person(Role.HUB_MANAGER, region), newest)
