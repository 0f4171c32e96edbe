"""What a peer review holds an answer to be: the assessment at its stage, and the score written again."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, Assessment, Indicator, InvalidTransition, SelfReport, Stage
from surveillance.services.collation import ask_to_count
from surveillance.services.scores import write_score

VALUES = {True: Answer.YES, False: Answer.NO, None: Answer.NA}


@transaction.atomic
def assess_by_peers(*, answer_id: int, is_met: bool | None, reason: str, by: User) -> Assessment:
    """Keep what a team agreed about an answer of an accepted self-report; None is not applicable.

    The self-report is locked, and its score at this stage is written again. A measured answer keeps its figures: the team
    judges whether it is met, it does not measure. Raises InvalidTransition unless the self-report is accepted.
    """
    answer = Answer.objects.select_related("indicator").get(pk=answer_id)
    reports = SelfReport.objects.select_related("round", "indicator_set").select_for_update(of=("self",))
    report = reports.get(pk=answer.self_report_id)
    if report.status != SelfReport.Status.ACCEPTED:
        raise InvalidTransition(f"This self-report is {report.get_status_display().lower()}, so a peer review cannot assess its answers.")
    columns = _figures(answer, is_met) | {"met": is_met, "reason": reason, "assessed_by": by, "assessed_at": timezone.now()}
    assessment, _ = Assessment.objects.update_or_create(answer=answer, stage=Stage.PEER_REVIEWED, defaults=columns)
    audit.record("answer.peer_reviewed", target=answer, by=by)
    write_score(report, Stage.PEER_REVIEWED)
    ask_to_count(report.round_id)
    return assessment


def rewrite_peer_score(report: SelfReport) -> None:
    """Write the score at this stage again when a self-report that a team assessed is accepted anew; nothing without such a team."""
    if Assessment.objects.filter(answer__self_report=report, stage=Stage.PEER_REVIEWED).exists():
        write_score(report, Stage.PEER_REVIEWED)


def _figures(answer: Answer, is_met: bool | None) -> dict[str, object]:
    is_choice = answer.indicator.answer_kind == Indicator.AnswerKind.YES_NO_NA
    if is_choice or is_met is None:
        return {"value": VALUES[is_met], "numerator": None, "denominator": None}
    value = "" if answer.value in {Answer.NA, Answer.CANNOT} else answer.value
    return {"value": value, "numerator": answer.numerator, "denominator": answer.denominator}
