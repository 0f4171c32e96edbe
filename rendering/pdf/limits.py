from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one rendering may use. A 38-page report takes about 3 CPU-seconds and 140 MB."""

    wall_clock_seconds: float = 120
    cpu_seconds: int = 60
    memory_bytes: int = 512 * MEBIBYTE  # on top of what the worker holds when it starts the rendering
    page_count: int = 400
    file_bytes: int = 200 * MEBIBYTE
