"""What a role holds, told by the apps above: it must pass to somebody before the role ends."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import Membership, Organisation, User


@dataclass(frozen=True)
class Holding:
    """Things of one sort that a membership holds: "3 actions".

    ``pass_to(new_user, by)`` hands them over; it runs in the transaction in which the access ends. ``blocker`` is the
    sentence for the page when nobody may be missing: "Acute oncology would have no lead. Choose one first."
    """

    label: str
    count: int
    pass_to: Callable[[User, User], None]
    plural: str = ""
    blocker: str = ""

    @property
    def words(self) -> str:
        """The count with its noun."""
        return f"{self.count} {self.label if self.count == 1 else self.plural or self.label + 's'}"


HoldingSource = Callable[[Membership], list[Holding]]
_SOURCES: list[HoldingSource] = []


def register_holdings(source: HoldingSource) -> None:
    """Add an app's function that lists what a membership holds."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def holdings_of(membership: Membership) -> list[Holding]:
    """Everything that this membership holds and that must pass to somebody when it ends."""
    return [holding for source in _SOURCES for holding in source(membership) if holding.count]


@dataclass(frozen=True)
class Assigner:
    """How the app that knows services gives them to a person.

    ``choices(by, organisation)``: services of the organisation that ``by`` may give to others, as (pk, name).
    ``assign(membership, service_ids, by)``: let the membership's person work on them, for the membership's dates.
    ``end(membership, last_date, by)``: end what the membership brought, on that day.
    ``covers(by, membership)``: whether ``by`` may give every service that the membership works on.
    ``names(memberships)``: names of services by membership pk, in two statements at most.
    """

    choices: Callable[[User, Organisation], list[tuple[int, str]]]
    assign: Callable[[Membership, Iterable[int], User], None]
    end: Callable[[Membership, dt.date, User], None]
    covers: Callable[[User, Membership], bool]
    names: Callable[[Iterable[Membership]], dict[int, list[str]]]


_ASSIGNERS: list[Assigner] = []


def register_assigner(assigner: Assigner) -> None:
    """Tell how services are given; there is one."""
    _ASSIGNERS[:] = [assigner]


def service_choices(by: User, organisation: Organisation) -> list[tuple[int, str]]:
    """Services of ``organisation`` that ``by`` may give to somebody, as (pk, name)."""
    return [choice for assigner in _ASSIGNERS for choice in assigner.choices(by, organisation)]


def assign_services(membership: Membership, service_ids: Iterable[int], by: User) -> None:
    """Let the membership's person work on these services, for the membership's dates."""
    for assigner in _ASSIGNERS:
        assigner.assign(membership, service_ids, by)


def end_services(membership: Membership, last_date: dt.date, by: User) -> None:
    """End the work on services that the membership brought."""
    for assigner in _ASSIGNERS:
        assigner.end(membership, last_date, by)


def covers_services(by: User, membership: Membership) -> bool:
    """Whether ``by`` may give every service that the membership works on."""
    return all(assigner.covers(by, membership) for assigner in _ASSIGNERS)


def service_names(memberships: Iterable[Membership]) -> dict[int, list[str]]:
    """Names of the services that each membership works on, by its pk."""
    rows = list(memberships)
    return {pk: names for assigner in _ASSIGNERS for pk, names in assigner.names(rows).items()}


Announcer = Callable[[Membership], None]
_ANNOUNCERS: list[Announcer] = []


def register_announcer(announcer: Announcer) -> None:
    """Tell how a person learns of a new role: the app that can queue mail registers itself."""
    if announcer not in _ANNOUNCERS:
        _ANNOUNCERS.append(announcer)


def announce(membership: Membership) -> None:
    """Let the person know of the role, by mail; called in the transaction that gives it."""
    for announcer in _ANNOUNCERS:
        announcer(membership)
