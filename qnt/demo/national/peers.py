"""What visiting teams held answers to be: assessments and scores of the peer review stage."""

from collections.abc import Sequence

from qnt.demo.national.bulk import write_all
from qnt.demo.national.told import Told
from surveillance import scoring
from surveillance.models import Answer, Assessment, Score, SelfReport, Stage, SurveillanceDecision
from surveillance.services.peer_assessments import VALUES

LOOKED_AT = 6  # answers that a team judges: assumed, about as many as focus topics name


def judge(told: Told, decisions: Sequence[SurveillanceDecision]) -> None:
    """Some answers of the self-reports that these decisions rest on, most as they were, some otherwise; and the score that follows."""
    wanted = {(one.service_id, one.round_id) for one in decisions}
    services, rounds = ({key[place] for key in wanted} for place in (0, 1))
    accepted = SelfReport.objects.filter(service__in=services, round__in=rounds, status=SelfReport.Status.ACCEPTED)
    found = accepted.select_related("indicator_set", "accepted_by").order_by("pk")
    reports = {one.pk: one for one in found if (one.service_id, one.round_id) in wanted}
    before: dict[int, dict[int, bool | None]] = {pk: {} for pk in reports}
    answers = Answer.objects.filter(self_report__in=reports).select_related("indicator").order_by("pk")
    by_report: dict[int, list[Answer]] = {pk: [] for pk in reports}
    for answer in answers:
        by_report[answer.self_report_id].append(answer)
        before[answer.self_report_id][answer.pk] = answer.met
    validated = Assessment.objects.filter(answer__self_report__in=reports, stage=Stage.VALIDATED)
    for pk, report_id, is_met in validated.values_list("answer", "answer__self_report", "met"):
        before[report_id][pk] = is_met
    assessments: list[Assessment] = []
    scores: list[Score] = []
    for pk, report in reports.items():
        judged = _judged(told, report, by_report[pk], before[pk])
        met = before[pk] | {one.answer_id: one.met for one in judged}
        result = scoring.score(
            (scoring.Line(met[one.pk], is_key=one.indicator.is_key) for one in by_report[pk]),
            threshold_percent=report.indicator_set.threshold_percent, visit_level_percent=report.indicator_set.visit_level_percent,
        )  # fmt: skip
        assessments += judged
        scores.append(Score(self_report=report, stage=Stage.PEER_REVIEWED, **vars(result)))
    write_all(Assessment, assessments)
    write_all(Score, scores)


def _judged(told: Told, report: SelfReport, answers: Sequence[Answer], before: dict[int, bool | None]) -> list[Assessment]:
    """Of what is applicable a few answers; what was not met is often met by the visit, what was met seldom not."""
    made = []
    for answer in told.some([one for one in answers if before[one.pk] is not None], LOOKED_AT):
        is_met = told.holds(0.93) if before[answer.pk] else told.holds(0.45)
        is_choice = answer.indicator.answer_kind == "YES_NO_NA"
        made.append(
            Assessment(
                answer=answer,
                stage=Stage.PEER_REVIEWED,
                value=VALUES[is_met] if is_choice else answer.value,
                numerator=answer.numerator,
                denominator=answer.denominator,
                met=is_met,
                reason="Illustrative reason.",
                assessed_by=told.officers[report.service.region_id],
                assessed_at=told.now,
            )  # fmt: skip
        )
    return made
