"""What reviewers say of themselves: professions, what they know, where they work and worked, ties, days away."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import DateAway, Employment, Profession, ReviewerProfile, Tie
from peerreview.queries.reviewers import entry_words
from surveillance.models.services import PlaceKind
from surveillance.services.clash import check_version
from work.status import InvalidTransition

ENTRIES: dict[str, type[Employment] | type[Tie] | type[DateAway]] = {"work": Employment, "ties": Tie, "away": DateAway}
MOST_ENTRIES = 100  # of each kind


@dataclass(frozen=True)
class ProfileContent:
    """What reviewers say of themselves on one form. Regions are organisations of that kind, by id."""

    professions: Iterable[str] = ()
    specialties: str = ""
    specification_ids: Iterable[int] = ()
    place_kinds: Iterable[str] = ()
    home_region_id: int | None = None
    visit_region_ids: Iterable[int] = ()
    phone: str = ""


@transaction.atomic
def save_profile(*, content: ProfileContent, by: User, version: int | None = None) -> ReviewerProfile:
    """Save what a reviewer brings, which confirms it; training is recorded by the hub. The history says what changed.

    Raises SomeoneElseChanged.
    """
    profile = _own_profile(by)
    check_version(profile, profile.version, version)
    before = _words(profile, by.phone)
    profile.profession_codes, profile.place_kinds = list(content.professions), list(content.place_kinds)
    profile.specialties, profile.home_region_id = content.specialties.strip(), content.home_region_id
    profile.confirmed_at, profile.version = timezone.now(), profile.version + 1
    profile.save(update_fields=["profession_codes", "place_kinds", "specialties", "home_region", "confirmed_at", "version"])
    profile.specifications.set(content.specification_ids)
    profile.visit_regions.set(content.visit_region_ids)
    by.phone = content.phone.strip()
    by.save(update_fields=["phone"])
    audit.record("reviewer.profile_saved", target=profile, by=by, reason=_changes(before, _words(profile, by.phone)))
    return profile


@transaction.atomic
def confirm_profile(*, by: User) -> ReviewerProfile:
    """Say that one's profile is still right."""
    profile = _own_profile(by)
    profile.confirmed_at = timezone.now()
    profile.save(update_fields=["confirmed_at"])
    audit.record("reviewer.profile_confirmed", target=profile, by=by)
    return profile


def _own_profile(by: User) -> ReviewerProfile:
    """The profile, locked; written when there is none."""
    ReviewerProfile.objects.get_or_create(user=by)
    return ReviewerProfile.objects.select_for_update(of=("self",)).get(user=by)


def _words(profile: ReviewerProfile, phone: str) -> dict[str, str]:
    """What the profile says, by its labels."""
    return {
        "Professions": ", ".join(str(Profession(code).label) for code in profile.profession_codes if code in Profession.values),
        "Specialties": profile.specialties,
        "Services known": ", ".join(profile.specifications.order_by("name").values_list("name", flat=True)),
        "Kinds of place": ", ".join(str(PlaceKind(kind).label) for kind in profile.place_kinds if kind in PlaceKind.values),
        "Region": profile.home_region.name if profile.home_region else "",
        "Can visit": ", ".join(profile.visit_regions.order_by("name").values_list("name", flat=True)),
        "Phone": phone,
    }


def _changes(before: dict[str, str], after: dict[str, str]) -> str:
    """What changed in words; of a phone number only that it did."""
    parts = [
        "Phone number changed" if label == "Phone" else f"{label}: {was or 'nothing'} to {after[label] or 'nothing'}"
        for label, was in before.items()
        if was != after[label]
    ]
    return "; ".join(parts) or "Nothing changed"


@transaction.atomic
def add_work(*, organisation_id: int, from_date: dt.date | None, to_date: dt.date | None, by: User) -> Employment:
    """Note where a reviewer works or worked. Raises InvalidTransition for days that are not in order."""
    if from_date and to_date and to_date < from_date:
        raise InvalidTransition("The last day must be the same as or after the first day")
    _check_room(Employment, by)
    entry = Employment.objects.create(user=by, organisation_id=organisation_id, from_date=from_date, to_date=to_date)
    audit.record("reviewer.work_added", target=entry, by=by, reason=_said("Added", entry))
    return entry


@transaction.atomic
def add_tie(*, organisation_id: int, rule_code: str, details: str, by: User) -> Tie:
    """Declare a tie once for every review."""
    _check_room(Tie, by)
    entry = Tie.objects.create(user=by, organisation_id=organisation_id, rule_code=rule_code, details=details.strip())
    audit.record("reviewer.tie_added", target=entry, by=by, reason=_said("Added", entry))
    return entry


@transaction.atomic
def add_date_away(*, from_date: dt.date, to_date: dt.date, by: User) -> DateAway:
    """Note days on which a reviewer cannot visit, both included. Raises InvalidTransition for days that are not in order."""
    if to_date < from_date:
        raise InvalidTransition("The last day away must be the same as or after the first day")
    _check_room(DateAway, by)
    entry = DateAway.objects.create(user=by, from_date=from_date, to_date=to_date)
    audit.record("reviewer.date_away_added", target=entry, by=by, reason=_said("Added", entry))
    return entry


@transaction.atomic
def remove_entry(*, kind: str, entry_id: int, by: User) -> bool:
    """Remove one's own entry of a kind in ``ENTRIES``; False when it is gone already. The audit trail keeps that it was there."""
    entry = ENTRIES[kind].objects.select_for_update(of=("self",)).filter(pk=entry_id, user=by).first()
    if entry is None:
        return False
    audit.record(f"reviewer.{kind}_removed", target=entry, by=by, reason=_said("Removed", entry))
    entry.delete()
    return True


def _said(verb: str, entry: Employment | Tie | DateAway) -> str:
    """What was added or removed, for the audit trail: a tie that was taken back can be found again."""
    kind = {Employment: "work", Tie: "tie", DateAway: "days away"}[type(entry)]
    return f"{verb} {kind}: {entry_words(entry)}"


def _check_room(model: type[Employment] | type[Tie] | type[DateAway], by: User) -> None:
    if model.objects.filter(user=by).count() >= MOST_ENTRIES:
        raise InvalidTransition(f"You have {MOST_ENTRIES} entries already. Remove old ones first.")
