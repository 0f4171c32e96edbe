"""Facts from the app above: the report of a review, its address and the days on which its steps were done."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReportFact:
    """Where a review's report is, in words and as an address, and which milestones it has passed (code -> day)."""

    label: str
    url: str
    done: dict[str, dt.date] = field(default_factory=dict)


ReportSource = Callable[[list[int]], dict[int, ReportFact]]
_SOURCES: list[ReportSource] = []


def register_report_source(source: ReportSource) -> None:
    """Add the function that gives, by review id, the fact about its report."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def reports_of(review_ids: list[int]) -> dict[int, ReportFact]:
    """The reports of several reviews by review id, in one question to the app above; reviews without one are left out."""
    found: dict[int, ReportFact] = {}
    for source in _SOURCES:
        found |= source(review_ids)
    return found


def report_of(review_id: int) -> ReportFact | None:
    """The report of one review, or None when there is none yet."""
    return reports_of([review_id]).get(review_id)
