"""The check of the saves itself finds each broken promise; quick, and without a server."""

import pytest

from tests.robustness.chain import Committed, Save, faults

START = {1: (1, "start"), 2: (0, "")}
SAVES = [Save(1, "a", 1, "start", version=2), Save(1, "b", 2, "a", version=3), Save(1, "never came", 3, "b")]
LOG = [Committed(1, 1, 2, "start", "a"), Committed(1, 2, 3, "a", "b")]
END = {1: (3, "b"), 2: (0, "")}


def test_kept_promises_have_no_faults() -> None:
    assert faults(SAVES, LOG, START, END) == []


def test_save_without_a_reply_may_be_there() -> None:
    unsaid = [SAVES[0], Save(1, "b", 2, "a")]

    assert faults(unsaid, LOG, START, END) == []
    assert faults(unsaid, LOG[:1], START, {1: (2, "a"), 2: (0, "")}) == []


@pytest.mark.parametrize(
    ("saves", "log", "end", "words"),
    [
        (SAVES, LOG[:1], {1: (2, "a")}, ["'b' was acknowledged as version 3, and is not there."]),
        (SAVES, LOG, {1: (2, "a")}, ["stands at (2, 'a'), but was left at (3, 'b')."]),
        (SAVES, [*LOG, Committed(1, 3, 4, "b", "b")], {1: (4, "b")}, ["version 4 holds 'b', which nobody meant, or twice."]),
        (
            [SAVES[0], Save(1, "b", 1, "start", version=3)],
            LOG,
            END,
            ["version 3 replaced 'a' unseen: Save(answer=1, text='b', base=1, seen='start', version=3)."],
        ),
        (
            [SAVES[0], Save(1, "b", 2, "something else", version=3)],
            LOG,
            END,
            ["version 3 replaced 'a' unseen: Save(answer=1, text='b', base=2, seen='something else', version=3)."],
        ),
        (
            [SAVES[0], Save(1, "c", 3, "b", version=4)],
            [LOG[0], Committed(1, 3, 4, "b", "c")],
            {1: (4, "c")},
            ["version 4 does not follow (2, 'a')."],
        ),
    ],
    ids=["lost", "undone", "doubled", "overwritten with an old version", "overwritten unseen", "gap"],
)
def test_broken_promise_is_named(saves: list[Save], log: list[Committed], end: dict[int, tuple[int, str]], words: list[str]) -> None:
    assert faults(saves, log, START, END | end) == [f"Answer 1: {sentence}" for sentence in words]
