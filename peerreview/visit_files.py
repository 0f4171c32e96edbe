"""The file of "Download my notes": what a device holds of one visit by one person, as JSON. Plain Python, no database.

``format`` 1: ``review`` and ``person`` are ids, ``items`` a list of ``kind``, ``client_id`` (UUID made by the device),
``written_at`` (ISO 8601) and ``fields`` (the texts of the form that the page sends).
"""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

KIND = "qnt-visit"
FORMAT = 1
MAX_BYTES = 2_000_000
YEARS = (2000, 2100)  # in which an entry can have been written
MAX_ITEMS = 1_000
NOT_OURS = "The selected file must be one that “Download my notes” gave you"


KINDS = {
    "note": ("note", "notes"), "judgement": ("judgement", "judgements"), "pledge": ("pledge", "pledges"),
    "risk": ("immediate risk", "immediate risks"),
}  # fmt: skip


def kind_words(kinds: list[str]) -> str:
    """ "3 notes", "2 notes and 1 judgement"; "" for none."""
    parts = [f"{kinds.count(kind)} {one if kinds.count(kind) == 1 else many}" for kind, (one, many) in KINDS.items() if kind in kinds]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


class Unreadable(ValueError):
    """The file is not one of ours; the sentence says what is wrong."""


@dataclass(frozen=True)
class VisitItem:
    """One entry: its kind, the id that the device made, when it was written, and the texts of its form."""

    kind: str
    client_id: uuid.UUID
    written_at: dt.datetime
    fields: dict[str, str]

    @property
    def words(self) -> str:
        """Its text, as a list shows it."""
        if self.kind == "judgement":
            value = {"MET": "Met", "NOT_MET": "Not met", "NOT_SEEN": "Not seen"}.get(self.fields.get("value", ""), "")
            return f"{value}. {self.fields.get('reason', '')}".strip()
        return self.fields.get("text") or self.fields.get("what", "")

    def posted(self) -> dict[str, str]:
        """What the page would have sent."""
        return self.fields | {"client_id": str(self.client_id), "written_at": self.written_at.isoformat()}


@dataclass(frozen=True)
class VisitFile:
    """Entries of one person about one review, oldest first."""

    review_id: int
    review_title: str
    person_id: int
    person_name: str
    items: tuple[VisitItem, ...]

    def as_json(self, made_at: dt.datetime) -> str:
        """The text of the file."""
        rows = [
            {"kind": one.kind, "client_id": str(one.client_id), "written_at": one.written_at.isoformat(), "fields": one.fields}
            for one in self.items
        ]
        facts = {"review": self.review_id, "review_title": self.review_title, "person": self.person_id, "person_name": self.person_name}
        whole = {"kind": KIND, "format": FORMAT} | facts | {"made_at": made_at.isoformat(), "items": rows}
        return json.dumps(whole, ensure_ascii=False, indent=1)


def read_visit_file(raw: bytes) -> VisitFile:
    """What a file says. Raises Unreadable with a sentence for the person who chose it."""
    try:
        read = json.loads(raw.decode("utf-8-sig"))
        json.dumps(read, ensure_ascii=False).encode()  # half a character of two halves cannot be shown
    except (ValueError, RecursionError) as fault:
        raise Unreadable(NOT_OURS) from fault
    if not isinstance(read, dict) or read.get("kind") != KIND or not isinstance(read.get("items"), list):
        raise Unreadable(NOT_OURS)
    if read.get("format") != FORMAT:
        raise Unreadable("The selected file was made by another version of this service. Open the visit page again and download it anew.")
    if len(read["items"]) > MAX_ITEMS:
        raise Unreadable(f"The selected file must hold {MAX_ITEMS:,} notes or fewer")
    try:
        items = tuple(_read_item(row) for row in read["items"])
        return VisitFile(int(read["review"]), str(read["review_title"]), int(read["person"]), str(read["person_name"]), items)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        raise Unreadable("The selected file is damaged: part of it is missing or was changed") from fault


def _read_item(row: dict[str, Any]) -> VisitItem:
    written_at = dt.datetime.fromisoformat(row["written_at"])
    if written_at.tzinfo is None or not YEARS[0] <= written_at.year <= YEARS[1]:
        raise ValueError("a time without a zone, or of another century")
    fields = {str(name): str(text) for name, text in row["fields"].items()}
    if any("\x00" in text for text in fields.values()):
        raise ValueError("a NUL byte")
    return VisitItem(str(row["kind"]), uuid.UUID(row["client_id"]), written_at, fields)
