"""What page components are given: small records, and the one table from a status's label to its tint."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

# One word, one tint, everywhere; each tint has one meaning.
TINTS: dict[str, tuple[str, ...]] = {
    # yours to start
    "blue": ("Not yet started", "Offered", "Invited", "Position needed", "Re-check due"),
    # being worked on
    "white": ("In progress", "Draft", "Planned", "Preparing", "Visiting", "Reporting", "Follow-up"),
    # with someone else
    "yellow": (
        "With executive",
        "With the hub",
        "Being checked",
        "Proposed",
        "Done but not verified",
        "Review due",
        "Quality check",
        "Factual accuracy check",
        "Signed off",
    ),
    # finished well
    "green": ("Accepted", "In force", "Verified", "Published", "Cleared"),
    # came back or stuck
    "orange": ("Query to answer", "Sent back", "Declined", "Blocked", "Postponed", "Withheld"),
    # act now
    "red": ("Late", "Not declared", "Immediate risk", "Failed", "There is a problem"),
    # ended, nothing to do
    "grey": ("Closed", "Replaced", "Withdrawn", "Cancelled", "Retired", "Ended"),
}
# The same statuses by the names that tables of other records give them.
SAME_MEANING: dict[str, str] = {
    "Not started": "Not yet started",
    "Declared": "With the hub",
    "Queried": "Query to answer",
    "Queried by the hub": "Query to answer",
    "In preparation": "Preparing",
    "Notified": "Planned",
    "Returned": "Sent back",
    "Accepted by owner": "Not yet started",
    "Service notified": "Planned",
    "Done": "Accepted",
    "Waiting to start": "With someone else",
    "Not scanned": "In progress",
    "Being read": "In progress",
    "Ready to look at": "In progress",
    "Not readable": "Failed",
    "Saved": "Accepted",
    "Being checked for viruses": "Being checked",
    "Clean": "Cleared",
    "Superseded": "Replaced",
    "Factual accuracy": "Factual accuracy check",
    "Open": "In progress",
    "Agreed": "Accepted",
    "Amended": "In progress",
    "Running": "In progress",
    "Queued": "Not yet started",
    "Waiting": "With someone else",
    "Stand-by": "With someone else",
    "In consultation": "With someone else",
    "Conflicted": "Declined",
    "Active": "Accepted",
    # views of patients and carers, exchanges between services
    "Waiting to be read": "With someone else",
    "Shared with the team": "Published",
    "Held back": "Withheld",
    "Asked": "With someone else",
    "Took place": "Accepted",
    # learning cards
    "With the service": "With someone else",
    "Shared": "Published",
    # training
    "In date": "Accepted",
    "Ends within 3 months": "Not yet started",
    "Training ended": "Late",
    "No record": "Blocked",
    # answers to challenges of indicators
    "Waiting for an answer": "With someone else",
    "Upheld: suspended": "Accepted",
    "For the next version": "Planned",
    "Kept as it is": "Ended",
    # items of a factual accuracy check
    "With the team": "With someone else",
    "Kept with a reason": "Ended",
}
_TINT_OF = {label: tint for tint, labels in TINTS.items() for label in labels} | {"With someone else": "yellow"}
WAITS_FOR_ITS_DAY = "To be published on "  # and the day
_COUNT_OF_WORK = re.compile(r"^[\d,]+ of [\d,]+ (answered|done|checked|verified)$")


def tint_of(label: str) -> str:
    """The tint that a status is shown in.

    Raises LookupError for a label that the table does not know: a new status needs a meaning before it has a colour.
    """
    label = SAME_MEANING.get(label, label)
    if label in _TINT_OF:
        return _TINT_OF[label]
    if _COUNT_OF_WORK.match(label):
        return "white"
    if label.startswith(WAITS_FOR_ITS_DAY):
        return _TINT_OF["Planned"]
    raise LookupError(f"No tint is set for the status {label!r}.")


@dataclass(frozen=True)
class NextStep:
    """The block under the h1 of every page of the cycle: what happens next, who holds it, by when.

    ``holder`` names person, role and organisation, or is empty: then ``chooser`` must choose someone.
    ``clock_words`` is the whole sentence ("Due Friday 30 July 2027, 3 working days left"); ``due`` alone is formatted
    when there are no words. ``url`` makes the act a link for the person who holds it.
    """

    what: str
    holder: str = ""
    due: Any = None
    clock_words: str = ""
    chooser: str = ""
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a timeline. ``state`` is "done", "current" or "to come"; ``when`` is a date or words."""

    label: str
    state: str = "to come"
    when: Any = None
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Task:
    """A row of a task list. "Completed" and "Cannot start yet" are plain text, everything else a tag."""

    title: str
    status: str
    url: str = ""
    hint: str = ""

    @property
    def is_plain(self) -> bool:
        return self.status in ("Completed", "Cannot start yet", "Optional")


@dataclass(frozen=True)
class Column:
    """A column of a table. With ``sort_url`` its heading is a link; ``sort`` is "ascending", "descending" or ""."""

    label: str
    is_numeric: bool = False
    is_hidden: bool = False
    sort_url: str = ""
    sort: str = ""


def sort_columns(request: HttpRequest, columns: dict[str, str], numeric: Sequence[str] = (), parameter: str = "sort") -> list[Column]:
    """Columns whose headings sort the list on the server: ``?sort=name`` and ``?sort=-name``, other filters kept.

    ``columns`` maps the sort key to the heading; a key that starts with "_" is not sortable.
    """
    current = request.GET.get(parameter, "")
    made = []
    for key, label in columns.items():
        if key.startswith("_"):
            made.append(Column(label, is_numeric=key in numeric))
            continue
        query = request.GET.copy()
        query.pop("page", None)
        query[parameter] = f"-{key}" if current == key else key
        sort = {key: "ascending", f"-{key}": "descending"}.get(current, "")
        made.append(Column(label, key in numeric, sort_url=f"?{query.urlencode()}", sort=sort))
    return made


@dataclass(frozen=True)
class RemovableFilter:
    """A filter that is on, and the address of the same list without it."""

    label: str
    url: str


@dataclass(frozen=True)
class JobProgress:
    """A job as its page shows it. ``status`` is QUEUED, RUNNING, DONE or FAILED.

    ``fragment_url`` answers this same block; it is asked again until the job has ended. ``request_id`` is quoted when
    the job failed.
    """

    heading: str
    status: str
    fragment_url: str
    done: int = 0
    total: int = 0
    words: str = ""
    result_url: str = ""
    result_label: str = ""
    error: str = ""
    retry_url: str = ""
    request_id: str = ""

    @property
    def is_over(self) -> bool:
        return self.status in ("DONE", "FAILED")


@dataclass(frozen=True)
class Piece:
    """A run of words in a comparison: ``change`` is "", "Added" or "Removed"."""

    text: str
    change: str = ""


@dataclass(frozen=True)
class Version:
    """One side of a comparison: heading ("Saved now, by Sam Lee"), its text, and rows of other facts (label, value)."""

    heading: str
    text: str = ""
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


def compare_texts(before: str, after: str) -> list[Piece]:
    """``after`` as runs of words against ``before``: kept, added, and what was removed where it stood."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    matcher = difflib.SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    pieces = []
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece("".join(new[new_from:new_to])))
            continue
        if old_from != old_to:
            pieces.append(Piece("".join(old[old_from:old_to]), "Removed"))
        if new_from != new_to:
            pieces.append(Piece("".join(new[new_from:new_to]), "Added"))
    return pieces


LIKELIHOODS = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
CONSEQUENCES = ("Negligible", "Minor", "Moderate", "Major", "Catastrophic")


def risk_words(likelihood: int, consequence: int) -> str:
    """Gives "high (3 x 4 = 12)": the 5 by 5 risk score in words. Low 1 to 3, moderate 4 to 6, high 8 to 12, extreme 15 to 25."""
    score = likelihood * consequence
    return f"{risk_level(score)} ({likelihood} x {consequence} = {score})"


def risk_level(score: int) -> str:
    """The level of a risk score from 1 to 25."""
    return "low" if score <= 3 else "moderate" if score <= 6 else "high" if score <= 12 else "extreme"
