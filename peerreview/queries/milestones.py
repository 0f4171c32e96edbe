"""The days that a review's procedure sets, worked out from its anchors: the visit, a finding, a letter, the report."""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from peerreview.facts import ReportFact, report_of
from peerreview.models import Procedure, Review
from peerreview.procedure_parts import BEFORE_VISIT
from peerreview.queries.done_days import RECORDED, done_days
from work.items import clock_words, counted, day_words
from work.working_days import add_working_days, working_days_between

# Milestones that run from something else than the visit or the report, for each finding, letter or person on its own.
APART = ("FINDING", "LETTER", "INVITED", "TEAM_ASKED")
# Of a review for learning: who holds these instead, since the hub and the nation do not read its report (ADR 14).
LEARNING_HOLDERS = {"QUALITY_CHECK": "Team", "FINAL": "Lead reviewer", "PUBLICATION": "Service"}
NOT_LEARNING = ("PLAN",)  # nobody is directed to act: each side makes its own pledges
NOT_PLANNED = (Review.Status.PROPOSED, Review.Status.POSTPONED, Review.Status.CANCELLED)


@dataclass(frozen=True)
class Milestone:
    """One day that somebody must meet: what, who, by when, and its clock in words."""

    code: str
    label: str
    holder: str
    due: dt.date | None
    clock_words: str
    is_late: bool = False
    is_done: bool = False
    is_stopped: bool = False

    @property
    def is_running(self) -> bool:
        """Whether somebody still has to meet the day."""
        return self.due is not None and not self.is_done and not self.is_stopped


def milestones_of(review: Review, *, facts: dict[int, ReportFact] | None = None) -> list[Milestone]:
    """Every milestone of the review's procedure that its page shows, in order of the day; letters have rows of their own.

    For many reviews give ``facts``, and prefetch ``team``, ``evidence_asks`` and ``progress_checks``.
    """
    fact = report_of(review.pk) if facts is None else facts.get(review.pk)
    done = done_days(review) | (fact.done if fact else {})
    left_out = NOT_LEARNING if review.is_learning else ()
    entries = [entry for entry in review.procedure.milestones if entry["anchor"] not in APART and entry["code"] not in left_out]
    rows = [_milestone(review, entry, done, fact.ended if fact else {}) for entry in entries]
    return sorted(rows, key=lambda row: (row.due is None, row.due or dt.date.max))


def milestone_date(review: Review, code: str, *, facts: dict[int, ReportFact] | None = None) -> dt.date | None:
    """The day of one milestone; None when its anchor has no day yet or the procedure has no such milestone."""
    entry = next((entry for entry in review.procedure.milestones if entry["code"] == code), None)
    fact = report_of(review.pk) if facts is None else facts.get(review.pk)
    return _due(review, entry, fact.done if fact else {}) if entry else None


def days_after(procedure: Procedure, code: str, start: dt.date) -> dt.date:
    """The day of a milestone that starts to run on ``start``. Raises KeyError when the procedure has none."""
    return add_working_days(start, procedure.working_days(code))


def notice_days(starts_date: dt.date, given_on: dt.date | None = None) -> int:
    """Working days from the day of the notice, today where none is given, up to the first day of the visit."""
    return working_days_between(given_on or timezone.localdate(), starts_date)


def notice_fault(procedure: Procedure, starts_date: dt.date, given_on: dt.date | None = None) -> str:
    """What is wrong with the notice that this first day gives, in words (ux 18); empty when it is enough."""
    asked, given = -procedure.working_days("NOTICE"), notice_days(starts_date, given_on)
    if given >= asked:
        return ""
    days = f"{counted(max(given, 0), 'working day')}'" if given != 1 else "1 working day's"
    return f"{day_words(starts_date)} gives {days} notice. The procedure asks for {asked}. Choose a later date or say why."


def add_months(start: dt.date, count: int) -> dt.date:
    """The same day ``count`` months later; the last of that month where it has no such day."""
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    return dt.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _due(review: Review, entry: dict[str, object], done: dict[str, dt.date]) -> dt.date | None:
    if review.starts_date is None or review.ends_date is None or review.status in NOT_PLANNED:
        return None
    if review.is_learning and entry["code"] == "PUBLICATION":  # consent is free: no clock runs
        return None
    anchor, days, months = str(entry["anchor"]), entry.get("working_days"), entry.get("months")
    if anchor == "VISIT":
        start: dt.date | None = review.starts_date if isinstance(days, int) and days < 0 else review.ends_date
    else:
        start = done.get(anchor) or _due_of_anchor(review, anchor, done)
    if start is None:
        return None
    return add_months(start, months) if isinstance(months, int) else add_working_days(start, int(str(days)))


def _due_of_anchor(review: Review, anchor: str, done: dict[str, dt.date]) -> dt.date | None:
    entry = next((entry for entry in review.procedure.milestones if entry["code"] == anchor), None)
    return _due(review, entry, done) if entry else None


def holder_of(review: Review, code: str, holder: str) -> str:
    """Who holds a milestone: as the procedure says, but for those steps of a report that a review for learning keeps to itself."""
    return LEARNING_HOLDERS.get(code, holder) if review.is_learning else holder


def _milestone(review: Review, entry: dict[str, object], done: dict[str, dt.date], ended: dict[str, str]) -> Milestone:
    code, due = str(entry["code"]), _due(review, entry, done)
    row = Milestone(code, str(entry["label"]), holder_of(review, code, str(entry["holder"])), due, "No date is set")
    if code in done:
        late = due is not None and done[code] > due
        words = ended.get(code) or f"Done on {day_words(done[code])}, {'late' if late else 'on time'}"
        return Milestone(code, row.label, row.holder, due, words, is_done=True)
    if due is None:
        return row
    if code in BEFORE_VISIT and review.visited_at:
        words = f"Clock stopped on {day_words(timezone.localdate(review.visited_at))}: the visit began"
        return Milestone(code, row.label, row.holder, due, words, is_stopped=True)
    if due < timezone.localdate() and code not in RECORDED:
        words = f"Was due {day_words(due)}. The record does not say whether it was done."
        return Milestone(code, row.label, row.holder, due, words, is_stopped=True)
    return Milestone(code, row.label, row.holder, due, clock_words(due), is_late=due < timezone.localdate())
