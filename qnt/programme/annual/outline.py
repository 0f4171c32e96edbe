"""The parts of an annual programme report, and the words with which each begins until somebody writes others."""

from collections.abc import Callable
from dataclasses import dataclass

from qnt.programme.annual.figures import FrozenYear
from qnt.programme.figures import FEWEST


@dataclass(frozen=True)
class Part:
    """One part: its code, its title, and what drafts its words."""

    code: str
    title: str
    draft: Callable[[FrozenYear], str]


def _foreword(year: FrozenYear) -> str:
    rows = year.domains()
    filled = [one.label for one in rows if one.filled_count]
    empty = [one.label for one in rows if not one.filled_count]
    words = [
        f"This report says what the quality surveillance and peer review programme did in {year.year}, from the figures that were "
        "published when the year was over. They do not change any more.",
        f"{len(filled)} of {len(rows)} domains have data.",
    ]
    if empty:
        words.append("Nothing was recorded for:")
        words.append("\n".join(f"- {label}" for label in empty))
    words.append(
        f"No figure of fewer than {FEWEST} is shown. Hubs are shown as a distribution, without their names. Of reviews for learning only "
        "England’s figures are given."
    )
    return "\n\n".join(words)


def _domains(year: FrozenYear) -> str:
    return "The impact of the programme, by eight domains. Each figure is given with what it counts; a domain without data says so."


def _fidelity(year: FrozenYear) -> str:
    return (
        "Whether reviews were carried out as their procedure says, worked out from the record of each review. Hubs are compared as "
        "distributions; hubs with fewer than 5 reviews are left out."
    )


def _lead_times(year: FrozenYear) -> str:
    return "How long it took from decision to visit, draft, final report and publication, in working days, by kind of review."


def _burden(year: FrozenYear) -> str:
    return "What the round asked of services: hours, new files and pages. Evidence that was used again is counted as saved."


def _logic_model(year: FrozenYear) -> str:
    return (
        "The programme is meant to work through interactions that lead to an exchange of knowledge, and so to impact. The measures that "
        "stand for each are given here, so that this can be tested."
    )


def _learning(year: FrozenYear) -> str:
    return "What services took from one another, and what several services’ findings have in common."


def _training(year: FrozenYear) -> str:
    return (
        "Whether people whose role asks for training have it in date. Nobody is named. A group of fewer than 5 people is not shown, nor "
        "what would give one away. A hub’s own lines are in its register of training, for those who may read it."
    )


def _context(year: FrozenYear) -> str:
    return "What else went on in the year, by the domains of the Consolidated Framework for Implementation Research."


def _definitions(year: FrozenYear) -> str:
    return "Every measure as it was counted for this year."


PARTS = (
    Part("foreword", "Foreword", _foreword),
    Part("domains", "The eight domains", _domains),
    Part("fidelity", "Fidelity between hubs", _fidelity),
    Part("lead-times", "Lead times", _lead_times),
    Part("burden", "Burden", _burden),
    Part("logic-model", "Logic model", _logic_model),
    Part("learning", "Learning and themes", _learning),
    Part("training", "Training", _training),
    Part("context", "Context", _context),
    Part("definitions", "Appendix: definitions", _definitions),
)
