"""Importing indicators from a file: checked by cell against what is stored, and saved only when somebody says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count

from accounts import audit
from accounts.models import User
from surveillance.bridging import wording_changes
from surveillance.models import Indicator, IndicatorSet
from surveillance.queries.indicator_files import COLUMNS, LISTS, REQUIRED
from surveillance.queries.indicator_sets import spent_numbers
from surveillance.services.clash import check_version
from surveillance.services.import_files import HeldFile
from surveillance.services.indicator_sets import SetFacts, create_set, locked_draft, raise_revision
from surveillance.services.reference.parsing import read_indicator
from surveillance.services.reference.tables import Fault, table_of
from surveillance.services.reference.workbooks import column_letter
from work.status import InvalidTransition

PARTS = {
    "title": "Title", "description": "Description", "target": "Target", "comparator": "Comparator", "section": "Section", "type": "Type",
    "answer_kind": "How it is answered", "is_key": "Key indicator", "evidence_wanted": "Evidence wanted", "guideline": "Guideline",
    "provenance": "Where it comes from", "review_by": "Review by",
}  # fmt: skip
FACTS_APART_FROM_WORDING = [name for name in PARTS if name not in {"title", "description", "target", "comparator"}]


class ImportHasFaults(InvalidTransition):
    """The file has faults, so nothing of it is saved."""


@dataclass(frozen=True)
class CellFault:
    """What to do about one cell ("D14"), row or file, and the indicator that it belongs to."""

    cell: str
    indicator: str
    advice: str


@dataclass(frozen=True)
class Change:
    """What saving would do to one indicator: "Added", "Changed" or "Removed", and the parts that change (name, now, in the file)."""

    kind: str
    number: str
    title: str
    parts: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Checked:
    """What a file would do to a draft (or to a set that does not exist yet)."""

    faults: list[CellFault]
    records: list[dict[str, Any]]
    changes: list[Change]
    same_count: int
    is_reordered: bool

    def count(self, kind: str) -> int:
        """How many changes are of this kind."""
        return sum(change.kind == kind for change in self.changes)


# Checking -------------------------------------------------------------------------------------------------------------
def check_file(held: HeldFile, draft: IndicatorSet | None) -> Checked:
    """Every fault by cell, and what saving would change; a draft of None stands for a set that is still to be made."""
    faults = list(held.faults)
    table = table_of(held.file, held.lines, REQUIRED, faults)
    header = held.lines[0] if held.lines else []
    for name in dict.fromkeys(header):
        if name and name not in COLUMNS:
            faults.append(Fault(held.file, 1, name, "", f"“{name[:60]}” is not a column of the template. Remove it"))
    table.unique("number")
    spent = spent_numbers(draft) if draft else {}
    records = []
    for position, row in enumerate(table, start=1):
        _read_labels(row.cells)
        records.append(read_indicator(row, position))
        if sentence := spent.get(row.text("number")):
            row.fault("number", sentence)
    if not records and not faults:
        faults.append(Fault(held.file, 0, "", "", "The file holds no indicators. Fill in one row for each"))
    numbers = {row.number: row.text("number") for row in table}
    cells = [_cell_fault(fault, header, numbers) for fault in sorted(set(faults), key=lambda f: (f.row, _place(f, header)))]
    stored = list(draft.indicators.annotate(comment_count=Count("comments")).order_by("position", "pk")) if draft else []
    return _compared(cells, [] if cells else records, stored)


def _read_labels(cells: dict[str, str]) -> None:
    """A label that stands for a code ("Structure and function") becomes the code."""
    for column, choices in LISTS.items():
        codes = {text.casefold(): code for code, label in choices for text in (code, label)}
        text = cells.get(column, "")
        cells[column] = codes.get(text.casefold(), text)


def _place(fault: Fault, header: list[str]) -> int:
    return header.index(fault.column) if fault.column in header else len(header)


def _cell_fault(fault: Fault, header: list[str], numbers: dict[int, str]) -> CellFault:
    if fault.column in header:
        cell = f"{column_letter(header.index(fault.column) + 1)}{fault.row}"
    elif fault.column.isupper():  # the letter of a column without a heading
        cell = f"{fault.column}{fault.row}"
    else:
        cell = f"Row {fault.row}" if fault.row else "File"
    return CellFault(cell, numbers.get(fault.row, ""), fault.advice)


def _compared(faults: list[CellFault], records: list[dict[str, Any]], stored: Sequence[Indicator]) -> Checked:
    by_number = {indicator.number: indicator for indicator in stored}
    changes, same_count = [], 0
    for record in records:
        old = by_number.get(record["number"])
        parts = _parts_between(old, Indicator(**record)) if old else []
        if old is None:
            changes.append(Change("Added", record["number"], record["title"]))
        elif parts:
            changes.append(Change("Changed", record["number"], record["title"], parts))
        else:
            same_count += 1
    kept = {record["number"] for record in records}
    if not faults:
        changes += [_removal(old) for old in stored if old.number not in kept]
    order = [record["number"] for record in records if record["number"] in by_number]
    is_reordered = not faults and order != [old.number for old in stored if old.number in kept]
    return Checked(faults, records, changes, same_count, is_reordered)


def _removal(old: Any) -> Change:
    """``old`` is an indicator with ``comment_count``: what was said of it in consultation goes with it."""
    parts = [("Comments in consultation", str(old.comment_count), "Removed with it")] if old.comment_count else []
    return Change("Removed", old.number, old.title, parts)


def _parts_between(old: Indicator, new: Indicator) -> list[tuple[str, str, str]]:
    """The parts that differ: the wording as between two versions, then everything else that an indicator says."""
    parts = [(PARTS[change.part], change.before, change.after) for change in wording_changes(old, new)]
    for name in FACTS_APART_FROM_WORDING:
        if getattr(old, name) != getattr(new, name):
            parts.append((PARTS[name], _words(old, name), _words(new, name)))
    return parts


def _words(indicator: Indicator, name: str) -> str:
    if name in LISTS:
        return dict(LISTS[name]).get(getattr(indicator, name), "")
    value = getattr(indicator, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")


# Saving ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_import(*, held: HeldFile, set_id: int, by: User, revision: int | None = None) -> Checked:
    """Give a draft the indicators of a file: all of them, or none. An indicator of the same number is changed, not made anew.

    ``revision`` is the set's when the file was checked. Raises InvalidTransition unless it is a draft, SomeoneElseChanged,
    ImportHasFaults.
    """
    draft = locked_draft(set_id)
    check_version(draft, draft.revision, revision)
    checked = check_file(held, draft)
    if checked.faults:
        raise ImportHasFaults("The file has errors. Nothing has been saved.")
    _write(draft, checked.records)
    raise_revision(draft)
    audit.record("indicator_set.imported", target=draft, by=by)
    return checked


@transaction.atomic
def create_set_from_file(*, held: HeldFile, facts: SetFacts, by: User) -> IndicatorSet:
    """Begin a set with the indicators of a file. Raises CodeTaken, ImportHasFaults."""
    made = create_set(facts=facts, by=by)
    save_import(held=held, set_id=made.pk, by=by)
    return made


def _write(draft: IndicatorSet, records: Iterable[dict[str, Any]]) -> None:
    stored = {indicator.number: indicator for indicator in draft.indicators.all()}
    new, changed = [], []
    for record in records:
        indicator = stored.pop(record["number"], None)
        if indicator is None:
            new.append(Indicator(indicator_set=draft, **record))
            continue
        differing = [name for name, value in record.items() if getattr(indicator, name) != value]
        for name in differing:
            setattr(indicator, name, record[name])
        if differing:
            changed.append(indicator)
        if set(differing) - {"position"}:
            indicator.revision += 1
    Indicator.objects.filter(pk__in=[indicator.pk for indicator in stored.values()]).delete()
    Indicator.objects.bulk_update(changed, [*COLUMNS.values(), "position", "revision"], batch_size=100)
    Indicator.objects.bulk_create(new, batch_size=500)
