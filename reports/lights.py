"""Traffic lights from published findings, by a versioned rule: plain arithmetic, no database."""

from collections.abc import Mapping
from dataclasses import dataclass

RED, AMBER, GREEN, NONE = "RED", "AMBER", "GREEN", "NONE"
# The word always stands beside the colour.
WORDS = {RED: "Red: act now", AMBER: "Amber: look closer", GREEN: "Green: no serious shortfall", NONE: "No light"}
GRAVEST = (RED, AMBER, GREEN, NONE)


@dataclass(frozen=True)
class Rule:
    """From how many findings of which category on a light is given; each is at least 1."""

    version: int
    red_immediate_risks: int
    amber_serious_concerns: int
    amber_concerns: int

    @property
    def sentences(self) -> list[str]:
        """The rule in words, the gravest first."""
        return [
            f"{WORDS[RED]}, for {_counted(self.red_immediate_risks, 'immediate risk')} or more.",
            f"{WORDS[AMBER]}, for {_counted(self.amber_serious_concerns, 'serious concern')} or more, or "
            f"{_counted(self.amber_concerns, 'concern')} or more.",
            f"{WORDS[GREEN]}, for fewer than that.",
            f"{WORDS[NONE]}, where no published report shows its findings.",
        ]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def light_of(counts: Mapping[str, int] | None, rule: Rule) -> str:
    """The light of a service from its published findings by category; None means that its findings are not public."""
    if counts is None:
        return NONE
    if counts.get("IMMEDIATE_RISK", 0) >= rule.red_immediate_risks:
        return RED
    if counts.get("SERIOUS_CONCERN", 0) >= rule.amber_serious_concerns or counts.get("CONCERN", 0) >= rule.amber_concerns:
        return AMBER
    return GREEN


def gravest(lights: list[str]) -> str:
    """The light of a provider: the gravest of its services."""
    return min(lights, key=GRAVEST.index, default=NONE)
