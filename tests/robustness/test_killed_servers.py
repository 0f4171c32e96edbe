"""Editors save into one self-report of 300 questions while gunicorn and PostgreSQL are killed, on processes of their own.

Short by default; ``make soak`` runs it with 50 editors for 5 minutes. ``SOAK_SECONDS`` and ``SOAK_EDITORS`` change that.
"""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robustness.chain import Committed, Ledger, faults
from tests.robustness.client import Browser
from tests.robustness.editors import LAST_TRIES_SECONDS, Editor
from tests.robustness.killer import ACTS, Killer
from tests.robustness.servers import Cluster, Site, wait_for

SECONDS = int(os.environ.get("SOAK_SECONDS", "15"))
EDITORS = int(os.environ.get("SOAK_EDITORS", "20"))
PAUSE_SECONDS = max(1.5, SECONDS / 60)  # a soak leaves more time to save between two kills
SHARED_ANSWERS = 2 * EDITORS  # so few that editors keep meeting one another

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.remove()


@pytest.fixture
def site(cluster: Cluster, tmp_path: Path) -> Iterator[Site]:
    made = Site(cluster.url, tmp_path)
    yield made
    made.remove()


def committed(cluster: Cluster) -> list[Committed]:
    """Every change of an answer since the start."""
    return [Committed(*row) for row in cluster.ask("SELECT answer_id, version_before, version, comment_before, comment FROM save_log")]


def standing(cluster: Cluster, answers: list[int]) -> dict[int, tuple[int, str]]:
    """How the answers stand in the database."""
    rows = cluster.ask("SELECT id, version, comment FROM surveillance_answer")
    return {pk: (version, comment) for pk, version, comment in rows if pk in answers}


def saved_in_calm(ledger: Ledger, editors: list[Editor], before_calm: int) -> bool:
    """Whether the site serves them all again, and they have met: a slow machine gets its time."""
    writers = {save.text.split(",")[0] for save in ledger.acknowledged()}
    return ledger.counts["acknowledged"] > before_calm and len(writers) == len(editors) and ledger.counts["conflicts"] > 0


def summary(ledger: Ledger, killer: Killer, seconds: float) -> str:
    """What happened, in one line."""
    parts = [*ledger.counts.items(), *((f"{act} killed", count) for act, count in killer.kills.items())]
    words = ", ".join(f"{count} {what}" for what, count in parts)
    return f"{EDITORS} editors for {seconds:.0f} s: {words}; out for {killer.longest_seconds:.1f} s at most"


def test_no_save_is_lost_doubled_or_overwritten_unseen(cluster: Cluster, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    world = site.prepare(EDITORS + 1)
    at_start = {pk: (version, comment) for pk, version, comment in world["answers"][:SHARED_ANSWERS]}
    answers, browsers = list(at_start), [Browser(site.port, session) for session in world["sessions"]]
    ledger, is_over = Ledger(), threading.Event()
    editors = [Editor(number, browser, world["report"], answers, ledger, is_over) for number, browser in enumerate(browsers[1:])]
    killer = Killer(cluster, site, browsers[0], world["report"], answers[0])
    site.start()
    wait_for(killer.serves, "the site serves")

    started = time.monotonic()
    for editor in editors:
        editor.start()
    try:
        killer.carry_on(SECONDS, PAUSE_SECONDS)
        before_calm = ledger.counts["acknowledged"]
        wait_for(lambda: saved_in_calm(ledger, editors, before_calm), "every editor has saved, and one met another")
    finally:
        is_over.set()
        for editor in editors:
            editor.join(2 * LAST_TRIES_SECONDS)
        browsers[0].close()
    with capsys.disabled():
        print("\n" + summary(ledger, killer, time.monotonic() - started))  # noqa: T201
        print(f"While the database was down: {dict(killer.while_down)}")  # noqa: T201

    assert [editor.name for editor in editors if editor.is_alive()] == []
    assert ledger.unexpected == []
    assert faults(ledger.saves, committed(cluster), at_start, standing(cluster, answers)) == []
    assert set(killer.while_down) == {"list: 503", "save: 503", "page: 503"}
    assert set(killer.kills) == set(ACTS)
    assert {save.text.split(",")[0] for save in ledger.acknowledged()} == {editor.name for editor in editors}
    assert ledger.counts["conflicts"] > 0
    assert ledger.counts["acknowledged"] > before_calm
