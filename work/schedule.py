"""Periodic work by name: apps register functions, Celery beat and management commands call the same ones."""

from collections.abc import Callable

from django.utils import timezone

from work.models import PeriodicRun

Periodic = Callable[[], dict[str, int]]

_PERIODIC: dict[str, list[Periodic]] = {}


def register_periodic(name: str, function: Periodic) -> None:
    """Make ``function`` known to beat under ``name``, after those that lower apps gave it; it returns counts of what it did."""
    functions = _PERIODIC.setdefault(name, [])
    if function not in functions:
        functions.append(function)


def run_periodic(name: str) -> dict[str, int]:
    """Run one piece of periodic work and note when; gives its counts."""
    counts: dict[str, int] = {}
    for function in _PERIODIC[name]:
        counts |= function()
    PeriodicRun.objects.update_or_create(name=name, defaults={"ran_at": timezone.now()})
    return counts
