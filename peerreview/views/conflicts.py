"""Conflicts of interest: what the reviewer and the service declare, and the manager's ruling."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.team import ConflictForm, RulingForm, service_questions
from peerreview.models import TeamMember
from peerreview.queries import registers
from peerreview.queries import teams as queries
from peerreview.queries.conflicts import services_for_facts
from peerreview.queries.part_steps import conflict_step, declaring_step
from peerreview.services import team as services
from peerreview.views.common import act, posted, visible_review
from peerreview.views.members import all_members, own_member
from surveillance.models import Service


@access(Permission.REVIEW_VIEW, kind="team_member")
def team_member_conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The reviewer declares ties with each service."""
    member = own_member(request, pk)
    procedure = member.review.procedure
    said = {str(one.service_id): one for one in queries.declarations_of(member, "REVIEWER")}
    services_under_review = list(member.review.services.select_related("provider", "network"))
    questions = service_questions(services_under_review)
    form = ConflictForm(posted(request), questions=questions, procedure=procedure, initial=ConflictForm.initial_of(said))
    back = reverse("peerreview:team_member_detail", args=[pk])

    def declare(data: dict[str, object]) -> None:
        for key, said in form.answers():
            services.declare_conflict(member_id=pk, side="REVIEWER", service_id=int(key), by=request.user, **said)

    lines = [*queries.tie_lines(procedure), "The hub reads what you write. The service does not."]
    return act(
        request, form=form, done="Declaration sent", then=back, template="peerreview/act.html", call=declare,
        context={
            "review": member.review, "title": "Declare conflicts of interest", "lines": lines, "back_url": back,
            "step": conflict_step(member, services_under_review),
        },
    )  # fmt: skip


@access(Permission.REVIEW_ANSWER, kind="review")
def review_conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The service says whether it knows each reviewer and stand-by; with several services each answers for its own."""
    review = visible_review(request, pk)
    own = queries.services_answered_by(review, request.user)
    require(bool(own))
    asked = list(
        review.team.filter(status__in=["INVITED", "ACCEPTED", "STAND_BY"], ruled_at=None)
        .select_related("user")
        .prefetch_related("declarations")
    )
    about = {f"{member.pk}_{service.pk}": (member, service) for member in asked for service in own}
    questions = [(key, _question(member, service, several=len(own) > 1)) for key, (member, service) in about.items()]
    said = {
        f"{one.member_id}_{one.service_id}": one for member in asked for one in member.declarations.all() if one.side == "SERVICE"
    }  # fmt: skip
    initial = ConflictForm.initial_of({key: one for key, one in said.items() if key in about})
    form = ConflictForm(posted(request), questions=questions, procedure=review.procedure, initial=initial)
    back = reverse("peerreview:review_team", args=[pk])

    def declare(data: dict[str, object]) -> None:
        for key, declared in form.answers():
            member, service = about[key]
            services.declare_conflict(member_id=member.pk, side="SERVICE", service_id=service.pk, by=request.user, **declared)

    lines = [
        "Say yes if you know of a tie between a reviewer and your service: work there, a close personal tie, a dispute, "
        "referrals, or competition. The hub reads what you write. The reviewer does not."
    ]
    return act(
        request, form=form, done="Declaration sent", then=back, template="peerreview/act.html", call=declare,
        context={
            "review": review, "title": "Do you know these reviewers?", "back_url": back, "hide_form": not asked,
            "lines": lines if asked else ["There is no reviewer to declare about now."],
            "step": declaring_step(review, asked, own, request.user),
        },
    )  # fmt: skip


def _question(member: TeamMember, service: Service, *, several: bool) -> str:
    role = member.get_team_role_display().lower()
    who = f"{member.user.name}, {role}{', stand-by' if member.status == TeamMember.Status.STAND_BY else ''}"
    return f"Do you know this reviewer? {who}{f' ({service.name})' if several else ''}"


@access(Permission.REVIEW_RULE, kind="team_member")
def team_member_ruling(request: SignedInRequest, pk: int) -> HttpResponse:
    """The manager rules on conflicts of interest, with what both sides said and what data shows beside the form."""
    member = get_object_or_404(all_members().for_user(request.user, Permission.REVIEW_RULE), pk=pk)
    entry = registers.register_of(member.review, [registers.team_with_declarations(member.review).get(pk=pk)])[0]
    back, services_under_review = reverse("peerreview:review_team", args=[member.review_id]), services_for_facts(member.review)
    return act(
        request, form=RulingForm(posted(request)), done="Ruling saved", then=back, template="peerreview/team_member_ruling.html",
        call=lambda data: services.rule_on_conflict(
            member_id=pk, ruling=data["ruling"], reason=data["reason"], mitigation=data["mitigation"], by=request.user
        ),
        context={
            "member": member, "review": member.review, "entry": entry, "back_url": back, "profile": queries.profile_of(entry.member.user),
            "step": conflict_step(entry.member, services_under_review),
        },
    )  # fmt: skip
