"""The hub's check by exception: which answers a person must look at and why, and which self-reports are ready to accept.

An answer is looked at when it is not met, changed since last year, Yes without evidence, Not applicable or a key indicator;
of all answers a share is drawn besides. The draw is worked out from the hash of the declaration, which nobody can choose and
which stays the same however often the page is opened. A self-report is ready to accept when all of these are checked and no
question is noted: the other answers then count as the service gave them. Our rule, to be confirmed.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils import timezone

from accounts.models import User
from surveillance.bridging import Change, change_between
from surveillance.canonical import number_text
from surveillance.models import Answer, Assessment, Declaration, EvidenceItem, Indicator, Query, SelfReport, Stage
from surveillance.models.self_reports import SelfReportQuerySet
from surveillance.queries.self_reports import words_of
from surveillance.suspension import is_out_of_count
from work.items import counted


class Why(models.TextChoices):
    """Why an answer is looked at, in the order of the queue; the values stand in addresses."""

    NOT_MET = "not_met", "Not met"
    CHANGED = "changed", "Changed"
    NO_EVIDENCE = "no_evidence", "Yes without evidence"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    KEY = "key", "Key indicator"
    DRAWN = "drawn", "Drawn at random"


# Behind a count: "3 not met, 1 key".
COUNTED = {
    Why.NOT_MET: "not met", Why.CHANGED: "changed", Why.NO_EVIDENCE: "Yes without evidence", Why.NOT_APPLICABLE: "not applicable",
    Why.KEY: "key", Why.DRAWN: "drawn at random",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One answer as the hub's check sees it."""

    answer_id: int
    position: int
    reasons: tuple[Why, ...]
    is_unchanged: bool  # the same answer to the same question last year
    last_year: str  # in words; empty for a new question
    has_evidence: bool
    is_checked: bool
    is_asked: bool  # a question about it is noted or waits for its answer
    is_suspended: bool = False  # out of the count, so nobody has to look at it

    @property
    def is_left(self) -> bool:
        """Whether somebody must still look at it."""
        return bool(self.reasons) and not self.is_checked

    @property
    def is_plain(self) -> bool:
        """Whether it may be agreed with together with others: unchanged, with evidence, nothing to look at, not checked yet."""
        return self.is_unchanged and self.has_evidence and not (self.reasons or self.is_checked or self.is_asked)

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the queue: what is looked at first by its first reason, then the rest in the order of the set."""
        order = list(Why)
        return (order.index(self.reasons[0]) if self.reasons else len(order)), self.position


class _Row(NamedTuple):
    """What is read of an answer."""

    pk: int
    self_report: int
    indicator: int
    value: str
    numerator: Decimal | None
    denominator: Decimal | None
    met: bool | None


class _Before(NamedTuple):
    """Last year's answer of the same number, its indicator, and what became of the question since."""

    row: _Row
    indicator: Indicator
    change: Change

    @property
    def words(self) -> str:
        numbers = {"numerator": number_text(self.row.numerator), "denominator": number_text(self.row.denominator)}
        return words_of(self.indicator.answer_kind, value=self.row.value, **numbers)


# How long somebody who saved a check is said to be still checking: as long as a session lasts without activity.
STILL_CHECKING = dt.timedelta(minutes=30)
EVIDENCE, CHECKED, ASKED = "E", "C", "A"
COLUMNS = ("pk", "self_report", "indicator", "value", "numerator", "denominator", "met")


def lines_of(reports: Sequence[SelfReport]) -> dict[int, list[Line]]:
    """Self-report to its lines in the order of the queue, in four statements however many there are; rounds should be loaded."""
    ids = [report.pk for report in reports]
    before_of = {pk: (earlier or 0, digest or "") for pk, earlier, digest in _before(ids)}
    asked_for = {*ids, *(earlier for earlier, _ in before_of.values())}
    rows = [_Row(*row) for row in Answer.objects.filter(self_report__in=asked_for).order_by().values_list(*COLUMNS)]
    indicators = Indicator.objects.in_bulk({row.indicator for row in rows})
    by_number = {(row.self_report, indicators[row.indicator].number): row for row in rows}
    marks, by_id = _marks(ids), {report.pk: report for report in reports}
    found: dict[int, list[Line]] = {pk: [] for pk in ids}

    @cache  # few indicators, many answers
    def change_of(old: int, new: int) -> Change:
        return change_between(indicators[old], indicators[new])

    for row in (row for row in rows if row.self_report in by_id):
        earlier_report, digest = before_of[row.self_report]
        indicator = indicators[row.indicator]
        old = by_number.get((earlier_report, indicator.number))
        before = _Before(old, indicators[old.indicator], change_of(old.indicator, row.indicator)) if old else None
        line = _line(by_id[row.self_report], row, indicator, before, marks.get(row.pk, set()), is_drawn=is_drawn(digest, row.pk))
        found[row.self_report].append(line)
    return {pk: sorted(lines, key=lambda line: line.place) for pk, lines in found.items()}


def _marks(ids: Sequence[int]) -> dict[int, set[str]]:
    """Answer to whether it has evidence, is checked and is asked about; one statement that reads only these answers."""
    linked = EvidenceItem.answers.through.objects.filter(answer__self_report__in=ids, evidenceitem__removed_at=None)
    checked = Assessment.objects.filter(answer__self_report__in=ids, stage=Stage.VALIDATED).order_by()
    asked = Query.objects.filter(answer__self_report__in=ids, answered_at=None).order_by()
    first, *others = [
        rows.values_list("answer", Value(mark, output_field=models.CharField()))
        for mark, rows in ((EVIDENCE, linked), (CHECKED, checked), (ASKED, asked))
    ]
    marks: dict[int, set[str]] = {}
    for answer, mark in first.union(*others):
        marks.setdefault(answer, set()).add(mark)
    return marks


def _before(ids: Iterable[int]) -> Iterable[tuple[int, int | None, str | None]]:
    """Self-report, the newest declared one of an earlier round of its service, and the hash of what was declared now."""
    older = SelfReport.objects.filter(service=OuterRef("service"), round__year__lt=OuterRef("round__year"), declared_at__isnull=False)
    declared = Declaration.objects.filter(self_report=OuterRef("pk")).order_by("-declared_at", "-pk")
    found = SelfReport.objects.filter(pk__in=ids).order_by()
    annotated = found.annotate(
        earlier=Subquery(older.order_by("-round__year").values("pk")[:1]), digest=Subquery(declared.values("hash")[:1])
    )
    return annotated.values_list("pk", "earlier", "digest")


def _line(report: SelfReport, row: _Row, indicator: Indicator, before: _Before | None, marks: set[str], *, is_drawn: bool) -> Line:
    is_same = before is not None and before.row[3:6] == row[3:6]  # value, numerator, denominator
    reasons = (
        (Why.NOT_MET, row.met is False),
        (Why.CHANGED, before is not None and before.change is not Change.NEW and not is_same),
        (Why.NO_EVIDENCE, row.value == Answer.YES and EVIDENCE not in marks),
        (Why.NOT_APPLICABLE, row.value == Answer.NA),
        (Why.KEY, indicator.is_key),
        (Why.DRAWN, is_drawn),
    )
    is_out = is_out_of_count(
        indicator.suspended_from,
        check_by_date=report.round.check_by_date,
        declared_date=timezone.localdate(report.declared_at) if report.declared_at else None,
        today=timezone.localdate(),
    )
    return Line(
        row.pk, indicator.position, () if is_out else tuple(why for why, holds in reasons if holds),
        is_unchanged=before is not None and is_same and before.change is Change.CARRIED, last_year=before.words if before else "",
        has_evidence=EVIDENCE in marks, is_checked=CHECKED in marks, is_asked=ASKED in marks,
        is_suspended=is_out,
    )  # fmt: skip


def is_drawn(declared_hash: str, answer_id: int) -> bool:
    """Whether an answer is in the sample: by the declaration's hash, for ``CHECK_SAMPLE_PERCENT`` of all answers."""
    digest = hashlib.sha256(f"{declared_hash}-{answer_id}".encode()).hexdigest()
    return int(digest[:8], 16) % 100 < settings.CHECK_SAMPLE_PERCENT


def what_is_left(lines: Iterable[Line]) -> str:
    """What keeps a self-report from being accepted together with others, in words; empty when it is ready."""
    lines = list(lines)
    left, asked = sum(line.is_left and not line.is_asked for line in lines), sum(line.is_asked for line in lines)
    parts = [f"{counted(left, 'answer')} to look at"] if left else []
    return ", ".join([*parts, f"{counted(asked, 'question')} noted"] if asked else parts)


def reason_words(lines: Iterable[Line]) -> str:
    """How many answers are looked at for each reason: "3 not met, 1 key"; empty for none. An answer may have several."""
    lines = list(lines)
    counts = {why: sum(why in line.reasons for line in lines) for why in Why}
    return ", ".join(f"{count} {COUNTED[why]}" for why, count in counts.items() if count)


def to_check(reports: SelfReportQuerySet) -> SelfReportQuerySet:
    """Those that are with the hub, what is due first in front."""
    with_hub = reports.filter(status__in=[SelfReport.Status.DECLARED, SelfReport.Status.BEING_CHECKED])
    return with_hub.order_by(F("round__check_by_date"), "declared_at", "pk")


def also_checking(report: SelfReport, user: User) -> list[str]:
    """Names of the others who saved a check or noted a question of this self-report within the last half hour."""
    since = timezone.now() - STILL_CHECKING
    checks = Assessment.objects.filter(answer__self_report=report, stage=Stage.VALIDATED, assessed_at__gte=since)
    questions = Query.objects.filter(answer__self_report=report, asked_at__gte=since)
    people = User.objects.filter(Q(pk__in=checks.values("assessed_by")) | Q(pk__in=questions.values("asked_by")))
    return list(people.exclude(pk=user.pk).order_by("name").values_list("name", flat=True))
