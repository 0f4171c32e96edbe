"""Who is on a review: its lead, its members past and present, and what the data shows about their ties."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import REVIEWER_ROLES, Permission, Role
from accounts.templatetags.qnt_tags import clock_time
from peerreview.models import ConflictDeclaration, Procedure, Review, ReviewerProfile, TeamMember
from peerreview.procedure_parts import tie_words
from peerreview.queries.milestones import days_after
from surveillance.models import Service
from work.items import day_words


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


def services_answered_by(review: Review, user: User) -> list[Service]:
    """Services of the review for which ``user`` answers, by name."""
    if not user.has_permission(Permission.REVIEW_ANSWER):
        return []
    mine = Service.objects.for_user(user, Permission.REVIEW_ANSWER).filter(reviews=review)
    return list(mine.select_related("provider", "network").order_by("name", "pk"))


def works_on(review: Review, user: User) -> bool:
    """Whether ``user`` visits or arranges this review: they see drafts, others what was agreed."""
    return is_on_team(review, user) or arranges(review, user)


def has_read_context(review: Review, user: User) -> bool:
    """Whether a member of the team ticked that they read the context of the services: notes and judgements open with it."""
    return review.team.on_team().filter(user=user, context_read_at__isnull=False).exists()


def team_of(review: Review) -> QuerySet[TeamMember]:
    """Members whose conflicts of interest were cleared, also after sign-off ended their places: the report's appendix."""
    members = review.team.filter(is_cleared=True, status__in=[TeamMember.Status.ACCEPTED, TeamMember.Status.ENDED])
    return members.filter(ended_reason="").select_related("user__reviewer_profile")


def conflict_answer_due(member: TeamMember) -> dt.date:
    """By when the service says whether it knows of a conflict of interest with this reviewer."""
    return days_after(member.review.procedure, "CONFLICT_ANSWER", timezone.localdate(member.invited_at))


def reviewers_to_invite(review: Review) -> list[tuple[User, list[str]]]:
    """People who hold a reviewer's role today and have no place on this review, with their profile, and their roles; by name."""
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES, user__is_active=True).exclude(user__in=review.team.values("user"))
    found: dict[int, tuple[User, list[str]]] = {}
    for one in held.select_related("user__reviewer_profile__employer").order_by("user__name", "user", "role", "pk"):
        roles = found.setdefault(one.user_id, (one.user, []))[1]
        if one.role not in roles:
            roles.append(one.role)
    return list(found.values())


def profile_of(user: User) -> ReviewerProfile | None:
    """A reviewer's profile, or None when nobody wrote one."""
    return getattr(user, "reviewer_profile", None)


def left_words(member: TeamMember) -> str:
    """How somebody left their place, as a sentence without reasons."""
    if member.status == TeamMember.Status.DECLINED:
        return f"{member.user.name} declined."
    if member.ruling == TeamMember.Ruling.NOT_CLEAR:
        return f"{member.user.name} was not cleared."
    if member.answered_at is None:
        return f"{member.user.name} did not answer by {day_words(member.answer_due_date)}."
    return f"{member.user.name} left."


def moved_up_words(member: TeamMember) -> str:
    """ "Dr X declined. Dr Y, first stand-by, was invited at 9:10am."; empty for who did not move up."""
    if member.moved_up_for is None:
        return ""
    at, today = timezone.localtime(member.invited_at), timezone.localdate()
    day = "" if at.date() == today else f" on {day_words(at.date())}"
    return f"{left_words(member.moved_up_for)} {member.user.name}, first stand-by, was invited at {clock_time(at)}{day}."


def place_words(member: TeamMember, services: list[Service], *, for_hub: bool = True) -> str:
    """Whether papers are open, and what they wait for, in words. Give the member with review, procedure and declarations."""
    if member.papers_open:
        return "Papers are open"
    if member.is_cleared and member.status in (TeamMember.Status.STAND_BY, TeamMember.Status.INVITED):
        return f"Cleared. Papers open when {member.user.name} has accepted an invitation."
    if member.ruling or member.status not in (TeamMember.Status.ACCEPTED, TeamMember.Status.STAND_BY):
        return "Papers are closed"
    if not missing_declarations(member, "REVIEWER", services) and not missing_declarations(member, "SERVICE", services):
        return "Papers open when the hub has ruled" if member.status == TeamMember.Status.ACCEPTED else "Both sides have declared"
    due = conflict_answer_due(member)
    if not missing_declarations(member, "SERVICE", services):
        return f"{member.user.name} has not declared conflicts of interest yet."
    if timezone.localdate() > due:
        return f"The service did not answer by {day_words(due)}. {'Rule' if for_hub else 'The hub rules'} on what is known."
    return f"Papers open to {member.user.name} when the service has answered (due {day_words(due)})."


def unanswered_words(member: TeamMember, services: list[Service]) -> str:
    """That a ruling was made without an answer of a service, and which; empty when all answered or nothing is ruled."""
    silent = missing_declarations(member, "SERVICE", services) if member.ruled_at else []
    if not silent:
        return ""
    names = "the service" if len(services) == 1 else " and ".join(service.name for service in silent)
    return f"Ruled on what was known: {names} did not answer by {day_words(conflict_answer_due(member))}."


def tie_lines(procedure: Procedure) -> list[str]:
    """What the procedure asks a reviewer to declare: what bars, then what the hub decides on."""
    sentences = {
        "BAR": "Say yes if you {}. The procedure does not allow it.",
        "DECLARE": "Say yes as well if you {}. The hub then decides.",
    }
    found = []
    for ruling, sentence in sentences.items():
        words = [tie_words(rule) for rule in procedure.ties if rule["ruling"] == ruling]
        if words:
            found.append(sentence.format("; or ".join(words)))
    return found


def missing_declarations(member: TeamMember, side: str, services: list[Service]) -> list[Service]:
    """Services of the review about which this side has not declared yet; for many members prefetch declarations."""
    said = {declaration.service_id for declaration in member.declarations.all() if declaration.side == side}
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


def unruled_members(review: Review) -> QuerySet[TeamMember]:
    """Everybody asked, stand-bys too, about whom the hub has not ruled; from the visit on only those who accepted."""
    status = TeamMember.Status
    asked = [status.ACCEPTED] if review.visited_at else [status.INVITED, status.ACCEPTED, status.STAND_BY]
    return review.team.filter(status__in=asked, ruled_at=None, ended_at=None).select_related("user").order_by("pk")


def hub_managers(region_ids: list[int]) -> list[User]:
    """Managers of the hubs of these regions."""
    held = Membership.objects.active().filter(role=Role.HUB_MANAGER, organisation__in=region_ids).values("user")
    return list(User.objects.filter(is_active=True, pk__in=held).order_by("name", "pk"))


def declarations_of(member: TeamMember, side: str) -> QuerySet[ConflictDeclaration]:
    """What one side declared about this reviewer, service by service."""
    return member.declarations.filter(side=side).select_related("service__provider", "service__network", "declared_by")
