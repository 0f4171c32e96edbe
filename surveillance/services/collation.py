"""Counting a round's indicators: from the answers for a page that is narrowed, and ahead by a job for all others."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from surveillance.models import Answer, IndicatorFigure, Round, RoundCount, Score, SelfReport, Stage
from surveillance.queries.collation import IndicatorCount, at_stage, cells_of, counted_most_not_met
from surveillance.queries.round_answers import STILL, answers_at, moving_answers
from work import jobs
from work.jobs import Lease

KIND = "collation.count"
# Counted at most so often when nobody asks: our default. The periodic work makes good what is left out.
LEAST_SECONDS = 60
# Scores are stamped before their transaction ends: how long it may take at most.
SLACK = dt.timedelta(minutes=5)
Key = tuple[int, int]  # region, indicator


def ask_to_count(round_id: int, *, by: User | None = None) -> None:
    """Ask for the job that counts a round's indicators; many at once make one job. ``by`` is who asked for it on the page."""
    jobs.enqueue(KIND, round_id=round_id, requested_by=by, key=f"{round_id} asked" if by else str(round_id))


def counts_by_region(answers: QuerySet[Answer], opened: Round, stage: str) -> dict[Key, tuple[int, int]]:
    """Region and indicator to met and applicable at ``stage``, over ``answers`` of a round.

    Where the service may be answering a query just now, what was declared is read and not the rows that it edits.
    """
    counted = answers_at(answers, opened, stage)
    rows: Iterable[Any] = (
        counted.filter(self_report__status__in=STILL)
        .values_list("self_report__service__region", "indicator")
        .annotate(met_count=Count("pk", filter=Q(result=True)), applicable=Count("pk", filter=Q(result__isnull=False)))
    )
    found = {(region, indicator): (met, applicable) for region, indicator, met, applicable in rows if applicable}
    for one in moving_answers(counted, stage).values():
        if one.met is not None:
            key = (one.region_id, one.indicator_id)
            met, applicable = found.get(key, (0, 0))
            found[key] = (met + one.met, applicable + 1)
    return found


def answers_to(indicator_id: int, answers: QuerySet[Answer], opened: Round, stage: str) -> tuple[QuerySet[Answer], dict[int, bool | None]]:
    """Answers to one indicator with ``result``, and what was declared (answer to met) where the rows are being edited."""
    counted = answers_at(answers.filter(indicator=indicator_id), opened, stage)
    return counted, {pk: one.met for pk, one in moving_answers(counted, stage).items()}


def indicator_counts(answers: QuerySet[Answer], opened: Round, stage: str) -> list[IndicatorCount]:
    """The same over all regions."""
    found: dict[int, tuple[int, int]] = {}
    for (_, indicator), (met, applicable) in counts_by_region(answers, opened, stage).items():
        before = found.get(indicator, (0, 0))
        found[indicator] = (before[0] + met, before[1] + applicable)
    return [IndicatorCount(indicator, *figures) for indicator, figures in found.items()]


@transaction.atomic
def count_round(*, round_id: int, lease: Lease | None = None) -> int:
    """Count a round's indicators at every stage and keep the figures; gives how many changed.

    The round's row is locked, so two workers count one after the other; the moment is taken before reading, so that what
    comes in meanwhile counts as newer. Running it again writes nothing.
    """
    counting = Round.objects.select_for_update(no_key=True).get(pk=round_id)
    now = timezone.now()
    answers = Answer.objects.all()
    wanted = {(stage, *key): figures for stage in Stage.values for key, figures in counts_by_region(answers, counting, stage).items()}
    columns = ("stage", "region", "indicator", "pk", "met_count", "applicable_count")
    kept = {row[:3]: row[3:] for row in IndicatorFigure.objects.filter(round=counting).values_list(*columns)}
    gone = [row[0] for key, row in kept.items() if key not in wanted]
    IndicatorFigure.objects.filter(pk__in=gone).delete()
    changed = [key for key, figures in wanted.items() if kept.get(key, (0, 0, 0))[1:] != figures]
    IndicatorFigure.objects.bulk_create(
        (
            IndicatorFigure(
                round=counting, stage=stage, region_id=region, indicator_id=indicator,
                met_count=wanted[stage, region, indicator][0], applicable_count=wanted[stage, region, indicator][1],
            )
            for stage, region, indicator in changed
        ),
        batch_size=2000, update_conflicts=True, unique_fields=["round", "stage", "region", "indicator"],
        update_fields=["met_count", "applicable_count"],
    )  # fmt: skip
    RoundCount.objects.update_or_create(round=counting, defaults={"counted_at": now, "figures": _figures(counting)})
    if lease:
        lease.complete(sentence=f"The figures of the {counting.year} round are up to date")
    return len(gone) + len(changed)


def _figures(counting: Round) -> dict[str, dict[str, Any]]:
    """What came in at each stage, and the indicators most often not met, as they are kept."""
    found = {}
    for stage in Stage.values:
        cells = cells_of(at_stage(SelfReport.objects.filter(round=counting), counting, stage))
        not_met = counted_most_not_met(counting, stage, {}, None)
        found[stage] = {
            "cells": [asdict(cell) for cell in cells], "not_met": [(one.indicator_id, one.met, one.applicable) for one in not_met]
        }  # fmt: skip
    return found


def count_all_rounds() -> None:
    """Count every round now: for a site that was filled in bulk."""
    for pk in Round.objects.order_by("year").values_list("pk", flat=True):
        count_round(round_id=pk)


def was_counted_just_now(round_id: int) -> bool:
    """Whether the figures are so fresh that they are not counted again unless somebody asks."""
    since = timezone.now() - dt.timedelta(seconds=LEAST_SECONDS)
    return RoundCount.objects.filter(round=round_id, counted_at__gt=since).exists()


def count_stale_rounds() -> int:
    """Ask for the figures of rounds with scores that are newer than what was counted; gives how many."""
    newer = Score.objects.filter(self_report__round=OuterRef("pk"))
    stale = Round.objects.filter(
        Q(count=None) & Exists(newer)
        | Exists(newer.filter(scored_at__gt=OuterRef("count__counted_at") - SLACK))
        | Q(self_reports__reopened_at__gt=F("count__counted_at") - SLACK)
    )
    found = list(stale.distinct().values_list("pk", flat=True))
    for pk in found:
        ask_to_count(pk)
    return len(found)
