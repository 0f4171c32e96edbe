"""The plan of the demonstration's earlier visits: enough in each hub, all over, on whatever day the demonstration is seeded."""

import datetime as dt
from collections import Counter

import pytest

from qnt.demo.afterwards import MAIN
from qnt.demo.clock import working_day
from qnt.demo.earlier.plans import HABITS_LAST_YEAR, HABITS_SINCE, SINCE, TARGETED, visits
from qnt.demo.reviews import PLANS
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
FEWEST = 5
DAYS = [dt.date(2026, 1, 1), dt.date(2026, 11, 27), dt.date(2027, 6, 30), dt.date(2028, 2, 29), dt.date(2028, 12, 31)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_last_year_has_enough_visits_in_each_hub_for_figures_of_one_kind(today):
    found = [visit for visit in visits(today) if visit.is_last_year]

    assert {visit.day.year for visit in found} == {today.year - 1}
    assert Counter(visit.hub for visit in found if visit.kind == TARGETED) == {0: FEWEST, 1: FEWEST, 2: FEWEST}
    assert Counter(visit.kind for visit in found)["COMPREHENSIVE"] >= FEWEST
    assert max(Counter(visit.service for visit in found).values()) == 1


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_visits_of_last_year_were_over_with_their_slowest_report_before_this_one(today):
    slowest = max(habits.to_draft[1] + habits.to_accuracy[1] + habits.to_final[1] + habits.to_publication[1] for habits in HABITS_LAST_YEAR)
    last = max(visit.day for visit in visits(today) if visit.is_last_year)

    assert last + dt.timedelta(days=slowest * 3 // 2) < today


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_reports_of_further_visits_are_older_than_the_main_one_of_the_demonstration(today):
    main = next(plan for plan in PLANS if plan.service == MAIN)
    published = add_working_days(working_day(today + dt.timedelta(days=main.visit)), 36)
    slowest = max(habits.to_draft[1] + habits.to_accuracy[1] + habits.to_final[1] + habits.to_publication[1] for habits in HABITS_SINCE)

    since = [visit for visit in visits(today) if not visit.is_last_year]

    assert len(since) == len(SINCE)
    assert max(add_working_days(visit.day, 1 + slowest) for visit in since) < published


def test_same_day_tells_the_same_visits():
    def told() -> list[tuple[object, ...]]:
        return [(visit.service, visit.day, visit.days((1, 99)), visit.holds(50)) for visit in visits(DAYS[1])]

    assert told() == told()
