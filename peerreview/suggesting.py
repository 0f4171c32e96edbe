"""Who suits a place on a team, in which order and why, in words: plain Python, no database.

The order is read from the first difference: free and trained for the days, then profession, specialty, kind of place, ties that the
hub would have to decide on, load. Nobody gets a score. Equal people say so and stand in an order drawn by lot, the same each time.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from peerreview.models.teams import TeamMember
from peerreview.ties import (
    BAR,
    SAME_NETWORK,
    PersonFacts,
    Rules,
    ServiceFacts,
    ShownTie,
    barred_words,
    profession_words,
    ties_between,
    visits_words,
)
from peerreview.training import Need, day_of_visit
from surveillance.models.services import PlaceKind
from work.items import day_words

Key = tuple[int, ...]
ORDER_WORDS = (
    "People who are free and trained for the days come first. Then the order goes by profession, specialty, kind of place, ties that you "
    "would have to decide on, and how many visits they have. Equal people stand in an order drawn by lot."
)


@dataclass(frozen=True)
class Place:
    """A place that a procedure asks for, and how many of it are filled: asked for or taken."""

    code: str
    role: str
    label: str
    count: int
    professions: tuple[str, ...] = ()
    filled_count: int = 0

    @property
    def open_count(self) -> int:
        """How many more are needed."""
        return max(0, self.count - self.filled_count)

    @property
    def standing_words(self) -> str:
        """How far it is filled."""
        return f"{min(self.filled_count, self.count)} of {self.count} filled"

    @property
    def asked_words(self) -> str:
        """Which professions it asks for; empty when any will do."""
        return profession_words(self.professions)


@dataclass(frozen=True)
class Asked:
    """The visit that people are suggested for. ``seed`` draws the lots."""

    services: tuple[ServiceFacts, ...]
    rules: Rules
    today: dt.date
    starts_date: dt.date | None = None
    ends_date: dt.date | None = None
    seed: str = ""

    @property
    def day(self) -> dt.date:
        """The day on which ties are judged."""
        return self.starts_date or self.today

    @property
    def training_day(self) -> dt.date:
        """The day on which training must be in date."""
        return day_of_visit(self.starts_date, self.ends_date, self.today)


@dataclass(frozen=True)
class Candidate:
    """A reviewer in a role, with what the order rests on. ``programmes`` are those of their specifications."""

    facts: PersonFacts
    is_patient: bool = False
    is_reviewer: bool = True
    words: str = ""
    professions: frozenset[str] = frozenset()
    specifications: frozenset[int] = frozenset()
    programmes: frozenset[int] = frozenset()
    place_kinds: frozenset[str] = frozenset()
    training_expires_on: dt.date | None = None
    needs_training: bool = True
    away: tuple[tuple[dt.date, dt.date], ...] = ()
    visits_count: int = 0
    places_count: int = 0

    def suits(self, role: str) -> bool:
        """Whether they hold the role that the place asks for."""
        return self.is_patient if role == TeamMember.TeamRole.PATIENT_REVIEWER else self.is_reviewer

    def is_trained(self, day: dt.date) -> bool:
        """Whether their training is recorded and in date on a day, or no course is required."""
        return not self.needs_training or Need("", self.training_expires_on).is_in_date(day)

    def away_on(self, asked: Asked) -> tuple[dt.date, dt.date] | None:
        """The first span of days away that meets the days of the visit."""
        if asked.starts_date is None:
            return None
        last = asked.ends_date or asked.starts_date
        return next((span for span in self.away if span[0] <= last and span[1] >= asked.starts_date), None)


@dataclass(frozen=True)
class Suggestion:
    """A person for a place: why, why not, and how many equal ones stand just above and below."""

    user_id: int
    name: str
    words: str
    why: tuple[str, ...]
    why_not: tuple[str, ...]
    key: Key
    is_ready: bool
    equal_above_count: int = 0
    equal_below_count: int = 0

    @property
    def is_trained(self) -> bool:
        """Whether their training is in date on the day of the visit: without it nobody can be invited."""
        return self.key[0] <= 0

    @property
    def has_tie(self) -> bool:
        """Whether data shows a tie that the hub would have to decide on."""
        return self.key[-2] > 0

    @property
    def equal_words(self) -> str:
        """That others are equal; empty when nobody is."""
        above, below = self.equal_above_count, self.equal_below_count
        parts = [f"the {count if count > 1 else 'one'} {side}" for count, side in ((above, "above"), (below, "below")) if count]
        return f"Equal with {' and '.join(parts)}" if parts else ""


@dataclass(frozen=True)
class PlaceSuggestions:
    """Everybody who can be asked for one place, in order; ``left_out`` says how many cannot, without names."""

    place: Place
    suggestions: tuple[Suggestion, ...]
    left_out: tuple[str, ...]


def suggest(places: Iterable[Place], candidates: Sequence[Candidate], asked: Asked) -> list[PlaceSuggestions]:
    """Suggestions for each place. The same facts give the same order."""
    ties = {one.facts.user_id: ties_between(one.facts, asked.services, asked.rules, asked.day) for one in candidates}
    return [_for_place(place, [one for one in candidates if one.suits(place.role)], ties, asked) for place in places]


def pick_team(found: Iterable[PlaceSuggestions]) -> list[tuple[Place, Suggestion]]:
    """The first free and trained people for every open place, nobody twice; what cannot be filled is missing."""
    chosen: list[tuple[Place, Suggestion]] = []
    taken: set[int] = set()
    for one in found:
        ready = [person for person in one.suggestions if person.is_ready and person.user_id not in taken][: one.place.open_count]
        taken |= {person.user_id for person in ready}
        chosen += [(one.place, person) for person in ready]
    return chosen


def _for_place(place: Place, candidates: list[Candidate], ties: dict[int, list[ShownTie]], asked: Asked) -> PlaceSuggestions:
    bars = {one.facts.user_id: tie for one in candidates for tie in reversed(ties[one.facts.user_id]) if tie.ruling == BAR}
    rest = [one for one in candidates if one.facts.user_id not in bars]
    trained = [one for one in rest if one.is_trained(asked.today)]
    left_out, count = barred_words(bars.values(), asked.rules), len(rest) - len(trained)
    if count:
        left_out.append(f"{'1 person has' if count == 1 else f'{count} people have'} no training in date, so they cannot join.")
    suggestions = [_suggestion(place, one, ties[one.facts.user_id], asked) for one in trained]
    suggestions.sort(key=lambda one: (one.key, _lot(asked.seed, one.user_id)))
    return PlaceSuggestions(place, tuple(_with_equals(suggestions)), tuple(left_out))


def _lot(seed: str, user_id: int) -> str:
    """A lot that favours no name and no age of an account."""
    return hashlib.sha256(f"{seed}:{user_id}".encode()).hexdigest()


def _with_equals(suggestions: list[Suggestion]) -> Iterable[Suggestion]:
    for _, group in groupby(suggestions, key=lambda one: one.key):
        equal = list(group)
        for n, one in enumerate(equal):
            values = vars(one) | {"equal_above_count": n, "equal_below_count": len(equal) - n - 1}
            yield Suggestion(**values)


def _suggestion(place: Place, one: Candidate, ties: list[ShownTie], asked: Asked) -> Suggestion:
    """Every line is a Why or a Why not, and each has its digit in the key: less comes first."""
    lines = [
        _training(one, asked), _away(one, asked), _profession(place, one), _specialty(one, asked), _kind_of_place(one, asked),
        *((1, tie.fact) for tie in ties), _other_region(ties), (one.visits_count + one.places_count, _load(one)),
    ]  # fmt: skip
    why = tuple(words for cost, words in lines if cost <= 0 and words)
    why_not = tuple(words for cost, words in lines if cost > 0 and words)
    first = [cost for cost, _ in lines[:5]]
    key = (*first, len(ties), one.visits_count + one.places_count)
    return Suggestion(one.facts.user_id, one.facts.name, one.words, why, why_not, key, is_ready=first[0] <= 0 and first[1] <= 0)


def _training(one: Candidate, asked: Asked) -> tuple[int, str]:
    until = day_words(one.training_expires_on) if one.training_expires_on else ""
    if not one.needs_training:
        return 0, "No training is required"
    if one.is_trained(asked.training_day):
        return (
            0,
            f"Training is in date on the day of the visit, until {until}" if asked.starts_date else f"Training is in date until {until}",
        )
    return 1, f"Training runs out on {until}, before the visit"


def _away(one: Candidate, asked: Asked) -> tuple[int, str]:
    span = one.away_on(asked)
    if span:
        return 1, f"Away from {day_words(span[0])} to {day_words(span[1])}" if span[0] != span[1] else f"Away on {day_words(span[0])}"
    return 0, "Not away on the days of the visit" if asked.starts_date else ""


def _profession(place: Place, one: Candidate) -> tuple[int, str]:
    if not place.professions:
        return 0, ""
    fitting = [code for code in place.professions if code in one.professions]
    if fitting:
        return 0, f"{profession_words(fitting, ' and ').capitalize()}, as this place asks"
    theirs = profession_words(sorted(one.professions), " and ")
    return 1, f"Asked for: {profession_words(place.professions)}. Their profile says: {theirs or 'nothing'}"


def _specialty(one: Candidate, asked: Asked) -> tuple[int, str]:
    """Services whose specification they know count twice, those of the same programme once."""
    exact = [service for service in asked.services if service.specification_id in one.specifications]
    near = [service for service in asked.services if service not in exact and service.programme_id in one.programmes]
    cost = 2 * len(asked.services) - 2 * len(exact) - len(near)
    if exact or near:
        known = [f"Knows {service.specification_name} from their own work" for service in exact]
        known += [f"Knows another specialty of {service.programme_name}" for service in near]
        return cost - 2 * len(asked.services), "; ".join(dict.fromkeys(known))
    return cost, "No specialty on their profile is near"


def _kind_of_place(one: Candidate, asked: Asked) -> tuple[int, str]:
    kinds = [service.place_kind for service in asked.services if service.place_kind]
    if not kinds:
        return 0, ""
    known = [kind for kind in dict.fromkeys(kinds) if kind in one.place_kinds]
    words = " and ".join(PlaceKind(kind).label.lower() for kind in known or dict.fromkeys(kinds))
    return (-len(known), f"Knows this kind of place: {words}") if known else (1, f"Does not know this kind of place: {words}")


def _other_region(ties: list[ShownTie]) -> tuple[int, str]:
    return 0, "" if any(tie.rule_code == SAME_NETWORK for tie in ties) else "From another region"


def _load(one: Candidate) -> str:
    return visits_words(one.visits_count, one.places_count)
