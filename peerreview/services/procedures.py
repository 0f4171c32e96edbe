"""Writing a procedure: the next version of a published one, its rows part by part, its numbers."""

import datetime as dt
from typing import NotRequired, TypedDict

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Procedure
from peerreview.models.procedures import EMPLOYED, Row
from peerreview.procedure_parts import (
    CONFLICTS,
    GENERAL_COLUMNS,
    GENERAL_TITLE,
    MOST_ROWS,
    ROW_PARTS,
    TIMETABLE,
    Part,
    general_mark,
    mark_of,
    peers_of,
    row_of,
    rows_of,
)
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

Status = Procedure.Status
PUBLISHED = "A published version cannot be changed. Make a new version."
REMOVED = "Someone else removed this."


class GeneralFacts(TypedDict):
    """The part without rows."""

    name: str
    purpose: str
    topics_max_count: int
    informal_minutes: int
    day_starts_at: dt.time
    survey_after_days: NotRequired[int]
    survey_after_months: NotRequired[int]
    pledge_after_months: NotRequired[int]


class NewerVersionExists(InvalidTransition):
    """The next version is being written already; ``newer`` is it."""

    def __init__(self, newer: Procedure) -> None:
        state = "a draft" if newer.status == Status.DRAFT else "in consultation"
        super().__init__(f"Version {newer.version} of this procedure is {state} already.")
        self.newer = newer


@transaction.atomic
def make_new_version(*, procedure_id: int, by: User) -> Procedure:
    """A draft of the next version with everything copied.

    Raises NewerVersionExists while another is being written, InvalidTransition for a version that is not in use.
    """
    # Locked before the versions are read: the second of two people at once then sees the draft of the first.
    published = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure_id)
    for version in Procedure.objects.filter(code=published.code, status__in=[Status.DRAFT, Status.IN_CONSULTATION]):
        raise NewerVersionExists(version)
    if published.status != Status.PUBLISHED:
        raise InvalidTransition(f"This version is {published.get_status_display().lower()}. Make a new version of the one in use.")
    columns = [*GENERAL_COLUMNS, *(column for part in ROW_PARTS.values() for column in part.columns)]
    copied = {name: getattr(published, name) for name in columns}
    made = Procedure.objects.create(
        code=published.code, version=published.version + 1, status=Status.DRAFT, drafted_by=by, is_default=True, **copied
    )
    audit.record("procedure.drafted", target=made, by=by)
    return made


@transaction.atomic
def change_general(*, procedure_id: int, facts: GeneralFacts, by: User, opened: str | None = None) -> Procedure:
    """Change name, purpose and numbers of a draft; a number that is not given stays.

    ``opened`` is the mark of the facts that the person began from.

    Raises InvalidTransition unless it is a draft, SomeoneElseChanged.
    """
    draft = _locked_draft(procedure_id)
    if opened and opened != general_mark(draft):
        raise SomeoneElseChanged(draft)
    for name, value in facts.items():
        setattr(draft, name, value)
    _save(draft, GENERAL_COLUMNS, GENERAL_TITLE, by)
    return draft


@transaction.atomic
def add_row(*, procedure_id: int, part: Part, facts: Row, by: User) -> Row:
    """Add a row at the end of a part (of its day, in the timetable). Raises InvalidTransition."""
    draft = _locked_draft(procedure_id)
    rows = rows_of(draft, part)
    if not part.may_add:
        raise InvalidTransition(f"A {part.noun} cannot be added: reviews know these and no others.")
    if len(rows) >= MOST_ROWS:
        raise InvalidTransition(f"A procedure takes at most {MOST_ROWS} rows in this part. Remove one before you add another.")
    taken = {row["code"] for row in rows}
    number = next(n for n in range(1, MOST_ROWS + 2) if f"OWN_{n}" not in taken)
    row = {"code": f"OWN_{number}", **facts}
    _save_rows(draft, part, [*rows, row], by)
    return row


@transaction.atomic
def change_row(*, procedure_id: int, part: Part, code: str, facts: Row, by: User, opened: str | None = None) -> Row:
    """Change a row. ``opened`` is the mark of the row that the person began from.

    Raises InvalidTransition unless it is a draft, and when the row is gone; SomeoneElseChanged.
    """
    draft = _locked_draft(procedure_id)
    present = _row(draft, part, code)
    if opened and opened != mark_of(present):
        raise SomeoneElseChanged(draft)
    row = {"code": code, **facts}
    _save_rows(draft, part, [row if one["code"] == code else one for one in rows_of(draft, part)], by)
    return row


@transaction.atomic
def remove_row(*, procedure_id: int, part: Part, code: str, by: User, opened: str | None = None) -> None:
    """Take a row out. Raises InvalidTransition (also for a row that the service itself needs), SomeoneElseChanged."""
    draft = _locked_draft(procedure_id)
    present = _row(draft, part, code)
    if code in part.fixed:
        raise InvalidTransition(f"This {part.noun} cannot be removed: reviews set their clocks and checks by it.")
    if opened and opened != mark_of(present):
        raise SomeoneElseChanged(draft)
    _save_rows(draft, part, [one for one in rows_of(draft, part) if one["code"] != code], by)


@transaction.atomic
def move_row(*, procedure_id: int, part: Part, code: str, steps: int, by: User) -> None:
    """Move a row one place up (-1) or down (1), in the timetable within its day. Raises InvalidTransition."""
    draft = _locked_draft(procedure_id)
    moved = _row(draft, part, code)
    rows, peers = rows_of(draft, part), peers_of(draft, part, moved)
    first, at = rows.index(peers[0]), peers.index(moved)
    to = min(max(at + steps, 0), len(peers) - 1)
    if to != at:
        peers.insert(to, peers.pop(at))
        _save_rows(draft, part, [*rows[:first], *peers, *rows[first + len(peers) :]], by)


def _locked_draft(procedure_id: int) -> Procedure:
    found = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure_id)
    check_is_draft(found)
    return found


def check_is_draft(procedure: Procedure) -> None:
    """Raises InvalidTransition with the sentence that says why the text cannot change."""
    if procedure.status == Status.IN_CONSULTATION:
        raise InvalidTransition("This version is in consultation. Its text can change again when it is back in draft.")
    if procedure.status == Status.RETIRED:
        raise InvalidTransition("This version is retired, so its text cannot change.")
    if procedure.status != Status.DRAFT:
        raise InvalidTransition(PUBLISHED)


def _row(draft: Procedure, part: Part, code: str) -> Row:
    found = row_of(draft, part, code)
    if found is None:
        raise InvalidTransition(REMOVED)
    return found


def _save_rows(draft: Procedure, part: Part, rows: list[Row], by: User) -> None:
    """Write the rows: sessions by day, the years of work at a provider into their own column."""
    if part is TIMETABLE:
        rows = sorted(rows, key=lambda row: int(row["day"]))
    if part is CONFLICTS:
        draft.bar_years_count = next(row["years"] for row in rows if row["code"] == EMPLOYED)
        rows = [row | {"years": None} if row["code"] == EMPLOYED else row for row in rows]
    setattr(draft, part.column, rows)
    _save(draft, part.columns, part.title, by)


def _save(draft: Procedure, columns: tuple[str, ...], title: str, by: User) -> None:
    draft.revision += 1
    draft.save(update_fields=[*columns, "revision"])
    audit.record("procedure.changed", target=draft, by=by, reason=title)
