"""The evidence request of a review: what is asked, for what, what is filed already, what is answered and what is open."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Prefetch, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import EvidenceAsk, Review
from peerreview.queries.milestones import milestone_date
from peerreview.queries.topics import indicators_of
from surveillance.models import EvidenceItem, EvidenceVersion, Indicator, Service
from surveillance.models.evidence import EvidenceQuerySet
from surveillance.queries.evidence import is_old
from work.items import counted

MOST_OFFERED = 5  # documents offered beside an ask; the service's page finds all of them


@dataclass(frozen=True)
class FiledDocument:
    """A document of the service that can answer an ask."""

    item: EvidenceItem
    dated: dt.date | None

    @property
    def is_old(self) -> bool:
        """Whether the date on it is over 12 months back."""
        return is_old(self.dated)


@dataclass
class AskRow:
    """One document that is asked for, as a page shows it."""

    ask: EvidenceAsk
    document: FiledDocument | None = None
    offered: list[FiledDocument] = field(default_factory=list)
    is_later: bool = False

    @property
    def is_filed(self) -> bool:
        return self.document is not None

    @property
    def is_open(self) -> bool:
        """Neither a document nor a reason why there is none."""
        return not self.is_filed and not self.ask.cannot_reason


def fitting_documents(ask: EvidenceAsk) -> EvidenceQuerySet:
    """Documents of the asked service that can answer: for a compliance review none that was filed for learning alone."""
    found = EvidenceItem.objects.kept().filter(service=ask.service_id)
    return found if ask.review.is_learning else found.of_compliance()


def key_indicators_of(review: Review) -> list[Indicator]:
    """Key indicators of the services' sets: beside topics the only thing for which a COMPLIANCE review asks documents."""
    return [] if review.is_learning else [indicator for indicator in indicators_of(review) if indicator.is_key]


def asks_for(review: Review, user: User, *, works_on: bool) -> QuerySet[EvidenceAsk]:
    """What ``user`` may read of the request: all of it who visits or arranges; others that of their own services, once it was sent."""
    asks = EvidenceAsk.objects.filter(review=review)
    if not works_on:
        own = Service.objects.for_user(user, Permission.REVIEW_VIEW).filter(reviews=review)
        asks = asks.filter(service__in=own.values("pk")) if review.evidence_requested_at else asks.none()
    return asks.select_related("service__provider", "service__network", "topic", "indicator", "answered_by", "item")


def rows_of(review: Review, asks: QuerySet[EvidenceAsk], *, with_offers: bool) -> list[AskRow]:
    """The asks with their documents and, for those who may choose, what is filed already: at most five statements."""
    versions = Prefetch("item__versions", EvidenceVersion.objects.order_by("-number"))
    found = list(
        asks.prefetch_related(versions, "topic__indicators").order_by(
            "service", F("topic__position").asc(nulls_last=True), "indicator__position", "pk"
        )
    )
    filed = _filed_by_service({ask.service_id for ask in found if _is_open(ask)}) if with_offers else {}
    sent = review.evidence_requested_at
    return [
        AskRow(
            ask, document=as_document(ask.item) if ask.item and not ask.item.removed_at else None,
            offered=_offered(ask, filed.get(ask.service_id, [])) if _is_open(ask) else [], is_later=bool(sent and ask.asked_at > sent),
        )
        for ask in found
    ]  # fmt: skip


def as_document(item: EvidenceItem) -> FiledDocument:
    """A document with the date on its newest version; prefetch its versions for many."""
    newest = max(item.versions.all(), key=lambda version: version.number, default=None)
    return FiledDocument(item, newest.document_date if newest else None)


def offered_for(ask: EvidenceAsk) -> list[FiledDocument]:
    """Documents of the service that are linked to the topic's indicators or to the indicator, the newest date first."""
    return _offered(ask, _filed_by_service({ask.service_id}).get(ask.service_id, []))


def summary_words(rows: list[AskRow]) -> str:
    """ "We ask for 6 documents, each for one of 3 topics. 4 are already filed." (ux 18)."""
    if not rows:
        return "We ask for no documents."
    topics = len({row.ask.topic_id for row in rows if row.ask.topic_id})
    indicators = len({row.ask.indicator_id for row in rows if row.ask.indicator_id and not row.ask.topic_id})
    parts = ([counted(topics, "topic")] if topics else []) + ([counted(indicators, "key indicator")] if indicators else [])
    filed = sum(row.is_filed for row in rows)
    each = "for" if len(rows) == 1 else "each for"
    one_of = "one of " if len(rows) > 1 and (topics + indicators) > 1 else ""
    for_what = "a topic or a key indicator" if len(parts) > 1 else f"{one_of}{parts[0]}"
    words = f"We ask for {counted(len(rows), 'document')}, {each} {for_what}."
    return f"{words} {_filed_words(filed, len(rows))}"


def _filed_words(filed: int, asked: int) -> str:
    if asked == 1:
        return "It is already filed." if filed else "It is not filed yet."
    if not filed:
        return "None is filed yet."
    return "All are already filed." if filed == asked else f"{filed} {'is' if filed == 1 else 'are'} already filed."


def open_words(rows: list[AskRow]) -> str:
    """How many wait for an answer, and how many the service says it cannot give."""
    is_open = sum(row.is_open for row in rows)
    cannot = sum(bool(row.ask.cannot_reason) for row in rows)
    words = f"{is_open} of {counted(len(rows), 'document')} {'waits' if is_open == 1 else 'wait'} for an answer."
    return f"{words} The service cannot give {cannot}." if cannot else words


def day_of_evidence(review: Review) -> dt.date | None:
    """By when the service answers the request."""
    return milestone_date(review, "EVIDENCE", facts={})


def open_counts(review_ids: Iterable[int], service_ids: Iterable[int] | None = None) -> dict[int, tuple[int, int]]:
    """Review id to how many of its asks wait for an answer, and how many there are; of these services alone where given."""
    asks = EvidenceAsk.objects.filter(review__in=list(review_ids))
    if service_ids is not None:
        asks = asks.filter(service__in=list(service_ids))
    counts: dict[int, tuple[int, int]] = {}
    for review_id, answered_at in asks.values_list("review", "answered_at"):
        waiting, total = counts.get(review_id, (0, 0))
        counts[review_id] = (waiting + (answered_at is None), total + 1)
    return counts


def _is_open(ask: EvidenceAsk) -> bool:
    is_filed = ask.item is not None and not ask.item.removed_at
    return not is_filed and not ask.cannot_reason


def _filed_by_service(service_ids: set[int]) -> dict[int, list[tuple[FiledDocument, set[str]]]]:
    """Documents that support an answer, with the numbers of those answers' indicators: a number means the same in every year."""
    if not service_ids:
        return {}
    items = EvidenceItem.objects.kept().filter(service__in=service_ids, answers__isnull=False).distinct()
    numbers: dict[int, set[str]] = {}
    links = EvidenceItem.answers.through.objects.filter(evidenceitem__in=items.order_by().values("pk"))
    for item_id, number in links.values_list("evidenceitem", "answer__indicator__number"):
        numbers.setdefault(item_id, set()).add(number)
    found: dict[int, list[tuple[FiledDocument, set[str]]]] = {}
    for item in items.prefetch_related("versions").order_by("pk"):
        found.setdefault(item.service_id, []).append((as_document(item), numbers.get(item.pk, set())))
    return found


def _offered(ask: EvidenceAsk, filed: list[tuple[FiledDocument, set[str]]]) -> list[FiledDocument]:
    wanted = {ask.indicator.number} if ask.indicator else {one.number for one in ask.topic.indicators.all()} if ask.topic else set()
    fitting = [document for document, numbers in filed if numbers & wanted]
    return sorted(fitting, key=lambda one: (one.dated is None, -(one.dated or dt.date.min).toordinal(), one.item.pk))[:MOST_OFFERED]
