"""The benchmarks run and do what they say, on a small world; a limit that is exceeded fails the run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from qnt.bench import collation, database, national
from qnt.bench.data import World, make_world
from qnt.bench.measure import Measured, measure_all
from qnt.bench.registry import NATIONAL, REGISTRY, Benchmark, Limits, Pair, on_both
from qnt.bench.report import as_record, as_table
from qnt.demo.national.sizes import SMALL
from qnt.demo.national.story import tell_national
from qnt.management.commands import bench
from surveillance.models import Service

FREE = Limits(ratio=on_both(1e9), statements=1000, peak_mib=1000, because="Nothing is limited here.")


def ask(times: int) -> None:
    """So many statements."""
    for _ in range(times):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def asking(name: str, times: int, limits: Limits = FREE, same_statements_as: str = "") -> Benchmark:
    """A benchmark of ``times`` statements over none."""
    return Benchmark(name, "Asking", "nothing", limits, lambda world: Pair(lambda: ask(times), lambda: ask(0)), same_statements_as)


def run(*benchmarks: Benchmark) -> list[Measured]:
    """Seven pairs of each, without a world."""
    return measure_all(benchmarks, World(None, None, None, Path()), pair_count=7, least_seconds=0)


@pytest.mark.django_db
def test_benchmark_within_its_limits_says_what_it_cost() -> None:
    (result,) = run(asking("asks", 3))

    assert (result.statements, result.pair_count, result.exceeded) == (3, 7, [])
    assert result.middle_half[0] <= result.ratio <= result.middle_half[1]
    assert result.peak_mib > 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"ratio": on_both(0.0001)}, "times its floor, more than 0.0001."),
        ({"statements": 2}, "asks: 3 statements, more than 2."),
        ({"peak_mib": -1}, "MiB of memory, more than -1."),
    ],
)
def test_benchmark_over_a_limit_is_named(limits: dict[str, object], words: str) -> None:
    (result,) = run(asking("asks", 3, Limits(**(vars(FREE) | limits))))

    (sentence,) = result.exceeded
    assert sentence.endswith(words)


@pytest.mark.django_db
def test_benchmark_with_another_count_than_its_like_is_named() -> None:
    results = run(asking("small", 3), asking("large", 4, same_statements_as="small"))

    assert [result.exceeded for result in results] == [[], ["large: 4 statements, and small took 3."]]


@pytest.mark.django_db
def test_every_benchmark_runs_and_a_save_takes_seven_statements_in_any_set(tmp_path: Path) -> None:
    small = {name: one for name, one in REGISTRY.items() if one.needs != NATIONAL}

    results = measure_all(small.values(), make_world(tmp_path, small=3, large=32, reports=101), pair_count=1, least_seconds=0)

    statements = {result.benchmark.name: result.statements for result in results}
    assert list(statements) == list(small)
    assert {name: count for name, count in statements.items() if name.startswith("save_answer")} == {
        "save_answer_31": 7, "save_answer_300": 7, "save_answer_300_to_31": 7,
    }  # fmt: skip


@pytest.mark.django_db
def test_national_benchmarks_run_within_their_statements_and_leave_the_site_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_national(seed=1, say=lambda line: None, sizes=SMALL)
    before = list(Service.objects.order_by("pk").values_list("region", flat=True))
    monkeypatch.setattr(database, "LEAST_SERVICES", len(before))
    monkeypatch.setattr(connection, "close", lambda: None)
    for module, name, value in ((bench, "LEAST_SECONDS", 0), (collation, "LEAST_BYTES", 1), (national, "FEW", 6)):
        monkeypatch.setattr(module, name, value)
    chosen = [replace(one, pair_count=1) for one in REGISTRY.values() if one.needs == NATIONAL]

    results, left_out = bench.measure_chosen(chosen, 1)

    assert [result.benchmark.name for result in results] == [one.name for one in chosen]
    assert [result.benchmark.name for result in results if result.statements > result.benchmark.limits.statements] == []
    assert (left_out, list(Service.objects.order_by("pk").values_list("region", flat=True))) == ([], before)


@pytest.mark.django_db
def test_national_benchmarks_are_named_when_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    chosen = [one for one in REGISTRY.values() if one.needs == NATIONAL][:2]

    results, left_out = bench.measure_chosen(chosen, 7)

    assert (results, left_out) == ([], [one.name for one in chosen])
    assert as_table(as_record(results, left_out=left_out)).endswith(f"(make bench-national): {', '.join(left_out)}")


@pytest.mark.django_db
def test_database_without_tables_is_not_of_national_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    monkeypatch.setattr(database.story, "is_told", lambda: pytest.fail("There is no table to ask."))

    assert not database.is_national()


def test_every_benchmark_says_why_it_may_cost_so_much() -> None:
    assert [
        benchmark.name for benchmark in REGISTRY.values() if not benchmark.limits.because or set(benchmark.limits.ratio) != set(on_both(1))
    ] == []


@pytest.fixture
def _on_the_test_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> None:
    """The command measures one quick thing where the test is."""

    @contextmanager
    def here() -> Iterator[Path]:
        yield tmp_path

    monkeypatch.setattr(bench, "throw_away_database", here)
    monkeypatch.setattr(bench, "make_world", lambda folder: World(None, None, None, folder))
    monkeypatch.setattr(bench, "LEAST_SECONDS", 0)


def call(*options: str) -> tuple[int, str, str]:
    """Exit code, standard output and error of ``bench``."""
    out, err = StringIO(), StringIO()
    try:
        call_command("bench", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("_on_the_test_database")
@pytest.mark.parametrize(("limit", "code", "exceeded"), [(3, 0, []), (2, 1, ["asks: 3 statements, more than 2."])])
def test_command_prints_json_and_fails_over_a_limit(monkeypatch: pytest.MonkeyPatch, limit: int, code: int, exceeded: list[str]) -> None:
    chosen = asking("asks", 3, Limits(**(vars(FREE) | {"statements": limit})))
    monkeypatch.setattr(bench, "chosen_from", lambda names: [chosen])
    monkeypatch.setattr(bench, "TRIALS", {})

    ended, out, err = call("--json", "--pairs", "7")

    record = json.loads(out)
    assert (ended, record["exceeded"]) == (code, exceeded)
    assert [(one["name"], one["statements"], one["pairs"]) for one in record["benchmarks"]] == [("asks", 3, 7)]
    assert "| Asking" in err


@pytest.mark.usefixtures("_on_the_test_database")
def test_command_refuses_too_few_pairs() -> None:
    with pytest.raises(CommandError, match="fewer than 7 pairs"):
        call("--pairs", "6")


@pytest.mark.django_db
def test_table_names_the_machine_and_what_was_exceeded() -> None:
    results = run(asking("asks", 3, Limits(**(vars(FREE) | {"statements": 2}))))

    lines = as_table(as_record(results)).splitlines()

    assert lines[0].startswith({"sqlite": "SQLite ", "postgresql": "PostgreSQL "}[connection.vendor])
    assert [line.count("|") for line in lines[2:5]] == [8, 8, 8]
    assert lines[-1] == "asks: 3 statements, more than 2."
