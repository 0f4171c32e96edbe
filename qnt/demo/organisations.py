"""Invented organisations, and the services that they run, buy and link: 3 regions, 12 providers, 26 services."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import Organisation
from surveillance.models import Commissioning, NetworkMember, Service, ServiceSpecification

Kind = Organisation.Kind
REGIONS = (("ZZR1", "North"), ("ZZR2", "Centre"), ("ZZR3", "South"))
PLACES = (
    ("Alderbrook", "Birchmere", "Cedarholt", "Dunmoor"),
    ("Elmstead", "Fernleigh", "Glenford", "Hazelwick"),
    ("Ivybridge Vale", "Junipers", "Kestrel Bay", "Larchfield"),
)
# Specification numbers by provider, in order: every region has renal services, so that comparison has 5 or more.
SPECIFICATIONS = (
    ("15", "105-SACT"),
    ("15", "118"),
    ("15", "ACC"),
    ("15", "72"),
    ("15", "105-AO"),
    ("15", "118"),
    ("15", "105-SACT"),
    ("118", "ACC"),
    ("15", "105-AO"),
    ("118", "72"),
    ("15", "105-SACT"),
    ("118", "7"),
)
NETWORK_SPECIFICATION = "105-BRN"
PLACE_KINDS = ("COAST", "TOWN", "CITY", "RURAL")  # by trust, in turn
CONTEXT = {
    "geography": "A coastal and rural area with one main road; two of three sites are over 40 minutes apart by car.",
    "population": "About 640,000 people, older than England as a whole, with pockets of deprivation in the two ports.",
    "travel": "A third of patients travel over 30 miles; hospital transport is bought by the integrated care board.",
    "dependencies": "Vascular surgery and interventional radiology are on another trust's site.",
    "outside_control": "The length of ambulance and transport journeys; theatre capacity at the partner trust.",
}


@dataclass
class Places:
    """The invented organisations, by what they are."""

    national: Organisation
    regulator: Organisation
    regions: list[Organisation] = field(default_factory=list)
    icbs: list[Organisation] = field(default_factory=list)
    providers: list[Organisation] = field(default_factory=list)
    networks: list[Organisation] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    network_services: list[Service] = field(default_factory=list)


def make_organisations(since: dt.date) -> Places:
    """Regions, boards, trusts and networks, valid from ``since``."""

    def organisation(kind: str, code: str, name: str, **fields: object) -> Organisation:
        return Organisation.objects.create(kind=kind, code=code, name=name, valid_from=since, is_illustrative=True, **fields)

    places = Places(
        national=organisation(Kind.NATIONAL, "ZZNAT", "Illustrative Quality & Nursing Team", contact_email="qnt@illustrative.example"),
        regulator=organisation(Kind.REGULATOR, "ZZREG", "Illustrative Regulator"),
    )
    for r, ((code, name), towns) in enumerate(zip(REGIONS, PLACES, strict=True), start=1):
        region = organisation(Kind.REGION, code, f"Illustrative {name} Region", contact_email=f"hub{r}@illustrative.example")
        boards = [organisation(Kind.ICB, f"ZZI{r}{b}", f"Illustrative {name} Board {b}", region=region) for b in (1, 2)]
        for p, town in enumerate(towns, start=1):
            number = (r - 1) * 4 + p
            board = boards[(p - 1) // 2]
            trust = organisation(Kind.PROVIDER, f"ZZP{number:02d}", f"Illustrative {town} NHS Trust", region=region, icb=board, town=town)
            places.providers.append(trust)
        host = places.providers[(r - 1) * 4]
        network = organisation(Kind.NETWORK, f"ZZN{r}", f"Illustrative {name} Clinical Network", region=region, icb=host.icb, host=host)
        places.regions.append(region)
        places.icbs.extend(boards)
        places.networks.append(network)
    return places


def make_services(places: Places, since: dt.date) -> None:
    """Two services a trust, one for two of the networks, each bought by the trust's board and by the region's neighbour."""
    specifications = ServiceSpecification.objects.in_bulk(field_name="number")
    for provider, numbers in zip(places.providers, SPECIFICATIONS, strict=True):
        for number in numbers:
            specification = specifications[number]
            service = Service.objects.create(
                provider=provider,
                specification=specification,
                region=provider.region,
                name=service_name(specification),
                sites=f"{provider.town} Hospital; {provider.town} Community Hospital",
                patients_a_year_count=310 + 17 * len(places.services),
                place_kind=PLACE_KINDS[len(places.services) // 2 % len(PLACE_KINDS)],
                is_illustrative=True,
                **CONTEXT,
            )
            places.services.append(service)
            _commission(service, places, since)
            NetworkMember.objects.create(network=_network_of(service, places), service=service, from_date=since)
    for network in places.networks[:2]:
        specification = specifications[NETWORK_SPECIFICATION]
        service = Service.objects.create(
            network=network,
            specification=specification,
            region=network.region,
            name=service_name(specification),
            is_illustrative=True,
            **CONTEXT,
        )
        places.network_services.append(service)
        _commission(service, places, since)


def service_name(specification: ServiceSpecification) -> str:
    """A short name for a service: the specification's, without its kind of patients in brackets."""
    short = {"15": "Adult renal services", "7": "Adult cardiac services", "118": "Neonatal critical care", "72": "Major trauma"}
    return short.get(specification.number, specification.name.split(" (")[0])


def _commission(service: Service, places: Places, since: dt.date) -> None:
    lead = service.icb
    other = next(board for board in places.icbs if board.region_id == service.region_id and board != lead)
    Commissioning.objects.create(service=service, organisation=lead, is_lead=True, from_date=since)
    if service.pk % 3 == 0:
        Commissioning.objects.create(service=service, organisation=other, from_date=since)


def _network_of(service: Service, places: Places) -> Organisation:
    return next(network for network in places.networks if network.region_id == service.region_id)
