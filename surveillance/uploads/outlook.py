"""Outlook messages as .msg: a compound file whose directory can be walked, with the properties that every message has.

Source: Microsoft, [MS-CFB] compound file and [MS-OXMSG] message file format.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from surveillance.uploads.mails import is_harmless
from surveillance.uploads.refusals import COMPOUND_FILE, MACROS, TOO_LARGE_INSIDE, UploadRefused, not_readable

PROPERTIES = "__properties_version1.0"
ATTACHMENT, DATA, MESSAGE = "__attach_version1.0_", "__substg1.0_37010102", "__substg1.0_3701000d"
NAMES = (
    ("__substg1.0_3707001f", "utf-16-le"), ("__substg1.0_3704001f", "utf-16-le"), ("__substg1.0_3707001e", "cp1252"),
    ("__substg1.0_3704001e", "cp1252"),
)  # fmt: skip
MACRO_STORAGES = {"macros", "vba", "_vba_project", "_vba_project_cur"}
STORAGE, STREAM, ROOT = 1, 2, 5
LAST_SECTOR, NOTHING = 0xFFFFFFFA, 0xFFFFFFFF
MAX_ENTRIES = 20_000


@dataclass(frozen=True)
class Entry:
    """One entry of the directory: a storage (folder) or a stream (file)."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """Reads the directory and the streams of a compound file. Raises ValueError, IndexError or struct.error when it is broken."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(COMPOUND_FILE):
            raise ValueError("no compound file")
        self.content = content
        major, order, shift, mini_shift = struct.unpack_from("<4H", content, 26)
        if (major, shift) not in {(3, 9), (4, 12)} or order != 0xFFFE or mini_shift != 6:
            raise ValueError("header")
        self.sector_size = 1 << shift
        first_directory = struct.unpack_from("<I", content, 48)[0]
        self.cutoff, first_mini, _, first_difat, _ = struct.unpack_from("<5I", content, 56)
        self.fat = [number for sector in self._fat_sectors(first_difat) for number in self._numbers(sector)]
        self.entries = [self._entry(raw) for raw in self._pieces(self._chain(first_directory), 128)]
        if not self.entries or self.entries[0].kind != ROOT or len(self.entries) > MAX_ENTRIES:
            raise ValueError("directory")
        self.mini_fat = [number for raw in self._pieces(self._chain(first_mini), 4) for number in struct.unpack("<I", raw)]
        self.mini = self._chain(self.entries[0].start) if self.entries[0].size else b""

    def children(self, entry: Entry) -> list[Entry]:
        """What lies in a storage."""
        found, waiting, seen = [], [entry.child], set()
        while waiting:
            number = waiting.pop()
            if number == NOTHING:
                continue
            if number in seen:
                raise ValueError("the directory turns in a circle")
            seen.add(number)
            child = self.entries[number]
            found.append(child)
            waiting += [child.left, child.right]
        return found

    def read(self, entry: Entry) -> bytes:
        """The bytes of a stream."""
        if entry.size > len(self.content):
            raise ValueError("size")
        if entry.size >= self.cutoff:
            data = self._chain(entry.start)
        else:
            data = b"".join(self.mini[number * 64 : number * 64 + 64] for number in self._follow(entry.start, self.mini_fat))
        if len(data) < entry.size:
            raise ValueError("cut off")
        return data[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector_size
        sector = self.content[start : start + self.sector_size]
        if not sector:
            raise ValueError("a sector lies outside")
        return sector.ljust(self.sector_size, b"\0")

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.sector_size // 4}I", self._sector(sector))

    def _fat_sectors(self, difat: int) -> Iterator[int]:
        yield from (number for number in struct.unpack_from("<109I", self.content, 76) if number < LAST_SECTOR)
        seen = set()
        while difat < LAST_SECTOR:
            if difat in seen:
                raise ValueError("the table turns in a circle")
            seen.add(difat)
            *numbers, difat = self._numbers(difat)
            yield from (number for number in numbers if number < LAST_SECTOR)

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._follow(start, self.fat))

    @staticmethod
    def _follow(start: int, table: list[int]) -> Iterator[int]:
        steps = 0
        while start < LAST_SECTOR:
            steps += 1
            if steps > len(table):
                raise ValueError("a chain turns in a circle")
            yield start
            start = table[start]

    @staticmethod
    def _pieces(data: bytes, size: int) -> Iterator[bytes]:
        return (data[place : place + size] for place in range(0, len(data) - size + 1, size))

    @staticmethod
    def _entry(raw: bytes) -> Entry:
        length, kind = struct.unpack_from("<HB", raw, 64)
        name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        left, right, child = struct.unpack_from("<3I", raw, 68)
        start, size = struct.unpack_from("<IQ", raw, 116)
        return Entry(name, kind, left, right, child, start, size & 0xFFFFFFFF)


def attachments_of_message(content: bytes) -> list[tuple[str, bytes]]:
    """Name and bytes of everything attached, also to messages inside. Raises UploadRefused with a sentence."""
    try:
        file = CompoundFile(content)
        if any(entry.kind == STORAGE and entry.name in MACRO_STORAGES for entry in file.entries):
            raise UploadRefused(MACROS)
        root = file.entries[0]
        if not any(entry.kind == STREAM and entry.name == PROPERTIES for entry in file.children(root)):
            raise not_readable("MSG")
        return list(_attachments(file, root))
    except (ValueError, IndexError, struct.error, OverflowError, MemoryError) as error:
        raise not_readable("MSG") from error


def _attachments(file: CompoundFile, root: Entry) -> Iterator[tuple[str, bytes]]:
    waiting, count = [root], 0
    while waiting:
        message = waiting.pop()
        count += 1
        if count > MAX_ENTRIES:
            raise UploadRefused(TOO_LARGE_INSIDE)
        for storage in file.children(message):
            if storage.kind != STORAGE or not storage.name.startswith(ATTACHMENT):
                continue
            inside = {entry.name: entry for entry in file.children(storage)}
            if MESSAGE in inside:
                waiting.append(inside[MESSAGE])
            if DATA in inside:
                name, data = _name_of(file, inside), file.read(inside[DATA])
                if not is_harmless(name, data):
                    yield name, data


def _name_of(file: CompoundFile, inside: dict[str, Entry]) -> str:
    for stream, encoding in NAMES:
        if stream in inside:
            return file.read(inside[stream]).decode(encoding, "replace").rstrip("\0")
    return "attachment"
