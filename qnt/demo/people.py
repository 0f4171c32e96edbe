"""The demonstration's people: every role, in every state, with one password that only a demonstration may have."""

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import ReviewerProfile
from qnt.demo.organisations import Places
from surveillance.models import Service, ServiceAssignment

PASSWORD = "illustrative-demonstration-2027"  # noqa: S105 (shown to everyone who runs the demonstration; production refuses it)
DOMAIN = "illustrative.example"
FIRST_NAMES = (
    "Amara", "Bilal", "Carys", "Dev", "Elin", "Farah", "Gwen", "Hassan", "Imogen", "Jack", "Kemi", "Lee", "Meera", "Noor", "Owen", "Priya",
    "Quentin", "Rosa", "Sam", "Tariq", "Una", "Victor", "Wanda", "Xanthe", "Yusuf", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Bello", "Clarke", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lewis", "Mensah", "Novak",
    "Okafor", "Patel", "Quinn", "Roberts", "Shah", "Taylor", "Usman", "Vaughan", "Wong", "Young", "Zaman",
)  # fmt: skip


@dataclass
class People:
    """The people, by what they do; lists run in the order of regions, trusts or boards."""

    nationals: list[User] = field(default_factory=list)
    managers: list[User] = field(default_factory=list)
    officers: list[User] = field(default_factory=list)
    executives: list[User] = field(default_factory=list)
    leads: dict[int, User] = field(default_factory=dict)
    contributors: list[User] = field(default_factory=list)
    network_leads: list[User] = field(default_factory=list)
    commissioners: list[User] = field(default_factory=list)
    reviewers: dict[str, User] = field(default_factory=dict)
    pool: list[User] = field(default_factory=list)
    stand_bys: list[User] = field(default_factory=list)
    patients: list[User] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)


class Cast:
    """Makes people one after the other, with names that never repeat and one hash for all."""

    def __init__(self, since: dt.date) -> None:
        self.since, self.count, self.hash = since, 0, make_password(PASSWORD)

    def person(self, address: str, *, job_title: str = "", is_active: bool = True) -> User:
        """A person who can sign in with the demonstration's password."""
        first, last = FIRST_NAMES[self.count % len(FIRST_NAMES)], LAST_NAMES[self.count * 3 % len(LAST_NAMES)]
        self.count += 1
        user = User(email=f"{address}@{DOMAIN}", name=f"{first} {last}", job_title=job_title, is_active=is_active)
        user.password = self.hash
        user.save()
        return user

    def member(self, address: str, role: Role, organisation: Organisation, *, job_title: str = "", is_active: bool = True) -> User:
        """A person with one role."""
        user = self.person(address, job_title=job_title, is_active=is_active)
        self.give(user, role, organisation)
        return user

    def give(self, user: User, role: Role, organisation: Organisation) -> None:
        """One more role for a person."""
        Membership.objects.create(user=user, organisation=organisation, role=role, from_date=self.since)

    def assign(self, user: User, service: Service, role: Role) -> None:
        """A person's work on a service."""
        ServiceAssignment.objects.create(user=user, service=service, role=role, from_date=self.since, why="Named by the trust")


def make_people(places: Places, since: dt.date) -> People:
    """Everybody, with their roles from ``since``."""
    cast, people = Cast(since), People()
    people.nationals = [cast.member(f"national.lead{n}", Role.NATIONAL_LEAD, places.national, job_title="National lead") for n in (1, 2)]
    for r, region in enumerate(places.regions, start=1):
        people.managers.append(cast.member(f"hub.manager{r}", Role.HUB_MANAGER, region, job_title="Hub manager"))
        for n in (1, 2, 3):
            people.officers.append(cast.member(f"hub.officer{r}{n}", Role.HUB_OFFICER, region, job_title="Quality manager"))
    for n, trust in enumerate(places.providers, start=1):
        people.executives.append(cast.member(f"executive{n}", Role.EXECUTIVE, trust, job_title="Chief nurse"))
    _make_service_people(cast, people, places)
    for n, board in enumerate(places.icbs, start=1):
        people.commissioners.append(cast.member(f"commissioner{n}", Role.COMMISSIONER, board, job_title="Head of commissioning"))
    for n, network in enumerate(places.networks, start=1):
        people.network_leads.append(cast.member(f"network.lead{n}", Role.NETWORK_LEAD, network, job_title="Network manager"))
    _make_reviewers(cast, people, places)
    cast.member("regulator1", Role.REGULATOR, places.regulator, job_title="Inspector")
    disabled = cast.member("disabled1", Role.SERVICE_LEAD, places.providers[0], is_active=False)
    people.states[disabled.pk] = "disabled"
    people.states[cast.person("no.role1").pk] = "no_role"
    _make_stand_bys(cast, people, places)
    return people


def _make_stand_bys(cast: Cast, people: People, places: Places) -> None:
    """Three reviewers who are on no team, but stand by for one."""
    for n, profession in enumerate(("Nurse consultant", "Physiotherapist", "Service manager"), start=1):
        home = places.regions[n % 3]
        user = cast.member(f"standby{n}", Role.REVIEWER, home, job_title=profession)
        ReviewerProfile.objects.create(
            user=user, professions=profession, specialties="Renal", home_region=home, employer=places.providers[(6, 7, 11)[n - 1]],
        )  # fmt: skip
        people.stand_bys.append(user)


def _make_service_people(cast: Cast, people: People, places: Places) -> None:
    """A lead for each service (one for both of a trust's, but in the first), and three contributors."""
    for n, provider in enumerate(places.providers, start=1):
        first, second = (service for service in places.services if service.provider_id == provider.pk)
        lead = cast.member(f"service.lead{n}", Role.SERVICE_LEAD, provider, job_title="Clinical lead")
        other = cast.member("service.lead1b", Role.SERVICE_LEAD, provider, job_title="Clinical lead") if n == 1 else lead
        for user, service in ((lead, first), (other, second)):
            cast.assign(user, service, Role.SERVICE_LEAD)
            people.leads[service.pk] = user
    for n in (1, 2, 3):
        service = places.services[(n - 1) * 2]
        user = cast.member(f"contributor{n}", Role.CONTRIBUTOR, service.provider, job_title="Specialist nurse")
        cast.assign(user, service, Role.CONTRIBUTOR)
        people.contributors.append(user)


def _employer(address: str, n: int) -> int:
    """Where a reviewer works: at a trust that no team visits, but for the one whose conflict bars them."""
    return 2 if address == "reviewer.conflicted" else (7, 10, 11)[n % 3]


def _make_reviewers(cast: Cast, people: People, places: Places) -> None:
    """Reviewers in each state, a pool for the other visits, patient reviewers, and one who is a contributor elsewhere."""
    professions = ("Consultant physician", "Nurse consultant", "Dietitian", "Pharmacist", "Service manager", "Physiotherapist")

    def reviewer(address: str, n: int, role: Role = Role.REVIEWER) -> User:
        home = places.regions[n % 3]
        user = cast.member(address, role, home, job_title=professions[n % 6] if role == Role.REVIEWER else "Patient reviewer")
        ReviewerProfile.objects.create(
            user=user, professions=user.job_title, specialties="Renal; critical care", home_region=home,
            employer=places.providers[_employer(address, n)] if role == Role.REVIEWER else None,
        )  # fmt: skip
        return user

    for n, state in enumerate(("active", "future", "ended", "conflicted", "declined")):
        people.reviewers[state] = reviewer(f"reviewer.{state}", n)
        people.states[people.reviewers[state].pk] = state
    people.pool = [reviewer(f"reviewer{n}", n) for n in range(1, 7)]
    people.patients = [reviewer(f"patient.reviewer{n}", n, Role.PATIENT_REVIEWER) for n in (1, 2)]
    several = cast.member("several1", Role.CONTRIBUTOR, places.providers[4], job_title="Renal nurse")
    cast.assign(several, places.services[8], Role.CONTRIBUTOR)
    cast.give(several, Role.REVIEWER, places.regions[0])
    ReviewerProfile.objects.create(
        user=several, professions="Nurse", specialties="Renal", home_region=places.regions[1], employer=places.providers[4],
    )  # fmt: skip
    people.reviewers["several"] = several
