"""Progress checks that a review's procedure asks for after the final report, and what is open when one is due."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from peerreview.facts import ReportFact
from peerreview.models import Procedure, ProgressCheck, Review
from peerreview.queries.milestones import milestone_date
from work.items import clock_words, day_words

PREFIX = "PROGRESS_"  # codes of the milestones that are progress checks


@dataclass(frozen=True)
class ProgressRow:
    """One progress check of the procedure: its day, and what was seen once it is done."""

    code: str
    label: str
    holder: str
    due: dt.date | None
    check: ProgressCheck | None
    is_closed: bool

    @property
    def clock(self) -> str:
        """When it was done, or how long is left."""
        if self.check:
            day = timezone.localdate(self.check.done_at)
            return f"Done on {day_words(day)}, {'late' if day > self.check.due_date else 'on time'}"
        if self.is_closed:
            return "Not carried out: the review was closed"
        return clock_words(self.due) if self.due else "No date is set"

    @property
    def is_late(self) -> bool:
        """Whether its day has passed and nobody carried it out."""
        return not self.check and not self.is_closed and self.due is not None and self.due < timezone.localdate()


def progress_codes(procedure: Procedure) -> list[str]:
    """Codes of the progress checks of a procedure, in its order."""
    return [str(entry["code"]) for entry in procedure.milestones if str(entry["code"]).startswith(PREFIX)]


def progress_rows(review: Review) -> list[ProgressRow]:
    """Every progress check that the procedure asks for, with what was seen; three statements at most."""
    done = {check.milestone_code: check for check in review.progress_checks.select_related("done_by")}
    entries = {str(entry["code"]): entry for entry in review.procedure.milestones}
    is_closed = review.status == Review.Status.CLOSED
    rows = []
    for code in progress_codes(review.procedure):
        entry, check = entries[code], done.get(code)
        due = check.due_date if check else milestone_date(review, code)
        rows.append(ProgressRow(code, str(entry["label"]), str(entry["holder"]), due, check, is_closed))
    return rows


def next_progress(review: Review, done: set[str], *, facts: dict[int, ReportFact] | None = None) -> tuple[str, dt.date | None] | None:
    """The code and the day of the first check that is not done; None when all are, or the procedure has none."""
    code = next((code for code in progress_codes(review.procedure) if code not in done), None)
    return (code, milestone_date(review, code, facts=facts)) if code else None
