"""One drawing of a report: what several of its blocks read is read once, so that all of them show the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from peerreview.models import Review
from peerreview.queries import pathway, topics

T = TypeVar("T")
_FOUND: ContextVar[dict[tuple[object, int], Any] | None] = ContextVar("found", default=None)


@contextmanager
def one_drawing() -> Iterator[None]:
    """While it lasts, each read below asks the database once for each review. For reads alone: a write in it would not be seen.

    One drawing inside another is part of the outer one.
    """
    if _FOUND.get() is not None:
        yield
        return
    token = _FOUND.set({})
    try:
        yield
    finally:
        _FOUND.reset(token)


def read_once(read: Callable[[Review], T]) -> Callable[[Review], T]:
    """A read of a review that is shared in one drawing; outside of one it reads anew. Nobody may change what it gives."""

    @wraps(read)
    def shared(review: Review) -> T:
        found = _FOUND.get()
        if found is None:
            return read(review)
        key = (read, review.pk)
        if key not in found:
            found[key] = read(review)
        value: T = found[key]
        return value

    return shared


steps_of = read_once(pathway.steps_of)
latest_reports = read_once(topics.latest_reports)
