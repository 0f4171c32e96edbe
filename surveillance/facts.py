"""Facts that apps above know and the rules need: they register a function, as they register work items."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User

OpenImmediateRisks = Callable[[list[int]], dict[int, int]]
LearningActions = Callable[[], Any]
LearningDocuments = Callable[[User | None], Any]


@dataclass(frozen=True)
class DocumentUses:
    """What an app above knows about the use of documents.

    ``rows`` gives a queryset of one row a use that the person may know of, with a column ``evidenceitem``;
    ``rests_on`` says whether anything at all, seen or not, rests on a document.
    """

    rows: Callable[[User], Any]
    rests_on: Callable[[int], bool]


@dataclass(frozen=True)
class VisitFacts:
    """What an app above knows about visits of compliance; nothing about reviews for learning.

    ``counts`` gives, by region id, how many visits that begin between two days are planned and held;
    ``states`` says in words, by decision id, how far the visit of a decision is: only of decisions that have one.
    """

    counts: Callable[[list[int], dt.date, dt.date], dict[int, tuple[int, int]]]
    states: Callable[[list[int]], dict[int, str]]


@dataclass(frozen=True)
class ActionCause:
    """What an action comes from, where that is not a decision; ``url`` is empty for who may not read it."""

    words: str
    url: str = ""


ActionCauseOf = Callable[[User, int], ActionCause | None]

_VISITS: list[VisitFacts] = []
_SOURCES: list[OpenImmediateRisks] = []
_LEARNING_ACTIONS: list[LearningActions] = []
_LEARNING_DOCUMENTS: list[LearningDocuments] = []
_DOCUMENT_USES: list[DocumentUses] = []
_ACTION_CAUSES: list[ActionCauseOf] = []


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


def register_learning_actions(source: LearningActions) -> None:
    """Add a function that gives a queryset of the ids of actions that come from a review for learning."""
    if source not in _LEARNING_ACTIONS:
        _LEARNING_ACTIONS.append(source)


def learning_actions() -> list[Any]:
    """Querysets of ids of actions from reviews for learning: no list, count or figure of surveillance mixes them in."""
    return [source() for source in _LEARNING_ACTIONS]


def register_learning_documents(source: LearningDocuments) -> None:
    """Add a function that gives ids of documents shown for a review for learning alone: those closed to a person, or all for None."""
    if source not in _LEARNING_DOCUMENTS:
        _LEARNING_DOCUMENTS.append(source)


def learning_documents(user: User | None) -> list[Any]:
    """Querysets of ids of documents that belong to reviews for learning which ``user`` is not on; of all of them for None."""
    return [source(user) for source in _LEARNING_DOCUMENTS]


def register_document_uses(uses: DocumentUses) -> None:
    """Add what an app above knows about the use of documents."""
    if uses not in _DOCUMENT_USES:
        _DOCUMENT_USES.append(uses)


def document_uses(user: User) -> list[Any]:
    """A queryset of uses from each app above, of those that ``user`` may know of."""
    return [uses.rows(user) for uses in _DOCUMENT_USES]


def rests_on_document(item_id: int) -> bool:
    """Whether anything in an app above rests on the document."""
    return any(uses.rests_on(item_id) for uses in _DOCUMENT_USES)


def register_visits(facts: VisitFacts) -> None:
    """Add what an app above knows about visits."""
    if facts not in _VISITS:
        _VISITS.append(facts)


def visit_counts(region_id: int, from_date: dt.date, to_date: dt.date) -> tuple[int, int]:
    """How many visits of a region that begin between two days are planned and held."""
    found = [facts.counts([region_id], from_date, to_date).get(region_id, (0, 0)) for facts in _VISITS]
    return sum(planned for planned, _ in found), sum(held for _, held in found)


def visit_states(decision_ids: Iterable[int]) -> dict[int, str]:
    """How far the visit of each decision is, in words; decisions without one are left out."""
    ids = list(decision_ids)
    found: dict[int, str] = {}
    for facts in _VISITS:
        found |= facts.states(ids)
    return found


def register_action_causes(source: ActionCauseOf) -> None:
    """Add a function that says what an action comes from, or None when the app above does not know it."""
    if source not in _ACTION_CAUSES:
        _ACTION_CAUSES.append(source)


def action_cause(user: User, action_id: int) -> ActionCause | None:
    """What an action comes from as far as the apps above know."""
    return next((cause for source in _ACTION_CAUSES if (cause := source(user, action_id))), None)
