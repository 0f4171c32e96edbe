"""The clocks of a report: every step with who holds it and its day, done or still to come."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils import timezone

from peerreview.queries.milestones import holder_of, milestone_date
from reports.models import Report, TeamReading
from reports.queries.readings import CODE
from reports.queries.steps import done_of, silence_words
from work.items import clock_words, day_words

Answer = TeamReading.Answer
# Step, what it is called where the procedure does not say, who holds it likewise.
STEPS = (
    ("DRAFT", "Draft report", "Hub"),
    ("TEAM_READING", "Team reads the draft report", "Team"),
    ("QUALITY_CHECK", "Independent quality check by two people", "Hub"),
    ("ACCURACY", "Factual accuracy check by the service", "Service lead"),
    ("FINAL", "Final report signed off", "Hub manager"),
    ("PUBLICATION", "Publication decision", "National lead"),
)
TEAM_PLACE, SERVICE_PLACE = (([code for code, _, _ in STEPS].index(code)) for code in (CODE, "ACCURACY"))


@dataclass(frozen=True)
class Clock:
    """One step of a report: what, who holds it, and its clock in words."""

    label: str
    holder: str
    words: str
    is_late: bool = False
    is_done: bool = False


def clocks_of(report: Report) -> list[Clock]:
    """The six clocks in the order of the steps; days that depend on an earlier step move with it until that is done."""
    dates, done = _dates(report), done_of(report) | _team_done(report)
    rows = {str(row["code"]): row for row in report.review.procedure.milestones}
    clocks = [
        _clock(
            str(rows.get(code, {}).get("label", label)), holder_of(report.review, code, str(rows.get(code, {}).get("holder", holder))),
            dates.get(code), done.get(code),
        )
        for code, label, holder in STEPS
    ]  # fmt: skip
    if words := silence_words(report):
        clocks[SERVICE_PLACE] = replace(clocks[SERVICE_PLACE], words=words, is_late=False)
    if words := _team_words(report):
        clocks[TEAM_PLACE] = replace(clocks[TEAM_PLACE], words=words, is_late=False)
    return clocks


def _clock(label: str, holder: str, due: dt.date | None, done: dt.date | None) -> Clock:
    if done:
        late = due is not None and done > due
        return Clock(label, holder, f"Done on {day_words(done)}, {'late' if late else 'on time'}", is_done=True)
    if due is None:
        return Clock(label, holder, "No date is set")
    return Clock(label, holder, clock_words(due), is_late=due < timezone.localdate())


def _dates(report: Report) -> dict[str, dt.date | None]:
    """The days that were set for this report; where none was set yet, those that the procedure gives."""
    checks = [check.due_date for check in report.quality_checks.all() if check.outcome not in ("OUTDATED", "REPLACED")]
    readings = [reading.due_date for reading in report.team_readings.all()]
    set_here = {
        "DRAFT": report.draft_due_date, "TEAM_READING": max(readings, default=None), "QUALITY_CHECK": max(checks, default=None),
        "ACCURACY": report.accuracy_due_date, "FINAL": report.final_due_date, "PUBLICATION": report.publication_due_date,
    }  # fmt: skip
    return {code: day or milestone_date(report.review, code) for code, day in set_here.items()}


def _team_words(report: Report) -> str:
    """That nobody was asked yet, or that the quality check did not wait for the whole team; empty where its clock runs or is done."""
    readings = list(report.team_readings.all())
    if not readings:
        return "Runs from the day on which the team is asked"
    skipped = [one.answered_at for one in readings if one.answer == Answer.SKIPPED and one.answered_at]
    if not skipped:
        return ""
    return f"Clock stopped on {day_words(timezone.localdate(max(skipped)))}: the quality check did not wait for the whole team"


def _team_done(report: Report) -> dict[str, dt.date]:
    """The day on which the last member answered, or the last silence was recorded; nothing while somebody is waited for."""
    readings = list(report.team_readings.all())
    if not readings or any(reading.answer in (Answer.WAITING, Answer.SKIPPED) for reading in readings):
        return {}
    return {"TEAM_READING": timezone.localdate(max(reading.answered_at for reading in readings if reading.answered_at))}
