"""Files held for an hour while a person is asked something: the bytes are not lost on the way, and not kept if nobody comes back."""

import hashlib
import re
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing

from accounts.models import User
from surveillance.models import EvidenceVersion
from surveillance.services.files import delete_files, stored
from surveillance.uploads import CheckedFile, UploadRefused

HELD_SECONDS = 3600  # our default, to be confirmed
FOLDER = "held"
SALT = "surveillance.held"
GONE = "We kept this file for an hour only. Choose it again."
PLACE = re.compile(rf"{FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{40}}")


def hold(checked: CheckedFile, *, by: User) -> str:
    """Keep a checked file for ``by`` for an hour; gives the signed token that brings it back. Raises UploadRefused."""
    with stored(checked.content, FOLDER) as path:
        facts = {
            "path": path, "name": checked.name, "media_type": checked.media_type, "user": by.pk,
            "sha256": hashlib.sha256(checked.content).hexdigest(),
        }  # fmt: skip
        return signing.dumps(facts, salt=SALT, compress=True)


def held_name(token: str) -> str | None:
    """What the held file is called; None when the token is not ours, too old, or its file gone."""
    facts = _facts(token)
    return str(facts["name"]) if facts else None


def take_held(token: str, *, by: User) -> CheckedFile:
    """The held file again, for the person who uploaded it. Raises UploadRefused when it is gone."""
    facts = _facts(token)
    if facts is None or facts["user"] != by.pk:
        raise UploadRefused(GONE)
    try:
        content = Path(settings.MEDIA_ROOT, facts["path"]).read_bytes()
    except OSError as error:
        raise UploadRefused(GONE) from error
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise UploadRefused(GONE)
    return CheckedFile(content, facts["name"], facts["media_type"])


def release(token: str) -> None:
    """Forget a held file that was filed, or that nobody needs any more."""
    if facts := _facts(token):
        delete_files([facts["path"]])


def _facts(token: str) -> dict[str, Any] | None:
    try:
        facts = signing.loads(token, salt=SALT, max_age=HELD_SECONDS)
    except signing.BadSignature:
        return None
    is_there = bool(PLACE.fullmatch(facts["path"])) and Path(settings.MEDIA_ROOT, facts["path"]).is_file()
    return facts if is_there else None


def sweep_uploads() -> dict[str, int]:
    """Delete what nobody needs: held files after their hour, halves of broken writes, the bytes of removed documents."""
    before, root = time.time() - HELD_SECONDS, Path(settings.MEDIA_ROOT)
    old = [file for folder in (FOLDER, "evidence") for file in root.glob(f"{folder}/*/*") if _is_over(file, before)]
    held = [file for file in old if file.is_relative_to(root / FOLDER)]
    halves = [file for file in old if file.suffix == ".part" and file not in held]
    removed = EvidenceVersion.objects.filter(item__removed_at__isnull=False).exclude(file_path="").values_list("file_path", flat=True)
    return {
        "held": delete_files(str(file.relative_to(root)) for file in held),
        "halves": delete_files(str(file.relative_to(root)) for file in halves),
        "removed": delete_files(removed.iterator()),
    }


def _is_over(file: Path, before: float) -> bool:
    """Whether it was written before that second; a file that has gone meanwhile is over for somebody else."""
    try:
        return file.stat().st_mtime < before
    except FileNotFoundError:
        return False
