"""Writing scores again when an indicator was suspended, or counts again: in batches, with the reason, the same result each time."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from surveillance.models import Answer, Indicator, Score, SelfReport
from surveillance.services.collation import ask_to_count
from surveillance.services.older_figures import mark_decisions
from surveillance.services.scores import COLUMNS, Basis, bases_of, carry_on, columns_of
from work import jobs

BATCH = 200
KIND = "challenges.rescore"


def ask_to_rescore(indicator: Indicator, *, by: User | None = None) -> None:
    """Ask for the job that writes the scores again. The revision is part of its key: a later change is never taken for this one."""
    jobs.enqueue(KIND, indicator_id=indicator.pk, revision=indicator.revision, requested_by=by)


def reports_holding(indicator_id: int) -> QuerySet[SelfReport]:
    """Self-reports that ask the indicator."""
    return SelfReport.objects.filter(pk__in=Answer.objects.filter(indicator=indicator_id).values("self_report"))


@transaction.atomic
def rescore_next(*, indicator_id: int, after: int = 0, limit: int = BATCH) -> tuple[int, int]:
    """Write the scores of the next self-reports that ask the indicator; gives the last one's id and how many, (0, 0) at the end.

    Their rows are locked, so that no declaration or decision stands between what is read and what is written. Every figure
    is worked out from what was declared, so running it again writes the same figures, reasons and marks.
    """
    indicator = Indicator.objects.get(pk=indicator_id)
    waiting = reports_holding(indicator_id).filter(pk__gt=after).order_by("pk")
    reports = list(waiting.select_related("round", "indicator_set").select_for_update(of=("self",))[:limit])
    if not reports:
        return 0, 0
    scores: dict[int, list[Score]] = {}
    for score in Score.objects.filter(self_report__in=reports):
        scores.setdefault(score.self_report_id, []).append(score)
    now, changed = timezone.now(), []
    for basis in bases_of([report for report in reports if report.pk in scores]):
        for score in scores[basis.report.pk]:
            score.self_report = basis.report
            if _rewrite(score, basis, indicator, now):
                changed.append(score)
    Score.objects.bulk_update(changed, [*COLUMNS, "reason", "scored_at"])
    carry_on(changed)
    for round_id in {score.self_report.round_id for score in changed}:
        ask_to_count(round_id)
    mark_decisions(reports, scores)
    return reports[-1].pk, len(reports)


def _rewrite(score: Score, basis: Basis, indicator: Indicator, now: dt.datetime) -> bool:
    """Put the figures and their reason on a score; whether it was touched at all."""
    columns = columns_of(basis.result(score.stage))
    is_moved = any(getattr(score, name) != value for name, value in columns.items())
    counts_again = f"Indicator {indicator.number}: {indicator.suspended_reason}"
    was_concerned = is_moved or f"Indicator {indicator.number} suspended from" in score.reason or counts_again in score.reason
    is_lifted = indicator.suspended_from is None and indicator.suspended_reason != "" and was_concerned
    reason = " ".join(part for part in (basis.reason, counts_again if is_lifted else "") if part)
    if not is_moved and reason == score.reason and indicator not in basis.suspended.values():
        return False
    for name, value in columns.items():
        setattr(score, name, value)
    score.reason, score.scored_at = reason, now
    return True


def begin_suspensions(*, today: dt.date | None = None) -> int:
    """Ask for the jobs of suspensions whose day has come and whose scores are older than that day; gives how many.

    Days on which nothing ran are made good: what decides is the age of the scores, not the date of today.
    """
    count = 0
    for indicator in Indicator.objects.filter(suspended_from__lte=today or timezone.localdate()):
        if _has_older_scores(indicator):
            ask_to_rescore(indicator)
            count += 1
    return count


def _has_older_scores(indicator: Indicator) -> bool:
    """Whether a score that the suspension concerns was written before its day: ``suspension.is_reached`` as a condition."""
    day = indicator.suspended_from
    if day is None:
        return False
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    is_reached = (
        Q(self_report__declared_at=None) | Q(self_report__round__check_by_date__gte=day) | Q(self_report__declared_at__gte=midnight)
    )
    older = Score.objects.filter(is_reached, scored_at__lt=midnight)
    return older.filter(self_report__in=reports_holding(indicator.pk)).exists()
