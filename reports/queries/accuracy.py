"""The factual accuracy check as a person sees it: all items for those who decide, one's own for those who answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding
from reports.content import content_of
from reports.models import AccuracyPoint, Report, ReportVersion
from reports.papers.frozen import all_findings
from reports.queries.rights import accuracy_parties, decides_accuracy
from reports.words import joined
from surveillance.models import Commissioning, EvidenceItem
from surveillance.models.evidence import EvidenceQuerySet
from surveillance.reach import reach_of


@dataclass(frozen=True)
class Record:
    """The items that one person may read, in order; ``parties`` are those for whom they answer."""

    report: Report
    parties: list[str]
    decides: bool
    points: list[AccuracyPoint]

    @property
    def mine(self) -> list[AccuracyPoint]:
        """The items that this person answers."""
        return [point for point in self.points if point.party in self.parties]


@dataclass(frozen=True)
class Printed:
    """What the copy that is checked prints beside the text of a finding."""

    indicator: str
    topic: str
    basis: str
    recommendation: str


def points_seen(report: Report) -> QuerySet[AccuracyPoint]:
    """The items of a report with everything that pages show of them, in three statements.

    Items of findings were made in the order of the copy, so the third of them is F3, whatever became of findings since.
    """
    rows = report.accuracy_points.select_related("finding__indicator", "section", "answered_by", "decided_by")
    before = AccuracyPoint.objects.filter(report=OuterRef("report"), finding__isnull=False, position__lte=OuterRef("position"))
    number = before.order_by().values("report").annotate(count=Count("pk")).values("count")
    return rows.annotate(finding_number=Subquery(number)).prefetch_related("evidence__versions").order_by("position")


def printed_beside(report: Report, points: Iterable[AccuracyPoint]) -> dict[int, Printed]:
    """By item: what the copy prints beside the text of its finding; nothing for sections. One statement for all of ``points_seen``."""
    copy = report.versions.filter(purpose=ReportVersion.Purpose.ACCURACY).order_by("-number").first()
    found = {facts["reference"]: facts for facts in all_findings(content_of(copy))} if copy else {}
    return {point.pk: _printed(point.finding, found.get(point.reference, {})) for point in points if point.finding}


def _printed(finding: Finding, facts: dict[str, Any]) -> Printed:
    """From the frozen copy; what the copy does not hold is read from the finding."""
    return Printed(
        indicator=str(finding.indicator) if finding.indicator else "", topic=facts.get("topic", ""),
        basis=facts.get("basis", finding.basis), recommendation=facts.get("recommendation", finding.recommendation),
    )  # fmt: skip


def record_of(report: Report, user: User) -> Record:
    """What ``user`` sees of the check; no items for somebody who takes no part in it."""
    parties, decides = accuracy_parties(user, report), decides_accuracy(user, report)
    rows = points_seen(report)
    points = list(rows if decides else rows.filter(party__in=parties))
    for point in points:
        point.report = report
    return Record(report, parties, decides, points)


def documents_offered(point: AccuracyPoint, user: User) -> EvidenceQuerySet:
    """Documents on which an answer to the item may rest: the service's own; for a commissioner what commissioners filed for the check.

    A commissioner chooses among its own organisations' documents and those that the item names already, never the service's.
    """
    if point.party != AccuracyPoint.Party.COMMISSIONER:
        return EvidenceItem.objects.kept()
    named = point.evidence.filter(removed_at=None).exclude(commissioner=None)
    own = EvidenceItem.objects.of_commissioners(buyers_of(point, user))
    return EvidenceItem.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=named.values("pk")))


def buyers_of(point: AccuracyPoint, user: User) -> list[int]:
    """Ids of the commissioners of the item's service for which ``user`` answers, the lead commissioner first."""
    held = reach_of(user, Permission.REPORT_ACCURACY).commissioners
    service_id = point.finding.service_id if point.finding else None
    bought = Commissioning.objects.active().filter(service=service_id, organisation__in=held).order_by("-is_lead", "pk")
    return list(bought.values_list("organisation", flat=True))


def document_seen(report: Report, user: User, *, point_id: int, item_id: int) -> EvidenceItem | None:
    """A document of an answer that ``user`` may read: of its own party, and for those who decide once the answer was sent."""
    theirs = Q(party__in=accuracy_parties(user, report))
    if decides_accuracy(user, report):
        theirs |= Q(sent_at__isnull=False)
    point = report.accuracy_points.filter(theirs, pk=point_id).first()
    return point.evidence.filter(pk=item_id, removed_at=None).first() if point else None


def said_by(points: Iterable[AccuracyPoint]) -> str:
    """Who answers these items, in a sentence: "the service", "the commissioner", "the service and the commissioner"."""
    parties = {point.party for point in points}
    return joined([f"the {party.label.lower()}" for party in AccuracyPoint.Party if party in parties])


def undecided(report: Report) -> QuerySet[AccuracyPoint]:
    """Items of a report that somebody said are not correct, that were sent, and that the team has not decided, in order."""
    said = AccuracyPoint.Answer.NOT_CORRECT
    return report.accuracy_points.filter(answer=said, sent_at__isnull=False, outcome="").order_by("position")


def accuracy_words(points: list[AccuracyPoint]) -> str:
    """How the disputed items were decided: "3 accepted, 1 kept with a reason"; empty when none was."""
    accepted = sum(1 for point in points if point.outcome == AccuracyPoint.Outcome.ACCEPTED)
    kept = sum(1 for point in points if point.outcome == AccuracyPoint.Outcome.KEPT)
    parts = [f"{accepted} accepted"] if accepted else []
    return ", ".join([*parts, *([f"{kept} kept with a reason"] if kept else [])])
