"""A person's own dates as a calendar that their phone or mail program reads by a private address.

The address is a secret of 32 random bytes; the database holds its SHA-256 alone. The calendar is the same loop over work
items as "Your work": what waits for this person, with its day. It leaves the site, so it says the task and the service
only (``WorkItem.outside_words``), and of a review for learning only that there is one.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache
from icalendar import Calendar, Event, vDuration

from accounts.models import User
from work.items import WorkItem, work_items
from work.models import CalendarFeed

# Our defaults, to be confirmed. Programs ask every few hours by themselves; a person who presses "refresh" asks more often.
REFRESH_HOURS = 6
KEEP_SECONDS = 3600
MOST_READS_AN_HOUR = 60


def hash_of(token: str) -> str:
    """What the database keeps of a token. Plain SHA-256: 32 random bytes cannot be guessed from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_of(token: str) -> User | None:
    """Whose calendar a token opens; None alike for unknown and replaced ones, people who cannot sign in, people without a role."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=hash_of(token), user__is_active=True).first()
    return feed.user if feed and feed.user.roles else None


def is_read_too_often(user: User, now: dt.datetime) -> bool:
    """Count one read, and tell whether it is over the hour's limit; counted in the cache that all processes share.

    Two reads at the same moment may count as one: a limit on load, not on rights.
    """
    key = f"calendar:{user.pk}:{now:%Y%m%d%H}"
    reads = cache.get(key, 0) + 1
    cache.set(key, reads, timeout=3600)
    return bool(reads > MOST_READS_AN_HOUR)


def own_dates(user: User) -> list[WorkItem]:
    """What waits for ``user`` on a day, each thing once."""
    found = {item.reference: item for item in work_items(user) if item.is_mine and item.due and item.reference}
    return list(found.values())


def etag_of(items: Iterable[WorkItem]) -> str:
    """A tag of what the calendar says, the same while nothing changed: when it was written does not count."""
    facts = [(item.reference, item.due, item.outside_words, item.url) for item in items]
    return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


def calendar_text(items: Iterable[WorkItem], *, now: dt.datetime) -> bytes:
    """The calendar (RFC 5545): an all-day event a thing, told apart by its reference, so that a moved date moves the event."""
    calendar = Calendar()
    calendar.add("prodid", "-//QNT Peer Review//Your dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "QNT Peer Review")
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    refresh = dt.timedelta(hours=REFRESH_HOURS)
    calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(refresh))
    for item in items:
        calendar.add_component(_event(item, now))
    return calendar.to_ical()


def _event(item: WorkItem, now: dt.datetime) -> Event:
    if item.due is None:
        raise ValueError(f"{item.reference} has no day.")
    event = Event()
    event.add("uid", f"{item.reference}@qnt-peer-review")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", item.due)
    event.add("dtend", item.due + dt.timedelta(days=1))
    event.add("summary", item.outside_words)
    event.add("url", settings.SITE_URL + item.url)
    event.add("transp", "TRANSPARENT")  # a deadline does not make the person busy
    return event
