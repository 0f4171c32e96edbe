"""Suggestions for a team: what ``peerreview.suggesting`` needs, read in at most 8 statements for any number of reviewers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BigIntegerField, DateField, F, QuerySet, Value
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES, Role
from peerreview.models import DateAway, Procedure, Review, ReviewerProfile, TeamMember
from peerreview.queries.conflicts import Known, facts_of_services, known_about, services_for_facts
from peerreview.queries.teams import profile_of
from peerreview.queries.training import training_of_people
from peerreview.suggesting import Asked, Candidate, Place, PlaceSuggestions, suggest
from peerreview.ties import Rules
from peerreview.training import Training
from surveillance.models import Service

# Person, code of the place, role, status, when it ended, ruling.
TeamRow = tuple[int, str, str, str, object, str]
Specialties = dict[int, list[tuple[int, int]]]
Spans = dict[int, list[tuple[dt.date, dt.date]]]
SPECIALTY_COLUMNS = ("who", "row", "programme", "first", "last")


def suggestions(review: Review, *, place_code: str = "") -> list[PlaceSuggestions]:
    """Who could fill each open place of a review, in order with reasons; of one place alone when it is named.

    People who have a place on the review are left out, also those who declined. Give the review with its procedure.
    """
    team = list(review.team.order_by("pk").values_list("user_id", "place_code", "team_role", "status", "ended_at", "ruling"))
    places = [
        one
        for one in places_with(review.procedure, standing_counts(review.procedure, team))
        if one.open_count and place_code in ("", one.code)
    ]
    if not places:
        return []
    services = services_for_facts(review)
    return suggest_team(
        services, review.procedure, review.starts_date, review.ends_date, purpose=review.purpose, places=places, seed=f"review {review.pk}",
        taken={row[0] for row in team}, review_id=review.pk,
    )  # fmt: skip


def suggest_team(
    services: Iterable[Service],
    procedure: Procedure,
    starts_date: dt.date | None = None,
    ends_date: dt.date | None = None,
    *,
    purpose: str = Review.Purpose.COMPLIANCE,
    places: list[Place] | None = None,
    taken: Iterable[int] = (),
    seed: str = "",
    review_id: int | None = None,
) -> list[PlaceSuggestions]:
    """The same without a review that was saved: every place of ``procedure``, or only ``places``.

    Give services with holder, region and specification (``Service.objects.for_display()``); seven statements at most.
    ``suggesting.pick_team`` takes the first free people out of what this gives.
    """
    facts = facts_of_services(services)
    asked = Asked(
        facts, Rules.of(procedure), timezone.localdate(), starts_date, ends_date, seed or f"services {sorted(one.pk for one in facts)}"
    )
    if places is None:
        places = places_with(procedure, {})
    roles = _roles_of_people(set(taken))
    known = known_about(_reviewers(), facts, purpose, without=review_id)
    return suggest(places, _candidates(roles, known, asked), asked)


def places_with(procedure: Procedure, filled: dict[str, int]) -> list[Place]:
    """The places that ``procedure`` asks for, but for the hub's own visit manager, each with how many are filled."""
    return [
        Place(row["code"], row["role"], row["label"], row["count"], tuple(row.get("professions", ())), filled.get(row["code"], 0))
        for row in procedure.roles_required
        if row["role"] != TeamMember.TeamRole.VISIT_MANAGER
    ]


def place_codes(procedure: Procedure, team: Sequence[TeamRow]) -> list[str]:
    """The place that each of ``team`` stands in, in its order; empty for who does not stand, or is one more than asked for.

    Who was invited without a place counts for the first one of their role that is still open.
    """
    codes = [code if _stands(status, ended_at, ruling) else "" for _, code, _, status, ended_at, ruling in team]
    for n, (_, code, role, status, ended_at, ruling) in enumerate(team):
        if not code and _stands(status, ended_at, ruling):
            free = (row["code"] for row in procedure.roles_required if row["role"] == role and codes.count(row["code"]) < row["count"])
            codes[n] = next(free, "")
    return codes


def standing_counts(procedure: Procedure, team: Iterable[TeamRow]) -> dict[str, int]:
    """Place code to how many people stand in it: asked for or taken, neither ended nor ruled out."""
    codes = place_codes(procedure, list(team))
    return {code: codes.count(code) for code in codes if code}


def _stands(status: str, ended_at: object, ruling: str) -> bool:
    return status in ("INVITED", "ACCEPTED") and ended_at is None and ruling != TeamMember.Ruling.NOT_CLEAR


def _reviewers() -> "QuerySet[Membership, int]":
    """Ids of everybody who holds a reviewer's role today."""
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES, user__is_active=True)
    return held.values_list("user_id", flat=True)


def _roles_of_people(taken: set[int]) -> list[tuple[User, set[str]]]:
    """Reviewers of today with profile and employer, each once with their roles; in the order of their accounts."""
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES, user__is_active=True)
    found: dict[int, tuple[User, set[str]]] = {}
    for membership in held.select_related("user__reviewer_profile__employer").order_by("user", "pk"):
        if membership.user_id not in taken:
            found.setdefault(membership.user_id, (membership.user, set()))[1].add(membership.role)
    return list(found.values())


def _candidates(people: list[tuple[User, set[str]]], known: Known, asked: Asked) -> list[Candidate]:
    """One for each role that a person holds: a place asks for one of them, and for its courses."""
    specialties, away = _specialties_and_days_away(asked)
    in_roles = [(user, role) for user, roles in people for role in sorted(roles)]
    training = training_of_people([(user.pk, role) for user, role in in_roles], names_all=True)
    return [_candidate(user, role, training[user.pk, role], known, specialties[user.pk], away[user.pk]) for user, role in in_roles]


def _specialties_and_days_away(asked: Asked) -> tuple[Specialties, Spans]:
    """By person, the specifications that they know, each with its programme, and their days away that meet the visit; one statement."""
    specialties: Specialties = defaultdict(list)
    away: Spans = defaultdict(list)
    no_day, no_row = Value(None, DateField()), Value(None, BigIntegerField())
    known = ReviewerProfile.specifications.through.objects.filter(reviewerprofile__user__in=_reviewers()).order_by()
    rows: Any = known.annotate(
        who=F("reviewerprofile__user_id"),
        row=F("servicespecification_id"),
        programme=F("servicespecification__programme_id"),
        first=no_day,
        last=no_day,
    ).values_list(*SPECIALTY_COLUMNS)
    if asked.starts_date:
        meets = {"from_date__lte": asked.ends_date or asked.starts_date, "to_date__gte": asked.starts_date}
        spans = DateAway.objects.filter(user__in=_reviewers(), **meets).order_by()
        days = spans.annotate(who=F("user_id"), row=no_row, programme=no_row, first=F("from_date"), last=F("to_date"))
        rows = rows.union(days.values_list(*SPECIALTY_COLUMNS), all=True)
    for user_id, specification_id, programme_id, first, last in rows:
        if first:
            away[user_id].append((first, last))
        else:
            specialties[user_id].append((specification_id, programme_id))
    return specialties, defaultdict(list, {user_id: sorted(spans) for user_id, spans in away.items()})


def _candidate(
    user: User, role: str, training: Training, known: Known, knows: list[tuple[int, int]], away: list[tuple[dt.date, dt.date]]
) -> Candidate:
    profile = profile_of(user) or ReviewerProfile(user=user)
    words = ", ".join(filter(None, (profile.professions, profile.employer.name if profile.employer else "")))
    return Candidate(
        facts=known.facts_of(user),
        is_patient=role == Role.PATIENT_REVIEWER,
        is_reviewer=role == Role.REVIEWER,
        words=words,
        professions=frozenset(profile.profession_codes),
        specifications=frozenset(pk for pk, _ in knows),
        programmes=frozenset(programme_id for _, programme_id in knows),
        place_kinds=frozenset(profile.place_kinds),
        training_expires_on=training.last_date,
        needs_training=bool(training.needs),
        away=tuple(away),
        visits_count=len(known.recent[user.pk]),
        places_count=len(known.ahead[user.pk]),
    )
