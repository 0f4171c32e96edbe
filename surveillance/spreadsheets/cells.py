"""Cells: what is written for an answer, what a cell means when it comes back, and when two cells say the same.

A text that a spreadsheet would run gets an apostrophe, as in every export; one that begins with an apostrophe gets one more,
so that taking it away again is never wrong.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rendering.csv import neutral_text
from rendering.markup import clean_text
from surveillance.canonical import number_text, sha256_of
from surveillance.models import Answer
from surveillance.spreadsheets.columns import FILLED, MOST_CHARACTERS, reading_of

WORDS = {"YES": "Yes", "NO": "No", "NA": "Not applicable", "CANNOT": "Cannot answer"}
CODES = {
    "yes": "YES", "y": "YES", "true": "YES", "no": "NO", "n": "NO", "false": "NO", "not applicable": "NA", "n/a": "NA", "na": "NA",
    "cannot answer": "CANNOT", "cannot": "CANNOT",
}  # fmt: skip
GROUPED = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{0,15})?")
# How Excel writes characters that XML cannot hold, and a low line before what looks like one; openpyxl reads only some of them.
ESCAPED = re.compile(r"_x(00[01][0-9a-fA-F]|005[fF])_")
NOISE_PLACES = Decimal("1e-9")  # 0.1 + 0.2 is 0.3 again


@dataclass(frozen=True)
class Value:
    """What a cell holds: ``kind`` is text, number, truth, date, percent, formula or error; ``text`` is it in plain words."""

    kind: str = "text"
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One row that came back: where it stands (from 1), which answer it is, and what its filled cells hold."""

    place: int
    answer_id: int
    version: int
    print: str
    values: Mapping[str, Value]

    def is_touched(self, answer_kind: str) -> bool:
        """Whether any filled cell says something else than when the file was downloaded."""
        return print_of(answer_kind, self.values) != self.print


def marked(text: str) -> str:
    """``text`` as a cell may hold it, safe in every program."""
    text = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if _needs_mark(text) else text


def unmarked(text: str) -> str:
    """The text that ``marked`` was given; an apostrophe that somebody typed themselves stays."""
    return text[1:] if text.startswith("'") and _needs_mark(text[1:]) else text


def _needs_mark(text: str) -> bool:
    return text.startswith("'") or neutral_text(text) != text


def fits(text: str) -> bool:
    """Whether one cell can hold ``text``."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MOST_CHARACTERS


def written(answer: Answer) -> dict[str, Value]:
    """What the filled cells of an answer hold when the file is written."""
    kind = answer.indicator.answer_kind
    value = Value(text=answer.value)
    if answer.value == Answer.CANNOT or kind == "YES_NO_NA":
        value = Value(text=WORDS.get(answer.value, ""))
    elif kind == "NUMBER" and PLAIN_NUMBER.fullmatch(answer.value):
        value = Value("number", answer.value)
    return {
        "value": value,
        "numerator": _number_cell(answer.numerator),
        "denominator": _number_cell(answer.denominator),
        "reason": Value(text=answer.reason),
        "comment": Value(text=answer.comment),
        "confirm": Value(text="Yes" if answer.confirmed_years_count else ""),
    }


def _number_cell(number: Decimal | None) -> Value:
    return Value() if number is None else Value("number", number_text(number) or "")


def value_of(raw: object, *, data_type: str, number_format: str) -> Value:
    """A cell as openpyxl gives it. Texts come back unmarked, numbers without noise, dates in words."""
    if data_type == "f":
        return Value("formula", "=")
    if data_type == "e":
        return Value("error", str(raw))
    if raw is None:
        return Value()
    if isinstance(raw, bool):
        return Value("truth", "TRUE" if raw else "FALSE")
    if isinstance(raw, int | float | Decimal):
        return Value("percent" if "%" in number_format else "number", _plain(raw))
    if isinstance(raw, dt.datetime | dt.date | dt.time | dt.timedelta):
        return Value("date", _date_words(raw))
    # One character more than a cell can hold is enough to say that it is too long.
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(raw)[: MOST_CHARACTERS + 1])
    return Value(text=unmarked(_tidy(text)))


def _plain(number: int | float | Decimal) -> str:
    try:
        exact = Decimal(repr(number) if isinstance(number, float) else str(number))
        return number_text(exact.quantize(NOISE_PLACES).normalize()) or ""
    except (InvalidOperation, ValueError):
        return str(number)


def _date_words(moment: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(moment, dt.datetime):
        words = f"{moment.day} {moment:%B %Y}"
        return words if moment.time() == dt.time() else f"{words} {moment:%H:%M}"
    return f"{moment.day} {moment:%B %Y}" if isinstance(moment, dt.date) else str(moment)


def _tidy(text: str) -> str:
    """Line ends as \\n, and nothing that no cell can hold."""
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def meaning_of(reading: str, value: Value) -> str:
    """What a cell says, whatever program wrote it: a code for a choice, a plain number, a text. For comparing."""
    text = _tidy(_without_escapes(value.text)).strip()
    if reading in {"choice", "confirm"} or (reading != "text" and text.lower() == "cannot answer"):
        return CODES.get(" ".join(text.lower().split()), text)
    if reading in {"number", "number_or_cannot", "cannot"}:
        return as_number(text) or text
    return text


def _without_escapes(text: str) -> str:
    """``text`` without Excel's escapes: programs differ in them, so they tell nothing apart."""
    plain = text.replace("x005F_", "").replace("_x000D_\n", "\n")
    return ESCAPED.sub(lambda found: "\n" if found[1].lower() == "000d" else "", plain)


def as_number(text: str) -> str:
    """``text`` as a plain number ("1,000" is 1000, "5.0" is 5), or nothing when it is none."""
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    return _plain(Decimal(plain)) if PLAIN_NUMBER.fullmatch(plain) else ""


def print_of(answer_kind: str, values: Mapping[str, Value]) -> str:
    """A short hash of what the filled cells of a row say."""
    parts = [meaning_of(reading_of(key, answer_kind), values.get(key, Value())) for key in FILLED]
    return sha256_of("\x1f".join(parts))[:24]
