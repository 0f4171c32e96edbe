"""What an executive should see before declaring."""

from collections.abc import Sequence

from django.utils import timezone

from surveillance import scoring
from surveillance.models import Answer, IndicatorSet, SelfReport
from surveillance.queries.self_reports import is_suspended
from surveillance.scoring import Line, Result


def preview_score(report: SelfReport, answers: Sequence[Answer]) -> Result:
    """The score as it would be declared now; nothing is written."""
    levels = report.indicator_set or IndicatorSet()
    today = timezone.localdate()
    lines = [Line(a.met, is_suspended=is_suspended(a.indicator, today)) for a in answers] if levels.is_counted else []
    return scoring.score(lines, threshold_percent=levels.threshold_percent, visit_level_percent=levels.visit_level_percent)
