"""Everybody who can be asked to visit, with training and load: a fixed number of statements for any number of reviewers."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES, Role
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Profession, Review, ReviewerProfile
from peerreview.queries.conflicts import load_of
from peerreview.queries.training import training_of_people
from peerreview.training import Standing, standing_of


@dataclass(frozen=True)
class Pooled:
    """One reviewer of the pool. Loads are visits of compliance reviews: the last 12 months', and places on those ahead."""

    user: User
    roles: tuple[str, ...]
    profile: ReviewerProfile | None
    specification_ids: frozenset[int]
    region_ids: frozenset[int]
    standing: Standing | None
    last_date: date | None
    recent_count: int
    ahead_count: int

    @property
    def professions(self) -> str:
        """Kinds of profession in words; a patient reviewer is one by role."""
        codes = self.profile.profession_codes if self.profile else []
        words = [str(Profession(code).label) for code in codes if code in Profession.values]
        patient = ["Patient reviewer"] if Role.PATIENT_REVIEWER in self.roles else []
        return ", ".join([*words, *patient])

    @property
    def region(self) -> str:
        """Where they work."""
        return self.profile.home_region.name if self.profile and self.profile.home_region else ""

    @property
    def training_words(self) -> str:
        """When training ends or ended; empty where there is no day."""
        return month_date(self.last_date)


def reviewer_pool() -> list[Pooled]:
    """Reviewers of today by name; five statements."""
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES, user__is_active=True)
    people: dict[int, tuple[User, list[str]]] = {}
    for one in held.select_related("user__reviewer_profile__home_region").order_by("user__name", "user", "role", "pk"):
        roles = people.setdefault(one.user_id, (one.user, []))[1]
        if one.role not in roles:
            roles.append(one.role)
    ids = held.order_by().values_list("user_id", flat=True)
    training = training_of_people([(pk, role) for pk, (_, roles) in people.items() for role in roles], names_all=True)
    load, known, regions = load_of(ids, Review.Purpose.COMPLIANCE), _known("specifications"), _known("visit_regions")
    found, today = [], timezone.localdate()
    for pk, (user, roles) in people.items():
        profile = getattr(user, "reviewer_profile", None)
        needs = [need for role in roles for need in training[pk, role].needs]
        days = [need.last_date for need in needs]
        last = None if None in days else min((day for day in days if day), default=None)
        home = {profile.home_region_id} if profile and profile.home_region_id else set()
        found.append(
            Pooled(
                user, tuple(roles), profile, frozenset(known[pk]), frozenset(regions[pk] | home),
                standing_of(last, today) if needs else None, last, len(load.recent[pk]), len(load.ahead[pk]),
            )
        )  # fmt: skip
    return found


def _known(field: str) -> dict[int, set[int]]:
    """Person to the ids that their profile names in a field."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = ReviewerProfile.objects.filter(**{f"{field}__isnull": False}).order_by()
    for user_id, pk in rows.values_list("user_id", field):
        found[user_id].add(pk)
    return found
