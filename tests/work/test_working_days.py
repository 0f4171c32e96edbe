"""England's working days over Christmas, Easter and the clock changes, and how pages say how long is left."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction

from tests.factories.accounts import UserFactory
from work import services
from work.items import NextStep, WorkItem, clock_words, day_words
from work.models import BankHoliday
from work.working_days import add_working_days, is_working_day, working_days_between

pytestmark = pytest.mark.django_db

# England's bank holidays, from gov.uk/bank-holidays and, for 2028, from the rules of the Banking and Financial Dealings Act.
HOLIDAYS = {
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2028: ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"],
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("year", HOLIDAYS)
def test_table_ships_with_the_bank_holidays_of_england(year: int) -> None:
    stored = BankHoliday.objects.filter(date__year=year).values_list("date", flat=True)

    assert [f"{date:%m-%d}" for date in stored if date.weekday() < 5] == HOLIDAYS[year]


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-04-02", 1, "2026-04-07"),  # Maundy Thursday over Easter
        ("2027-03-25", 1, "2027-03-30"),
        ("2028-04-13", 1, "2028-04-18"),
        ("2026-12-24", 1, "2026-12-29"),  # Boxing Day 2026 is a Saturday: its holiday is Monday
        ("2027-12-24", 1, "2027-12-29"),  # Christmas Day 2027 is a Saturday, Boxing Day a Sunday
        ("2028-12-22", 1, "2028-12-27"),
        ("2027-12-31", 1, "2028-01-04"),  # New Year's Day 2028 is a Saturday
        ("2026-12-24", 10, "2027-01-12"),
        ("2027-07-30", 0, "2027-07-30"),
        ("2027-07-31", 1, "2027-08-02"),  # from a Saturday
        ("2027-07-31", 0, "2027-07-31"),
        ("2027-03-30", -1, "2027-03-25"),
        ("2027-05-12", -50, "2027-02-26"),
    ],
)
def test_days_are_added_without_weekends_and_holidays(start: str, count: int, expected: str) -> None:
    assert add_working_days(day(start), count) == day(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-04-02", "2026-04-07", 1),
        ("2026-04-02", "2026-04-06", 0),
        ("2026-04-07", "2026-04-02", -1),
        ("2026-12-24", "2027-01-11", 9),
        ("2027-03-26", "2027-03-29", 0),
        ("2027-10-29", "2027-11-01", 1),  # the clocks go back on 31 October 2027
        ("2027-03-25", "2027-03-30", 1),  # and forward on 28 March 2027
        ("2027-07-30", "2027-07-30", 0),
    ],
)
def test_days_are_counted_after_the_first_up_to_the_last(start: str, end: str, expected: int) -> None:
    assert working_days_between(day(start), day(end)) == expected


@pytest.mark.parametrize("start", [dt.date(2026, 12, 20) + dt.timedelta(days=n) for n in range(20)], ids=str)
@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_adding_and_counting_agree(start: dt.date, count: int) -> None:
    end = add_working_days(start, count)

    assert is_working_day(end)
    assert working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("due", "today", "expected"),
    [
        ("2027-07-30", "2027-07-27", "Due Friday 30 July 2027, 3 working days left"),
        ("2027-07-30", "2027-07-29", "Due Friday 30 July 2027, 1 working day left"),
        ("2027-07-30", "2027-07-30", "Due today, by 11:59pm"),
        ("2027-07-28", "2027-07-30", "Due Wednesday 28 July 2027, 2 working days late"),
        ("2027-07-30", "2027-07-31", "Due Friday 30 July 2027, 1 working day late"),
        ("2027-03-30", "2027-03-25", "Due Tuesday 30 March 2027, 1 working day left"),
        ("2027-12-27", "2027-12-24", "Due Monday 27 December 2027, 0 working days left"),
    ],
)
def test_clock_says_what_is_left(due: str, today: str, expected: str) -> None:
    assert clock_words(day(due), today=day(today)) == expected


@pytest.mark.parametrize(
    ("moment", "words"), [("2027-06-30T23:30+00:00", "Thursday 1 July 2027"), ("2027-12-31T23:30+00:00", "Friday 31 December 2027")]
)
def test_moment_after_midnight_in_summer_is_of_the_new_day(moment: str, words: str) -> None:
    assert day_words(dt.datetime.fromisoformat(moment)) == words


def test_item_and_next_step_say_when_nothing_runs() -> None:
    item = WorkItem(kind="x", task="Do", url="/", service="A", due=None)

    assert (item.clock, item.is_late(day("2027-01-01"))) == ("No date is set", False)
    assert NextStep(what="Done", holder="", note="Done on 29 July 2027, on time").clock_words == "Done on 29 July 2027, on time"
    assert NextStep(what="Wait", holder="", due=day("2000-01-03"), note="Clock stopped").is_late is False
    assert NextStep(what="Act", holder="", due=day("2000-01-03")).is_late is True


def test_added_and_removed_holiday_changes_the_count_at_once(django_capture_on_commit_callbacks) -> None:
    by, date = UserFactory(), day("2027-07-28")
    before = working_days_between(day("2027-07-27"), day("2027-07-30"))

    with django_capture_on_commit_callbacks(execute=True):
        holiday = services.add_bank_holiday(date=date, name="A day of celebration", by=by)
    during = working_days_between(day("2027-07-27"), day("2027-07-30"))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_bank_holiday(holiday_id=holiday.pk, by=by)

    assert (before, during, working_days_between(day("2027-07-27"), day("2027-07-30"))) == (3, 2, 3)


def test_holidays_are_read_once_a_minute(django_assert_num_queries) -> None:
    caches["local"].clear()

    with django_assert_num_queries(1):
        working_days_between(day("2027-01-01"), day("2027-12-31"))
        add_working_days(day("2027-01-01"), 50)


def test_database_refuses_the_same_day_twice() -> None:
    BankHoliday.objects.create(date=day("2040-01-03"), name="One")

    with pytest.raises(IntegrityError), transaction.atomic():
        BankHoliday.objects.create(date=day("2040-01-03"), name="Two")


def test_working_days_between_counts_every_day_as_one_by_one() -> None:
    start = dt.date(2026, 12, 20)
    BankHoliday.objects.create(date=dt.date(2027, 1, 9), name="A Saturday")

    for length in range(40):
        end = start + dt.timedelta(days=length)
        one_by_one = sum(is_working_day(start + dt.timedelta(days=n)) for n in range(1, length + 1))
        assert (working_days_between(start, end), working_days_between(end, start)) == (one_by_one, -one_by_one)
