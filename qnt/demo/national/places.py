"""Regions, boards, trusts, networks, and the services that they run and buy."""

import datetime as dt
import random
from dataclasses import dataclass, field

from accounts.models import Organisation
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.sizes import Sizes
from qnt.demo.organisations import CONTEXT, service_name
from surveillance.models import Commissioning, Service, ServiceSpecification

Kind = Organisation.Kind
TOWNS = (
    "Alder", "Birch", "Cedar", "Dun", "Elm", "Fern", "Glen", "Hazel", "Ivy", "Juniper", "Kestrel", "Larch", "Maple", "Nettle", "Oak",
    "Pine", "Quill", "Rowan", "Sorrel", "Thorn",
)  # fmt: skip
ENDINGS = ("brook", "mere", "holt", "moor", "stead", "leigh", "ford", "wick", "vale", "bay")


@dataclass
class World:
    """The invented organisations and services, in the order in which they were made."""

    national: Organisation
    regions: list[Organisation] = field(default_factory=list)
    boards: list[Organisation] = field(default_factory=list)
    trusts: list[Organisation] = field(default_factory=list)
    specifications: list[ServiceSpecification] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)


def make_places(sizes: Sizes, since: dt.date, chance: random.Random) -> World:
    """Everything that stands still, valid from ``since``."""

    def organisation(kind: str, code: str, name: str, **fields: object) -> Organisation:
        return Organisation(kind=kind, code=code, name=name, valid_from=since, is_illustrative=True, **fields)

    national = organisation(Kind.NATIONAL, "ZZNAT", "Illustrative Quality & Nursing Team")
    national.save()
    world = World(national)
    world.regions = list(
        write(Organisation, (organisation(Kind.REGION, f"ZZR{r}", f"Illustrative Region {r}") for r in range(1, sizes.regions + 1)))
    )
    boards = (
        organisation(Kind.ICB, f"ZZI{region.code[3:]}{b}", f"Illustrative Board {region.code[3:]}{b}", region=region)
        for region in world.regions
        for b in range(1, sizes.boards_a_region + 1)
    )
    world.boards = list(write(Organisation, boards))
    world.trusts = list(write(Organisation, (_trust(n, world, since) for n in range(sizes.trusts))))
    world.specifications = list(
        ServiceSpecification.objects.filter(part_of=None).select_related("programme").order_by("pk")[: sizes.specifications]
    )
    world.services = list(write(Service, _services(world, sizes, chance)))
    write_all(
        Commissioning,
        (Commissioning(service=service, organisation=service.provider.icb, is_lead=True, from_date=since) for service in world.services),
    )
    return world


def _trust(n: int, world: World, since: dt.date) -> Organisation:
    board = world.boards[n % len(world.boards)]
    town = TOWNS[n % len(TOWNS)] + ENDINGS[n // len(TOWNS) % len(ENDINGS)]
    return Organisation(
        kind=Kind.PROVIDER, code=f"ZZP{n + 1:03d}", name=f"Illustrative {town} NHS Trust", region=board.region, icb=board, town=town,
        valid_from=since, is_illustrative=True,
    )  # fmt: skip


def _services(world: World, sizes: Sizes, chance: random.Random) -> list[Service]:
    """Each trust runs some of the specifications, another choice in each."""
    made = []
    for trust in world.trusts:
        for specification in chance.sample(world.specifications, min(sizes.services_a_trust, len(world.specifications))):
            made.append(
                Service(
                    provider=trust,
                    specification=specification,
                    region=trust.region,
                    name=service_name(specification)[:250],
                    sites=f"{trust.town} Hospital",
                    patients_a_year_count=chance.randint(40, 900),
                    is_illustrative=True,
                    **CONTEXT,
                )  # fmt: skip
            )
    return made
