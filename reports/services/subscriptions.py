"""Emails about newly published reports: asked for without an account, confirmed from the mail, left in one press, at most one a day."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts import audit
from reports.models import LibraryEntry, LibraryFacet, Subscription
from reports.subscription_tokens import hash_of, token_for
from surveillance.canonical import canonical_json, sha256_of
from work import jobs

log = structlog.get_logger(__name__)

Facets = dict[str, list[str]]
Status = Subscription.Status
MAILS_A_DAY = 3  # to confirm, to one address
CONFIRM_DAYS = 7
BATCH = 100
SETTLED = dt.timedelta(minutes=5)  # what is being published at this moment is told tomorrow, and never skipped


class TooManyAsks(Exception):
    """More addresses asked in a few minutes than the site takes."""


@transaction.atomic
def ask_for_emails(*, email: str, facets: Facets) -> None:
    """Send a mail to confirm. Whether the address is known makes no difference to what the person sees.

    One address gets at most ``MAILS_A_DAY`` such mails a day; more are silently not sent. Raises TooManyAsks for the site as a whole.
    """
    email, now = email.strip().lower(), timezone.now()
    since = now - dt.timedelta(minutes=settings.SUBSCRIPTIONS_LIMIT_MINUTES)
    if _asks(asked_at__gt=since) >= settings.SUBSCRIPTIONS_LIMIT_COUNT:
        raise TooManyAsks
    day_ago = now - dt.timedelta(days=1)
    if _asks(email=email, asked_at__gt=day_ago) >= MAILS_A_DAY:
        return
    text = canonical_json(facets)
    key = sha256_of(text)
    row, is_new = Subscription.objects.select_for_update().get_or_create(
        email=email, facets_key=key, defaults={"facets": facets, "token_hash": hash_of(token_for(email, key))}
    )
    if not is_new:
        row.asked_count = row.asked_count + 1 if row.asked_at > day_ago else 1
        row.asked_at = now
        row.save(update_fields=["asked_count", "asked_at"])
    jobs.enqueue("mail.library_confirm", key=str(row.pk), subscription_id=row.pk, requested_by=None)


def _asks(**conditions: object) -> int:
    return Subscription.objects.filter(**conditions).aggregate(count=Sum("asked_count"))["count"] or 0


def find_subscription(token: str) -> Subscription | None:
    """The subscription behind a link; None when it was left, or not confirmed in time."""
    row = Subscription.objects.filter(token_hash=hash_of(token)).first()
    return None if row is None or _is_stale(row) else row


@transaction.atomic
def confirm_emails(*, token: str) -> Subscription | None:
    """Begin sending; pressing twice changes nothing. None when the link leads nowhere any more."""
    row = Subscription.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    if row is None or _is_stale(row):
        return None
    if row.status == Status.WAITING:
        row.status, row.confirmed_at, row.told_until = Status.ACTIVE, timezone.now(), timezone.now()
        row.save(update_fields=["status", "confirmed_at", "told_until"])
        audit.record("subscription.confirmed", target=row, by=None)
    return row


@transaction.atomic
def leave_emails(*, token: str) -> None:
    """Forget the address at once; pressing twice changes nothing."""
    row = Subscription.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    if row:
        audit.record("subscription.left", target=row, by=None)
        row.delete()


def forget_unconfirmed() -> int:
    """Delete addresses that did not confirm within ``CONFIRM_DAYS``; gives how many."""
    since = timezone.now() - dt.timedelta(days=CONFIRM_DAYS)
    gone, _ = Subscription.objects.filter(status=Status.WAITING, asked_at__lt=since).delete()
    return gone


def _is_stale(row: Subscription) -> bool:
    return row.status == Status.WAITING and row.asked_at < timezone.now() - dt.timedelta(days=CONFIRM_DAYS)


@dataclass(frozen=True)
class News:
    """A report that has become public: its entry, and its facets as (facet, code)."""

    entry: LibraryEntry
    codes: frozenset[tuple[str, str]]

    def fits(self, facets: Facets) -> bool:
        """Whether it has one of the codes of each facet."""
        return all(any((name, code) in self.codes for code in codes) for name, codes in facets.items())


def ask_for_news(day: dt.date) -> int:
    """Enqueue today's mails in batches for those who have had none today, where anything became public; gives how many batches."""
    until = timezone.now() - SETTLED
    waiting = Subscription.objects.filter(status=Status.ACTIVE, told_until__lt=until).exclude(mailed_date__gte=day)
    oldest = waiting.order_by("told_until").values_list("told_until", flat=True).first()
    if oldest is None or not _public_between(oldest, until).exists():
        return 0
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), BATCH):
        batch = ids[first : first + BATCH]
        jobs.enqueue("mail.library_news", key=f"{day.isoformat()}:{batch[0]}", subscription_ids=batch, requested_by=None)
    return (len(ids) + BATCH - 1) // BATCH


def _public_between(after: dt.datetime, until: dt.datetime) -> QuerySet[LibraryEntry]:
    return LibraryEntry.objects.public().filter(publication__public_from__gt=after, publication__public_from__lte=until)


def news_for(subscription_ids: list[int], *, until: dt.datetime) -> Iterator[tuple[Subscription, list[LibraryEntry]]]:
    """Each subscription with the reports that fit it and became public since it was last told: three statements for all."""
    today = timezone.localdate()
    rows = list(Subscription.objects.filter(pk__in=subscription_ids, status=Status.ACTIVE).exclude(mailed_date__gte=today).order_by("pk"))
    oldest = min((row.told_until for row in rows if row.told_until), default=until)
    news = _with_codes(_public_between(oldest, until).order_by("-publication__public_from", "pk"))
    for row in rows:
        yield row, [one.entry for one in news if _is_new(one, row) and one.fits(row.facets)]


def _is_new(news: News, row: Subscription) -> bool:
    since, public_from = row.told_until, news.entry.publication.public_from
    return since is not None and public_from is not None and since < public_from


def _with_codes(entries: Iterable[LibraryEntry]) -> list[News]:
    found = list(entries)
    codes: dict[int, set[tuple[str, str]]] = {entry.pk: set() for entry in found}
    for entry_id, facet, code in LibraryFacet.objects.filter(entry__in=found).values_list("entry", "facet", "code"):
        codes[entry_id].add((facet, code))
    return [News(entry, frozenset(codes[entry.pk])) for entry in found]


def record_told(row: Subscription, *, until: dt.datetime, was_mailed: bool) -> None:
    """Note up to when a subscription was told. A worker killed before this sends once more: the better mistake."""
    changes = {"told_until": until} | ({"mailed_date": timezone.localdate()} if was_mailed else {})
    Subscription.objects.filter(pk=row.pk, status=Status.ACTIVE).update(**changes)


def send_all_news(subscription_ids: list[int], send: Callable[[Subscription, list[LibraryEntry]], int]) -> int:
    """Give each subscription with news to ``send``; an address that is refused holds up nobody else and is tried again.

    Gives how many mails went; the first error comes at the end.
    """
    until, count = timezone.now() - SETTLED, 0
    failure: Exception | None = None
    for row, entries in news_for(subscription_ids, until=until):
        try:
            count += send(row, entries) if entries else 0
        except (SMTPException, OSError) as error:
            log.warning("library_news_not_sent", subscription=row.pk, error=type(error).__name__)
            failure = failure or error
            continue
        record_told(row, until=until, was_mailed=bool(entries))
    if failure:
        raise failure
    return count
