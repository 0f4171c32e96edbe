"""Marking decisions whose figures moved after they were made, and keeping one all the same with a reason."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from surveillance.models import Score, SelfReport, SurveillanceDecision
from surveillance.queries.older_figures import differs, older_figures, score_read
from surveillance.services.clash import check_version
from surveillance.services.decision_replacing import locked_decision
from work.status import InvalidTransition

REWRITTEN = "The scores were worked out again."


def mark_decisions(reports: Sequence[SelfReport], scores: Mapping[int, list[Score]], *, why: str = "") -> None:
    """Mark live decisions whose frozen figures are not the score any more, and unmark those that fit again.

    ``why`` says what moved them; without it the score's own reason does. One whose self-report is open again stays marked.
    What somebody kept is asked about again only when the reason is another one.
    """
    by_id = {report.pk: report for report in reports}
    for decision in _live_decisions(reports):
        figures = json.loads(decision.figures)
        score, report = score_read(scores.get(figures["self_report_id"], [])), by_id.get(figures["self_report_id"])
        if score is None or report is None:
            continue
        if differs(figures, score):
            _mark(decision, why or score.reason or REWRITTEN)
        elif decision.is_on_older_figures and report.accepted_at is not None:
            _unmark(decision)


def mark_reopened(report: SelfReport, *, at: dt.datetime) -> None:
    """Mark the live decisions made on a self-report that is opened again."""
    reason = f"The self-report was opened again on {month_date(at)}: {report.reopened_reason}"
    for decision in _live_decisions([report]):
        _mark(decision, reason)


def mark_accepted_again(report: SelfReport) -> None:
    """Compare the live decisions with the score that was just accepted; call it in the transaction of accepting."""
    why = ""
    if report.reopened_at:
        why = f"The self-report was opened again on {month_date(report.reopened_at)} and accepted again: {report.reopened_reason}"
    mark_decisions([report], {report.pk: list(Score.objects.filter(self_report=report))}, why=why)


def _live_decisions(reports: Sequence[SelfReport]) -> list[SurveillanceDecision]:
    live = SurveillanceDecision.objects.live().filter(
        service__in=[report.service_id for report in reports], round__in={report.round_id for report in reports}
    )
    return list(live.select_for_update(of=("self",)).order_by("pk"))


def _mark(decision: SurveillanceDecision, reason: str) -> None:
    if decision.is_on_older_figures and decision.older_figures_reason == reason:
        return
    SurveillanceDecision.objects.filter(pk=decision.pk).update(
        is_on_older_figures=True, older_figures_reason=reason, kept_reason="", kept_at=None, kept_by=None, version=F("version") + 1
    )
    audit.record("decision.on_older_figures", target=decision, by=None, reason=reason)


def _unmark(decision: SurveillanceDecision) -> None:
    SurveillanceDecision.objects.filter(pk=decision.pk).update(
        is_on_older_figures=False, older_figures_reason="", kept_reason="", kept_at=None, kept_by=None, version=F("version") + 1
    )
    audit.record("decision.figures_fit_again", target=decision, by=None)


@transaction.atomic
def keep_decision(
    *, decision_id: int, reason: str, by: User, version: int | None = None, at: dt.datetime | None = None
) -> SurveillanceDecision:
    """Let a live decision stand though its figures moved, with a reason. Raises InvalidTransition, SomeoneElseChanged."""
    decision = locked_decision(decision_id)
    if decision.status not in SurveillanceDecision.LIVE:
        raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so there is nothing to keep.")
    check_version(decision, decision.version, version)
    if older_figures(decision) is None:
        raise InvalidTransition("The figures of this decision are still those of the self-report.")
    decision.is_on_older_figures, decision.kept_reason, decision.kept_by = True, reason.strip(), by
    decision.kept_at, decision.version = at or timezone.now(), decision.version + 1
    decision.save(update_fields=["is_on_older_figures", "kept_reason", "kept_by", "kept_at", "version"])
    audit.record("decision.kept", target=decision, by=by, reason=reason.strip())
    return decision
