"""People and access: one's own organisation's list, invitations, ends, delegates, one's own details."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone

from accounts import holdings, naming, services
from accounts.access import SIGNED_IN, SignedInRequest, access, require
from accounts.models import Membership, MembershipQuerySet
from accounts.people_forms import DelegateForm, EndAccessForm, InvitationForm, OwnDetailsForm, PeopleFilterForm, RoleChoiceForm
from accounts.permissions import Permission, Role

INVITED = "Invitation sent. It works for 7 days."


@access(Permission.PEOPLE_MANAGE, methods="GET")
def people_list(request: SignedInRequest) -> HttpResponse:
    """Who has which role, from when to when, in one's own organisations."""
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    rows = _filtered(Membership.objects.manageable_by(request.user), form.cleaned_data)
    page = Paginator(rows.select_related("user", "organisation").order_by("user__name", "user_id", "pk"), 50).get_page(
        request.GET.get("page")
    )
    names = holdings.service_names(page.object_list)
    people = [{"membership": row, "services": names.get(row.pk, [])} for row in page.object_list]
    facts = {"form": form, "page_obj": page, "people": people, "today": timezone.localdate()}
    facts |= {"may_invite": bool(naming.roles_to_name(request.user)), "may_delegate": bool(naming.principal_memberships(request.user))}
    return render(request, "accounts/people_list.html", facts)


def _filtered(rows: MembershipQuerySet, filters: dict[str, Any]) -> MembershipQuerySet:
    """The rows that the filters leave; without any, everybody whose access has not ended."""
    has_ended = Q(to_date__lt=timezone.localdate())
    rows = rows.filter(has_ended) if filters.get("show") == "ended" else rows.exclude(has_ended)
    if filters.get("role"):
        rows = rows.filter(role=filters["role"])
    if filters.get("q"):
        rows = rows.filter(Q(user__name__icontains=filters["q"]) | Q(user__email__icontains=filters["q"]))
    return rows


@access(SIGNED_IN)
def own_details(request: SignedInRequest) -> HttpResponse:
    """One's own name, contact and mail; and which roles one holds."""
    user = request.user
    known = {"name": user.name, "job_title": user.job_title, "phone": user.phone, "wants_digest": user.wants_digest}
    form = OwnDetailsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        services.change_own_details(user=user, **form.cleaned_data)
        messages.success(request, "Your details are saved")
        return redirect("accounts:own_details")
    names = holdings.service_names(user.active_memberships)
    roles = [{"membership": row, "services": names.get(row.pk, [])} for row in user.active_memberships]
    return render(request, "accounts/own_details.html", {"form": form, "roles": roles})


@access(Permission.PEOPLE_MANAGE)
def person_invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody: first the role and the organisation (in the address), then who and when."""
    choice = RoleChoiceForm(by=request.user)
    chosen = choice.only_choice or (request.GET if {"role", "organisation"} & set(request.GET) else None)
    if chosen:
        choice = RoleChoiceForm(chosen, by=request.user)
    if not chosen or not choice.is_valid():
        return render(request, "accounts/person_invite_role.html", {"form": choice})
    role, organisation = choice.cleaned_data["role"], choice.cleaned_data["organisation"]
    form = InvitationForm(request.POST or None, by=request.user, role=role, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            services.invite_person(
                by=request.user, role=role, organisation_id=organisation.pk, service_ids=fields.pop("services", []), **fields
            )
        except services.CannotGiveRole as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, INVITED)
            return redirect("accounts:people_list")
    facts = {"form": form, "role_label": Role(role).label, "organisation": organisation, "is_only_choice": bool(choice.only_choice)}
    return render(request, "accounts/person_invite.html", facts)


@access(Permission.PEOPLE_MANAGE)
def delegate_choose(request: SignedInRequest) -> HttpResponse:
    """An executive lets somebody act for them between two dates."""
    principals = naming.principal_memberships(request.user)
    require(bool(principals), "Only an executive can choose a delegate.")
    form = DelegateForm(request.POST or None, principals=principals)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            services.choose_delegate(by=request.user, membership_id=fields.pop("membership"), **fields)
        except services.CannotGiveRole as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, INVITED)
            return redirect("accounts:people_list")
    return render(request, "accounts/delegate_choose.html", {"form": form})


def _visible(request: SignedInRequest, pk: int) -> Membership:
    rows = Membership.objects.manageable_by(request.user).select_related("user", "organisation", "invited_by", "delegate_of__user")
    return get_object_or_404(rows, pk=pk)


@access(Permission.PEOPLE_MANAGE, methods="GET", kind="membership")
def membership_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One role of one person: where, for which services, from when to when, and what can be done about it."""
    membership = _visible(request, pk)
    has_ended = membership.to_date is not None and membership.to_date < timezone.localdate()
    may_end = not has_ended and naming.may_end(request.user, membership)
    facts = {
        "membership": membership,
        "services": holdings.service_names([membership]).get(membership.pk, []),
        "has_ended": has_ended,
        "may_end": may_end,
        "may_invite_again": may_end and membership.user.is_active and membership.user.last_login is None,
    }
    return render(request, "accounts/membership_detail.html", facts)


@access(Permission.PEOPLE_MANAGE, kind="membership")
def membership_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a role: on which day, and who takes what it holds."""
    membership = _visible(request, pk)
    require(naming.may_end(request.user, membership), "Your role does not include ending this person's access.")
    held, candidates = holdings.holdings_of(membership), services.successors(membership)
    form = EndAccessForm(request.POST or None, candidates=candidates, has_holdings=bool(held), cancel_url=membership_url(membership))
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data.get("successor")
        try:
            services.end_access(
                membership_id=membership.pk, by=request.user, last_date=form.cleaned_data["last_date"],
                successor_id=successor.pk if successor else None,
            )  # fmt: skip
        except services.CannotEndAccess as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{membership.user.name}'s access ends")
            return redirect("accounts:people_list")
    facts = {
        "form": form,
        "membership": membership,
        "held_sentence": services.holding_sentence(membership, held) if held else "",
        "blockers": [] if candidates.exists() else [holding.blocker for holding in held if holding.blocker],
        "is_self": membership.user_id == request.user.pk,
    }
    return render(request, "accounts/membership_end.html", facts)


def membership_url(membership: Membership) -> str:
    """The address of a role's page."""
    return resolve_url("accounts:membership_detail", pk=membership.pk)


@access(Permission.PEOPLE_MANAGE, methods="POST", kind="membership")
def membership_invite_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the invitation once more."""
    membership = _visible(request, pk)
    try:
        services.invite_again(membership_id=membership.pk, by=request.user)
    except services.CannotGiveRole as error:
        messages.error(request, str(error))
    else:
        messages.success(request, INVITED)
    return redirect("accounts:membership_detail", pk=membership.pk)
