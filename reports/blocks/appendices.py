"""The appendices: the team, compliance with every standard, the timetable."""

import datetime as dt
from collections import defaultdict

from django.utils import timezone

from accounts.templatetags.qnt_tags import clock_time, month_date
from peerreview.models import Review
from peerreview.queries.teams import profile_of, team_of
from reports.blocks.block import Data
from reports.blocks.drawing import latest_reports
from reports.blocks.services import sets_of
from surveillance.models import Answer, Assessment, Indicator, IndicatorSet, SelfReport, Service, Stage
from surveillance.services.scores import declared_answers

MET_WORDS = {True: "Met", False: "Not met", None: "Not applicable"}
NO_DATA = "No data"


def team(review: Review) -> Data:
    """The members whose conflicts of interest were cleared: role on the team, professions, employer."""
    members = []
    for member in team_of(review).select_related("user__reviewer_profile__employer"):
        profile = profile_of(member.user)
        members.append(
            {
                "name": member.user.name,
                "role": member.get_team_role_display(),
                "professions": (profile.professions if profile else "") or member.user.job_title,
                "employer": profile.employer.name if profile and profile.employer else "",
            }
        )
    manager = review.visit_lead.name if review.visit_lead else ""
    return {"members": members, "visit_manager": manager, "hub": review.region.name}


def compliance(review: Review) -> Data:
    """For each service the counts at each stage and a row for every indicator of its set, in order."""
    reports = latest_reports(review)
    return {"services": [_service(service, found, reports.get(service.pk)) for service, found in sets_of(review)]}


def _service(service: Service, indicator_set: IndicatorSet | None, report: SelfReport | None) -> Data:
    counts = []
    for score in sorted(report.scores.all(), key=lambda score: list(Stage).index(Stage(score.stage))) if report else []:
        counts.append({"stage": Stage(score.stage).label, "met": score.met_count, "applicable": score.applicable_count})
    return {
        "name": service.name,
        "holder": service.holder.name,
        "standards": f"{indicator_set.name}, version {indicator_set.version}" if indicator_set else "",
        "year": str(report.round.year) if report else "",
        "counts": counts,
        "rows": _rows(indicator_set, report) if indicator_set else [],
    }


def _rows(indicator_set: IndicatorSet, report: SelfReport | None) -> list[Data]:
    declared = {answer["id"]: answer for answer in declared_answers(report)} if report else {}
    answers = {answer.indicator_id: answer for answer in report.answers.all()} if report else {}
    assessed: dict[int, dict[str, Assessment]] = defaultdict(dict)
    for assessment in Assessment.objects.filter(answer__self_report=report) if report else []:
        assessed[assessment.answer_id][assessment.stage] = assessment
    is_checked = bool(report and report.status == SelfReport.Status.ACCEPTED)
    return [
        _row(indicator, answers.get(indicator.pk), declared, assessed, is_checked=is_checked)
        for indicator in indicator_set.indicators.order_by("position")
    ]


def _row(
    indicator: Indicator, answer: Answer | None, declared: dict[int, Data], assessed: dict[int, dict[str, Assessment]], *, is_checked: bool
) -> Data:
    line = declared.get(answer.pk) if answer else None
    stages = assessed.get(answer.pk, {}) if answer else {}
    validated, reviewed = stages.get(Stage.VALIDATED), stages.get(Stage.PEER_REVIEWED)
    own = _words(indicator, line) if line else NO_DATA
    checked = MET_WORDS[validated.met] if validated else (MET_WORDS[line.get("met")] if line and is_checked else NO_DATA)
    comments = [("Service", (line or {}).get("reason", "")), ("Service", (line or {}).get("comment", ""))]
    comments += [("Hub", validated.reason if validated else ""), ("Review", reviewed.reason if reviewed else "")]
    return {
        "number": indicator.number,
        "title": indicator.title,
        "note": _note(indicator),
        "self": own,
        "validated": checked,
        "reviewed": MET_WORDS[reviewed.met] if reviewed else "Not judged",
        "comments": [[who, text] for who, text in comments if text],
    }


def _note(indicator: Indicator) -> str:
    if indicator.retired_on:
        return f"Retired on {month_date(indicator.retired_on)}"
    if indicator.suspended_from:
        return f"Suspended from {month_date(indicator.suspended_from)}"
    return "Key indicator" if indicator.is_key else ""


def _words(indicator: Indicator, line: Data) -> str:
    """Met or not, and for a measured indicator by how much."""
    met = line.get("met")
    measured = ""
    if line.get("numerator") is not None and line.get("denominator") is not None:
        measured = f"{line['numerator']} of {line['denominator']}"
    elif indicator.answer_kind == Indicator.AnswerKind.NUMBER:
        measured = str(line.get("value") or "")
    if indicator.answer_kind == Indicator.AnswerKind.TEXT and met is None and line.get("value") not in ("", "NA", None):
        return "Answered"
    words = MET_WORDS[met]
    target = f", target {indicator.target_words}" if indicator.target_words else ""
    return f"{words}: {measured}{target}" if measured else words


def timetable(review: Review) -> Data:
    """The days of the visit with their sessions, and the days on which the review's steps were done."""
    days = [
        {
            "date": month_date(day.date),
            "sessions": [
                {
                    "time": f"{clock_time(session.starts_at)} to {clock_time(session.ends_at)}",
                    "title": session.title,
                    "place": session.place,
                }
                for session in day.sessions.all()
            ],
        }
        for day in review.days.prefetch_related("sessions")
    ]
    steps: list[tuple[str, dt.datetime | None]] = [
        ("Review opened", review.opened_at), ("Notice sent to the service", review.notified_at),
        ("Topics and evidence agreed", review.preparing_at), ("Visit began", review.visited_at),
    ]  # fmt: skip
    return {"days": days, "steps": [[label, month_date(timezone.localdate(moment))] for label, moment in steps if moment]}
