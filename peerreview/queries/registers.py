"""The register of conflicts of interest: each reviewer and stand-by with what both sides declared and what data shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from peerreview.models import ConflictDeclaration, Review, TeamMember
from peerreview.queries.conflicts import declared_bars, services_for_facts, shown_ties
from peerreview.queries.suggestions import place_codes, places_with, standing_counts
from peerreview.queries.teams import moved_up_words, place_words, unanswered_words
from peerreview.suggesting import Place
from peerreview.ties import Rules, ShownTie
from surveillance.models import Service
from work.items import counted, day_words


@dataclass(frozen=True)
class Said:
    """What one side declared about one service, in words."""

    service: str
    words: str
    details: str
    by: str
    declaration: ConflictDeclaration


@dataclass
class Entry:
    """One person's line in the register."""

    member: TeamMember
    place: str
    papers: str
    reviewer_said: list[Said] = field(default_factory=list)
    service_said: list[Said] = field(default_factory=list)
    ties: list[ShownTie] = field(default_factory=list)
    bars: list[str] = field(default_factory=list)
    moved_up: str = ""
    unanswered: str = ""
    silent: str = ""
    order_words: str = ""
    may_move_earlier: bool = False
    may_move_later: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the manager can rule: asked and not ruled yet."""
        return self.member.ruled_at is None and self.member.status in (TeamMember.Status.ACCEPTED, TeamMember.Status.STAND_BY)


def team_with_declarations(review: Review) -> "QuerySet[TeamMember]":
    """Everybody who has or had a place, with profile, declarations and whose place they were asked to take."""
    said = ConflictDeclaration.objects.select_related("service__provider", "service__network", "declared_by").order_by(
        "service__name", "pk"
    )
    members = review.team.select_related("user__reviewer_profile__employer", "ruled_by", "moved_up_for__user")
    return members.prefetch_related(Prefetch("declarations", said)).order_by(F("stand_by_order").asc(nulls_first=True), "pk")


def register_of(review: Review, members: Iterable[TeamMember]) -> list[Entry]:
    """The register for those who arrange the review, in the order of ``members``; three statements more."""
    members, services = list(members), services_for_facts(review)
    ties, rules = shown_ties(members, services, review), Rules.of(review.procedure)
    entries = [_entry(member, review, services, ties[member.pk], rules) for member in members]
    _order_stand_bys(entries)
    return entries


def _entry(member: TeamMember, review: Review, services: list[Service], ties: list[ShownTie], rules: Rules) -> Entry:
    member.review = review
    bars = [tie.words for tie in ties if tie.ruling == "BAR"]
    entry = Entry(
        member, place_label(review, member), place_words(member, services), ties=ties, bars=bars or declared_bars(member, review.procedure),
        moved_up=moved_up_words(member), unanswered=unanswered_words(member, services), silent=_silent_words(member),
    )  # fmt: skip
    for one in member.declarations.all():
        said = Said(str(one.service), _said_words(one, rules), one.details, one.declared_by.name, one)
        (entry.reviewer_said if one.side == "REVIEWER" else entry.service_said).append(said)
    return entry


def _said_words(said: ConflictDeclaration, rules: Rules) -> str:
    if not said.has_conflict:
        return "No tie known"
    return "Yes: " + ("; ".join(rules.label_of(code) for code in said.rule_codes) or "another tie")


def _silent_words(member: TeamMember) -> str:
    """That an invitation was not answered in time; the place stays open to them while no stand-by can take it."""
    if member.status == TeamMember.Status.INVITED and member.answer_due_date < timezone.localdate():
        return f"No answer by {day_words(member.answer_due_date)}. A stand-by moves up when there is one."
    return ""


def _order_stand_bys(entries: list[Entry]) -> None:
    rows: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.member.status == TeamMember.Status.STAND_BY:
            rows.setdefault(entry.member.team_role, []).append(entry)
    for row in rows.values():
        for n, entry in enumerate(row):
            entry.order_words = f"Stand-by {n + 1} of {len(row)} for {entry.place or entry.member.get_team_role_display()}"
            entry.may_move_earlier, entry.may_move_later = n > 0, n < len(row) - 1


def place_label(review: Review, member: TeamMember) -> str:
    """The place that a person fills in the words of the procedure, else their role."""
    labels = {row["code"]: row["label"] for row in review.procedure.roles_required}
    return str(labels.get(member.place_code, member.get_team_role_display()))


def places_of(review: Review, members: Iterable[TeamMember]) -> list[tuple[Place, list[TeamMember], str]]:
    """Each place that the procedure asks for, who stands in it, and what is missing in words."""
    members = list(members)
    team = [(one.user_id, one.place_code, one.team_role, one.status, one.ended_at, one.ruling) for one in members]
    codes, found = place_codes(review.procedure, team), []
    for place in places_with(review.procedure, standing_counts(review.procedure, team)):
        held = [one for one, code in zip(members, codes, strict=True) if code == place.code]
        words = f"{counted(place.open_count, 'person').replace('persons', 'people')} missing" if place.open_count else "Filled"
        found.append((place, held, words))
    return found
