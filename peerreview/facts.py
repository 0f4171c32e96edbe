"""Facts from the app above: the report of a review with the days on which its steps were done; what was made of a finding."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ReportFact:
    """Where a review's report is, in words and as an address, and which milestones it has passed (code -> day).

    ``ended`` says of a milestone how it ended, where that is not by somebody's act (code -> words).
    """

    label: str
    url: str
    done: dict[str, dt.date] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True)
class FindingLink:
    """Something that was made, or can be made, of a finding: in words, and its address."""

    words: str
    url: str


FindingLinks = Callable[[Any, Any], list[FindingLink]]
_FINDING_LINKS: list[FindingLinks] = []


def register_finding_links(source: FindingLinks) -> None:
    """Add a function that gives, for a person and a finding, what to offer on the finding's page."""
    if source not in _FINDING_LINKS:
        _FINDING_LINKS.append(source)


def links_of_finding(user: Any, finding: Any) -> list[FindingLink]:
    """What the apps above offer this person on a finding's page."""
    return [link for source in _FINDING_LINKS for link in source(user, finding)]
