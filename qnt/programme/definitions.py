"""Every measure of the programme: what is counted, out of what, from which rows, since which year. Plain data, no database.

A measure that is to be counted in another way gets another definition with the next version and the year from which it counts;
the one before stays here, and years that were published keep the figures and the words that they had.
"""

from dataclasses import dataclass
from enum import Enum

FIRST_YEAR = 2024  # the first round that this service can hold


class Kind(Enum):
    """How the figure of a measure follows from its rows; ``figures.figure_of`` does it."""

    SHARE = "Share"
    MEDIAN = "Median"
    TOTAL = "Total"
    MEAN = "Mean"
    SPREAD = "Spread"


HOW = {
    Kind.SHARE: "The sum of value out of the sum of weight, as a whole percentage rounded down.",
    Kind.MEDIAN: "The median of value, with the lower and the upper quartile (linear between neighbours).",
    Kind.TOTAL: "The sum of value.",
    Kind.MEAN: "The sum of value divided by the sum of weight, to one decimal.",
    Kind.SPREAD: "How many rows have each choice, within each detail.",
}


class Group(Enum):
    """Which page shows a measure, beside the page of the eight domains."""

    DOMAINS = "Eight domains"
    FIDELITY = "Fidelity"
    LEAD_TIMES = "Lead times"
    BURDEN = "Burden"
    LOGIC_MODEL = "Logic model"
    LEARNING = "Learning"
    THEMES = "Themes"
    SPREAD = "Spread of judgements"


@dataclass(frozen=True)
class Definition:
    """One measure in one version. ``unit`` is what one row is, ``value_unit`` what its value is counted in.

    ``numerator`` and ``denominator`` say in words what value and weight are; ``belongs`` says which day puts a row into a year.
    ``of_things`` counts things that every reader of the programme may open, so that a small number of them hides nobody.
    """

    code: str
    title: str
    group: Group
    kind: Kind
    unit: str
    value_unit: str
    numerator: str
    denominator: str
    source: str
    belongs: str
    version: int = 1
    since_year: int = FIRST_YEAR
    domain: str = ""
    of_things: bool = False

    @property
    def counts(self) -> str:
        """What is counted, in one sentence."""
        return f"{self.numerator}, out of {self.denominator[:1].lower()}{self.denominator[1:]}" if self.denominator else self.numerator

    @property
    def how(self) -> str:
        """How the figure follows from the rows of an export."""
        return HOW[self.kind]


def definition_of(code: str, year: int, known: tuple[Definition, ...]) -> Definition | None:
    """The definition that counts in ``year``: the newest that began by then; None before the measure's first year."""
    begun = [one for one in known if one.code == code and one.since_year <= year]
    return max(begun, key=lambda one: one.version, default=None)


def definitions_in(year: int, known: tuple[Definition, ...]) -> dict[str, Definition]:
    """Code to the definition that counts in a year, in the order of the list."""
    found = {one.code: definition_of(one.code, year, known) for one in known}
    return {code: one for code, one in found.items() if one}


def as_record(definition: Definition) -> dict[str, object]:
    """The words of a definition as they are frozen with a year that is published."""
    return {
        "code": definition.code, "version": definition.version, "since_year": definition.since_year, "title": definition.title,
        "kind": definition.kind.value, "unit": definition.unit, "value_unit": definition.value_unit, "numerator": definition.numerator,
        "denominator": definition.denominator, "source": definition.source, "belongs": definition.belongs,
    }  # fmt: skip
