"""Who does what where on the national site, and the present moment: what every writer of rows looks up."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils import timezone

from accounts.models import User
from peerreview.models import Procedure
from qnt.demo.national.crowd import Crowd
from qnt.demo.national.places import World
from qnt.demo.national.sizes import Sizes
from surveillance.models import Service

Thing = TypeVar("Thing")


@dataclass
class Told:
    """The invented world with its people by their place. What would lie ahead of ``now`` did not happen yet."""

    world: World
    crowd: Crowd
    sizes: Sizes
    chance: random.Random
    now: dt.datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        world, crowd = self.world, self.crowd
        self.managers = {region.pk: user for region, user in zip(world.regions, crowd.managers, strict=True)}
        self.officers = {region.pk: user for region, user in zip(world.regions, crowd.officers, strict=True)}
        self.staff: dict[int, list[User]] = {region.pk: crowd.staff[n :: len(world.regions)] for n, region in enumerate(world.regions)}
        self.leads = {trust.pk: user for trust, user in zip(world.trusts, crowd.leads, strict=True)}
        self.executives = {trust.pk: user for trust, user in zip(world.trusts, crowd.executives, strict=True)}
        self.commissioners = {board.pk: user for board, user in zip(world.boards, crowd.commissioners, strict=True)}
        self.procedures = {one.code: one for one in Procedure.objects.filter(status=Procedure.Status.PUBLISHED)}

    @property
    def today(self) -> dt.date:
        """The day on which the site is seeded."""
        return timezone.localdate(self.now)

    def lead(self, service: Service) -> User:
        """The lead of a service: its trust's."""
        return self.leads[service.provider_id]

    def commissioner(self, service: Service) -> User:
        """Who answers for the board that buys a service."""
        return self.commissioners[service.provider.icb_id]

    def holds(self, share: float) -> bool:
        """Whether something holds that holds for this share of things."""
        return self.chance.random() < share

    def some(self, things: Sequence[Thing], count: int) -> list[Thing]:
        """So many of the things, each once; all where there are fewer."""
        return self.chance.sample(things, min(count, len(things)))

    def past(self, moment: dt.datetime | None) -> dt.datetime | None:
        """A moment where it has come, else None."""
        return moment if moment and moment <= self.now else None
