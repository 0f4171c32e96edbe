"""People of the national site: enough of every role to sign in with, and the pool of reviewers."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import ReviewerProfile
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.places import World
from qnt.demo.national.sizes import Sizes
from qnt.demo.people import DOMAIN, FIRST_NAMES, LAST_NAMES
from surveillance.models import ServiceAssignment

PROFESSIONS = ("Consultant physician", "Nurse consultant", "Dietitian", "Pharmacist", "Service manager", "Physiotherapist")


@dataclass
class Crowd:
    """The people by what they do; lists run in the order of regions, trusts or boards, again and again where they are longer."""

    nationals: list[User] = field(default_factory=list)
    managers: list[User] = field(default_factory=list)
    officers: list[User] = field(default_factory=list)
    executives: list[User] = field(default_factory=list)
    leads: list[User] = field(default_factory=list)
    commissioners: list[User] = field(default_factory=list)
    reviewers: list[User] = field(default_factory=list)
    patients: list[User] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)


def make_crowd(world: World, sizes: Sizes, since: dt.date, password: str) -> Crowd:
    """Everybody with their role; ``password`` is the hash that all of them share."""
    count = 0

    def people(address: str, number: int, title: str) -> list[User]:
        nonlocal count
        made = []
        for n in range(1, number + 1):
            name = f"{FIRST_NAMES[count % len(FIRST_NAMES)]} {LAST_NAMES[count * 3 % len(LAST_NAMES)]}"
            made.append(User(email=f"{address}{n}@{DOMAIN}", name=name, job_title=title, password=password))
            count += 1
        return list(write(User, made))

    crowd = Crowd(
        nationals=people("national.lead", 2, "National lead"),
        managers=people("hub.manager", len(world.regions), "Hub manager"),
        officers=people("hub.officer", len(world.regions), "Quality manager"),
        executives=people("executive", len(world.trusts), "Chief nurse"),
        leads=people("service.lead", len(world.trusts), "Clinical lead"),
        commissioners=people("commissioner", len(world.boards), "Head of commissioning"),
        reviewers=people("reviewer", sizes.reviewers, "Reviewer"),
        patients=people("patient.reviewer", sizes.patient_reviewers, "Patient reviewer"),
        staff=people("hub.staff", sizes.staff_a_region * len(world.regions), "Quality manager"),
    )
    _give_roles(crowd, world, since)
    return crowd


def _give_roles(crowd: Crowd, world: World, since: dt.date) -> None:
    roles = [
        *((user, Role.NATIONAL_LEAD, world.national) for user in crowd.nationals),
        *((user, Role.HUB_MANAGER, place) for user, place in zip(crowd.managers, world.regions, strict=True)),
        *((user, Role.HUB_OFFICER, place) for user, place in zip(crowd.officers, world.regions, strict=True)),
        *((user, Role.EXECUTIVE, place) for user, place in zip(crowd.executives, world.trusts, strict=True)),
        *((user, Role.SERVICE_LEAD, place) for user, place in zip(crowd.leads, world.trusts, strict=True)),
        *((user, Role.COMMISSIONER, place) for user, place in zip(crowd.commissioners, world.boards, strict=True)),
        *((user, Role.REVIEWER, world.regions[n % len(world.regions)]) for n, user in enumerate(crowd.reviewers)),
        *((user, Role.PATIENT_REVIEWER, world.regions[n % len(world.regions)]) for n, user in enumerate(crowd.patients)),
        *((user, Role.HUB_OFFICER, world.regions[n % len(world.regions)]) for n, user in enumerate(crowd.staff)),
    ]
    write_all(Membership, (Membership(user=user, role=role, organisation=place, from_date=since) for user, role, place in roles))
    lead_of = {trust.pk: user for trust, user in zip(world.trusts, crowd.leads, strict=True)}
    write_all(
        ServiceAssignment,
        (
            ServiceAssignment(
                user=lead_of[service.provider_id], service=service, role=Role.SERVICE_LEAD, from_date=since, why="Named by the trust"
            )
            for service in world.services
        ),
    )
    write_all(
        ReviewerProfile,
        (
            ReviewerProfile(
                user=user,
                professions=PROFESSIONS[n % len(PROFESSIONS)],
                specialties=world.specifications[n % len(world.specifications)].name[:300],
                home_region=world.regions[n % len(world.regions)],
                employer=world.trusts[n * 7 % len(world.trusts)],
            )  # fmt: skip
            for n, user in enumerate(crowd.reviewers)
        ),
    )
    write_all(
        ReviewerProfile,
        (ReviewerProfile(user=user, home_region=world.regions[n % len(world.regions)]) for n, user in enumerate(crowd.patients)),
    )
