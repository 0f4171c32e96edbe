"""Views of patients and carers as pages read them: who may read which, which links are open, how many were heard in which way."""

import datetime as dt
import re
from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from peerreview.models import Finding, PatientView, Review, ViewsLink
from rendering.texts import is_nhs_number

Status = Review.Status
COLLECTING = (Status.NOTIFIED, Status.PREPARING, Status.VISITING)
RECORDING = (*COLLECTING, Status.REPORTING)
# Ten digits with anything between them but letters and other digits: wider than what the form refuses.
_TEN_DIGITS = re.compile(r"(?<!\d)\d(?:[^\w]{0,3}\d){9}(?!\d)")


def shared_views(review: Review) -> QuerySet[PatientView]:
    """Views that a hub person read and shared with the team, oldest first: what a finding may rest on. One statement."""
    return for_pages(review.views.filter(status=PatientView.Status.SHARED)).order_by("given_at", "pk")


def for_pages(views: QuerySet[PatientView]) -> QuerySet[PatientView]:
    """The same views with the names that pages show."""
    return views.select_related("service__provider", "service__network", "entered_by", "read_by")


def with_uses(views: QuerySet[PatientView]) -> QuerySet[PatientView]:
    """The same views, each with ``finding_count``: how many findings that stand say that they rest on it."""
    return views.annotate(finding_count=Count("findings", filter=~Q(findings__status=Finding.Status.WITHDRAWN)))


def to_read(review: Review) -> QuerySet[PatientView]:
    """Views that wait to be read, first those that say something felt unsafe, then the oldest."""
    calm = Case(When(unsafe="", then=Value(1)), default=Value(0), output_field=IntegerField())
    return review.views.filter(status=PatientView.Status.WAITING).alias(calm=calm).order_by("calm", "given_at", "pk")


def may_hold_nhs_number(view: PatientView) -> bool:
    """Whether an answer holds ten digits, however they are parted, that pass the NHS number's check (Modulus 11)."""
    texts = (view.good, view.better, view.unsafe)
    return any(is_nhs_number(re.sub(r"\D", "", found)) for text in texts for found in _TEN_DIGITS.findall(text))


@dataclass
class ViewCounts:
    """How many views were given, by status and by channel, and how many findings rest on them."""

    by_status: dict[str, int] = field(default_factory=dict)
    by_channel: dict[str, int] = field(default_factory=dict)
    finding_count: int = 0

    @property
    def given(self) -> int:
        """All of them, whatever became of them."""
        return sum(self.by_channel.values())

    @property
    def waiting(self) -> int:
        return self.by_status.get(PatientView.Status.WAITING, 0)

    @property
    def shared(self) -> int:
        return self.by_status.get(PatientView.Status.SHARED, 0)

    @property
    def held_back(self) -> int:
        return self.by_status.get(PatientView.Status.HELD_BACK, 0)

    @property
    def channels(self) -> list[tuple[str, int]]:
        """Label and number of each channel, in the order of the model; also those by which none came."""
        return [(str(label), self.by_channel.get(code, 0)) for code, label in PatientView.Channel.choices]


def counts_of(review: Review) -> ViewCounts:
    """The counts of one review, in two statements; never a text."""
    counts = ViewCounts()
    rows = review.views.order_by().values("status", "channel").annotate(count=Count("pk"))
    for row in rows:
        counts.by_status[row["status"]] = counts.by_status.get(row["status"], 0) + row["count"]
        counts.by_channel[row["channel"]] = counts.by_channel.get(row["channel"], 0) + row["count"]
    resting = review.findings.agreed().filter(views__status=PatientView.Status.SHARED)
    counts.finding_count = resting.order_by().values("pk").distinct().count()
    return counts


def links_of(review: Review) -> QuerySet[ViewsLink]:
    """The public links of a review in the patient's order of its services, with how many views came by each."""
    found = review.views_links.select_related("service__provider", "service__network").annotate(view_count=Count("views"))
    return found.order_by("pk")


def is_open(link: ViewsLink, today: dt.date | None = None) -> bool:
    """Whether the link takes views now: between its two days, not closed early, and while the review collects views."""
    day = today or timezone.localdate()
    return link.closed_at is None and link.opens_date <= day <= link.closes_date and link.review.status in COLLECTING


def closed_date(link: ViewsLink) -> dt.date | None:
    """The day on which a link closed; None while it has not, and where it closed with its review."""
    if link.closed_at:
        return timezone.localdate(link.closed_at)
    return link.closes_date if link.closes_date < timezone.localdate() else None


def usual_closes_date(review: Review) -> dt.date:
    """The day before the visit's last day, so that the team can still read what comes; today when that has passed."""
    today = timezone.localdate()
    return max(today, review.ends_date - dt.timedelta(days=1)) if review.ends_date else today
