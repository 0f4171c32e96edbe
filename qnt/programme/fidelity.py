"""Whether a review was carried out as its procedure says, point by point, from what is recorded and nothing else. No database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from accounts.templatetags.qnt_tags import month_date
from work.items import counted


class State(Enum):
    """What the record says of one point."""

    YES = "Yes"
    NO = "No"
    NOT_YET = "Not yet due"
    NOT_APPLICABLE = "Not applicable"
    NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Check:
    """One point of the checklist: the code of its measure, what the record says, and on what that rests, in words."""

    code: str
    state: State
    words: str


@dataclass(frozen=True)
class Ruling:
    """When a member of the team was asked and ruled on; ``ruled_on`` is None while nobody ruled."""

    asked_on: dt.date
    ruled_on: dt.date | None


@dataclass(frozen=True)
class Record:
    """What is recorded of one review. Days are local; notice is counted in working days, ``notice_asked`` by the procedure."""

    today: dt.date
    starts: dt.date
    ends: dt.date
    notice_on: dt.date | None = None
    notice_given: int = 0
    notice_asked: int = 0
    team_on: dt.date | None = None
    team_due: dt.date | None = None
    rulings: Sequence[Ruling] = ()
    preparing_on: dt.date | None = None
    views_count: int = 0
    informal_sessions_count: int = 0
    informal_given: int | None = None
    informal_asked: int = 0
    feedback_on: dt.date | None = None
    letters: Sequence[tuple[dt.date, dt.date | None]] = ()
    milestones: dict[str, tuple[dt.date | None, dt.date | None]] = field(default_factory=dict)


def checks_of(record: Record) -> list[Check]:
    """Every point of the checklist, in the order of the cycle."""
    return [
        _notice(record), _team(record), _conflicts(record), _patients(record), _informal(record), _feedback(record), _letters(record),
        *(_milestone(record, code, name) for code, name in MILESTONES.items()),
    ]  # fmt: skip


MILESTONES = {"FID_DRAFT": "DRAFT", "FID_ACCURACY": "ACCURACY", "FID_FINAL": "FINAL"}


def _yes(holds: bool) -> State:
    return State.YES if holds else State.NO


def _notice(record: Record) -> Check:
    if record.notice_on is None:
        return Check("FID_NOTICE", State.NO, "No notice was sent.")
    given = counted(max(record.notice_given, 0), "working day")
    words = f"Sent on {month_date(record.notice_on)}, {given} before the visit. The procedure asks for {record.notice_asked}."
    return Check("FID_NOTICE", _yes(record.notice_given >= record.notice_asked), words)


def _team(record: Record) -> Check:
    if record.team_on is None:
        return Check("FID_TEAM", State.NO, "A place that the procedure requires was not filled by somebody cleared.")
    due = record.team_due or record.starts
    words = f"Complete on {month_date(record.team_on)}. The procedure's day was {month_date(due)}."
    return Check("FID_TEAM", _yes(record.team_on <= due), words)


def _conflicts(record: Record) -> Check:
    if not record.rulings:
        return Check("FID_CONFLICTS", State.NO, "Nobody was on the team.")
    late = sum(not _was_in_time(ruling, record) for ruling in record.rulings)
    total = len(record.rulings)
    return Check("FID_CONFLICTS", _yes(not late), f"{total - late} of {counted(total, 'member')} ruled on before their papers opened.")


def _was_in_time(ruling: Ruling, record: Record) -> bool:
    """Before preparing began; whoever was asked after that, before the visit."""
    papers = record.preparing_on if record.preparing_on and ruling.asked_on <= record.preparing_on else record.starts
    return ruling.ruled_on is not None and ruling.ruled_on <= papers


def _patients(record: Record) -> Check:
    if not record.views_count:
        return Check("FID_PATIENTS", State.NO, "No view of a patient or carer reached the team.")
    return Check("FID_PATIENTS", State.YES, f"{counted(record.views_count, 'view')} of patients and carers reached the team.")


def _informal(record: Record) -> Check:
    asked = f"The procedure asks for {record.informal_asked} minutes."
    if not record.informal_sessions_count:
        return Check("FID_INFORMAL", _yes(not record.informal_asked), f"No informal exchange was planned. {asked}")
    if record.informal_given is None:
        state = State.NOT_YET if record.today <= record.ends else State.NOT_RECORDED
        return Check("FID_INFORMAL", state, f"The minutes really given were not recorded. {asked}")
    is_enough = record.informal_given >= record.informal_asked
    return Check("FID_INFORMAL", _yes(is_enough), f"{record.informal_given} minutes were given. {asked}")


def _feedback(record: Record) -> Check:
    if record.feedback_on is None:
        if record.today <= record.ends:
            return Check("FID_FEEDBACK", State.NOT_YET, "The visit is not over.")
        return Check("FID_FEEDBACK", State.NO, "No feedback was recorded.")
    was_then = record.starts <= record.feedback_on <= record.ends
    return Check("FID_FEEDBACK", _yes(was_then), f"Given on {month_date(record.feedback_on)}.")


def _letters(record: Record) -> Check:
    if not record.letters:
        return Check("FID_LETTERS", State.NOT_APPLICABLE, "No finding called for a letter.")
    late = sum((sent or record.today) > due for due, sent in record.letters)
    waiting = sum(sent is None and due >= record.today for due, sent in record.letters)
    total = len(record.letters)
    if late:
        return Check("FID_LETTERS", State.NO, f"{late} of {counted(total, 'letter')} did not go by the day set for it.")
    if waiting:
        return Check("FID_LETTERS", State.NOT_YET, f"{waiting} of {counted(total, 'letter')} still to send, none late.")
    return Check("FID_LETTERS", State.YES, f"{counted(total, 'letter')} sent in time.")


def _milestone(record: Record, code: str, name: str) -> Check:
    due, done = record.milestones.get(name, (None, None))
    if due is None:
        return Check(code, State.NOT_APPLICABLE, "The procedure sets no day.")
    if done:
        return Check(code, _yes(done <= due), f"Done on {month_date(done)}. Its day was {month_date(due)}.")
    if due < record.today:
        return Check(code, State.NO, f"Not done. Its day was {month_date(due)}.")
    return Check(code, State.NOT_YET, f"Due {month_date(due)}.")
