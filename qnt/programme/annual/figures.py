"""The figures of a published year as anybody may read them: England's, and hubs as distributions without a name.

Everything comes from the frozen rows and the definitions that were published with them. The year before stands beside only where
its figures are published too, since others may still change.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from peerreview.models import Side
from qnt.programme.definitions import Definition, Group, definitions_in
from qnt.programme.figures import Figure, Sums, add_up, figure_of
from qnt.programme.measures import DEFINITIONS, DOMAIN_LABELS
from qnt.programme.models import ProgrammeFact, ProgrammeYear
from qnt.programme.queries import KINDS, Comparison, DomainRow, Key, Line, compared, learning_figures, sums_by
from surveillance.models.evidence import DOMAIN_MEANINGS

Wanted = Callable[[Definition], bool]
WORDS = ("title", "unit", "value_unit", "numerator", "denominator", "source", "belongs")
SIDES = dict(Side.choices)
OF_LEARNING = (Group.FIDELITY, Group.LEARNING)  # the parts that have figures of reviews for learning
HALVES = {1: "January to June", 2: "July to December"}


@dataclass(frozen=True)
class FrozenYear:
    """A year with the definitions that were published with it; ``has_last`` says whether the year before is published too."""

    year: int
    definitions: dict[str, Definition]
    records: list[dict[str, object]]
    has_last: bool

    @property
    def years(self) -> list[int]:
        """The years whose figures are shown."""
        return [self.year, self.year - 1] if self.has_last else [self.year]

    @cached_property
    def cells(self) -> dict[Key, Sums]:
        """(measure, year, kind of review, hub) of these years, without reviews for learning: read once, whatever parts show of it."""
        facts = ProgrammeFact.objects.of_compliance().filter(year__in=self.years)
        return sums_by(facts, list(self.definitions), "year", "kind", "region")

    def _added(self, key_of: Callable[[Key], Key]) -> dict[Key, Sums]:
        """The cells added up by what ``key_of`` keeps of their keys."""
        parts: dict[Key, list[Sums]] = defaultdict(list)
        for key, found in self.cells.items():
            parts[key_of(key)].append(found)
        return {key: total for key, found in parts.items() if (total := add_up(found))}

    @cached_property
    def sums(self) -> dict[Key, Sums]:
        """(measure, year) for England."""
        return self._added(lambda key: key[:2])

    def lines(self, wanted: Wanted) -> list[Line]:
        """The measures that are wanted, for England, without reviews for learning."""
        years = (self.year, self.year - 1)
        return [
            Line(one, *(figure_of(one, self.sums.get((one.code, year))) for year in years))
            for one in self.definitions.values()
            if wanted(one)
        ]

    def of_group(self, group: Group) -> list[Line]:
        """The measures of one page."""
        return self.lines(lambda one: one.group is group)

    def of_codes(self, codes: Collection[str]) -> list[Line]:
        """The measures of some codes."""
        return self.lines(lambda one: one.code in codes)

    def domains(self) -> list[DomainRow]:
        """Every domain with the measures that stand for it."""
        lines = sorted(self.lines(lambda one: bool(one.domain)), key=lambda line: line.definition.code.startswith("CHANGE"))
        return [
            DomainRow(code, label, DOMAIN_MEANINGS[code], [line for line in lines if line.definition.domain == code])
            for code, label in DOMAIN_LABELS.items()
        ]

    def between_hubs(self, codes: Collection[str]) -> list[Comparison]:
        """Measures between hubs for a reader who knows no hub's rows."""
        of_year = {key: found for key, found in self._added(lambda key: (*key[:2], key[3])).items() if key[1] == self.year}
        sums = {(code, region): found for (code, _, region), found in of_year.items()}
        return compared(sums, [code for code in codes if code in self.definitions], self.definitions)

    def by_kind(self, group: Group) -> list[tuple[Definition, str, Figure, Figure]]:
        """Each measure of a page by kind of review, this year and last."""
        sums = self._added(lambda key: key[:3])

        def figure(one: Definition, year: int, kind: str) -> Figure:
            return figure_of(one, sums.get((one.code, year, kind)))

        return [
            (one, str(label), figure(one, self.year, kind), figure(one, self.year - 1, kind))
            for one in self.definitions.values()
            for kind, label in KINDS.items()
            if one.group is group and any((one.code, year, kind) in sums for year in self.years)
        ]

    @cached_property
    def survey(self) -> list[tuple[Definition, list[Figure]]]:
        """What compliance reviews' surveys say, a figure a half-year and side; every row is a group of 5 answers or more."""
        listed = [one for one in self.definitions.values() if one.code.startswith("SURVEY_")]
        facts = ProgrammeFact.objects.of_compliance().filter(year=self.year)
        sums = sums_by(facts, [one.code for one in listed], "half", "side")
        return [(one, [figure_of(one, sums.get((one.code, half, side))) for half in HALVES for side in SIDES]) for one in listed]

    def of_learning(self, group: Group) -> list[tuple[Definition, Figure]]:
        """Of reviews for learning England's published figures that are from enough reviews."""
        return [(one, figure) for one, figure in self._learning if one.group is group and figure.is_shown]

    @cached_property
    def _learning(self) -> list[tuple[Definition, Figure]]:
        listed = definitions_in(self.year, DEFINITIONS).values()
        return learning_figures(self.year, [one for one in listed if one.group in OF_LEARNING])


def frozen_year(year: ProgrammeYear) -> FrozenYear:
    """A published year as it was published."""
    records = json.loads(year.definitions)["definitions"]
    has_last = ProgrammeYear.objects.filter(year=year.year - 1, published_at__isnull=False).exists()
    return FrozenYear(year.year, _definitions(records), records, has_last)


def _definitions(records: list[dict[str, object]]) -> dict[str, Definition]:
    """Code to definition, in the words that were published; which page it stands on is the site's."""
    known = {(one.code, one.version): one for one in DEFINITIONS}
    found = {}
    for record in records:
        if definition := known.get((str(record["code"]), int(str(record["version"])))):
            words: Any = {name: record[name] for name in WORDS}
            found[definition.code] = replace(definition, **words)
    return found
