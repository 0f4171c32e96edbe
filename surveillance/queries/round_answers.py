"""The answers behind a round's figures, as they count at a stage: read from rows where these are what was declared."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from surveillance.models import Assessment, Declaration, Round, SelfReport, Stage

Status = SelfReport.Status
# Nobody can change these answers: the rows are what was declared. In other declared ones the service may be answering a query.
STILL = (Status.DECLARED, Status.BEING_CHECKED, Status.ACCEPTED)

# The stages whose assessments count at a stage, the one that counts most first.
REACHED: dict[Stage, tuple[str, ...]] = {
    Stage.SELF_ASSESSED: (), Stage.VALIDATED: ("VALIDATED",), Stage.PEER_REVIEWED: ("PEER_REVIEWED", "VALIDATED"),
}  # fmt: skip


def answers_at(answers: QuerySet[Any], opened: Round, stage: str) -> QuerySet[Any]:
    """``answers`` of a round that count or could, with ``result``: met at ``stage``.

    They are those of declared self-reports that reached the stage, but for suspended indicators. An answer without an
    assessment at the stage counts as at the stage before. Joined and not looked up: the database then begins with the
    self-reports of the round, and not with all answers there are.
    """
    today, since = timezone.localdate(), "indicator__suspended_from"
    is_in = Q(**{f"{since}__isnull": True}) | Q(**{f"{since}__gt": today}) | (
        Q(**{f"{since}__gt": opened.check_by_date}) & Q(**{f"{since}__gt": TruncDate("self_report__declared_at")})
    )  # fmt: skip
    counted = answers.filter(
        is_in, self_report__round=opened, self_report__declared_at__isnull=False, self_report__indicator_set__is_counted=True,
        self_report__scores__stage=stage,
    ).order_by()  # fmt: skip
    reached = REACHED[Stage(stage)]
    for name in reached:
        counted = counted.annotate(**{f"at_{name.lower()}": FilteredRelation("assessments", condition=Q(assessments__stage=name))})
    cases = [When(**{f"at_{name.lower()}__isnull": False}, then=F(f"at_{name.lower()}__met")) for name in reached]
    return counted.annotate(result=Case(*cases, default=F("met")) if cases else F("met"))


@dataclass(frozen=True)
class Declared:
    """How one answer counts by what was declared, where its row may be changing."""

    region_id: int
    indicator_id: int
    met: bool | None


def moving_answers(counted: QuerySet[Any], stage: str) -> dict[int, Declared]:
    """Those of ``counted`` whose service may be changing them, by answer: what was declared and assessed counts, not the row."""
    columns = ("pk", "self_report", "self_report__service__region", "indicator")
    asked = {row[0]: row[1:] for row in counted.exclude(self_report__status__in=STILL).values_list(*columns)}
    if not asked:
        return {}
    met: dict[int, bool | None] = {}
    contents = Declaration.objects.filter(self_report__in={row[0] for row in asked.values()}).order_by("declared_at", "pk")
    for content in contents.values_list("content", flat=True):
        met |= {answer["id"]: answer["met"] for answer in json.loads(content)["answers"]}
    for name in reversed(REACHED[Stage(stage)]):
        met |= dict(Assessment.objects.filter(answer__in=asked, stage=name).values_list("answer", "met"))
    return {pk: Declared(region, indicator, met.get(pk)) for pk, (_, region, indicator) in asked.items()}
