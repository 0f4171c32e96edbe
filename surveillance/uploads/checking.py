"""One upload from its first byte to what is kept: size, viruses, the check of its kind, a clean name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from surveillance.uploads.mails import attachments_of
from surveillance.uploads.office import check_office
from surveillance.uploads.outlook import attachments_of_message
from surveillance.uploads.pdfs import check_pdf, count_pages
from surveillance.uploads.pictures import check_picture
from surveillance.uploads.refusals import ALLOWED, Budget, UploadRefused, refuse_viruses
from surveillance.uploads.texts import check_text

LONGEST_STEM = 140
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
}


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed: its bytes (an image is re-encoded, without EXIF), a clean name and its media type."""

    content: bytes
    name: str
    media_type: str

    @property
    def page_count(self) -> int | None:
        """Pages of a PDF, 1 of a picture; None where pages are not known before somebody prints it."""
        if self.media_type == MEDIA_TYPES["pdf"]:
            return count_pages(self.content)
        return 1 if self.media_type.startswith("image/") else None


def read_upload(upload: "UploadedFile[bytes]") -> CheckedFile:
    """Read and check an uploaded file without ever holding more than the limit. Raises UploadRefused."""
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(too_large())
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    return check_upload(name=upload.name or "", content=content)


def too_large() -> str:
    """The sentence of a file over the limit."""
    return f"The selected file must be smaller than {settings.UPLOAD_MAX_BYTES // (1024 * 1024)}MB"


def check_upload(*, name: str, content: bytes) -> CheckedFile:
    """Check a whole file. Raises UploadRefused with a sentence that says why."""
    if not content:
        raise UploadRefused("The selected file is empty")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(too_large())
    extension = extension_of(name)
    if extension not in _CHECKS:
        refuse_viruses(content)
        raise UploadRefused(ALLOWED)
    return CheckedFile(_check(content, extension, Budget()), clean_name(name, extension), MEDIA_TYPES[extension])


def extension_of(name: str) -> str:
    """The end of a name in small letters, without the dot; "" where there is none."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def clean_name(name: str, extension: str) -> str:
    """The name that a download gets: no folders, no control or direction characters, 140 characters before the dot at most."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    printable = "".join(letter for letter in stem if letter.isprintable() and letter not in '"<>|:*?')
    return f"{printable[:LONGEST_STEM].strip(' .') or 'document'}.{extension}"


def _check(content: bytes, extension: str, budget: Budget) -> bytes:
    refuse_viruses(content)
    return _CHECKS[extension](content, extension, budget)


def _check_email(content: bytes, extension: str, budget: Budget) -> bytes:
    return _check_attachments(content, attachments_of(content, budget), budget)


def _check_outlook(content: bytes, extension: str, budget: Budget) -> bytes:
    return _check_attachments(content, attachments_of_message(content), budget)


def _check_attachments(content: bytes, attachments: list[tuple[str, bytes]], budget: Budget) -> bytes:
    """What hangs on a mail must itself be a file that we would keep."""
    budget.go_deeper()
    for name, attached in attachments:
        budget.spend(len(attached))
        if extension_of(name) not in _CHECKS:
            refuse_viruses(attached)
            shown = clean_name(name, extension_of(name) or "file")
            raise UploadRefused(f"The selected file has an attachment that is not allowed: {shown}. Save the mail without it and try again")
        if attached:
            _check(attached, extension_of(name), budget)
    budget.come_back()
    return content


def _check_pdf(content: bytes, extension: str, budget: Budget) -> bytes:
    check_pdf(content)
    return content


def _check_picture(content: bytes, extension: str, budget: Budget) -> bytes:
    return check_picture(content, extension)


def _check_office(content: bytes, extension: str, budget: Budget) -> bytes:
    check_office(content, extension, budget)
    return content


def _check_text(content: bytes, extension: str, budget: Budget) -> bytes:
    check_text(content, extension)
    return content


_CHECKS: dict[str, Callable[[bytes, str, Budget], bytes]] = {
    "pdf": _check_pdf,
    "png": _check_picture,
    "jpg": _check_picture,
    "jpeg": _check_picture,
    "docx": _check_office,
    "xlsx": _check_office,
    "pptx": _check_office,
    "csv": _check_text,
    "txt": _check_text,
    "eml": _check_email,
    "msg": _check_outlook,
}
