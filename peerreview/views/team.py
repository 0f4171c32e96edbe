"""Pages of the team: who is on it, invitations, conflicts of interest from both sides, the ruling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.models import User
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.team import AnswerForm, ConflictForm, InviteForm, RulingForm, service_questions
from peerreview.models import Review, TeamMember
from peerreview.models.teams import TeamMemberQuerySet
from peerreview.queries import teams as queries
from peerreview.services import team as services
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from surveillance.models import Service
from work.items import day_words
from work.status import InvalidTransition


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is on the team; those who arrange it see the register of conflicts of interest as well."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_team")
    members = review.team.select_related("user__reviewer_profile__employer", "review__procedure").prefetch_related("declarations")
    if not context["plans"]:
        members = members.filter(status__in=["INVITED", "ACCEPTED", "ENDED", "STAND_BY"]).exclude(ruling="NOT_CLEAR")
    context |= {
        "members": [(member, _place_words(member)) for member in members],
        "missing": queries.missing_roles(review, cleared=False) if context["plans"] else [],
        "may_invite": context["plans"] and review.status in services.OPEN_TO_TEAM,
        "may_declare": bool(_own_services(request, review)) and review.status in services.OPEN_TO_TEAM,
    }
    return render(request, "peerreview/review_team.html", context)


def _place_words(member: TeamMember) -> str:
    """Whether papers are open, and what they wait for, in words."""
    if member.papers_open:
        return "Papers are open"
    if member.status != TeamMember.Status.ACCEPTED or member.ruling:
        return "Papers are closed"
    due = day_words(queries.conflict_answer_due(member))
    if any(declaration.side == "SERVICE" for declaration in member.declarations.all()):
        return "Papers open when the hub has ruled"
    if timezone.localdate() > queries.conflict_answer_due(member):
        return f"The service did not answer by {due}. Rule on what is known."
    return f"Papers open to {member.user.name} when the service has answered (due {due})."


@access(Permission.REVIEW_PLAN, kind="review")
def member_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite a reviewer, with what is known about each."""
    review = arranged_review(request, pk)
    people = [(user, _profile_words(user, list(review.services.all()))) for user in queries.reviewers_to_invite(review)]
    form = InviteForm(posted(request), people=people)
    back = reverse("peerreview:review_team", args=[pk])
    return act(
        request, form=form, done="Reviewer added", then=back, template="peerreview/member_invite.html",
        call=lambda data: services.invite_member(
            review_id=pk, user_id=int(data["user"]), team_role=data["team_role"], as_stand_by=data["as_stand_by"], by=request.user
        ),
        context={"review": review, "people": people, "back_url": back},
    )  # fmt: skip


def _profile_words(user: User, services_under_review: list[Service]) -> str:
    """Professions, employer and training, and why not."""
    profile = queries.profile_of(user)
    if profile is None:
        return "No profile yet. Training is not recorded, so they cannot join."
    parts = [profile.professions, profile.specialties, str(profile.employer or "")]
    if profile.training_expires_on is None:
        parts.append("Training is not recorded, so they cannot join")
    else:
        valid = queries.is_training_valid(profile)
        day = day_words(profile.training_expires_on)
        parts.append(f"Training valid until {day}" if valid else f"Training ran out on {day}, so they cannot join")
    if profile.employer_id in {service.provider_id or service.network_id for service in services_under_review} - {None}:
        parts.append("Why not: works at the provider under review")
    return ". ".join(part for part in parts if part)


@access(Permission.REVIEW_VIEW, methods="GET", kind="team_member")
def team_member_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place: for the person invited their invitation, for those who arrange the review its register entry."""
    member = _visible_member(request, pk)
    is_own = member.user_id == request.user.pk
    plans = queries.arranges(member.review, request.user)
    sides = [("Reviewer", "Declared by the reviewer", queries.declarations_of(member, "REVIEWER"))]
    if plans and not is_own:
        sides.append(("Service", "Declared by the service", queries.declarations_of(member, "SERVICE")))
    services_under_review = list(member.review.services.select_related("provider", "network"))
    context = {
        "member": member, "review": member.review, "is_own": is_own, "plans": plans, "sides": sides, "services": services_under_review,
        "place_words": _place_words(member), "undeclared": queries.missing_declarations(member, "REVIEWER", services_under_review),
        "is_illustrative": any(service.is_illustrative for service in services_under_review),
        "bar": queries.bar_words(member, services_under_review) if plans else "",
        "may_rule": plans and request.user.has_permission(Permission.REVIEW_RULE) and not member.ruled_at and not is_own,
    }  # fmt: skip
    return render(request, "peerreview/team_member_detail.html", context)


@access(Permission.REVIEW_VIEW, kind="team_member")
def team_member_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept or decline one's own invitation."""
    member = _own_member(request, pk)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["answer"] == "DECLINE":
                services.decline_invitation(member_id=pk, reason=data["reason"], by=request.user)
                messages.success(request, "Invitation declined")
                return redirect("peerreview:review_list")
            services.accept_invitation(member_id=pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Invitation accepted")
            return redirect("peerreview:team_member_conflicts", pk=pk)
    back = reverse("peerreview:team_member_detail", args=[pk])
    return render(
        request, "peerreview/act.html", {"form": form, "review": member.review, "title": "Answer the invitation", "back_url": back}
    )


@access(Permission.REVIEW_VIEW, kind="team_member")
def team_member_conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The reviewer declares ties with each service."""
    member = _own_member(request, pk)
    said = {d.service_id: d for d in queries.declarations_of(member, "REVIEWER")}
    initial = {f"tie_{key}": "YES" if d.has_conflict else "NO" for key, d in said.items()} | {
        f"details_{key}": d.details for key, d in said.items()
    }
    form = ConflictForm(
        posted(request), questions=service_questions(list(member.review.services.select_related("provider", "network"))), initial=initial
    )
    back = reverse("peerreview:team_member_detail", args=[pk])

    def declare(data: dict[str, object]) -> None:
        for key, has_conflict, details in form.answers():
            services.declare_conflict(
                member_id=pk, side="REVIEWER", service_id=int(key), has_conflict=has_conflict, details=details, by=request.user
            )

    years = member.review.procedure.bar_years_count
    lines = [
        f"Say yes if you worked there in the last {years} years, or have a close personal tie or an active dispute with someone there.",
        "Say yes as well if you work in the same network or region, write with someone there, refer patients to or from it, "
        "or compete with it. The hub then decides.",
    ]
    return act(
        request,
        form=form,
        done="Declaration sent",
        then=back,
        template="peerreview/act.html",
        call=declare,
        context={"review": member.review, "title": "Declare conflicts of interest", "lines": lines, "back_url": back},
    )


@access(Permission.REVIEW_ANSWER, kind="review")
def review_conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The service says whether it knows each reviewer."""
    review = visible_review(request, pk)
    own = _own_services(request, review)
    require(bool(own))
    asked = list(review.team.filter(status__in=["INVITED", "ACCEPTED", "STAND_BY"], ruled_at=None).select_related("user"))
    service_of = {f"{member.pk}_{service.pk}": (member, service) for member in asked for service in own}
    several = len(own) > 1
    questions = [
        (
            key,
            f"Do you know this reviewer? {member.user.name}, {member.get_team_role_display().lower()}"
            + (f" ({service.name})" if several else ""),
        )
        for key, (member, service) in service_of.items()
    ]
    initial = _service_side_initial(asked, {service.pk for service in own})
    form = ConflictForm(posted(request), questions=questions, initial=initial)
    back = reverse("peerreview:review_team", args=[pk])

    def declare(data: dict[str, object]) -> None:
        for key, has_conflict, details in form.answers():
            member, service = service_of[key]
            services.declare_conflict(
                member_id=member.pk, side="SERVICE", service_id=service.pk, has_conflict=has_conflict, details=details, by=request.user
            )

    lines = [
        "Say yes if you know of a tie between a reviewer and your service: work there, a close personal tie, a dispute, "
        "referrals, or competition."
    ]
    if not asked:
        lines = ["There is no reviewer to declare about now."]
    return act(
        request,
        form=form,
        done="Declaration sent",
        then=back,
        template="peerreview/act.html",
        call=declare,
        context={"review": review, "title": "Do you know these reviewers?", "lines": lines, "back_url": back, "hide_form": not asked},
    )


def _service_side_initial(members: list[TeamMember], service_ids: set[int]) -> dict[str, str]:
    initial: dict[str, str] = {}
    for member in members:
        for said in member.declarations.filter(side="SERVICE", service__in=service_ids):
            initial[f"tie_{member.pk}_{said.service_id}"] = "YES" if said.has_conflict else "NO"
            initial[f"details_{member.pk}_{said.service_id}"] = said.details
    return initial


def _own_services(request: SignedInRequest, review: Review) -> list[Service]:
    """Services of the review for which this person answers."""
    mine = Service.objects.for_user(request.user, Permission.REVIEW_ANSWER).filter(reviews=review)
    return list(mine.select_related("provider", "network")) if request.user.has_permission(Permission.REVIEW_ANSWER) else []


@access(Permission.REVIEW_RULE, kind="team_member")
def team_member_ruling(request: SignedInRequest, pk: int) -> HttpResponse:
    """The manager rules on conflicts of interest."""
    member = get_object_or_404(_members().for_user(request.user, Permission.REVIEW_RULE), pk=pk)
    services_under_review = list(member.review.services.select_related("provider", "network"))
    sides = [
        ("Reviewer", "Declared by the reviewer", queries.declarations_of(member, "REVIEWER")),
        ("Service", "Declared by the service", queries.declarations_of(member, "SERVICE")),
    ]
    back = reverse("peerreview:review_team", args=[member.review_id])
    return act(
        request,
        form=RulingForm(posted(request)),
        done="Ruling saved",
        then=back,
        template="peerreview/team_member_ruling.html",
        call=lambda data: services.rule_on_conflict(
            member_id=pk, ruling=data["ruling"], reason=data["reason"], mitigation=data["mitigation"], by=request.user
        ),
        context={
            "member": member,
            "review": member.review,
            "sides": sides,
            "bar": queries.bar_words(member, services_under_review),
            "back_url": back,
            "place_words": _place_words(member),
            "profile": queries.profile_of(member.user),
        },
    )


@access(Permission.REVIEW_PLAN, kind="team_member")
def team_member_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a place on the team with a reason."""
    member = get_object_or_404(_members().for_user(request.user, Permission.REVIEW_PLAN), pk=pk)
    back = reverse("peerreview:review_team", args=[member.review_id])
    form = ReasonForm(
        posted(request),
        submit_label="End this place",
        submit_kind="warning",
        label="Why does it end?",
        required_message="Enter why it ends",
    )
    return act(
        request,
        form=form,
        done="Place ended",
        then=back,
        template="peerreview/act.html",
        call=lambda data: services.end_place(member_id=pk, reason=data["reason"], by=request.user),
        context={
            "review": member.review,
            "title": f"End the place of {member.user.name}",
            "lines": ["Their papers close at once."],
            "back_url": back,
        },
    )


@access(Permission.REVIEW_PLAN, kind="team_member")
def team_member_stand_by(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite a stand-by."""
    member = get_object_or_404(_members().for_user(request.user, Permission.REVIEW_PLAN), pk=pk)
    back = reverse("peerreview:review_team", args=[member.review_id])
    return act(
        request, form=ActForm(posted(request), submit_label=f"Invite {member.user.name}"), done="Stand-by invited", then=back,
        template="peerreview/act.html", call=lambda data: services.invite_stand_by(member_id=pk, by=request.user),
        context={"review": member.review, "title": "Invite a stand-by", "lines": [], "back_url": back},
    )  # fmt: skip


def _members() -> TeamMemberQuerySet:
    return TeamMember.objects.select_related("user", "review__procedure", "review__region", "ruled_by")


def _visible_member(request: SignedInRequest, pk: int) -> TeamMember:
    return get_object_or_404(_members().for_user(request.user, Permission.REVIEW_VIEW), pk=pk)


def _own_member(request: SignedInRequest, pk: int) -> TeamMember:
    member = _visible_member(request, pk)
    require(member.user_id == request.user.pk)
    return member
