"""Whether a refused person sees the object behind a route at all: then 403, else 404 like a missing one."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import Answer, EvidenceItem, IndicatorSet, Round, SelfReport

Visible = Callable[[User, dict[str, Any]], bool]


def sees_self_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the self-report, and where the route names one, its answer, is in the person's scope."""
    if not SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW).filter(pk=route["pk"]).exists():
        return False
    answer = route.get("answer_pk")
    return answer is None or Answer.objects.filter(pk=answer, self_report=route["pk"]).exists()


def sees_round(user: User, route: dict[str, Any]) -> bool:
    """That a year has a round is no secret; what came in is."""
    return Round.objects.filter(year=route["year"]).exists()


def sees_evidence(user: User, route: dict[str, Any]) -> bool:
    """Whether the document is in the person's scope."""
    return EvidenceItem.objects.for_user(user, Permission.EVIDENCE_VIEW).filter(pk=route["pk"]).exists()


def sees_indicator_set(user: User, route: dict[str, Any]) -> bool:
    """Indicator sets are open to everybody with a role; drafts only exist for those who may read them."""
    return IndicatorSet.objects.filter(pk=route["pk"]).exists()


SELF_REPORT_KINDS: dict[str, Visible] = {
    "self_report": sees_self_report,
    "round": sees_round,
    "evidence": sees_evidence,
    "indicator_set": sees_indicator_set,
}
