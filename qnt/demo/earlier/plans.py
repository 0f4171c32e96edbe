"""Which services were visited earlier, when, and how each hub went about it."""

import datetime as dt
import random
from dataclasses import dataclass

from qnt.demo.clock import working_day

TARGETED, COMPREHENSIVE = "TARGETED", "COMPREHENSIVE"
# Places in the list of services in the order of last year's visits; each hub visits 5 on chosen topics and 1 or 2 as a whole.
LAST_YEAR = (
    (1, TARGETED), (9, TARGETED), (17, TARGETED), (0, COMPREHENSIVE), (10, TARGETED), (19, TARGETED), (2, TARGETED), (8, COMPREHENSIVE),
    (21, TARGETED), (3, TARGETED), (11, TARGETED), (22, TARGETED), (5, TARGETED), (14, TARGETED), (18, COMPREHENSIVE), (6, COMPREHENSIVE),
    (15, TARGETED), (23, TARGETED), (7, TARGETED), (12, COMPREHENSIVE),
)  # fmt: skip
FIRST_DAY, DAYS_APART = (2, 2), 9  # the first visit of last year (month, day), and calendar days from one to the next
# Further visits, in days from today, beside those that ``qnt.demo.reviews`` carries. Their reports are older than its main one, which
# stays the newest in the library.
SINCE = (
    (11, TARGETED, -242), (3, TARGETED, -240), (19, TARGETED, -234), (7, TARGETED, -225), (14, TARGETED, -218), (21, TARGETED, -213),
    (1, TARGETED, -206), (15, TARGETED, -195), (22, COMPREHENSIVE, -187),
)  # fmt: skip
SERVICES_A_HUB = 8


@dataclass(frozen=True)
class Habits:
    """How a hub works in a year: percent of its reviews in which each point holds, and working days from one step to the next."""

    notice: int
    team: int
    conflicts: int
    informal: int
    feedback: int
    letters: int
    views: tuple[int, int]
    to_visit: tuple[int, int]
    to_draft: tuple[int, int]
    to_accuracy: tuple[int, int]
    to_final: tuple[int, int]
    to_publication: tuple[int, int]
    kept: int
    opened: int


# By hub, North, Centre, South: last year, and since. Reports got quicker everywhere; getting to the visit got slower.
HABITS_LAST_YEAR = (
    Habits(80, 70, 85, 70, 80, 60, (0, 2), (56, 72), (13, 26), (9, 16), (4, 9), (7, 16), 60, 40),
    Habits(60, 45, 65, 35, 60, 40, (0, 1), (58, 84), (16, 33), (10, 20), (5, 12), (9, 22), 40, 25),
    Habits(45, 30, 80, 55, 45, 50, (0, 1), (60, 92), (14, 30), (8, 22), (4, 14), (8, 24), 50, 30),
)
HABITS_SINCE = (
    Habits(95, 90, 100, 90, 95, 90, (3, 7), (70, 96), (10, 18), (8, 12), (3, 8), (3, 8), 75, 80),
    Habits(80, 70, 90, 75, 90, 80, (2, 6), (74, 110), (12, 22), (9, 13), (4, 9), (4, 9), 60, 65),
    Habits(90, 60, 95, 80, 70, 80, (2, 5), (80, 124), (13, 23), (9, 14), (4, 10), (3, 10), 65, 70),
)


@dataclass(frozen=True)
class Visit:
    """One earlier visit: the place of its service, its kind, its first day, its hub's habits, and what chance says."""

    service: int
    kind: str
    day: dt.date
    is_last_year: bool
    habits: Habits
    chance: random.Random

    @property
    def hub(self) -> int:
        """The place of its hub."""
        return self.service // SERVICES_A_HUB

    def holds(self, percent: int) -> bool:
        """Whether a point that holds in ``percent`` of reviews holds in this one."""
        return self.chance.random() * 100 < percent

    def days(self, between: tuple[int, int]) -> int:
        """Working days of one step."""
        return self.chance.randint(*between)


def visits(today: dt.date) -> list[Visit]:
    """Every earlier visit, the oldest first; the same day gives the same visits."""
    month, day = FIRST_DAY
    first = dt.date(today.year - 1, month, day)
    planned = [(service, kind, first + dt.timedelta(days=DAYS_APART * n), True) for n, (service, kind) in enumerate(LAST_YEAR)]
    planned += [(service, kind, today + dt.timedelta(days=days), False) for service, kind, days in SINCE]
    return [_visit(*plan) for plan in planned]


def _visit(service: int, kind: str, day: dt.date, is_last_year: bool) -> Visit:
    habits = (HABITS_LAST_YEAR if is_last_year else HABITS_SINCE)[service // SERVICES_A_HUB]
    chance = random.Random(f"earlier-{is_last_year}-{service}")  # noqa: S311 (invented days, the same each time)
    return Visit(service, kind, working_day(day), is_last_year, habits, chance)
