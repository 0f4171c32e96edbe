"""Summaries of earlier reports in words of their own: some ways of saying what was good, what must change and what happens next.

Each is made from the findings and figures of its report, and repeats no finding literally. Invented throughout.
"""

from peerreview.models import Finding
from qnt.demo.earlier import words
from qnt.demo.earlier.visits import Held
from reports.words import joined

GOOD = dict(zip(
    (text.seen for text in words.PRAISE),
    (
        "people about to start treatment can talk to somebody who has had it",
        "staff begin the day by saying to each other what worked",
        "no patient goes missing on the way from one site to another",
    ),
    strict=True,
))  # fmt: skip
MUST = dict(zip(
    (text.seen for text in (*words.SHORTFALLS, words.GRAVE)),
    (
        "somebody must stand in when the usual person is away", "rules that have grown old must be brought up to date",
        "every site must know how to arrange this care for its patients",
        "the journey home must be bought so that nobody waits long for it",
        "there must be somebody at night who can do this work",
    ),
    strict=True,
))  # fmt: skip
COULD = dict(zip(
    (text.seen for text in words.POINTS),
    (
        "what patients are given to read could say what they may ask for", "incidents of longer ago are worth talking about again",
        "all sites could count in one way",
    ),
    strict=True,
))  # fmt: skip
NUMBERS = ("nothing", "one thing", "two things", "three things", "four things")
LETTER = "The nights could not wait, so the trust’s chief executive was told by letter."
# ``good``, ``must`` and ``could`` are clauses; ``things`` a number of things in words, ``recommendations`` likewise.
WAYS = (
    "What others can learn from this service: {good}. For its patients {things} must get better: {must}. {recommendations} an owner and "
    "a date, and the hub looks again before the review ends.",
    "In {month} the team saw that {good}. It also asked for {things}: {must}. Who does what by when is written down next, and the hub "
    "checks that it was done.",
    "This service does well at something that matters to patients: {good}. By the next review {must}; beyond that, {could}. "
    "{recommendations} an owner and a date.",
    "{heard}One strength stood out: {good}. What has to change is this: {must}; the hub asks after some months what was done.",
)


def summary_of(held: Held, findings: list[Finding]) -> str:
    """The words of one report; the same visit gives the same words."""
    must = [MUST[one.what_was_seen] for one in findings if one.what_was_seen in MUST]
    count = sum(1 for one in findings if one.recommendation)
    way = WAYS[(held.plan.service + 2 * held.plan.is_last_year + held.plan.hub) % len(WAYS)]
    text = way.format(
        good=_first(GOOD, findings), must=joined(must), could=_first(COULD, findings), things=NUMBERS[len(must)],
        month=f"{held.plan.day:%B %Y}", heard=_heard(held),
        recommendations="The recommendation gets" if count == 1 else f"Each of the {count} recommendations gets",
    )  # fmt: skip
    is_grave = any(one.what_was_seen == words.GRAVE.seen for one in findings)
    return f"{text}{f' {LETTER}' if is_grave else ''} (Illustrative)"


def _first(clauses: dict[str, str], findings: list[Finding]) -> str:
    return next(clauses[one.what_was_seen] for one in findings if one.what_was_seen in clauses)


def _heard(held: Held) -> str:
    """How many were heard before the visit; empty where nobody was."""
    count = held.review.views.count()
    people = "1 person" if count == 1 else f"{count} patients and carers"
    return f"Before the visit {people} told the hub about their care. " if count else ""
