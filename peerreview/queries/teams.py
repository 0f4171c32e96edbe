"""Who is on a review: its lead, its members past and present, and what the data shows about their ties."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES, Permission, Role
from peerreview.models import ConflictDeclaration, Review, ReviewerProfile, TeamMember
from peerreview.queries.milestones import days_after
from surveillance.models import Service


def lead_reviewer(review: Review) -> TeamMember | None:
    """The lead of the team whose papers are open, or None."""
    return review.team.on_team().filter(team_role=TeamMember.TeamRole.LEAD).select_related("user").first()


def is_lead_reviewer(review: Review, user: User) -> bool:
    """Whether ``user`` leads this team now: the one who agrees findings."""
    return review.team.on_team().filter(team_role=TeamMember.TeamRole.LEAD, user=user).exists()


def is_on_team(review: Review, user: User) -> bool:
    """Whether the papers of this review are open to ``user`` as a member now."""
    return bool(user.roles & REVIEWER_ROLES) and review.team.on_team().filter(user=user).exists()


def arranges(review: Review, user: User) -> bool:
    """Whether ``user`` plans this review: the hub's people, and for learning the one whom the service chose."""
    return Review.objects.for_user(user, Permission.REVIEW_PLAN).filter(pk=review.pk).exists()


def works_on(review: Review, user: User) -> bool:
    """Whether ``user`` visits or arranges this review: they see drafts, others what was agreed."""
    return is_on_team(review, user) or arranges(review, user)


def team_of(review: Review) -> QuerySet[TeamMember]:
    """Members whose conflicts of interest were cleared, also after sign-off ended their places: the report's appendix."""
    members = review.team.filter(is_cleared=True, status__in=[TeamMember.Status.ACCEPTED, TeamMember.Status.ENDED])
    return members.filter(ended_reason="").select_related("user__reviewer_profile")


def was_on_team(review: Review, user: User) -> bool:
    """Whether ``user`` ever was cleared for this review: they cannot check its report."""
    return review.team.filter(user=user, is_cleared=True).exists()


def conflict_answer_due(member: TeamMember) -> dt.date:
    """By when the service says whether it knows of a conflict of interest with this reviewer."""
    return days_after(member.review.procedure, "CONFLICT_ANSWER", timezone.localdate(member.invited_at))


def is_training_valid(profile: ReviewerProfile | None, day: dt.date | None = None) -> bool:
    """Whether a reviewer's training is recorded and has not run out."""
    if profile is None or profile.training_expires_on is None:
        return False
    return profile.training_expires_on >= (day or timezone.localdate())


def reviewers_to_invite(review: Review) -> list[User]:
    """People who hold a reviewer's role today and have no place on this review, with their profile; by name."""
    taken = review.team.values("user")
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES).values("user")
    return list(
        User.objects.filter(is_active=True, pk__in=held)
        .exclude(pk__in=taken)
        .select_related("reviewer_profile__employer")
        .order_by("name", "pk")
    )


def profile_of(user: User) -> ReviewerProfile | None:
    """A reviewer's profile, or None when nobody wrote one."""
    return getattr(user, "reviewer_profile", None)


def bar_words(member: TeamMember, services: list[Service]) -> str:
    """The sentence that bars a reviewer who works at the provider under review; empty when the data shows no such tie."""
    profile = profile_of(member.user)
    if profile is None or profile.employer_id is None:
        return ""
    for service in services:
        if profile.employer_id in (service.provider_id, service.network_id):
            years = member.review.procedure.bar_years_count
            return f"{member.user.name} works at {service.holder.name}. The procedure does not allow work there in the last {years} years."
    return ""


def missing_declarations(member: TeamMember, side: str, services: list[Service]) -> list[Service]:
    """Services of the review about which this side has not declared yet."""
    said = set(member.declarations.filter(side=side).values_list("service", flat=True))
    return [service for service in services if service.pk not in said]


def missing_roles(review: Review, *, cleared: bool) -> list[str]:
    """What the team still lacks, as sentences; ``cleared`` counts only members whose papers are open."""
    members = review.team.on_team() if cleared else review.team.standing()
    held = set(members.values_list("team_role", flat=True))
    words = {
        TeamMember.TeamRole.LEAD: "A lead reviewer is required.",
        TeamMember.TeamRole.PATIENT_REVIEWER: "A patient reviewer is required.",
    }
    required = {str(entry["role"]) for entry in review.procedure.roles_required}
    act = " Rule on the conflicts of interest of one to continue." if cleared else " Invite one to continue."
    return [sentence + act for role, sentence in words.items() if role in required and role not in held]


def hub_managers(region_ids: list[int]) -> list[User]:
    """Managers of the hubs of these regions."""
    held = Membership.objects.active().filter(role=Role.HUB_MANAGER, organisation__in=region_ids).values("user")
    return list(User.objects.filter(is_active=True, pk__in=held).order_by("name", "pk"))


def declarations_of(member: TeamMember, side: str) -> QuerySet[ConflictDeclaration]:
    """What one side declared about this reviewer, service by service."""
    return member.declarations.filter(side=side).select_related("service__provider", "service__network", "declared_by")
