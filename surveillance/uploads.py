"""What a file must be before it is kept: checked by its structure, never by its name or first bytes alone.

Every refusal is a sentence for the person ("The selected file contains macros. Save it without macros and try again").
"""

import email
import email.policy
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import pikepdf
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

ALLOWED = "The selected file must be a PDF, PNG, JPG, DOCX, XLSX, PPTX, CSV, TXT, MSG or EML"
# The standard test text that every scanner knows; in two parts, so that this file is not taken for a virus itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")
MAX_PIXELS = 50_000_000
MAX_MEMBERS = 5_000
MAX_INFLATED_BYTES = 200 * 1024 * 1024
MAX_XML_BYTES = 50 * 1024 * 1024
OFFICE_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OFFICE_FOLDERS = {"docx": "word", "xlsx": "xl", "pptx": "ppt"}
OFFICE_MEMBERS = {
    "xml", "rels", "vml", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "wdp", "odttf", "fntdata", "xlsx", "docx",
    "pptx", "data", "dat", "psmdcp",
}  # fmt: skip
MACRO_MARKS = ("vbaproject", "vbadata", "activex", "macrosheets", "dialogsheets")
REMOTE_PARTS = ("attachedTemplate", "oleObject", "frame", "externalLinkPath", "subDocument")
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


class UploadRefused(Exception):
    """The file is not kept; the message is a sentence for the person."""


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed: its bytes (an image is re-encoded, without EXIF), a clean name and its media type."""

    content: bytes
    name: str
    media_type: str


def check_upload(*, name: str, content: bytes) -> CheckedFile:
    """Check a whole file. Raises UploadRefused with a sentence that says why."""
    if not content:
        raise UploadRefused("The selected file is empty")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(f"The selected file must be smaller than {settings.UPLOAD_MAX_BYTES // (1024 * 1024)}MB")
    refuse_viruses(content)
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    check = _CHECKS.get(extension)
    if check is None:
        raise UploadRefused(ALLOWED)
    return CheckedFile(check(content, extension), clean_name(name, extension), MEDIA_TYPES[extension])


def refuse_viruses(content: bytes) -> None:
    """Raises UploadRefused for the standard test text, also where no scanner runs."""
    if EICAR in content:
        raise UploadRefused("The selected file contains a virus")


def clean_name(name: str, extension: str) -> str:
    """The name that a download gets: no folders, no control characters, 150 characters at most."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    printable = "".join(letter for letter in stem if letter.isprintable() and letter not in '"<>|:*?')
    return f"{printable.strip(' .')[:140] or 'document'}.{extension}"


def _not_readable(kind: str) -> UploadRefused:
    return UploadRefused(f"The selected file is not a {kind} that can be opened. Save it again and try once more")


def _check_pdf(content: bytes, extension: str) -> bytes:
    if not content.startswith(b"%PDF-"):
        raise _not_readable("PDF")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise UploadRefused("The selected file is password protected")
            len(pdf.pages)
            for attached in pdf.attachments.values():
                refuse_viruses(attached.get_file().read_bytes())
    except pikepdf.PasswordError as error:
        raise UploadRefused("The selected file is password protected") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError) as error:
        raise _not_readable("PDF") from error
    return content


def _check_image(content: bytes, extension: str) -> bytes:
    """The picture drawn anew: whatever else the file carried (EXIF, places, hidden text) is gone."""
    wanted = "PNG" if extension == "png" else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[wanted]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UploadRefused("The selected file has too many pixels. Make the picture smaller and try again")
                upright = ImageOps.exif_transpose(image)
                upright.load()
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise _not_readable(wanted.replace("JPEG", "JPG")) from error
    drawn = Image.new(upright.mode, upright.size)
    drawn.paste(upright)
    if upright.mode == "P" and upright.palette:
        drawn.putpalette(upright.palette)
    made = io.BytesIO()
    if wanted == "JPEG":
        (drawn if drawn.mode in {"RGB", "L"} else drawn.convert("RGB")).save(made, "JPEG", quality=90)
    else:
        drawn.save(made, "PNG")
    return made.getvalue()


def _check_office(content: bytes, extension: str) -> bytes:
    kind = extension.upper()
    if content.startswith(COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UploadRefused("The selected file is password protected")
        raise _not_readable(kind)
    if not content.startswith(b"PK\x03\x04"):
        raise _not_readable(kind)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, extension)
            left = MAX_INFLATED_BYTES
            for member in members:
                left -= _check_member(archive, member, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise _not_readable(kind) from error
    return content


def _check_members(members: list[zipfile.ZipInfo], extension: str) -> None:
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED_BYTES:
        raise UploadRefused("The selected file grows too large when it is opened")
    if any(member.flag_bits & 1 for member in members):
        raise UploadRefused("The selected file is password protected")
    if any(mark in name.lower() for name in names for mark in MACRO_MARKS):
        raise UploadRefused("The selected file contains macros. Save it without macros and try again")
    if "[Content_Types].xml" not in names or OFFICE_MAIN_PART[extension] not in names or len(set(names)) != len(names):
        raise _not_readable(extension.upper())
    folders = {OFFICE_FOLDERS[extension], "docProps", "_rels", "customXml", "customUI", "docMetadata"}
    for name in names:
        path = PurePosixPath(name)
        is_inside = name == "[Content_Types].xml" or (path.parts and path.parts[0] in folders)
        is_printer = "printerSettings" in name and path.suffix == ".bin"
        allowed = name.endswith("/") or path.suffix.lower().removeprefix(".") in OFFICE_MEMBERS or is_printer
        if not is_inside or not allowed or ".." in path.parts or "\\" in name:
            raise UploadRefused("The selected file has something inside that is not allowed. Remove embedded files and try again")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Inflate one member within the bound and look inside; gives its true size."""
    with archive.open(member) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise UploadRefused("The selected file grows too large when it is opened")
    refuse_viruses(content)
    if member.filename.lower().endswith((".xml", ".rels", ".vml")):
        _check_xml(content, member.filename)
    elif content.startswith(b"PK\x03\x04"):
        inner = PurePosixPath(member.filename).suffix.lower().removeprefix(".")
        if inner not in OFFICE_MAIN_PART:
            raise UploadRefused("The selected file has something inside that is not allowed. Remove embedded files and try again")
        _check_office(content, inner)
    return len(content)


def _check_xml(content: bytes, name: str) -> None:
    if len(content) > MAX_XML_BYTES:
        raise UploadRefused("The selected file grows too large when it is opened")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UploadRefused("The selected file refers to other files or addresses in a way that is not allowed") from error
    except ElementTree.ParseError as error:
        raise UploadRefused("The selected file is damaged. Save it again and try once more") from error
    if name == "[Content_Types].xml" and b"macroenabled" in content.lower():
        raise UploadRefused("The selected file contains macros. Save it without macros and try again")
    for node in root.iter():
        is_remote = node.get("TargetMode") == "External" and (node.get("Type") or "").endswith(REMOTE_PARTS)
        if is_remote:
            raise UploadRefused("The selected file refers to other files or addresses in a way that is not allowed")


def _check_text(content: bytes, extension: str) -> bytes:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text):
        raise _not_readable(extension.upper())
    return content


def _check_email(content: bytes, extension: str) -> bytes:
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        names = {name.lower() for name in message}
        if b"\x00" in content or not names & {"from", "sender"} or not names & {"date", "subject", "to", "received"}:
            raise _not_readable("EML")
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                refuse_viruses(payload)
    except (ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        raise _not_readable("EML") from error
    return content


def _check_outlook(content: bytes, extension: str) -> bytes:
    """An Outlook message: a compound file of whole sectors with the properties stream that every message has."""
    is_message = "__properties_version1.0".encode("utf-16-le") in content
    if not content.startswith(COMPOUND_FILE) or len(content) < 1536 or len(content) % 512 or not is_message:
        raise _not_readable("MSG")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UploadRefused("The selected file contains macros. Save it without macros and try again")
    return content


_CHECKS: dict[str, Callable[[bytes, str], bytes]] = {
    "pdf": _check_pdf,
    "png": _check_image,
    "jpg": _check_image,
    "jpeg": _check_image,
    "docx": _check_office,
    "xlsx": _check_office,
    "pptx": _check_office,
    "csv": _check_text,
    "txt": _check_text,
    "eml": _check_email,
    "msg": _check_outlook,
}
