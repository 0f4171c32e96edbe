"""Writing many rows: in batches, each in a transaction of its own, so that SQLite never holds one for long."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import models, transaction

Row = TypeVar("Row", bound=models.Model)
BATCH = 2_000


def write(model: type[Row], rows: Iterable[Row], *, batch: int = BATCH) -> Iterator[Row]:
    """Insert ``rows`` batch by batch; gives each back with its pk. Nothing is kept, so memory stays flat."""
    waiting = iter(rows)
    while made := list(islice(waiting, batch)):
        with transaction.atomic():
            yield from model._default_manager.bulk_create(made)


def write_all(model: type[Row], rows: Iterable[Row], *, batch: int = BATCH) -> int:
    """Insert ``rows``; gives how many."""
    return sum(1 for _ in write(model, rows, batch=batch))
