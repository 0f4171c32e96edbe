"""The columns of the sheet "Answers": what stands where, and how each cell that people fill in is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from surveillance.canonical import canonical_json, sha256_of

FORMAT = "1"  # raised when a column moves: an older file is then refused with a sentence
ANSWERS, READ_ME, TECHNICAL = "Answers", "Read me", "Technical"
MOST_CHARACTERS = 32_767  # of one cell, counted as Excel counts: in UTF-16 units


@dataclass(frozen=True)
class Column:
    """One column; ``width`` in characters. People write in filled ones; hidden ones find the answer again."""

    key: str
    heading: str
    width: int
    is_filled: bool = False
    is_hidden: bool = False


COLUMNS = (
    Column("number", "Number", 14),
    Column("title", "Indicator", 52),
    Column("section", "Section", 22),
    Column("kind", "How it is answered", 22),
    Column("target", "Target", 16),
    Column("evidence", "Evidence wanted", 26),
    Column("last_year", "Last year's answer", 34),
    Column("lock", "Can you change it?", 24),
    Column("value", "Answer", 22, is_filled=True),
    Column("numerator", "Number that met it", 14, is_filled=True),
    Column("denominator", "Number in total", 14, is_filled=True),
    Column("reason", "Reason (for Not applicable and Cannot answer)", 34, is_filled=True),
    Column("comment", "Comment", 44, is_filled=True),
    Column("confirm", "Last year's answer is still true", 18, is_filled=True),
    Column("answer_id", "Technical: answer", 10, is_hidden=True),
    Column("version", "Technical: version", 10, is_hidden=True),
    Column("print", "Technical: print", 10, is_hidden=True),
)
FILLED = tuple(column.key for column in COLUMNS if column.is_filled)
PLACE = {column.key: place for place, column in enumerate(COLUMNS)}


def cell_name(key: str, row: int) -> str:
    """The name of a cell as people see it: "I14"; ``row`` counts from 1."""
    return f"{chr(ord('A') + PLACE[key])}{row}"


def reading_of(key: str, answer_kind: str) -> str:
    """How a filled cell is read: choice, cannot, number_or_cannot, text_or_cannot, number, text or confirm."""
    if key == "value":
        return {"YES_NO_NA": "choice", "PERCENTAGE": "cannot", "NUMBER": "number_or_cannot"}.get(answer_kind, "text_or_cannot")
    return {"numerator": "number", "denominator": "number", "confirm": "confirm"}.get(key, "text")


def structure_of(*, self_report_id: int, set_code: str, answer_ids: Iterable[int]) -> str:
    """A checksum of what the workbook must still be when it comes back: whose it is, its columns, its answers."""
    facts = {
        "format": FORMAT, "self_report": self_report_id, "set": set_code, "columns": [column.heading for column in COLUMNS],
        "answers": sorted(answer_ids),
    }  # fmt: skip
    return sha256_of(canonical_json(facts))
