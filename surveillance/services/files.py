"""Bytes under MEDIA_ROOT: whole or not at all, under random names, and nothing left behind when a row was not written."""

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from surveillance.uploads import UploadRefused

logger = structlog.get_logger(__name__)


@contextmanager
def stored(content: bytes, folder: str = "evidence") -> Iterator[str]:
    """Store bytes and give their path below MEDIA_ROOT; when the block fails, its transaction included, they are gone again.

    Raises UploadRefused with a sentence when the disk is full or cannot be written.
    """
    try:
        path = save_bytes(content, folder)
    except OSError as error:
        logger.exception("upload_not_stored", size_bytes=len(content))
        raise UploadRefused("We could not keep this file. Nothing was added. Try again later, or add a link instead.") from error
    try:
        yield path
    except BaseException:
        Path(settings.MEDIA_ROOT, path).unlink(missing_ok=True)
        raise


def save_bytes(content: bytes, folder: str = "evidence") -> str:
    """Store bytes under a random name below MEDIA_ROOT, whole or not at all; gives the path below it."""
    name = secrets.token_hex(20)
    path = Path(folder, name[:2], name)
    target = Path(settings.MEDIA_ROOT, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    finally:
        Path(part).unlink(missing_ok=True)
    return str(path)


def delete_after_commit(paths: Iterable[str]) -> None:
    """Delete files once the transaction holds; what a crash leaves behind, the sweep of uploads takes."""
    wanted = list(paths)
    transaction.on_commit(lambda: delete_files(wanted), robust=True)


def delete_files(paths: Iterable[str]) -> int:
    """Delete files below MEDIA_ROOT; gives how many were there."""
    count = 0
    for path in paths:
        file = Path(settings.MEDIA_ROOT, path)
        count += file.is_file()
        file.unlink(missing_ok=True)
    return count
