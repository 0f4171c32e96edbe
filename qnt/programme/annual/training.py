"""Training in the annual programme report: how the people whose role asks for a course stand with it, without a name of anybody.

The register keeps how people stand now, not how they stood: the figures are those of the day on which the report is published, and
say so. Source: the register of training and its words (``peerreview.training``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from peerreview.queries.training_register import Line, required_lines
from peerreview.training import Standing
from qnt.programme.figures import FEWEST, Quartiles, quartiles_of
from qnt.programme.suppression import may_show, may_show_beside_total

COUNTS = (Standing.IN_DATE, Standing.ENDS_SOON)  # the last day is still to come
WORST_FIRST = (Standing.NEVER, Standing.ENDED, Standing.ENDS_SOON, Standing.IN_DATE)
ALL_COURSES = "Every course that is required of them"


@dataclass(frozen=True)
class TrainingRow:
    """How ``people`` stand, a number for each standing; ``counts`` is None where it is not shown."""

    title: str
    people: int
    counts: tuple[int, ...] | None


@dataclass(frozen=True)
class TrainingYear:
    """England by course, and the share of people with everything in date in the hubs that may be shown, lowest first."""

    rows: list[TrainingRow]
    hubs: list[Decimal]

    @property
    def quartiles(self) -> Quartiles | None:
        """How the hubs spread; None under two hubs."""
        return quartiles_of(self.hubs) if len(self.hubs) > 1 else None


def training_now() -> TrainingYear:
    """The register as it stands, of every hub, in two statements."""
    return training_of(required_lines())


def training_of(lines: Iterable[Line]) -> TrainingYear:
    """What may be shown of the lines of required courses: nothing of fewer than 5 people, nor what gives them away."""
    by_course: dict[str, dict[int, Standing]] = {}
    by_hub: dict[int | None, dict[int, Standing]] = {}
    all_people: dict[int, Standing] = {}
    for line in lines:
        by_course.setdefault(line.course, {})[line.user_id] = line.standing
        for people in (by_hub.setdefault(line.hub_id, {}), all_people):
            people[line.user_id] = _worse(people.get(line.user_id, line.standing), line.standing)
    shown = may_show({course: len(people) for course, people in by_course.items()})
    rows = [_row(course, people, is_shown=course in shown.parts) for course, people in sorted(by_course.items())]
    if all_people:
        rows.append(_row(ALL_COURSES, all_people, is_shown=shown.total and len(all_people) >= FEWEST))
    hubs = may_show_beside_total({hub: len(people) for hub, people in by_hub.items()})
    return TrainingYear(rows, sorted(_in_date(by_hub[hub]) for hub in hubs if hub is not None))


def _worse(one: Standing, other: Standing) -> Standing:
    """A person stands as with the course that lacks most."""
    return min(one, other, key=WORST_FIRST.index)


def _row(title: str, people: dict[int, Standing], *, is_shown: bool) -> TrainingRow:
    found = list(people.values())
    return TrainingRow(title, len(found), tuple(found.count(one) for one in Standing) if is_shown else None)


def _in_date(people: dict[int, Standing]) -> Decimal:
    """The percentage of a hub's people with everything in date."""
    return Decimal(100 * sum(standing in COUNTS for standing in people.values())) / len(people)
