"""What must hold of the saves that editors sent and the database committed."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Save:
    """One save that somebody meant: a text of its own, into an answer that stood at ``base`` with ``seen``, as they knew.

    It may be sent more than once when no reply comes. ``version`` is what a reply said that it became; None: never said.
    """

    answer: int
    text: str
    base: int
    seen: str
    version: int | None = None


@dataclass
class Ledger:
    """What all editors did."""

    saves: list[Save] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def acknowledged(self) -> list[Save]:
        """Saves of which a reply said that they are safe."""
        return [save for save in self.saves if save.version is not None]


@dataclass(frozen=True)
class Committed:
    """One change of an answer, as the database logged it."""

    answer: int
    version_before: int
    version: int
    text_before: str
    text: str


def faults(
    saves: list[Save], log: Iterable[Committed], at_start: dict[int, tuple[int, str]], at_end: dict[int, tuple[int, str]]
) -> list[str]:
    """Sentences about every broken promise; none when all are kept. Both ends: answer -> version and text.

    - Versions of an answer follow one another without a gap, from how it stood at the start to how it stands now.
    - Every committed text was meant, once, by somebody who had seen exactly what it replaced.
    - Every acknowledged save was committed as the version that was said.
    """
    meant, committed, found = {save.text: save for save in saves}, {}, []
    place = dict(at_start)
    for row in sorted(log, key=lambda row: (row.answer, row.version)):
        committed[row.answer, row.version] = row.text
        if (row.version_before, row.text_before) != place[row.answer] or row.version != row.version_before + 1:
            found.append(f"Answer {row.answer}: version {row.version} does not follow {place[row.answer]}.")
        place[row.answer] = row.version, row.text
        save = meant.pop(row.text, None)
        if save is None:
            found.append(f"Answer {row.answer}: version {row.version} holds {row.text!r}, which nobody meant, or twice.")
        elif (save.answer, save.base, save.seen) != (row.answer, row.version_before, row.text_before):
            found.append(f"Answer {row.answer}: version {row.version} replaced {row.text_before!r} unseen: {save}.")
    found += [
        f"Answer {answer}: stands at {end}, but was left at {place[answer]}." for answer, end in at_end.items() if end != place[answer]
    ]
    for save in saves:
        if save.version is not None and committed.get((save.answer, save.version)) != save.text:
            found.append(f"Answer {save.answer}: {save.text!r} was acknowledged as version {save.version}, and is not there.")
    return found
