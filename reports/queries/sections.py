"""The sections of a report: who marked and saved them, what they said before, and what of them changed since somebody read them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.components import Piece, compare_texts
from reports.blocks.drawing import one_drawing
from reports.content import section_facts
from reports.models import Report, ReportSection
from surveillance.canonical import canonical_json, sha256_of

Visibility = ReportSection.Visibility


@dataclass(frozen=True)
class Entry:
    """One saving of a section: who, when, what it did in words, and the text with what it added and removed."""

    who: str
    at: dt.datetime
    acts: list[str]
    pieces: list[Piece]


def history_of(section: ReportSection) -> list[Entry]:
    """Every saving of a section, newest first; the first one is the text that the data wrote. One statement."""
    rows = list(section.history.select_related("saved_by", "marked_by").order_by("history_id"))
    entries = []
    for before, row in zip([None, *rows], rows, strict=False):
        is_first = before is None
        acts = [] if is_first or before.text == row.text else ["Changed the text"]
        if is_first:
            acts.append("Drafted from the data" if not row.block else "Drawn from the data")
        elif before.drafted_text != row.drafted_text:
            acts.append("Chose after the data had changed")
        if not is_first and before.visibility != row.visibility:
            acts.append(f"Marked it {Visibility(row.visibility).label.lower()}")
        is_mark = not is_first and before.marked_at != row.marked_at and before.saved_at == row.saved_at
        person = row.marked_by if is_mark else row.saved_by
        pieces = compare_texts("" if is_first else before.text, row.text) if row.text and not is_first else [Piece(row.text)]
        entries.append(Entry(person.name if person else "No name is recorded", row.history_date, acts or ["Saved it"], pieces))
    return entries[::-1]


@one_drawing()
def section_hashes(report: Report, sections: Iterable[ReportSection]) -> dict[str, str]:
    """Section code to the hash of what it says now, whatever its mark: words as saved, blocks as the data draws them."""
    hashes = {}
    for section in sections:
        facts = section_facts(section, report.review)
        hashes[section.code] = sha256_of(canonical_json({key: facts[key] for key in ("text", "data") if key in facts}))
    return hashes


def marks_mark(sections: Iterable[ReportSection]) -> str:
    """A short mark of who may read which section: another one as soon as a mark differs."""
    return sha256_of(canonical_json({section.code: section.visibility for section in sections}))[:16]
