"""Pages of the team: who is on it, invitations and their answers, stand-bys."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.models import User
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.team import AnswerForm, InviteForm
from peerreview.models import Review, TeamMember
from peerreview.queries import registers
from peerreview.queries import teams as queries
from peerreview.queries.part_steps import place_step
from peerreview.queries.training import training_lines, training_of_people
from peerreview.services import team as services
from peerreview.services.stand_bys import move_stand_by
from peerreview.training import Training, day_of_visit, joining_words
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from peerreview.views.members import all_members, own_member, visible_member
from work.items import day_words
from work.status import InvalidTransition

Status = TeamMember.Status
SHOWN = (Status.INVITED, Status.ACCEPTED, Status.ENDED, Status.STAND_BY)


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is on the team; those who arrange it see places, stand-bys and the register of conflicts of interest as well."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_team")
    is_open = review.status in Review.TO_THE_VISIT
    context |= {
        "may_declare": is_open and bool(queries.services_answered_by(review, request.user)),
        "may_invite": context["plans"] and is_open,
    }
    members = list(registers.team_with_declarations(review))
    if context["plans"]:
        entries = registers.register_of(review, members)
        context |= {
            "entries": [entry for entry in entries if entry.member.status != Status.STAND_BY],
            "stand_bys": [entry for entry in entries if entry.member.status == Status.STAND_BY],
            "places": registers.places_of(review, members),
            "missing": queries.missing_roles(review, cleared=False),
            "untrained": training_lines(review, members),
            "may_rule": is_open and request.user.has_permission(Permission.REVIEW_RULE),
        }
    else:
        shown = [one for one in members if one.status in SHOWN and one.ruling != TeamMember.Ruling.NOT_CLEAR]
        context["members"] = [(member, registers.place_label(review, member)) for member in shown]
    return render(request, "peerreview/review_team.html", context)


@access(Permission.REVIEW_PLAN, kind="review")
def member_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite a reviewer, with what is known about each."""
    review = arranged_review(request, pk)
    people = _people_to_invite(review)
    form = InviteForm(posted(request), people=people)
    back = reverse("peerreview:review_team", args=[pk])
    return act(
        request, form=form, done="Reviewer added", then=back, template="peerreview/member_invite.html",
        call=lambda data: services.invite_member(
            review_id=pk, user_id=int(data["user"]), team_role=data["team_role"], as_stand_by=data["as_stand_by"], by=request.user
        ),
        context={"review": review, "people": people, "back_url": back},
    )  # fmt: skip


def _people_to_invite(review: Review) -> list[tuple[User, str]]:
    """Everybody who could be asked, with professions, employer and training for each role, and why not; two statements."""
    today, people = timezone.localdate(), queries.reviewers_to_invite(review)
    day = day_of_visit(review.starts_date, review.ends_date, today)
    trainings = training_of_people((user.pk, role) for user, roles in people for role in roles)
    return [(user, _words_about(user, [trainings[user.pk, role] for role in roles], day, today)) for user, roles in people]


def _words_about(user: User, trainings: list[Training], day: dt.date, today: dt.date) -> str:
    profile = queries.profile_of(user)
    parts = [profile.professions, profile.specialties, str(profile.employer or "")] if profile else ["No profile yet"]
    for training in trainings:
        valid = f"Training in date until {day_words(training.last_date)}" if training.last_date else "No training is required"
        parts.append(joining_words(user.name, training, day, today).removesuffix(".") or valid)
    return ". ".join(dict.fromkeys(part for part in parts if part))


@access(Permission.REVIEW_VIEW, methods="GET", kind="team_member")
def team_member_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place: for the person invited their invitation, for those who arrange the review its entry in the register."""
    member = visible_member(request, pk)
    is_own = member.user_id == request.user.pk
    plans = queries.arranges(member.review, request.user) and not is_own
    under_review = list(member.review.services.for_display())
    said = registers.team_with_declarations(member.review).get(pk=pk)
    entry = registers.register_of(member.review, [said])[0]
    context = {
        "member": member, "review": member.review, "is_own": is_own, "plans": plans, "entry": entry, "services": under_review,
        "step": place_step(said, under_review), "place_label": entry.place,
        "place_words": queries.place_words(said, under_review, for_hub=plans),
        "undeclared": queries.missing_declarations(said, "REVIEWER", under_review),
        "is_illustrative": any(service.is_illustrative for service in under_review),
        "may_declare": is_own and member.status in (Status.ACCEPTED, Status.STAND_BY) and not member.ruled_at,
        "may_rule": plans and request.user.has_permission(Permission.REVIEW_RULE) and entry.is_ready,
    }  # fmt: skip
    return render(request, "peerreview/team_member_detail.html", context)


@access(Permission.REVIEW_VIEW, kind="team_member")
def team_member_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept or decline one's own invitation; who accepted or stands by can step back."""
    member = own_member(request, pk)
    back = reverse("peerreview:team_member_detail", args=[pk])
    if member.status in (Status.ACCEPTED, Status.STAND_BY):
        return _step_back(request, member, back)
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
            return redirect("peerreview:team_member_conflicts" if not member.ruled_at else "peerreview:team_member_detail", pk=pk)
    return render(
        request, "peerreview/act.html", {"form": form, "review": member.review, "title": "Answer the invitation", "back_url": back}
    )


def _step_back(request: SignedInRequest, member: TeamMember, back: str) -> HttpResponse:
    form = ReasonForm(
        posted(request), submit_label="Step back", submit_kind="warning", label="Why do you step back?",
        required_message="Enter why you step back",
    )  # fmt: skip
    lines = ["The papers close to you at once. The hub reads your reason, the service does not."]
    return act(
        request, form=form, done="You stepped back", then=reverse("peerreview:review_list"), template="peerreview/act.html",
        call=lambda data: services.decline_invitation(member_id=member.pk, reason=data["reason"], by=request.user),
        context={"review": member.review, "title": "Step back from this review", "lines": lines, "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="team_member")
def team_member_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a place on the team with a reason."""
    member = get_object_or_404(all_members().for_user(request.user, Permission.REVIEW_PLAN), pk=pk)
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
    member = get_object_or_404(all_members().for_user(request.user, Permission.REVIEW_PLAN), pk=pk)
    back = reverse("peerreview:review_team", args=[member.review_id])
    return act(
        request, form=ActForm(posted(request), submit_label=f"Invite {member.user.name}"), done="Stand-by invited", then=back,
        template="peerreview/act.html", call=lambda data: services.invite_stand_by(member_id=pk, by=request.user),
        context={"review": member.review, "title": "Invite a stand-by", "lines": [], "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, methods="POST", kind="team_member")
def team_member_order(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a stand-by earlier or later."""
    member = get_object_or_404(all_members().for_user(request.user, Permission.REVIEW_PLAN), pk=pk)
    try:
        move_stand_by(member_id=pk, earlier=request.POST.get("move") == "earlier", by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{member.user.name} moved")
    return redirect(f"{reverse('peerreview:review_team', args=[member.review_id])}#stand-bys")
