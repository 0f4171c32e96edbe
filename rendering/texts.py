"""Small questions about words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

ChangeKind = Literal["same", "added", "removed"]

# Ten digits, alone or as 3 3 4 with the same separator, and no digit or hyphenated digit touching them.
_CANDIDATE = re.compile(r"(?<![\d])(?<!\d[-.])(\d{3})([ \u00a0\u2009\u202f.\-\u2010-\u2013]?)(\d{3})\2(\d{4})(?![\d])(?![-.]\d)")
_WEIGHTS = range(10, 1, -1)
_MOST_WORDS = 20_000


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the NHS number's check digit (Modulus 11). All-equal digits never do.

    Source: NHS Data Dictionary, NHS number: weights 10 to 2, 11 less the remainder, 11 counts as 0, 10 is invalid.
    """
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], _WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    return check == int(digits[9]) and check != 10


def find_nhs_numbers(text: str) -> list[str]:
    """Valid NHS numbers in ``text``, ten digits each, in order and each once. Written 123 456 7890, 123-456-7890 or whole."""
    found = ("".join(match.group(1, 3, 4)) for match in _CANDIDATE.finditer(text))
    ascii_digits = (number.translate(_DIGITS) for number in found)
    return list(dict.fromkeys(number for number in ascii_digits if is_nhs_number(number)))


class _AsciiDigits(dict[int, str]):
    """Digits of other scripts, such as fullwidth, as 0 to 9."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        return str(int(character)) if character.isdecimal() else character


_DIGITS = _AsciiDigits()


def compare_words(old: str, new: str) -> list[tuple[ChangeKind, str]]:
    """What changed between two texts, word by word: pieces that are "same", "removed" or "added", in reading order.

    The "same" and "removed" pieces together give ``old`` and "same" and "added" give ``new``, space for space. Texts
    of over 20,000 words are compared line by line.
    """
    by_line = max(len(old), len(new)) > _MOST_WORDS * 6
    old_parts, new_parts = _split(old, by_line=by_line), _split(new, by_line=by_line)
    matcher = SequenceMatcher(None, old_parts, new_parts, autojunk=False)
    return list(_joined(_pieces(matcher, old_parts, new_parts)))


def _split(text: str, *, by_line: bool) -> list[str]:
    """Words with the space that follows them, or lines."""
    return text.splitlines(keepends=True) if by_line else re.findall(r"\s*\S+\s*?(?=\s|$)|\s+", text)


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[tuple[ChangeKind, str]]:
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            yield "same", "".join(old[old_start:old_end])
        else:
            yield "removed", "".join(old[old_start:old_end])
            yield "added", "".join(new[new_start:new_end])


def _joined(pieces: Iterator[tuple[ChangeKind, str]]) -> Iterator[tuple[ChangeKind, str]]:
    """Without empty pieces, neighbours of one kind as one."""
    waiting: tuple[ChangeKind, str] | None = None
    for kind, text in pieces:
        if not text:
            continue
        if waiting and waiting[0] == kind:
            waiting = (kind, waiting[1] + text)
        else:
            if waiting:
                yield waiting
            waiting = (kind, text)
    if waiting:
        yield waiting


# A stop, what may close a quotation or a bracket, a space, and then something that can begin a sentence.
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*(\s+)(?=[\"“‘'(\[]*[A-Z0-9À-Þ])")
# Words whose stop ends no sentence.
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "e.g", "i.e", "eg", "ie", "vs", "approx", "fig", "para", "dept"}
)
_LONGEST_ABBREVIATION = 10


def sentences_of(text: str) -> list[str]:
    """The sentences of a plain text; the end of a line ends one too, so that a heading is not run into what follows."""
    return [sentence for line in text.splitlines() for sentence in _sentences_of_line(line.strip())]


def _sentences_of_line(line: str) -> Iterator[str]:
    start = 0
    for found in _SENTENCE_END.finditer(line):
        before = line[max(start, found.start() - _LONGEST_ABBREVIATION) : found.start()]
        word = before.rpartition(" ")[2].lstrip("\"“‘'([").lower()
        if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
            continue
        yield line[start : found.start(1)]
        start = found.end(1)
    if line[start:]:
        yield line[start:]


def whole_sentences(text: str, most: int) -> tuple[str, bool]:
    """As many whole sentences of ``text`` from its start as fit in ``most`` characters, and whether something was left out.

    Never ends inside a sentence: a first sentence that is longer than ``most`` gives "".
    """
    taken = ""
    for sentence in sentences_of(text):
        longer = f"{taken} {sentence}" if taken else sentence
        if len(longer) > most:
            return taken, True
        taken = longer
    return taken, False
