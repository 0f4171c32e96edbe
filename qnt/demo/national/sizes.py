"""How large the national site is, and where each number comes from; tests make a small one of the same shape."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of the invented world. ``set_sizes`` are indicators a set, over and over; the first set is the largest.

    The first block is design.md, "Numbers to design for". Of the second the comment says whether a number follows from a
    document or is our assumption; an assumption is there to be measured with and says nothing about the programme.
    """

    regions: int = 7
    boards_a_region: int = 6
    trusts: int = 200
    services_a_trust: int = 20
    specifications: int = 60
    largest_set: int = 300
    set_sizes: tuple[int, ...] = (15, 20, 24, 26, 30, 32, 36, 60)
    rounds: int = 10
    reviews_a_year: int = 400
    findings_a_review: int = 25
    actions_a_review: int = 10
    reviewers: int = 400  # about 1,500 places a year on teams: 4 visits a person
    report_characters: int = 60_000

    learning_reviews_a_year: int = 50  # domain.md: usually 400 to 450 visits a year; design.md takes 400 of them for compliance
    patient_reviewers: int = 150  # one on each team (the default procedures): 3 visits a person
    staff_a_region: int = 8  # assumed, beside manager and first officer: 57 visits and 570 self-reports a hub (design.md)
    views_a_review: int = 6  # assumed; domain.md asks for "patients heard per visit" and gives no number
    pledges_a_review: int = 3  # assumed: one of the service, two of the team, as in the demonstration
    reviews_an_exchange: int = 2  # assumed: every second visit leads to a call, a document or a return visit
    reviews_a_card: int = 2  # assumed: every second visit leaves a learning card, of 5 good practices each
    uptakes_a_card: int = 6  # assumed: answers of other services to one card
    themes_a_region: int = 4  # assumed, a year; each of three services or more (domain.md, systemic)
    themes_of_england: int = 6  # assumed, a year
    challenges_a_year: int = 200  # assumed: one service in twenty says that an indicator is out of date
    own_actions_a_year: int = 400  # assumed: one service in ten begins an action of its own


NATIONAL = Sizes()
SMALL = Sizes(
    regions=2, boards_a_region=2, trusts=4, services_a_trust=3, specifications=3, largest_set=40, set_sizes=(15, 20), rounds=2,
    reviews_a_year=3, findings_a_review=5, actions_a_review=2, reviewers=8, report_characters=3_000, learning_reviews_a_year=2,
    patient_reviewers=4, staff_a_region=2, views_a_review=2, uptakes_a_card=2, themes_a_region=1, themes_of_england=1,
    challenges_a_year=2, own_actions_a_year=8,
)  # fmt: skip
