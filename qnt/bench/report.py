"""What a run found: JSON for programs, a table for people."""

import os
import platform
from collections.abc import Sequence
from typing import Any

import django
from django.utils import timezone

from qnt.bench.database import engine_words
from qnt.bench.measure import Measured
from qnt.bench.trials import trial_lines

COLUMNS = ("Measured", "Floor", "Ratio", "Time", "Floor's time", "Statements", "Memory")


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    except OSError:
        return platform.machine()


LEFT_OUT = "Left out, for want of a site of national size (make bench-national): "


def as_record(results: list[Measured], *, left_out: Sequence[str] = (), trials: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The whole run: where, when, and each benchmark with its limits. Times in milliseconds, memory in MiB."""
    return {
        "at": timezone.now().isoformat(timespec="seconds"),
        "engine": engine_words(),
        "machine": {"cores": os.cpu_count(), "processor": processor()},
        "python": platform.python_version(),
        "django": django.get_version(),
        "benchmarks": [one_record(result) for result in results],
        "left_out": list(left_out),
        "trials": list(trials),
        "exceeded": [
            *(sentence for result in results for sentence in result.exceeded),
            *(trial["exceeded"] for trial in trials if trial["exceeded"]),
        ],
    }


def one_record(result: Measured) -> dict[str, Any]:
    """One benchmark."""
    benchmark, limits = result.benchmark, result.benchmark.limits
    return {
        "name": benchmark.name,
        "subject": benchmark.subject,
        "floor": benchmark.floor,
        "engine": result.engine,
        "ratio": round(result.ratio, 2),
        "middle_half": [round(value, 2) for value in result.middle_half],
        "subject_ms": round(result.subject_ms, 3),
        "floor_ms": round(result.floor_ms, 3),
        "pairs": result.pair_count,
        "statements": result.statements,
        "peak_mib": round(result.peak_mib, 2),
        "limits": {"ratio": limits.ratio, "statements": limits.statements, "peak_mib": limits.peak_mib, "because": limits.because},
        "exceeded": result.exceeded,
    }


def as_table(record: dict[str, Any]) -> str:
    """The same for people, in Markdown, so that it can be copied into ``docs/performance.md``."""
    machine = record["machine"]
    rows = [COLUMNS, *(table_row(one) for one in record["benchmarks"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    engines = dict.fromkeys(one["engine"] for one in record["benchmarks"])
    engine = ", ".join(engines) or record["engine"]
    where = f"{engine}, {machine['cores']} cores ({machine['processor']}), Python {record['python']}, Django {record['django']}"
    left_out = [LEFT_OUT + ", ".join(record["left_out"])] if record["left_out"] else []
    table = [*lines, ""] if record["benchmarks"] else []
    trials = [*trial_lines(record["trials"]), ""] if record["trials"] else []
    return "\n".join([where, "", *table, *trials, *left_out, *record["exceeded"]])


def figure(ratio: float) -> str:
    """A ratio with one decimal, a small one with two."""
    return f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def table_row(one: dict[str, Any]) -> tuple[str, ...]:
    """The cells of one benchmark."""
    low, high = one["middle_half"]
    return (
        one["subject"], one["floor"], f"{figure(one['ratio'])} ({figure(low)} to {figure(high)})", f"{one['subject_ms']:.1f} ms",
        f"{one['floor_ms']:.2f} ms", str(one["statements"]), f"{one['peak_mib']:.1f} MiB",
    )  # fmt: skip
