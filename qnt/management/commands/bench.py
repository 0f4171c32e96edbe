"""Measure what acts cost, each as a ratio to a floor of the same run, on a database made for it."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser

from qnt.bench import answer_pages, collation, library, programme, saving, spreadsheets, team
from qnt.bench.data import make_world
from qnt.bench.database import national_database, throw_away_database
from qnt.bench.measure import LEAST_PAIRS, LEAST_SECONDS, Measured, measure_all
from qnt.bench.national import make_nation
from qnt.bench.registry import NATIONAL, REGISTRY, Benchmark
from qnt.bench.report import as_record, as_table
from qnt.bench.trials import TRIALS, run_trials

MODULES = (
    saving,
    answer_pages,
    spreadsheets,
    team,
    library,
    collation,
    programme,
)  # importing them registers their benchmarks; they run in this order
PAIRS = 15


class Command(BaseCommand):
    help = "Measure what acts cost; exit 1 when a limit is exceeded. --json prints JSON, and the table to standard error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--only", nargs="+", metavar="NAME", choices=sorted([*REGISTRY, *TRIALS]), help="only these benchmarks")
        parser.add_argument("--pairs", type=int, default=PAIRS, help=f"pairs of each, {LEAST_PAIRS} or more ({PAIRS} by default)")

    def handle(self, **options: Any) -> None:
        pair_count = options["pairs"]
        if pair_count < LEAST_PAIRS:
            raise CommandError(f"A median of fewer than {LEAST_PAIRS} pairs says little. Ask for {LEAST_PAIRS} or more.")
        names = options["only"]
        chosen = chosen_from([name for name in names if name in REGISTRY] if names else None)
        trials = [name for name in TRIALS if not names or name in names]
        with request_log_nowhere():
            results, left_out = measure_chosen(chosen, pair_count)
            with tempfile.TemporaryDirectory(prefix="qnt-trials-") as folder:
                tried = run_trials(trials, Path(folder))
        record = as_record(results, left_out=left_out, trials=tried)
        if options["json"]:
            self.stdout.write(json.dumps(record, indent=2))
            self.stderr.write(as_table(record))
        else:
            self.stdout.write(as_table(record))
        if record["exceeded"]:
            sys.exit(1)


def measure_chosen(chosen: list[Benchmark], pair_count: int) -> tuple[list[Measured], list[str]]:
    """Measure on a database made for it, and what needs the site of national size there; names what had to be left out."""
    small, national = [one for one in chosen if one.needs != NATIONAL], [one for one in chosen if one.needs == NATIONAL]
    options: dict[str, Any] = {"pair_count": pair_count, "least_seconds": LEAST_SECONDS}
    results: list[Measured] = []
    if small:
        with throw_away_database() as folder:
            results += measure_all(small, make_world(folder), **options)
    if not national:
        return results, []
    with national_database() as is_there:
        if not is_there:
            return results, [one.name for one in national]
        return results + measure_all(national, make_nation(), **options), []


def chosen_from(names: list[str] | None) -> list[Benchmark]:
    """The benchmarks of these names, or all in the order of their modules."""
    order = [module.__name__ for module in MODULES]
    if names is not None:
        return [REGISTRY[name] for name in names]
    return [REGISTRY[name] for name in sorted(REGISTRY, key=lambda name: order.index(REGISTRY[name].module))]


@contextmanager
def request_log_nowhere() -> Iterator[None]:
    """Two lines a request are written, as in production, but not into the JSON."""
    before = structlog.get_config()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        try:
            yield
        finally:
            structlog.configure(**before)
