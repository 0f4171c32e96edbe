"""Answers as they were declared, and whether one is not met as decisions read it."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from surveillance.models import Assessment, Declaration, Score, SelfReport, Stage

# In these a declared self-report may hold answers that were changed since: its figures are read from the declaration.
BEING_CHANGED = (SelfReport.Status.QUERIED, SelfReport.Status.WITH_EXECUTIVE)


def declared_answers(self_report_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Answer id to its declared facts, from the newest declaration of each self-report; no statement for none."""
    reports = list(self_report_ids)
    if not reports:
        return {}
    newest = Declaration.objects.filter(self_report=OuterRef("self_report")).order_by("-declared_at", "-pk")
    contents = Declaration.objects.filter(self_report__in=reports, pk=Subquery(newest.values("pk")[:1])).values_list("content", flat=True)
    return {answer["id"]: answer for content in contents for answer in json.loads(content)["answers"]}


def not_met_as_decided() -> Q:
    """Answers that are not met as a decision reads them: at the validated stage once it is scored, else as self-assessed."""
    is_validated = Exists(Score.objects.filter(self_report=OuterRef("self_report"), stage=Stage.VALIDATED))
    assessed = Assessment.objects.filter(answer=OuterRef("pk"), stage=Stage.VALIDATED)
    changed = Q(is_validated) & Q(Exists(assessed.filter(met=False)))
    return changed | (Q(met=False) & (~Q(is_validated) | ~Q(Exists(assessed))))
