"""A visit that was held, as later rows need it."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from peerreview.models import Review
from surveillance.models import Service


@dataclass(frozen=True)
class Held:
    """The review, its one service, and who visited with their places, the lead first."""

    review: Review
    service: Service
    seats: list[tuple[User, str]]

    @property
    def team(self) -> list[User]:
        """Who visited, the lead first."""
        return [user for user, _ in self.seats]

    @property
    def starts(self) -> dt.date:
        """The first day."""
        return self.review.starts_date or dt.date.min

    @property
    def ends(self) -> dt.date:
        """The last day."""
        return self.review.ends_date or dt.date.min
