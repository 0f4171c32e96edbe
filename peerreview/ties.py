"""Ties between a reviewer and services that data shows, judged by the rules of a procedure: plain Python, no database."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from peerreview.models.procedures import EMPLOYED, Procedure, Row
from peerreview.models.teams import Profession
from work.items import counted

BAR, DECLARE = "BAR", "DECLARE"
# Codes of the other rules that data can show; a procedure without such a rule leaves them as facts.
SAME_NETWORK, PAST_VISIT = "SAME_NETWORK", "PAST_VISIT"


@dataclass(frozen=True)
class ServiceFacts:
    """What is known of a service under review; ``networks`` and ``network_providers`` are those that it belongs to today."""

    pk: int
    name: str
    holder_id: int
    holder_name: str
    region_id: int
    region_name: str
    specification_id: int
    specification_name: str
    programme_id: int
    programme_name: str
    place_kind: str
    networks: tuple[tuple[int, str], ...] = ()
    network_providers: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Work:
    """Work at an organisation; no ``to_date`` while it goes on."""

    organisation_id: int
    to_date: dt.date | None = None


@dataclass(frozen=True)
class DeclaredTie:
    """A tie that a reviewer wrote into their profile."""

    organisation_id: int
    rule_code: str
    details: str = ""


@dataclass(frozen=True)
class PersonFacts:
    """What is known of a reviewer; ``visited`` are services with the day of an earlier visit of the same track."""

    user_id: int
    name: str
    regions: frozenset[int] = frozenset()
    work: tuple[Work, ...] = ()
    declared: tuple[DeclaredTie, ...] = ()
    visited: tuple[tuple[int, dt.date], ...] = ()


@dataclass(frozen=True)
class ShownTie:
    """A tie in words. ``ruling`` is BAR, DECLARE (the hub decides) or empty, where the procedure has no rule for it."""

    service_id: int
    rule_code: str
    ruling: str
    fact: str
    consequence: str = ""
    details: str = ""

    @property
    def words(self) -> str:
        """What it is and what follows."""
        return f"{self.fact} {self.consequence}".strip()


@dataclass(frozen=True)
class Rules:
    """The conflict rules of a procedure by their code; without any, work there bars."""

    by_code: dict[str, Row]

    @classmethod
    def of(cls, procedure: Procedure) -> "Rules":
        """The rules of ``procedure``, the years of each with it."""
        rows = {str(row["code"]): row for row in procedure.ties}
        rows.setdefault(EMPLOYED, {"code": EMPLOYED, "label": "worked there", "ruling": BAR, "years": procedure.bar_years_count})
        return cls(rows)

    def ruling_of(self, code: str) -> str:
        """BAR, DECLARE or empty."""
        return str(self.by_code[code]["ruling"]) if code in self.by_code else ""

    def years_of(self, code: str) -> int | None:
        """Years for which a tie counts; None when time does not matter."""
        return self.by_code[code]["years"] if code in self.by_code else None

    def label_of(self, code: str) -> str:
        """What a reviewer says yes to."""
        return str(self.by_code[code]["label"]) if code in self.by_code else "have a tie with it"

    def tie(self, service: ServiceFacts, code: str, fact: str, *, details: str = "") -> ShownTie:
        """A tie with what follows from it."""
        ruling = self.ruling_of(code)
        forbidden = "The procedure does not allow it."
        if code == EMPLOYED:
            years = self.years_of(code) or 0
            forbidden = f"The procedure does not allow work there in the last {'year' if years == 1 else f'{years} years'}."
        consequence = {BAR: forbidden, DECLARE: "The hub decides."}.get(ruling, "")
        return ShownTie(service.pk, code, ruling, fact, consequence, details)


def ties_between(person: PersonFacts, services: Iterable[ServiceFacts], rules: Rules, day: dt.date) -> list[ShownTie]:
    """Every tie that data shows on ``day`` (of the visit), what bars first; in the order of the services."""
    found = []
    for service in services:
        found += _work_ties(person, service, rules, day)
        found += _network_ties(person, service, rules)
        found += [
            rules.tie(service, one.rule_code, _declared_words(person, service, rules, one), details=one.details)
            for one in person.declared
            if one.organisation_id == service.holder_id
        ]
        found += _visits(person, service, rules, day)
    return sorted(found, key=lambda tie: {BAR: 0, DECLARE: 1}.get(tie.ruling, 2))


def years_before(day: dt.date, count: int) -> dt.date:
    """The same day ``count`` years earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - count)
    except ValueError:
        return day.replace(year=day.year - count, day=28)


def _work_ties(person: PersonFacts, service: ServiceFacts, rules: Rules, day: dt.date) -> list[ShownTie]:
    """Work at the service's holder, now or as lately as the rule asks: the latest only."""
    years = rules.years_of(EMPLOYED)
    since = years_before(day, years) if years else dt.date.min
    ends = [work.to_date or dt.date.max for work in person.work if work.organisation_id == service.holder_id]
    last = max(ends, default=dt.date.min)
    if last < since or not ends:
        return []
    is_now = last >= day
    fact = (
        f"{person.name} works at {service.holder_name}." if is_now else f"{person.name} worked at {service.holder_name} until {last:%B %Y}."
    )
    return [rules.tie(service, EMPLOYED, fact)]


def _network_ties(person: PersonFacts, service: ServiceFacts, rules: Rules) -> list[ShownTie]:
    """Work now in a network that the service belongs to; else the same region."""
    now = {work.organisation_id for work in person.work if work.to_date is None} - {service.holder_id}
    for network_id, name in (*service.networks, *service.network_providers):
        if network_id in now:
            return [rules.tie(service, SAME_NETWORK, f"{person.name} works in the same network, {name}.")]
    if service.region_id in person.regions:
        return [rules.tie(service, SAME_NETWORK, f"{person.name} is from the same region, {service.region_name}.")]
    return []


def _declared_words(person: PersonFacts, service: ServiceFacts, rules: Rules, tie: DeclaredTie) -> str:
    return f"About {service.holder_name}, {person.name} says on their profile that they {rules.label_of(tie.rule_code)}."


def _visits(person: PersonFacts, service: ServiceFacts, rules: Rules, day: dt.date) -> list[ShownTie]:
    years = rules.years_of(PAST_VISIT)
    since = years_before(day, years) if years else dt.date.min
    days = [when for service_id, when in person.visited if service_id == service.pk and when >= since]
    return [rules.tie(service, PAST_VISIT, f"{person.name} visited {service.name} in {max(days):%B %Y}.")] if days else []


def barred_words(bars: Iterable[ShownTie], rules: Rules) -> list[str]:
    """How many people the procedure bars and why, one sentence a rule: one tie a person, no names."""
    counts: dict[str, int] = {}
    for tie in bars:
        counts[tie.rule_code] = counts.get(tie.rule_code, 0) + 1
    words = {EMPLOYED: "they work or worked there"}
    return [
        f"{'1 person is' if count == 1 else f'{count} people are'} barred: {words.get(code, f'they {rules.label_of(code)}')}."
        for code, count in sorted(counts.items())
    ]


def profession_words(codes: Iterable[str], joined: str = " or ") -> str:
    """Professions as a list in a sentence: "nurse, manager or commissioner"; empty without any."""
    labels = [Profession(code).label for code in codes if code in Profession.values]
    lower = [label[:1].lower() + label[1:] for label in labels]
    return joined.join(filter(None, (", ".join(lower[:-1]), lower[-1]))) if lower else ""


def visits_words(visits_count: int, places_count: int) -> str:
    """Load in words: "2 visits in the last 12 months and 1 open place"."""
    if not visits_count and not places_count:
        return "No visit in the last 12 months, and no open place"
    return f"{counted(visits_count, 'visit')} in the last 12 months and {counted(places_count, 'open place')}"
