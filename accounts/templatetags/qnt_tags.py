"""Dates, times, numbers and scores in the words of the service. Built in: templates need no ``{% load %}``."""

import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone

register = template.Library()


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _as_date(value: datetime.date | datetime.datetime | str) -> datetime.date:
    if isinstance(value, str):
        return datetime.date.fromisoformat(value[:10])
    return _local(value).date() if isinstance(value, datetime.datetime) else value


@register.filter
def long_date(value: datetime.date | datetime.datetime | str | None) -> str:
    """Gives "Saturday 31 July 2027", UK time. Empty for no value."""
    if not value:
        return ""
    date = _as_date(value)
    return f"{date:%A} {date.day} {date:%B %Y}"


@register.filter
def month_date(value: datetime.date | datetime.datetime | str | None) -> str:
    """Gives "31 July 2027": without the weekday, for tables and documents."""
    if not value:
        return ""
    date = _as_date(value)
    return f"{date.day} {date:%B %Y}"


@register.filter
def clock_time(value: datetime.datetime | datetime.time | None) -> str:
    """Gives "2:02pm", "9am", "midnight" or "midday", UK time."""
    if value is None or value == "":
        return ""
    moment = _local(value) if isinstance(value, datetime.datetime) else value
    if (moment.hour, moment.minute) == (0, 0):
        return "midnight"
    if (moment.hour, moment.minute) == (12, 0):
        return "midday"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


@register.filter
def long_datetime(value: datetime.datetime | None) -> str:
    """Gives "2:02pm on Saturday 31 July 2027", UK time."""
    return f"{clock_time(value)} on {long_date(value)}" if value else ""


@register.filter
def date_range(start: datetime.date | None, end: datetime.date | None) -> str:
    """Gives "12 to 14 May 2027", "30 May to 2 June 2027"; one date when they are the same or there is no end."""
    if not start or not end or start == end:
        return month_date(start or end)
    if start.year != end.year:
        return f"{month_date(start)} to {month_date(end)}"
    if start.month != end.month:
        return f"{start.day} {start:%B} to {month_date(end)}"
    return f"{start.day} to {month_date(end)}"


def score_words(met: int, applicable: int) -> str:
    """Gives "21 of 24 met (87%)": whole per cent, rounded down. "No data" when nothing applies."""
    if not applicable:
        return "No data"
    return f"{intcomma(met)} of {intcomma(applicable)} met ({met * 100 // applicable}%)"


@register.simple_tag
def score(met: int | None, applicable: int | None) -> str:
    """``{% score met applicable %}``: see ``score_words``; None counts as nothing measured."""
    return score_words(met or 0, applicable or 0)


@register.simple_tag
def share(part: int, whole: int, words: str = "") -> str:
    """``{% share 388 571 "declared" %}``: "388 of 571 declared (67%)"; a percentage never stands alone."""
    counted = f"{intcomma(part)} of {intcomma(whole)}" + (f" {words}" if words else "")
    return f"{counted} ({part * 100 // whole}%)" if whole else counted


@register.filter
def whole_percent(value: Decimal | float | None) -> str:
    """Gives "87%", rounded down; stands beside its counts. "No data" for none."""
    return "No data" if value is None else f"{int(value)}%"


@register.filter
def points(change: Decimal | float | None) -> str:
    """A change of a percentage: "Up 4.2 points", "Down 20 points", "The same"; "No data" for none."""
    if change is None:
        return "No data"
    size = Decimal(str(change)).quantize(Decimal("0.1"))
    if not size:
        return "The same"
    return f"{'Up' if size > 0 else 'Down'} {f'{abs(size)}'.removesuffix('.0')} {'point' if abs(size) == 1 else 'points'}"


@register.filter
def counted(number: int, words: str) -> str:
    """``{{ 1|counted:"working day,working days" }}``: "1 working day". One word gets an "s"."""
    one, _, many = words.partition(",")
    return f"{intcomma(number)} {one if number == 1 else many or one + 's'}"


@register.filter
def file_size(size_bytes: int | None) -> str:
    """Gives "2.1MB", "340KB", "12 bytes"; 1MB is 1,000,000 bytes."""
    if size_bytes is None:
        return ""
    if size_bytes < 1_000:
        return counted(size_bytes, "byte")
    if size_bytes < 999_500:
        return f"{round(size_bytes / 1_000)}KB"
    megabytes = f"{size_bytes / 1_000_000:.1f}"
    return f"{megabytes.removesuffix('.0')}MB"


@register.filter
def code_groups(code: str | None) -> str:
    """A receipt's code in groups of 4: "7F3A 91C0 22DE"."""
    text = str(code or "").replace(" ", "")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """The value under ``key``, or None."""
    return mapping.get(key) if mapping else None
