"""The list of benchmarks, and what each may cost.

    @benchmark("answer_list_300", subject="All answers of 300", floor="a bare loop", limits=Limits(...))
    def answer_list_300(world: World) -> Pair:
        return Pair(lambda: fetch(...), lambda: template.render(...))

A benchmark that needs the site of national size says ``needs=NATIONAL`` and is given a ``qnt.bench.national.Nation``.

The function prepares; only the two sides of the pair are measured. A side raises when it did not do what it should.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Side = Callable[[], object]
NATIONAL = "national"


class Pair(NamedTuple):
    """What is measured, and the least work that could be done instead; both are called many times."""

    subject: Side
    floor: Side


@dataclass(frozen=True)
class Limits:
    """What a benchmark may cost at most, and why so much.

    ``ratio``: subject over floor, by database engine; ``statements``: of one subject, BEGIN and COMMIT included;
    ``peak_mib``: memory that Python allocates for one subject, at its highest.
    """

    ratio: dict[str, float]
    statements: int
    peak_mib: float
    because: str


@dataclass(frozen=True)
class Benchmark:
    """One thing to measure. ``same_statements_as`` names another that must take exactly as many statements.

    ``needs`` names data beyond those made for a run; ``pair_count`` is for what takes seconds, 0 for as many as usual.
    """

    name: str
    subject: str
    floor: str
    limits: Limits
    prepare: Callable[[Any], Pair]
    same_statements_as: str = ""
    needs: str = ""
    pair_count: int = 0

    @property
    def module(self) -> str:
        """Where it is written."""
        return self.prepare.__module__


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str, *, subject: str, floor: str, limits: Limits, same_statements_as: str = "", needs: str = "", pair_count: int = 0
) -> Callable[[Callable[[Any], Pair]], Callable[[Any], Pair]]:
    """Register what prepares the benchmark ``name``; ``subject`` and ``floor`` are its two sides in words."""

    def register(prepare: Callable[[Any], Pair]) -> Callable[[Any], Pair]:
        REGISTRY[name] = Benchmark(name, subject, floor, limits, prepare, same_statements_as, needs, pair_count)
        return prepare

    return register


def on_both(ratio: float) -> dict[str, float]:
    """The same limit on both engines: for work that the database has little part in."""
    return {"sqlite": ratio, "postgresql": ratio}
