"""Writing indicator sets: a new set, its facts, and the next version of a published one."""

from decimal import Decimal
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from surveillance.canonical import canonical_json, number_text, sha256_of
from surveillance.models import Indicator, IndicatorSet, ServiceSpecification
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

PUBLISHED = "A published version cannot be changed. Make a new version."
FACTS = (
    "code", "name", "specification_id", "threshold_percent", "visit_level_percent", "jump_limit_points", "provenance", "is_illustrative",
    "is_nhs_england", "change_note",
)  # fmt: skip


class SetFacts(TypedDict, total=False):
    """What a set says of itself; ``code`` stays once there is a second version."""

    code: str
    name: str
    specification: ServiceSpecification
    threshold_percent: Decimal
    visit_level_percent: Decimal
    jump_limit_points: int
    provenance: str
    is_illustrative: bool
    is_nhs_england: bool
    change_note: str


class CodeTaken(InvalidTransition):
    """Another set has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Code {code} is used already. Choose another code, or make a new version of that set")


class NewerVersionExists(InvalidTransition):
    """The next version is being written already; ``newer`` is it."""

    def __init__(self, newer: IndicatorSet) -> None:
        state = "a draft" if newer.status == IndicatorSet.Status.DRAFT else "in consultation"
        super().__init__(f"Version {newer.version} of this set is {state} already.")
        self.newer = newer


@transaction.atomic
def create_set(*, facts: SetFacts, by: User) -> IndicatorSet:
    """Begin a set: version 1, a draft without indicators. Raises CodeTaken."""
    _refuse_taken_code(facts["code"])
    made = IndicatorSet(status=IndicatorSet.Status.DRAFT, drafted_by=by, **facts)
    _save_under_code(made)
    audit.record("indicator_set.drafted", target=made, by=by)
    return made


@transaction.atomic
def change_set(*, set_id: int, facts: SetFacts, by: User, opened: str | None = None) -> IndicatorSet:
    """Change the facts of a draft. ``opened`` is the ``facts_mark`` of the facts that the person began from.

    The set's revision is not enough here: it is also raised by edits of indicators, which are no clash with the facts.
    Raises InvalidTransition unless it is a draft, CodeTaken, SomeoneElseChanged.
    """
    draft = locked_draft(set_id)
    if opened and opened != facts_mark(draft):
        raise SomeoneElseChanged(draft)
    if draft.version > 1:
        facts = {**facts, "code": draft.code}
    if facts.get("code", draft.code) != draft.code:
        _refuse_taken_code(facts["code"])
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.revision += 1
    _save_under_code(draft, [*facts, "revision"])
    audit.record("indicator_set.changed", target=draft, by=by)
    return draft


def facts_mark(indicator_set: IndicatorSet) -> str:
    """A short mark of a set's facts: another one as soon as one of them differs."""
    facts: dict[str, Any] = {name: getattr(indicator_set, name) for name in FACTS}
    return sha256_of(canonical_json({name: number_text(v) if isinstance(v, Decimal) else v for name, v in facts.items()}))[:16]


def _refuse_taken_code(code: str) -> None:
    if IndicatorSet.objects.filter(code__iexact=code).exists():
        raise CodeTaken(code)


def _save_under_code(indicator_set: IndicatorSet, columns: list[str] | None = None) -> None:
    """Save; raises CodeTaken when somebody took the code between the look and the save."""
    try:
        with transaction.atomic():
            indicator_set.save(update_fields=columns)
    except IntegrityError as error:
        if IndicatorSet.objects.filter(code=indicator_set.code).exclude(pk=indicator_set.pk).exists():
            raise CodeTaken(indicator_set.code) from error
        raise


@transaction.atomic
def make_new_version(*, set_id: int, by: User) -> IndicatorSet:
    """A draft of the next version with the indicators copied: suspended ones without their suspension, retired ones left out.

    Raises NewerVersionExists while another version is a draft or in consultation, InvalidTransition for what is not
    published, for an older version, and for key requirements.
    """
    # Locked before the versions are read: the second of two people at once then sees the draft of the first.
    published = IndicatorSet.objects.select_for_update().get(pk=set_id)
    versions = list(IndicatorSet.objects.filter(code=published.code).order_by("-version"))
    for version in versions:
        if version.status in {IndicatorSet.Status.DRAFT, IndicatorSet.Status.IN_CONSULTATION}:
            raise NewerVersionExists(version)
    _check_may_have_next(published, newest=versions[0])
    copied = {name: getattr(published, name) for name in FACTS if name != "change_note"}
    made = IndicatorSet.objects.create(version=published.version + 1, status=IndicatorSet.Status.DRAFT, drafted_by=by, **copied)
    indicators = list(published.indicators.filter(retired_on=None).order_by("position", "pk"))
    for position, indicator in enumerate(indicators, start=1):
        indicator.pk, indicator._state.adding = None, True
        indicator.indicator_set, indicator.position, indicator.revision = made, position, 1
        indicator.suspended_from, indicator.suspended_reason = None, ""
    Indicator.objects.bulk_create(indicators)
    audit.record("indicator_set.drafted", target=made, by=by)
    return made


def _check_may_have_next(published: IndicatorSet, *, newest: IndicatorSet) -> None:
    if not published.is_counted:
        raise InvalidTransition("Key requirements come from the service specification, so they are not written here.")
    if published.pk != newest.pk:
        raise InvalidTransition(f"Version {newest.version} is newer. Make a new version of that one.")
    if published.status != IndicatorSet.Status.PUBLISHED:
        raise InvalidTransition(f"This version is {published.get_status_display().lower()}, so no new version is made of it.")


def locked_draft(set_id: int) -> IndicatorSet:
    """The set, locked until the transaction ends. Raises InvalidTransition unless it is a draft."""
    found = IndicatorSet.objects.select_for_update().get(pk=set_id)
    check_is_draft(found)
    return found


def check_is_draft(indicator_set: IndicatorSet) -> None:
    """Raises InvalidTransition with the sentence that says why the text cannot change."""
    if indicator_set.status == IndicatorSet.Status.IN_CONSULTATION:
        raise InvalidTransition("This version is in consultation. Its text can change again when it is back in draft.")
    if indicator_set.status == IndicatorSet.Status.RETIRED:
        raise InvalidTransition("This version is retired, so its text cannot change.")
    if indicator_set.status != IndicatorSet.Status.DRAFT:
        raise InvalidTransition(PUBLISHED)


def raise_revision(draft: IndicatorSet) -> None:
    """Every edit of a draft raises its revision, so that two edits meet."""
    draft.revision += 1
    draft.save(update_fields=["revision"])
