"""The rules without a database: what is held back, how figures follow from rows, which definition counts, what the record says."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnt.programme.definitions import Kind, definition_of, definitions_in
from qnt.programme.fidelity import Record, Ruling, State, checks_of
from qnt.programme.figures import FEWEST, Sums, figure_of, quartiles_of
from qnt.programme.measures import DEFINITIONS, DOMAIN_LABELS, FILLED_BY
from qnt.programme.suppression import may_hand_on, may_show

COUNTS = st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 40), max_size=7)
FIVE = tuple(map(Decimal, (10, 20, 30, 40, 50)))
BY_CODE = {one.code: one for one in DEFINITIONS}


# What is held back ----------------------------------------------------------------------------------------------------
@given(COUNTS)
def test_no_small_group_can_be_worked_out_of_a_total_and_its_parts(counts):
    shown = may_show(counts)

    hidden = {key: count for key, count in counts.items() if key not in shown.parts}
    assert not any(0 < counts[key] < FEWEST for key in shown.parts)
    if shown.total:  # the difference of the total and what is shown is nothing, or no small group and no single part
        assert not hidden or (sum(hidden.values()) >= FEWEST and len(hidden) > 1)


@pytest.mark.parametrize(
    ("counts", "parts", "total"),
    [
        ({"A": 20, "B": 9, "C": 7}, "ABC", True),
        ({"A": 20, "B": 9, "C": 3}, "A", True),  # C alone would follow from the total, so B goes too
        ({"A": 9, "C": 3}, "", True),
        ({"C": 3}, "", False),
        ({"A": 20, "B": 2, "C": 2}, "", True),
    ],
)
def test_more_is_held_back_where_one_part_would_follow_from_the_rest(counts, parts, total):
    shown = may_show(counts)

    assert (shown.parts, shown.total) == (frozenset(parts), total)


@given(COUNTS, st.sets(st.sampled_from("ABCDEFG")))
def test_a_table_tells_no_small_group_to_whomever_it_is_handed_to(counts, known):
    shown = may_hand_on(counts, known)

    assert not any(0 < counts[key] < FEWEST for key in shown.parts)
    for own in (set(), known):  # somebody who knows no part, and the reader, who can take the own ones off
        hidden = [count for key, count in counts.items() if key not in shown.parts and key not in own and count]
        assert not shown.total or not hidden or sum(hidden) >= FEWEST


def test_a_reader_who_would_work_a_small_group_out_gets_no_total():
    shown = may_hand_on({"A": 9, "C": 3}, {"A"})

    assert (shown.parts, shown.total) == (frozenset("A"), False)


# Figures --------------------------------------------------------------------------------------------------------------
@given(st.lists(st.decimals(0, 10_000, places=1), min_size=FEWEST, max_size=60))
def test_median_is_that_of_the_values(values):
    figure = figure_of(BY_CODE["LEAD_FINAL"], Sums(len(values), sum(values), Decimal(len(values)), tuple(values)))

    assert figure.number == median(values)
    assert quartiles_of(values).lowest <= quartiles_of(values).lower <= figure.number <= quartiles_of(values).upper


OF_THINGS = {one.code for one in DEFINITIONS if one.of_things}


def test_only_themes_and_packs_are_things_that_every_reader_may_open():
    two = Sums(2, Decimal(2), Decimal(2))

    assert {"THEMES_FOUND", "THEMES_DONE", "SYS_PACKS"} == OF_THINGS
    assert figure_of(BY_CODE["THEMES_FOUND"], two).words == "2 themes"


@pytest.mark.parametrize("definition", [one for one in DEFINITIONS if one.code not in OF_THINGS], ids=lambda one: one.code)
def test_nothing_is_shown_of_fewer_than_5(definition):
    few = Sums(4, Decimal(3), Decimal(4), (Decimal(1),) * 4)

    figure = figure_of(definition, few)

    assert (figure.words, figure.number, figure.quartiles) == ("Fewer than 5: not shown", None, None)


@pytest.mark.parametrize(
    ("code", "sums", "words"),
    [
        ("FID_NOTICE", Sums(24, Decimal(21), Decimal(24)), "21 of 24 (87%)"),
        ("STA_VIEWS", Sums(6, Decimal(41), Decimal(6)), "41 views (6 reviews)"),
        ("SURVEY_TRUST", Sums(1, Decimal(31), Decimal(8)), "3.9 of 5 (8 answers)"),
        ("SURVEY_BURDEN", Sums(2, Decimal(100), Decimal(10)), "10.0 hours (10 answers)"),
        ("LEAD_FINAL", Sums(5, Decimal(150), Decimal(5), FIVE), "30 working days (median of 5; half lie from 20 to 40)"),
        ("LEAD_FINAL", Sums(5, Decimal(5), Decimal(5), (Decimal(1),) * 5), "1 working day (median of 5; half are 1)"),
        ("FID_NOTICE", None, "No data"),
    ],
)  # fmt: skip
def test_figure_is_said_in_words(code, sums, words):
    assert figure_of(BY_CODE[code], sums).words == words


# Definitions ----------------------------------------------------------------------------------------------------------
def test_every_definition_says_what_it_counts_and_has_its_number_once():
    assert len({(one.code, one.version) for one in DEFINITIONS}) == len(DEFINITIONS)
    assert all(one.title and one.numerator and one.source and one.belongs for one in DEFINITIONS)
    assert all(bool(one.denominator) == (one.kind in (Kind.SHARE, Kind.MEAN)) for one in DEFINITIONS)
    assert {one.domain for one in DEFINITIONS} - {""} == set(DOMAIN_LABELS) == set(FILLED_BY)


def test_a_new_definition_counts_from_its_year_on():
    newer = replace(BY_CODE["FID_NOTICE"], version=2, since_year=2027, title="Notice, counted otherwise")
    known = (*DEFINITIONS, newer)

    assert [definition_of("FID_NOTICE", year, known).version for year in (2026, 2027, 2028)] == [1, 2, 2]
    assert definition_of("FID_NOTICE", 1999, known) is None
    assert definitions_in(2026, known)["FID_NOTICE"].title == "Notice given in time"


# Fidelity -------------------------------------------------------------------------------------------------------------
START = dt.date(2027, 5, 12)
DAY = dt.timedelta(days=1)


def state(code, **facts):
    """What the checklist says of one point, of a review whose visit was on one day."""
    record = Record(**({"today": START + 100 * DAY, "starts": START, "ends": START} | facts))
    return next(check.state for check in checks_of(record) if check.code == code)


@pytest.mark.parametrize(
    ("code", "facts", "wanted"),
    [
        ("FID_NOTICE", {}, State.NO),
        ("FID_NOTICE", {"notice_on": START - 70 * DAY, "notice_given": 50, "notice_asked": 50}, State.YES),
        ("FID_NOTICE", {"notice_on": START - 70 * DAY, "notice_given": 49, "notice_asked": 50}, State.NO),
        ("FID_TEAM", {"team_on": START - 40 * DAY, "team_due": START - 40 * DAY}, State.YES),
        ("FID_TEAM", {"team_on": START - 39 * DAY, "team_due": START - 40 * DAY}, State.NO),
        ("FID_CONFLICTS", {}, State.NO),
        ("FID_CONFLICTS", {"rulings": [Ruling(START - 60 * DAY, START - 21 * DAY)], "preparing_on": START - 21 * DAY}, State.YES),
        ("FID_CONFLICTS", {"rulings": [Ruling(START - 60 * DAY, START - 20 * DAY)], "preparing_on": START - 21 * DAY}, State.NO),
        ("FID_CONFLICTS", {"rulings": [Ruling(START - 10 * DAY, START - 5 * DAY)], "preparing_on": START - 21 * DAY}, State.YES),
        ("FID_CONFLICTS", {"rulings": [Ruling(START - 10 * DAY, None)]}, State.NO),
        ("FID_PATIENTS", {"views_count": 1}, State.YES),
        ("FID_PATIENTS", {}, State.NO),
        ("FID_INFORMAL", {"informal_asked": 90}, State.NO),
        ("FID_INFORMAL", {"informal_sessions_count": 2, "informal_asked": 90}, State.NOT_RECORDED),
        ("FID_INFORMAL", {"informal_sessions_count": 2, "informal_asked": 90, "today": START}, State.NOT_YET),
        ("FID_INFORMAL", {"informal_sessions_count": 2, "informal_asked": 90, "informal_given": 90}, State.YES),
        ("FID_INFORMAL", {"informal_sessions_count": 2, "informal_asked": 90, "informal_given": 89}, State.NO),
        ("FID_FEEDBACK", {"feedback_on": START}, State.YES),
        ("FID_FEEDBACK", {"feedback_on": START + DAY}, State.NO),
        ("FID_FEEDBACK", {"today": START}, State.NOT_YET),
        ("FID_LETTERS", {}, State.NOT_APPLICABLE),
        ("FID_LETTERS", {"letters": [(START + 2 * DAY, START + 2 * DAY)]}, State.YES),
        ("FID_LETTERS", {"letters": [(START + 2 * DAY, START + 3 * DAY)]}, State.NO),
        ("FID_LETTERS", {"letters": [(START + 2 * DAY, None)]}, State.NO),
        ("FID_LETTERS", {"letters": [(START + 2 * DAY, None)], "today": START}, State.NOT_YET),
        ("FID_DRAFT", {"milestones": {"DRAFT": (START + 30 * DAY, START + 30 * DAY)}}, State.YES),
        ("FID_DRAFT", {"milestones": {"DRAFT": (START + 30 * DAY, START + 31 * DAY)}}, State.NO),
        ("FID_DRAFT", {"milestones": {"DRAFT": (START + 30 * DAY, None)}}, State.NO),
        ("FID_DRAFT", {"milestones": {"DRAFT": (START + 130 * DAY, None)}}, State.NOT_YET),
        ("FID_FINAL", {}, State.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_checklist_says_what_the_record_says(code, facts, wanted):
    assert state(code, **facts) is wanted
