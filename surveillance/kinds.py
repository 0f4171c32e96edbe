"""Whether a refused person sees the object behind a route at all: then 403, else 404 like a missing one."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import (
    Answer,
    EvidenceItem,
    Indicator,
    IndicatorChallenge,
    IndicatorComment,
    IndicatorSet,
    Round,
    SelfReport,
    SpreadsheetUpload,
)

Visible = Callable[[User, dict[str, Any]], bool]


def sees_self_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the self-report, and where the route names one, its answer or spreadsheet, is in the person's scope."""
    if not SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW).filter(pk=route["pk"]).exists():
        return False
    answer, upload = route.get("answer_pk"), route.get("upload_pk")
    if upload is not None:
        return SpreadsheetUpload.objects.filter(pk=upload, self_report=route["pk"]).exists()
    return answer is None or Answer.objects.filter(pk=answer, self_report=route["pk"]).exists()


def sees_round(user: User, route: dict[str, Any]) -> bool:
    """That a year has a round is no secret; what came in is."""
    return Round.objects.filter(year=route["year"]).exists()


def sees_evidence(user: User, route: dict[str, Any]) -> bool:
    """Whether the document is in the person's scope."""
    return EvidenceItem.objects.for_user(user, Permission.EVIDENCE_VIEW).filter(pk=route["pk"]).exists()


def sees_indicator_set(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read this version; where the route names an indicator or a comment, whether it is of this set."""
    if not IndicatorSet.objects.for_user(user, Permission.INDICATOR_SET_VIEW).filter(pk=route["pk"]).exists():
        return False
    indicator, comment = route.get("indicator_pk"), route.get("comment_pk")
    if indicator is not None and not Indicator.objects.filter(pk=indicator, indicator_set=route["pk"]).exists():
        return False
    return comment is None or IndicatorComment.objects.filter(pk=comment, indicator_set=route["pk"]).exists()


def sees_indicator_challenge(user: User, route: dict[str, Any]) -> bool:
    """A challenge exists for the services that made it and for those who answer it."""
    places = (Permission.INDICATOR_CHALLENGE, Permission.INDICATOR_SET_MANAGE)
    return any(IndicatorChallenge.objects.for_user(user, place).filter(pk=route["pk"]).exists() for place in places)


SELF_REPORT_KINDS: dict[str, Visible] = {
    "self_report": sees_self_report,
    "round": sees_round,
    "evidence": sees_evidence,
    "indicator_set": sees_indicator_set,
    "indicator_draft": sees_indicator_set,
    "indicator_challenge": sees_indicator_challenge,
}
