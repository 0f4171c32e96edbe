"""Files that wait between "Upload" and "Save": read to texts, kept for a day under a random name, found again by a signed token."""

import json
import os
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.conf import settings
from django.core import signing

from accounts.models import User
from rendering.csv import whole_file
from surveillance.models.indicators import MOST_INDICATORS
from surveillance.services.reference.tables import Fault, csv_lines
from surveillance.services.reference.workbooks import NotAWorkbook, plain_text, workbook_lines
from surveillance.uploads import UploadRefused, check_upload

FOLDER = "imports"
KEPT_SECONDS = 24 * 60 * 60  # our default, to be confirmed: a checked file waits a day for "Save"
SALT = "surveillance.import_files"


class Upload(Protocol):
    """An uploaded file."""

    name: str | None

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass
class HeldFile:
    """A file that waits for "Save": its name and its lines as texts, the header first, and what could not be read."""

    file: str
    lines: list[list[str]]
    faults: list[Fault]


def hold_file(*, upload: Upload, set_id: int | None, by: User) -> str:
    """Read an uploaded CSV or XLSX and keep its texts for a day; gives the token under which this person finds it again.

    Raises UploadRefused with a sentence.
    """
    name = upload.name or ""
    if PurePosixPath(name).suffix.lower() not in {".csv", ".xlsx"}:
        raise UploadRefused("The selected file must be a CSV or XLSX")
    checked = check_upload(name=name, content=upload.read(settings.UPLOAD_MAX_BYTES + 1))
    held = _read(checked.name, checked.content)
    record = {"file": held.file, "lines": held.lines, "faults": [[f.row, f.column, f.advice] for f in held.faults]}
    _forget_old_files()
    key = secrets.token_hex(20)
    with whole_file(_path(key)) as part, part.open("w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    return signing.dumps({"key": key, "by": by.pk, "set": set_id}, salt=SALT, compress=True)


def held_file(*, token: str, set_id: int | None, by: User) -> HeldFile | None:
    """The file behind a token; None when the token is another person's or set's, is over a day old, or the file was saved."""
    key = _key_of(token, set_id, by)
    if key is None:
        return None
    try:
        record = json.loads(_path(key).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    faults = [Fault(record["file"], row, column, "", advice) for row, column, advice in record["faults"]]
    return HeldFile(record["file"], record["lines"], faults)


def forget_file(*, token: str, set_id: int | None, by: User) -> None:
    """Remove a held file; one that is gone already does no harm."""
    if key := _key_of(token, set_id, by):
        _path(key).unlink(missing_ok=True)


def _key_of(token: str, set_id: int | None, by: User) -> str | None:
    try:
        found = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return str(found["key"]) if (found["by"], found["set"]) == (by.pk, set_id) else None


def _path(key: str) -> Path:
    return Path(settings.MEDIA_ROOT, FOLDER, f"{key}.json")


def _forget_old_files() -> None:
    """Remove what nobody saved within a day."""
    for path in Path(settings.MEDIA_ROOT, FOLDER).glob("*.json"):
        try:
            if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                path.unlink(missing_ok=True)
        except FileNotFoundError:  # another request removed it
            continue


def _read(name: str, content: bytes) -> HeldFile:
    faults: list[Fault] = []
    if name.lower().endswith(".csv"):
        lines = [[plain_text(cell) for cell in line] for line in csv_lines(name, content, faults)]
    else:
        try:
            lines = workbook_lines(name, content, faults)
        except NotAWorkbook as error:
            raise UploadRefused("The selected file is not an XLSX that can be opened. Save it again and try once more") from error
    if lines:
        names = {heading.strip(): "_".join(heading.lower().split()) for heading in lines[0]}
        lines[0] = [names[heading.strip()] for heading in lines[0]]
        faults = [replace(fault, column=names.get(fault.column, fault.column)) for fault in faults]
    filled = sum(any(cell.strip() for cell in line) for line in lines[1:])
    if filled > MOST_INDICATORS:
        raise UploadRefused(f"The selected file holds {filled:,} indicators. A set has at most {MOST_INDICATORS}")
    return HeldFile(name, lines, faults)
