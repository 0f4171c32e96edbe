"""Facts that apps above know and the rules need: they register a function, as they register work items."""

from collections.abc import Callable, Iterable

OpenImmediateRisks = Callable[[list[int]], dict[int, int]]

_SOURCES: list[OpenImmediateRisks] = []


def register_open_immediate_risks(source: OpenImmediateRisks) -> None:
    """Add a function that gives, by service id, how many immediate risks are open."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def open_immediate_risks(service_ids: Iterable[int]) -> dict[int, int]:
    """How many immediate risks are open in each of these services; services without one are left out."""
    ids = list(service_ids)
    counts: dict[int, int] = {}
    for source in _SOURCES:
        for service_id, count in source(ids).items():
            counts[service_id] = counts.get(service_id, 0) + count
    return {service_id: count for service_id, count in counts.items() if count}
