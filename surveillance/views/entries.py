"""Reading what was sent to the answers address, as a form or as JSON, and saying what is stored."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from surveillance.canonical import number_text
from surveillance.models import Answer
from surveillance.services.answers import Entry, EntryFaults

FIELDS = ("value", "numerator", "denominator", "reason", "comment", "version")
VERSION = re.compile(r"[0-9]{1,9}")


class BadBytes(Exception):
    """The request holds bytes that no text can hold: 400."""


def read_entry(request: HttpRequest) -> dict[str, str]:
    """The fields of the contract as texts. Raises BadBytes, and EntryFaults for what is not an object of texts and numbers."""
    if request.content_type != "application/json":
        return {name: request.POST.get(name, "") for name in FIELDS}
    try:
        body = json.loads(request.body.decode("utf-8"), parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise BadBytes from error
    except (ValueError, RecursionError) as error:
        raise EntryFaults({"": ["The request is not valid JSON"]}) from error
    if not isinstance(body, dict):
        raise EntryFaults({"": ["Send an object with value, numerator, denominator, comment and version"]})
    return {name: _as_text(name, body.get(name)) for name in FIELDS}


def _as_text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EntryFaults({name: [f"{name.capitalize()} must be a text or a number"]})
    if "\x00" in value:
        raise BadBytes
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise BadBytes from error
    return value


def read_version(entry: Mapping[str, str]) -> int:
    """The version that the page was opened with. Raises EntryFaults."""
    if not VERSION.fullmatch(entry["version"]):
        raise EntryFaults({"version": ["Version must be a whole number"]})
    return int(entry["version"])


def _number(number: Any) -> int | float | None:
    text = number_text(number)
    return None if text is None else float(text) if "." in text else int(text)


def stored(answer: Answer) -> dict[str, Any]:
    """An answer as the contract gives it."""
    return {
        "id": answer.pk,
        "number": answer.indicator.number,
        "answer_kind": answer.indicator.answer_kind,
        "value": answer.value,
        "numerator": _number(answer.numerator),
        "denominator": _number(answer.denominator),
        "reason": answer.reason,
        "comment": answer.comment,
        "version": answer.version,
        "met": answer.met,
    }


def saved_by_whom(answer: Answer) -> dict[str, Any]:
    """An answer with who saved it last and when, for the person whose save met it."""
    return stored(answer) | {
        "saved_by": answer.saved_by.name if answer.saved_by else None,
        "saved_at": answer.saved_at.isoformat() if answer.saved_at else None,
    }


def sent(answer: Answer, entry: Entry, version: int) -> dict[str, Any]:
    """What was sent and not saved, in the same words."""
    return {
        "id": answer.pk,
        "value": entry.value,
        "numerator": _number(entry.numerator),
        "denominator": _number(entry.denominator),
        "reason": entry.reason,
        "comment": entry.comment,
        "version": version,
    }
