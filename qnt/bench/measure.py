"""Measuring a pair: statements and memory of one subject, then its time over that of its floor, side by side."""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from qnt.bench.database import engine_words
from qnt.bench.registry import Benchmark, Side

WARM_UPS = 3
MOST_IN_A_ROW = 500
LEAST_PAIRS = 7
MOST_PAIRS = 200
LEAST_SECONDS = 3.0


@dataclass
class Measured:
    """What a benchmark cost. ``ratio`` is the median of the pairs' ratios; half of them lie within ``middle_half``."""

    benchmark: Benchmark
    ratio: float
    middle_half: tuple[float, float]
    subject_ms: float
    floor_ms: float
    pair_count: int
    statements: int
    peak_mib: float
    engine: str
    exceeded: list[str] = field(default_factory=list)


def seconds_of(side: Side, times: int = 1) -> float:
    """How long one call takes; the mean of ``times`` calls in a row."""
    started = time.perf_counter()
    for _ in range(times):
        side()
    return (time.perf_counter() - started) / times


def statements_of(side: Side) -> int:
    """SQL statements of one call, BEGIN and COMMIT included."""
    with CaptureQueriesContext(connection) as captured:
        side()
    return len(captured)


def peak_mib_of(side: Side) -> float:
    """Memory that Python allocates during one call, at its highest, beyond what it held before."""
    gc.collect()
    tracemalloc.start()
    try:
        side()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def measure(benchmark: Benchmark, world: Any, *, pair_count: int, least_seconds: float = LEAST_SECONDS) -> Measured:
    """Run a benchmark: at least ``pair_count`` pairs, and more of what is quick until ``least_seconds`` have gone.

    The two sides take turns, also in who goes first, so that a slow moment of the machine meets both. A quicker floor is
    called as often in a row as takes about as long as the subject: alone it would slip between two turns of other processes,
    and the ratio would say how busy the machine is.
    """
    pair = benchmark.prepare(world)
    slow, quick = (min(seconds_of(side) for _ in range(WARM_UPS)) for side in pair)
    floor_times = max(1, min(MOST_IN_A_ROW, round(slow / quick)))
    statements, peak_mib = statements_of(pair.subject), peak_mib_of(pair.subject)
    subject: list[float] = []
    floor: list[float] = []
    sides = [(pair.subject, 1, subject), (pair.floor, floor_times, floor)]
    gc.collect()
    until = time.monotonic() + least_seconds
    while len(subject) < pair_count or (time.monotonic() < until and len(subject) < MOST_PAIRS):
        for side, times, seconds in sides:
            seconds.append(seconds_of(side, times))
        sides.reverse()
    ratios = [one / least for one, least in zip(subject, floor, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return Measured(
        benchmark, statistics.median(ratios), (low, high), statistics.median(subject) * 1000, statistics.median(floor) * 1000,
        len(subject), statements, peak_mib, engine_words(),
    )  # fmt: skip


def measure_all(benchmarks: Iterable[Benchmark], world: Any, *, pair_count: int, least_seconds: float = LEAST_SECONDS) -> list[Measured]:
    """Measure each, and say what exceeded its limits."""
    results = [measure(one, world, pair_count=one.pair_count or pair_count, least_seconds=least_seconds) for one in benchmarks]
    statements = {result.benchmark.name: result.statements for result in results}
    for result in results:
        result.exceeded = [*over_limits(result), *other_count(result, statements)]
    return results


def over_limits(result: Measured) -> list[str]:
    """Sentences about what was more than allowed."""
    limits, name = result.benchmark.limits, result.benchmark.name
    checks = [
        ("times its floor", round(result.ratio, 2), limits.ratio[connection.vendor]),
        ("statements", result.statements, limits.statements),
        ("MiB of memory", round(result.peak_mib, 2), limits.peak_mib),
    ]
    return [f"{name}: {cost:g} {what}, more than {limit:g}." for what, cost, limit in checks if cost > limit]


def other_count(result: Measured, statements: dict[str, int]) -> list[str]:
    """A sentence when the count differs from that of the benchmark that it must not differ from."""
    other = result.benchmark.same_statements_as
    if other not in statements or statements[other] == result.statements:
        return []
    return [f"{result.benchmark.name}: {result.statements} statements, and {other} took {statements[other]}."]
