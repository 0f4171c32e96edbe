"""Writing the indicators of a draft: add, change, move, remove. A published text never changes."""

import datetime as dt
from decimal import Decimal
from typing import TypedDict, TypeVar

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.models import Indicator, IndicatorSet
from surveillance.models.indicators import MOST_INDICATORS
from surveillance.queries.indicator_sets import sections_of, spent_numbers
from surveillance.services.clash import check_version
from surveillance.services.indicator_sets import check_is_draft, locked_draft, raise_revision
from work.status import InvalidTransition

T = TypeVar("T")
LAST = 2_000_000_000  # a position after every other, until the order is written anew


class IndicatorFacts(TypedDict, total=False):
    """What an indicator asks; a target goes with its comparator."""

    number: str
    title: str
    description: str
    section: str
    type: str
    answer_kind: str
    target: Decimal | None
    comparator: str
    is_key: bool
    evidence_wanted: str
    guideline: str
    provenance: str
    review_by: dt.date | None


class NumberRefused(InvalidTransition):
    """The number is used twice, or was given up in an earlier version."""


@transaction.atomic
def add_indicator(*, set_id: int, facts: IndicatorFacts, by: User) -> Indicator:
    """Add an indicator to a draft, as the last of its section. Raises InvalidTransition, NumberRefused."""
    draft = locked_draft(set_id)
    if draft.indicators.count() >= MOST_INDICATORS:
        raise InvalidTransition(f"A set has at most {MOST_INDICATORS} indicators.")
    _check_number(draft, facts["number"])
    made = Indicator.objects.create(indicator_set=draft, position=LAST, **facts)
    _put_in_order(draft)
    raise_revision(draft)
    audit.record("indicator.added", target=made, by=by)
    return made


@transaction.atomic
def change_indicator(*, indicator_id: int, facts: IndicatorFacts, by: User, revision: int | None = None) -> Indicator:
    """Change an indicator of a draft. Raises InvalidTransition, NumberRefused, SomeoneElseChanged."""
    indicator = _locked(indicator_id)
    check_version(indicator, indicator.revision, revision)
    if facts["number"] != indicator.number:
        _check_number(indicator.indicator_set, facts["number"], but=indicator.pk)
    is_moved = facts["section"] != indicator.section
    for name, value in facts.items():
        setattr(indicator, name, value)
    if is_moved:
        indicator.position = LAST  # the last of its new section
    indicator.revision += 1
    indicator.save(update_fields=[*facts, "position", "revision"])
    if is_moved:
        _put_in_order(indicator.indicator_set)
    raise_revision(indicator.indicator_set)
    audit.record("indicator.changed", target=indicator, by=by)
    return indicator


@transaction.atomic
def remove_indicator(*, indicator_id: int, by: User, revision: int | None = None) -> None:
    """Take an indicator out of a draft, with what was said of it in consultation. Raises InvalidTransition, SomeoneElseChanged."""
    indicator = _locked(indicator_id)
    check_version(indicator, indicator.revision, revision)
    audit.record("indicator.removed", target=indicator, by=by, reason=indicator.number)
    indicator.delete()
    _put_in_order(indicator.indicator_set)
    raise_revision(indicator.indicator_set)


@transaction.atomic
def move_indicator(*, indicator_id: int, set_id: int, steps: int, by: User) -> str:
    """Move an indicator up (-1) or down (1) within its section; gives the sentence that says where it is now.

    Raises Indicator.DoesNotExist for an indicator of another set, InvalidTransition unless the set is a draft.
    """
    draft = locked_draft(set_id)
    moved = draft.indicators.get(pk=indicator_id)
    sections = sections_of(draft.indicators.all())
    own = next(section for section in sections if section.title == moved.section)
    place = _shift(own.indicators, moved, steps)
    _save_order(draft, [indicator for section in sections for indicator in section.indicators])
    raise_revision(draft)
    audit.record("indicator.moved", target=moved, by=by)
    return f"{moved.number} is now {place} of {len(own.indicators)} in {moved.section}"


@transaction.atomic
def move_section(*, set_id: int, title: str, steps: int, by: User) -> str:
    """Move a whole section up (-1) or down (1); gives the sentence that says where it is now.

    Raises Indicator.DoesNotExist when the draft has no such section, InvalidTransition unless the set is a draft.
    """
    draft = locked_draft(set_id)
    sections = sections_of(draft.indicators.all())
    moved = next((section for section in sections if section.title == title), None)
    if moved is None:
        raise Indicator.DoesNotExist
    place = _shift(sections, moved, steps)
    _save_order(draft, [indicator for section in sections for indicator in section.indicators])
    raise_revision(draft)
    audit.record("indicator_set.section_moved", target=draft, by=by)
    return f"{title} is now section {place} of {len(sections)}"


def _shift(rows: list[T], moved: T, steps: int) -> int:
    """Put ``moved`` one place up or down in the list, never beyond its ends; gives its place, from 1."""
    at = rows.index(moved)
    to = min(max(at + steps, 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    return to + 1


def _put_in_order(draft: IndicatorSet) -> None:
    _save_order(draft, [indicator for section in sections_of(draft.indicators.all()) for indicator in section.indicators])


def _save_order(draft: IndicatorSet, indicators: list[Indicator]) -> None:
    """Number the indicators 1, 2, 3 ... as listed; only what changes is written."""
    changed = []
    for position, indicator in enumerate(indicators, start=1):
        if indicator.position != position:
            indicator.position = position
            changed.append(indicator)
    Indicator.objects.bulk_update(changed, ["position"], batch_size=500)


def _locked(indicator_id: int) -> Indicator:
    """The indicator, with its set locked before it: as every edit does, so that two of them never wait for each other."""
    set_id = Indicator.objects.values_list("indicator_set", flat=True).get(pk=indicator_id)
    draft = IndicatorSet.objects.select_for_update().get(pk=set_id)
    check_is_draft(draft)
    indicator = Indicator.objects.select_for_update().get(pk=indicator_id)
    indicator.indicator_set = draft
    return indicator


def _check_number(draft: IndicatorSet, number: str, *, but: int | None = None) -> None:
    """Raises NumberRefused when another indicator of the draft has the number, or an earlier version gave it up."""
    others = draft.indicators.filter(number=number)
    if (others if but is None else others.exclude(pk=but)).exists():
        raise NumberRefused(f"Number {number} is used twice")
    if sentence := spent_numbers(draft).get(number):
        raise NumberRefused(sentence)
