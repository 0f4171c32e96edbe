"""Trials of the benchmarks: a number over its limit, or under it where it is the least, is said in a sentence."""

from pathlib import Path

import pytest

from qnt.bench import trials
from qnt.bench.report import as_table
from qnt.bench.trials import Trial, run_trials


def trial(limit: float, *, is_least: bool, value: float = 2) -> Trial:
    return Trial("waits", "Waiting", "seconds", limit, is_least, lambda folder: value if folder.is_dir() else 0)


@pytest.mark.parametrize(
    ("limit", "is_least", "sentence"),
    [(2, False, ""), (1.9, False, "waits: 2 seconds, more than 1.9."), (2, True, ""), (2.1, True, "waits: 2 seconds, less than 2.1.")],
)
def test_trial_says_what_is_not_as_it_must_be(limit, is_least, sentence, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(trials, "TRIALS", {"waits": trial(limit, is_least=is_least)})

    (found,) = run_trials(["waits"], tmp_path)

    assert (found["value"], found["exceeded"]) == (2, sentence)


def test_table_shows_trials_with_their_limits(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trials, "TRIALS", {"waits": trial(30, is_least=False)})
    machine = {"cores": 2, "processor": "some"}
    record = {"machine": machine, "benchmarks": [], "engine": "SQLite", "python": "3", "django": "5", "left_out": [], "exceeded": []}

    table = as_table(record | {"trials": run_trials(["waits"], tmp_path)})

    assert "| Waiting | 2 seconds | at most 30 |" in table


def test_sample_report_has_about_the_pages_that_were_asked_for() -> None:
    assert len(trials.sample_html(38)) > 5 * len(trials.sample_html(6))
