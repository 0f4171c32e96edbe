"""The bridge from one version of a set to the next: what becomes of each indicator, and whom that touches.

A fixed number of statements, whatever the number of indicators: counts are made by the database, texts are compared here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet, Sum

from accounts.components import Piece, compare_texts
from surveillance.bridging import Change, change_between, wording_changes
from surveillance.models import (
    Answer,
    EvidenceItem,
    Indicator,
    IndicatorChallenge,
    IndicatorComment,
    IndicatorSet,
    Round,
    SelfReport,
    Service,
)
from surveillance.queries.burden import Burden, add_up, burden_by_report
from surveillance.queries.self_reports import IS_ANSWERED
from work.items import counted

PARTS = {"title": "Title", "description": "Description", "target": "Target", "comparator": "Comparator"}
COMPARATORS = dict(Indicator.Comparator.choices)
# What changes stands first on the page.
ORDER = (Change.WITHDRAWN, Change.NEW, Change.TO_CONFIRM, Change.CARRIED)


@dataclass
class BridgeRow:
    """One number, in the version before (``old``), the new one, or both. ``service_count`` were asked it in the last round."""

    old: Indicator | None
    new: Indicator | None
    change: Change
    service_count: int = 0
    answer_count: int = 0
    document_count: int = 0
    comment_count: int = 0
    open_challenge_count: int = 0
    awaited_challenge_count: int = 0

    @property
    def indicator(self) -> Indicator:
        """The indicator as it will be asked, or as it was."""
        return self.new or self.old

    @property
    def differences(self) -> list[tuple[str, list[Piece]]]:
        """Each part that reads differently, in runs of kept, added and removed words."""
        if self.change is not Change.TO_CONFIRM:
            return []
        changes = wording_changes(self.old, self.new)
        return [(PARTS[one.part], compare_texts(_shown(one.before), _shown(one.after))) for one in changes]

    @property
    def kind_change(self) -> str:
        """What is said where the same number is answered in another way now."""
        if self.change is not Change.NEW or self.old is None:
            return ""
        before, after = self.old.get_answer_kind_display(), self.new.get_answer_kind_display()
        return f"Answered in another way: {before.lower()} before, {after.lower()} now."


@dataclass
class Bridge:
    """What publishing a set does. ``year`` is the last round that asked the version before; None when there was none."""

    indicator_set: IndicatorSet
    previous: IndicatorSet | None
    year: int | None
    rows: list[BridgeRow]
    service_count: int
    hours: "Hours"
    document_count: int
    link_count: int
    burden: Burden
    comment_count: int
    unanswered_count: int
    counts: dict[Change, int] = field(default_factory=dict)

    @property
    def year_text(self) -> str:
        """The year without a separator of thousands."""
        return str(self.year or "")

    @property
    def answer_count(self) -> int:
        """Answers of the last round."""
        return sum(row.answer_count for row in self.rows)

    @property
    def sentence(self) -> str:
        """ "31 carried, 4 to confirm, 2 new, 1 withdrawn. Touches 142 services and 4,210 answers from last year." """
        what = ", ".join(f"{self.counts.get(change, 0):,} {change.value.lower()}" for change in Change)
        services = counted_with_commas(self.service_count, "service")
        if self.year is None:
            return f"{what}. Touches {services}; no version before was asked in a round."
        return f"{what}. Touches {services} and {counted_with_commas(self.answer_count, 'answer')} from {self.year}."


@dataclass(frozen=True)
class Hours:
    """What services said about the hours that the last round took: ``said_count`` of ``report_count`` did."""

    report_count: int = 0
    said_count: int = 0
    total: Decimal | None = None
    median: Decimal | None = None


def counted_with_commas(count: int, noun: str) -> str:
    """ "4,210 answers"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def previous_version(indicator_set: IndicatorSet) -> IndicatorSet | None:
    """The newest version before this one that was published."""
    before = IndicatorSet.objects.filter(code=indicator_set.code, version__lt=indicator_set.version)
    return before.filter(status__in=[IndicatorSet.Status.PUBLISHED, IndicatorSet.Status.RETIRED]).order_by("-version").first()


def bridge_of(indicator_set: IndicatorSet) -> Bridge:
    """What becomes of each indicator, those that change first, with what the last round asked of services."""
    previous = previous_version(indicator_set)
    last = Round.objects.filter(self_reports__indicator_set=previous).order_by("-year").first() if previous else None
    reports = SelfReport.objects.filter(round=last, indicator_set=previous) if last else SelfReport.objects.none()
    rows = _rows(indicator_set, previous)
    _count_answers(rows, reports)
    comment_count, unanswered_count = _count_talk(rows, indicator_set, previous)
    documents = EvidenceItem.objects.filter(answers__self_report__in=reports, removed_at=None)
    files = documents.aggregate(items=Count("pk", distinct=True), links=Count("answers", distinct=True))
    return Bridge(
        indicator_set=indicator_set,
        previous=previous,
        year=last.year if last else None,
        rows=rows,
        service_count=Service.objects.filter(specification=indicator_set.specification_id).count(),
        hours=_hours(reports),
        document_count=files["items"],
        link_count=files["links"],
        burden=add_up(burden_by_report(reports).values()),
        comment_count=comment_count,
        unanswered_count=unanswered_count,
        counts={change: sum(row.change is change for row in rows) for change in Change},
    )


def _shown(text: str) -> str:
    return COMPARATORS.get(text, text)


def _rows(indicator_set: IndicatorSet, previous: IndicatorSet | None) -> list[BridgeRow]:
    """A row a number of either version; retired numbers are asked of nobody."""
    sets = [one.pk for one in (previous, indicator_set) if one]
    old: dict[str, Indicator] = {}
    new: dict[str, Indicator] = {}
    for indicator in Indicator.objects.filter(indicator_set__in=sets, retired_on=None).order_by("position", "pk"):
        (new if indicator.indicator_set_id == indicator_set.pk else old)[indicator.number] = indicator
    rows = [BridgeRow(old.get(number), indicator, change_between(old.get(number), indicator)) for number, indicator in new.items()]
    rows += [BridgeRow(indicator, None, Change.WITHDRAWN) for number, indicator in old.items() if number not in new]
    return sorted(rows, key=lambda row: ORDER.index(row.change))


def _count_answers(rows: list[BridgeRow], reports: QuerySet[SelfReport]) -> None:
    by_old = {row.old.pk: row for row in rows if row.old}
    asked = Answer.objects.filter(self_report__in=reports).order_by().values("indicator")
    for found in asked.annotate(services=Count("pk"), answers=Count("pk", filter=IS_ANSWERED)):
        if row := by_old.get(found["indicator"]):
            row.service_count, row.answer_count = found["services"], found["answers"]
    linked = asked.filter(evidence__isnull=False, evidence__removed_at=None)
    for filed in linked.annotate(documents=Count("evidence", distinct=True)):
        if row := by_old.get(filed["indicator"]):
            row.document_count = filed["documents"]


def _count_talk(rows: list[BridgeRow], indicator_set: IndicatorSet, previous: IndicatorSet | None) -> tuple[int, int]:
    """Comments on the new version, and challenges of either; gives how many comments there are, and how many without a reply."""
    by_pk = {indicator.pk: row for row in rows for indicator in (row.old, row.new) if indicator}
    comment_count = unanswered_count = 0
    comments = IndicatorComment.objects.filter(indicator_set=indicator_set).order_by().values("indicator")
    for found in comments.annotate(made=Count("pk"), unanswered=Count("pk", filter=Q(replied_at=None))):
        comment_count, unanswered_count = comment_count + found["made"], unanswered_count + found["unanswered"]
        if row := by_pk.get(found["indicator"]):
            row.comment_count += found["made"]
    sets, status = [one.pk for one in (previous, indicator_set) if one], IndicatorChallenge.Status
    challenges = IndicatorChallenge.objects.filter(indicator__indicator_set__in=sets).order_by().values("indicator")
    for told in challenges.annotate(
        opened=Count("pk", filter=Q(status=status.OPEN)), awaited=Count("pk", filter=Q(status=status.NEXT_VERSION))
    ):
        if row := by_pk.get(told["indicator"]):
            row.open_challenge_count += told["opened"]
            row.awaited_challenge_count += told["awaited"]
    return comment_count, unanswered_count


def _hours(reports: QuerySet[SelfReport]) -> Hours:
    """Sum and median of the hours that services gave; the median is the mean of the middle two, found by the database."""
    facts = reports.aggregate(reports=Count("pk"), said=Count("hours_spent"), total=Sum("hours_spent"))
    said = facts["said"]
    first, length = max(0, (said - 1) // 2), 1 if said % 2 else 2
    middle = reports.filter(hours_spent__isnull=False).order_by("hours_spent", "pk").values("hours_spent")[first : first + length]
    median = middle.aggregate(middle=Avg("hours_spent"))["middle"]
    return Hours(facts["reports"], said, facts["total"], Decimal(median).quantize(Decimal("0.1")) if median is not None else None)


def hours_words(hours: Hours) -> str:
    """ "1,204 hours in all, 9.5 in the middle, said by 120 of 142 services." """
    if not hours.said_count:
        return f"None of {counted(hours.report_count, 'service')} said how long it took."
    said = f"said by {hours.said_count:,} of {counted_with_commas(hours.report_count, 'service')}"
    return f"{hours.total.normalize():,f} hours in all, {hours.median.normalize():f} hours in the middle (median), {said}."


def shown_rows(rows: Iterable[BridgeRow], changes: Iterable[Change]) -> list[BridgeRow]:
    """Only rows with one of these changes; all when none is asked for."""
    wanted = set(changes)
    return [row for row in rows if not wanted or row.change in wanted]
