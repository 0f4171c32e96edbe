"""One way to write a record down, so that its hash means exactly these facts."""

import hashlib
import json
from decimal import Decimal
from typing import Any


def number_text(number: Decimal | None) -> str | None:
    """A number without an exponent or needless zeros: 45, 12.5; None stays None."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonical_json(record: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces: the same facts always give the same text."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
