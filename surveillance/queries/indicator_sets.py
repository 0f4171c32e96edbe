"""Reads about indicator sets: sections, numbers that may not come back, who changed a thing last, what is past its review."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.templatetags.qnt_tags import month_date
from surveillance.models import Answer, Indicator, IndicatorChallenge, IndicatorSet, SelfReport
from surveillance.models.indicators import IndicatorSetQuerySet

TEXT_CHANGES = ("indicator_set.drafted", "indicator_set.changed", "indicator.added", "indicator.changed")


@dataclass
class Section:
    """The indicators of one section in their order, and how the section stands."""

    title: str
    indicators: list[Indicator] = field(default_factory=list)

    @property
    def asked(self) -> list[Indicator]:
        """Those that are not retired."""
        return [indicator for indicator in self.indicators if indicator.retired_on is None]

    @property
    def key_count(self) -> int:
        return sum(indicator.is_key for indicator in self.asked)

    @property
    def target_count(self) -> int:
        return sum(indicator.is_kpi for indicator in self.asked)

    @property
    def evidence_count(self) -> int:
        return sum(bool(indicator.evidence_wanted) for indicator in self.asked)

    @property
    def review_due_count(self) -> int:
        today = timezone.localdate()
        return sum(indicator.review_by is not None and indicator.review_by < today for indicator in self.asked)


def sections_of(indicators: Iterable[Indicator]) -> list[Section]:
    """Indicators by section, sections in the order of their first indicator."""
    found: dict[str, Section] = {}
    for indicator in sorted(indicators, key=lambda one: (one.position, one.pk)):
        found.setdefault(indicator.section, Section(indicator.section)).indicators.append(indicator)
    return list(found.values())


def with_counts(sets: IndicatorSetQuerySet) -> QuerySet[IndicatorSet]:
    """Each set with ``indicator_count`` (not retired), ``round_count`` and ``service_count`` (services that reported against it)."""
    reports = SelfReport.objects.filter(indicator_set=OuterRef("pk"))
    return sets.annotate(
        indicator_count=_counted(Indicator.objects.filter(indicator_set=OuterRef("pk"), retired_on=None), "pk"),
        round_count=_counted(reports, "round"),
        service_count=_counted(reports, "service"),
    )


def _counted(rows: QuerySet, path: str) -> Coalesce:
    """How many different values of ``path`` the rows have, as one subquery: joins of two kinds of row would multiply."""
    grouped = rows.order_by().annotate(_one=models.Value(1)).values("_one").annotate(found=Count(path, distinct=True)).values("found")
    return Coalesce(Subquery(grouped), 0)


def earlier_version(indicator_set: IndicatorSet) -> IndicatorSet | None:
    """The newest version before this one."""
    return IndicatorSet.objects.filter(code=indicator_set.code, version__lt=indicator_set.version).order_by("-version").first()


def spent_numbers(indicator_set: IndicatorSet) -> dict[str, str]:
    """Numbers that earlier versions used and gave up, each with the sentence that says so: they are not used again.

    A number that the version just before still asks is not among them: the indicator goes on under it.
    """
    rows = (
        Indicator.objects.filter(indicator_set__code=indicator_set.code, indicator_set__version__lt=indicator_set.version)
        .order_by("indicator_set__version")
        .values_list("number", "retired_on", "indicator_set__version")
    )
    last: dict[str, tuple[dt.date | None, int]] = {number: (retired_on, version) for number, retired_on, version in rows}
    before = earlier_version(indicator_set)
    newest = before.version if before else 0
    return {
        number: _spent_sentence(number, retired_on, version)
        for number, (retired_on, version) in last.items()
        if retired_on or version < newest
    }


def _spent_sentence(number: str, retired_on: dt.date | None, version: int) -> str:
    end = f"was retired on {month_date(retired_on)}" if retired_on else f"was last used in version {version}"
    return f"Number {number} {end} and is not used again. Choose another number"


@dataclass(frozen=True)
class LastChange:
    """Who saved a thing last, and when; for the page that shows two edits."""

    name: str
    at: dt.datetime | None


def last_change(target: IndicatorSet | Indicator) -> LastChange:
    """Who wrote the text of a set or an indicator last, read from the audit trail for the page only."""
    chosen = Q(target_type=target._meta.label_lower, target_id=target.pk, action__in=TEXT_CHANGES)
    if isinstance(target, Indicator):  # also written when the whole set was imported, or copied from the version before
        whole = ("indicator_set.imported", "indicator_set.drafted")
        chosen |= Q(target_type=IndicatorSet._meta.label_lower, target_id=target.indicator_set_id, action__in=whole)
    events = AuditEvent.objects.filter(chosen)
    event = events.select_related("by").order_by("-pk").first()
    return LastChange(event.by.name if event and event.by else "Somebody", event.at if event else None)


def past_review(today: dt.date | None = None) -> QuerySet[Indicator]:
    """Indicators of published sets that should have been looked at again by now, the longest overdue first."""
    day = today or timezone.localdate()
    return (
        Indicator.objects.filter(
            indicator_set__status=IndicatorSet.Status.PUBLISHED, indicator_set__is_counted=True, retired_on=None, review_by__lt=day
        )
        .select_related("indicator_set__specification")
        .order_by("review_by", "indicator_set__code", "position", "pk")
    )


def with_use(indicators: QuerySet[Indicator], *, year: int) -> QuerySet[Indicator]:
    """Indicators with ``open_challenge_count`` and ``answer_count``: answers given in the round of ``year``."""
    answers = Answer.objects.filter(indicator=OuterRef("pk"), self_report__round__year=year)
    return indicators.annotate(
        open_challenge_count=_counted(IndicatorChallenge.objects.filter(indicator=OuterRef("pk"), status="OPEN"), "pk"),
        answer_count=_counted(answers.filter(Q(value__gt="") | Q(numerator__isnull=False)), "pk"),
    )


def filtered_sets(
    sets: IndicatorSetQuerySet, *, status: str = "", programme: int | None = None, words: str = "", is_counted: bool = True
) -> IndicatorSetQuerySet:
    """Sets narrowed as the list's filters say; every word must stand in name, code, or number or name of the specification."""
    found = sets.filter(is_counted=is_counted)
    if status:
        found = found.filter(status=status)
    if programme:
        found = found.filter(specification__programme=programme)
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(code__icontains=word)
            | Q(specification__number__icontains=word)
            | Q(specification__name__icontains=word)
        )
    return found
