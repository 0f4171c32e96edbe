"""Office files: zips of known members without macros, embedded programs, entities or anything fetched from elsewhere."""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from surveillance.uploads.refusals import (
    COMPOUND_FILE,
    DAMAGED,
    MACROS,
    NOT_ALLOWED_INSIDE,
    PROTECTED,
    REFERS_ELSEWHERE,
    TOO_LARGE_INSIDE,
    ZIP_FILE,
    Budget,
    UploadRefused,
    not_readable,
    refuse_viruses,
)

MAX_MEMBERS = 5_000
MAX_XML_BYTES = 50 * 1024 * 1024
CONTENT_TYPES = "[Content_Types].xml"
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
FOLDERS = {"docx": "word", "xlsx": "xl", "pptx": "ppt"}
MEMBERS = {
    "xml", "rels", "vml", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "wdp", "odttf", "fntdata", "xlsx", "docx",
    "pptx", "data", "dat", "psmdcp",
}  # fmt: skip
XML_MEMBERS = (".xml", ".rels", ".vml", ".svg")
# What stands in a member's name or in its declared type when it holds a macro.
MACRO_MARKS = ("vbaproject", "vbadata", "activex", "macrosheet", "dialogsheet", "macroenabled")
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", COMPOUND_FILE)
# Fields that start a program or fetch a file: a field's code may be cut into several runs.
FETCHING_FIELD = re.compile(r"(?:^|\s)(?:DDE(?:AUTO)?\s|INCLUDE(?:TEXT|PICTURE)\s+\S*(?://|\\\\))", re.IGNORECASE)
FAULTS = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, KeyError, OverflowError, MemoryError,
)  # fmt: skip


def check_office(content: bytes, extension: str, budget: Budget) -> None:
    """Raises UploadRefused with a sentence."""
    kind = extension.upper()
    if content.startswith(COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UploadRefused(PROTECTED)
        raise not_readable(kind)
    if not content.startswith(ZIP_FILE):
        raise not_readable(kind)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, extension)
            if archive.comment or min(member.header_offset for member in members):
                raise not_readable(kind)
            for member in members:
                _check_member(archive, member, budget)
    except FAULTS as error:
        raise not_readable(kind) from error


def _check_members(members: list[zipfile.ZipInfo], extension: str) -> None:
    """The list of contents, before anything is unfolded."""
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS:
        raise UploadRefused(TOO_LARGE_INSIDE)
    if any(member.flag_bits & 1 for member in members):
        raise UploadRefused(PROTECTED)
    if any(mark in name.lower() for name in names for mark in MACRO_MARKS):
        raise UploadRefused(MACROS)
    is_unique = len({name.casefold() for name in names}) == len(names)
    is_packed = all(member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members)
    if CONTENT_TYPES not in names or MAIN_PART[extension] not in names or not is_unique or not is_packed:
        raise not_readable(extension.upper())
    folders = {FOLDERS[extension], "docProps", "_rels", "customXml", "customUI", "docMetadata", "[trash]"}
    if not all(_is_known_member(name, folders) for name in names):
        raise UploadRefused(NOT_ALLOWED_INSIDE)


def _is_known_member(name: str, folders: set[str]) -> bool:
    path = PurePosixPath(name)
    is_inside = name == CONTENT_TYPES or bool(path.parts and path.parts[0] in folders)
    is_printer = "printerSettings" in name and path.suffix == ".bin"
    ending = path.name.rpartition(".")[2].lower()  # not the suffix: _rels/.rels has none, and every real file has that one
    is_kind = name.endswith("/") or ending in MEMBERS or is_printer
    return is_inside and is_kind and ".." not in path.parts and "\\" not in name


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> None:
    """Unfold one member within the bound and look inside."""
    with archive.open(member) as stream:
        content = stream.read(budget.inflated_bytes + 1)
    budget.spend(len(content))
    refuse_viruses(content)
    if member.filename.lower().endswith(XML_MEMBERS):
        _check_xml(content, member.filename)
    elif content.startswith(ZIP_FILE):
        inner = PurePosixPath(member.filename).suffix.lower().removeprefix(".")
        if inner not in MAIN_PART:
            raise UploadRefused(NOT_ALLOWED_INSIDE)
        budget.go_deeper()
        check_office(content, inner, budget)
        budget.come_back()
    elif content.startswith(PROGRAMS):
        raise UploadRefused(NOT_ALLOWED_INSIDE)


def _check_xml(content: bytes, name: str) -> None:
    """Read as a stream, so that a large sheet never stands in memory as a tree."""
    if len(content) > MAX_XML_BYTES:
        raise UploadRefused(TOO_LARGE_INSIDE)
    fields: list[str] = []
    try:
        for _, node in ElementTree.iterparse(io.BytesIO(content), events=("end",), forbid_dtd=True):
            _check_node(node, name, fields)
            node.clear()
    except DefusedXmlException as error:
        raise UploadRefused(REFERS_ELSEWHERE) from error
    except (ElementTree.ParseError, RecursionError) as error:
        raise UploadRefused(DAMAGED) from error
    if fields and FETCHING_FIELD.search("".join(fields)):
        raise UploadRefused(REFERS_ELSEWHERE)


def _check_node(node: Any, name: str, fields: list[str]) -> None:
    tag = str(node.tag).rpartition("}")[2]
    if name == CONTENT_TYPES or name.endswith(".rels"):
        said = (node.get("ContentType") or node.get("Type") or "").lower()
        if any(mark in said for mark in MACRO_MARKS):
            raise UploadRefused(MACROS)
        # Only a link that a person has to press may lead elsewhere; all else is fetched when the file is opened.
        if node.get("TargetMode") == "External" and not said.endswith("/hyperlink"):
            raise UploadRefused(REFERS_ELSEWHERE)
    elif tag in {"ddeLink", "oleLink"}:
        raise UploadRefused(REFERS_ELSEWHERE)
    elif tag == "script":
        raise UploadRefused(NOT_ALLOWED_INSIDE)
    elif tag == "fldChar":
        fields.append(" ")
    elif tag == "instrText":
        fields.append(node.text or "")
    elif tag == "fldSimple":
        fields.append(" " + next((text for key, text in node.attrib.items() if key.endswith("instr")), "") + " ")
