"""The days of a visit: when its dates change, each session moves with its day, so that no timetable is lost."""

import datetime as dt

from django.db.models import F

from peerreview.models import Review, Session, VisitDay
from work.working_days import is_working_day


def set_days(review: Review, dates: list[dt.date]) -> None:
    """Make ``dates`` the days of the visit, in order. Sessions go by the number of their working day: the second stays the second.

    Where there are fewer days than before, the sessions of the days that go move to the last one, with their times; the
    timetable then names who is in two places. The review is locked by the caller.
    """
    before = {day.date: day for day in review.days.order_by("date")}
    sessions: dict[dt.date, list[int]] = {}
    for pk, date in Session.objects.filter(day__review=review).values_list("pk", "day__date"):
        sessions.setdefault(date, []).append(pk)
    VisitDay.objects.bulk_create([VisitDay(review=review, date=date) for date in dates if date not in before])
    after = {day.date: day for day in review.days.order_by("date") if day.date in set(dates)}
    old_days, new_days = working(list(before)), working(dates)
    for date, ids in sessions.items():
        number = max(0, sum(day <= date for day in old_days) - 1)
        day = after[new_days[min(number, len(new_days) - 1)]]
        Session.objects.filter(pk__in=ids).exclude(day=day).update(day=day, version=F("version") + 1)
    review.days.exclude(date__in=dates).delete()


def working(dates: list[dt.date]) -> list[dt.date]:
    """Those on which England works: a visit over a weekend rests; all of them where none is a working day."""
    return [date for date in dates if is_working_day(date)] or dates
