"""Dates, times, numbers and scores as pages write them."""

import datetime
from typing import Any

import pytest
from django.template import Context, Template

from accounts.templatetags.qnt_tags import (
    clock_time,
    code_groups,
    counted,
    date_range,
    file_size,
    long_date,
    long_datetime,
    month_date,
    score_words,
)

UTC = datetime.UTC


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime.date(2027, 7, 31), "Saturday 31 July 2027"),
        (datetime.datetime(2027, 7, 31, 23, 30, tzinfo=UTC), "Sunday 1 August 2027"),  # already the next day in London
        ("2027-03-01", "Monday 1 March 2027"),
        (None, ""),
    ],
)
def test_long_date_in_uk_time(value: Any, written: str) -> None:
    assert long_date(value) == written


def test_month_date_without_weekday() -> None:
    assert month_date(datetime.date(2027, 7, 31)) == "31 July 2027"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime.time(14, 2), "2:02pm"),
        (datetime.time(9, 0), "9am"),
        (datetime.time(0, 0), "midnight"),
        (datetime.time(12, 0), "midday"),
        (datetime.time(12, 5), "12:05pm"),
        (datetime.time(0, 5), "12:05am"),
        (datetime.time(23, 59), "11:59pm"),
        (datetime.datetime(2027, 7, 31, 13, 2, tzinfo=UTC), "2:02pm"),  # summer time
        (datetime.datetime(2027, 1, 31, 13, 2, tzinfo=UTC), "1:02pm"),
        (None, ""),
    ],
)
def test_clock_time_in_uk_time(value: Any, written: str) -> None:
    assert clock_time(value) == written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime.datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "12:59am on Sunday 28 March 2027"),
        (datetime.datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2am on Sunday 28 March 2027"),
        (datetime.datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "1:30am on Sunday 31 October 2027"),
        (datetime.datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "1:30am on Sunday 31 October 2027"),
    ],
)
def test_long_datetime_when_clocks_change(moment: datetime.datetime, written: str) -> None:
    assert long_datetime(moment) == written


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ((2027, 5, 12), (2027, 5, 14), "12 to 14 May 2027"),
        ((2027, 5, 30), (2027, 6, 2), "30 May to 2 June 2027"),
        ((2027, 12, 30), (2028, 1, 2), "30 December 2027 to 2 January 2028"),
        ((2027, 5, 12), (2027, 5, 12), "12 May 2027"),
    ],
)
def test_date_range_written_short(start: tuple[int, int, int], end: tuple[int, int, int], written: str) -> None:
    assert date_range(datetime.date(*start), datetime.date(*end)) == written


@pytest.mark.parametrize(
    ("met", "applicable", "written"),
    [
        (21, 24, "21 of 24 met (87%)"),
        (999, 1000, "999 of 1,000 met (99%)"),  # never rounded up to 100%
        (24, 24, "24 of 24 met (100%)"),
        (0, 3, "0 of 3 met (0%)"),
        (0, 0, "No data"),
    ],
)
def test_score_rounded_down(met: int, applicable: int, written: str) -> None:
    assert score_words(met, applicable) == written


def test_score_tag_without_figures_says_no_data() -> None:
    drawn = Template("{% score met applicable %}").render(Context({"met": None, "applicable": None}))

    assert drawn == "No data"


@pytest.mark.parametrize(
    ("number", "words", "written"),
    [(1, "working day", "1 working day"), (2, "working day", "2 working days"), (1200, "reply,replies", "1,200 replies")],
)
def test_counted_in_singular_and_plural(number: int, words: str, written: str) -> None:
    assert counted(number, words) == written


@pytest.mark.parametrize(
    ("size_bytes", "written"),
    [(2_100_000, "2.1MB"), (2_000_000, "2MB"), (340_000, "340KB"), (12, "12 bytes"), (1, "1 byte"), (999_900, "1MB"), (None, "")],
)
def test_file_size_in_one_unit(size_bytes: int | None, written: str) -> None:
    assert file_size(size_bytes) == written


def test_code_groups_of_four() -> None:
    assert code_groups("7F3A91C022DE") == "7F3A 91C0 22DE"


def test_checkbox_of_a_row_writes_an_id_without_commas() -> None:
    html = Template('{% load nhsuk_components %}{% row_checkbox 1528 "Adult renal services" %}').render(Context())

    assert 'value="1528"' in html
    assert 'id="selected-1528"' in html
