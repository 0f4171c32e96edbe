"""A reviewer's own profile, and how those who plan reviews read it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.profiles import AwayForm, ProfileForm, TieForm, WorkForm
from peerreview.models import ReviewerProfile
from peerreview.queries import reviewers as queries
from peerreview.queries.training_register import trainees
from peerreview.services import profiles as services
from peerreview.ties import profession_words
from peerreview.views.common import posted
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

HISTORY = 20  # newest changes that a page shows
# Kind of entry: heading, what is listed, its form, the sentence for an empty list, what adds one.
LISTS: dict[str, tuple[str, Callable[..., list[queries.Line]], type[forms.Form], str, Callable[..., object]]] = {
    "work": (
        "Where you work and worked", queries.work_lines, WorkForm, "You have not said where you work or worked.",
        lambda data, by: services.add_work(
            organisation_id=data["organisation"].pk, from_date=data["from_date"], to_date=data["to_date"], by=by
        ),
    ),
    "ties": (
        "Ties with organisations", queries.tie_lines_of, TieForm, "You have declared no ties.",
        lambda data, by: services.add_tie(
            organisation_id=data["organisation"].pk, rule_code=data["rule_code"], details=data["details"], by=by
        ),
    ),
    "away": (
        "Days on which you cannot visit", queries.away_lines, AwayForm, "You have noted no days away.",
        lambda data, by: services.add_date_away(from_date=data["from_date"], to_date=data["to_date"], by=by),
    ),
}  # fmt: skip


@access(Permission.REVIEW_CAPTURE)
def reviewer_me(request: SignedInRequest) -> HttpResponse:
    """One's own profile: what a reviewer can change here, and what the hub keeps."""
    if request.method == "POST" and "confirm" in request.POST:
        services.confirm_profile(by=request.user)
        messages.success(request, "Profile confirmed")
        return redirect("peerreview:reviewer_me")
    profile = _profile(request.user.pk)
    form = ProfileForm(posted(request), profile=profile, phone=request.user.phone)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_profile(content=form.content, by=request.user, version=form.cleaned_data["version"])
        except SomeoneElseChanged:
            return _clash(request, form)
        messages.success(request, "Profile saved")
        return redirect("peerreview:reviewer_me")
    shown = ("Profession", "Works at", "Training", "Last confirmed", "Profile")
    kept = [fact for fact in queries.profile_facts(request.user, profile) if fact[0] in shown]
    lists = [
        (title, reverse(f"peerreview:reviewer_{kind}"), lines(request.user), empty) for kind, (title, lines, _, empty, _) in LISTS.items()
    ]
    history = queries.profile_history(request.user)[:HISTORY]
    return render(request, "peerreview/reviewer_me.html", {"form": form, "kept": kept, "lists": lists, "history": history})


def _clash(request: SignedInRequest, form: ProfileForm) -> HttpResponse:
    """Saved in another window meanwhile: both, nothing lost; "Keep yours" sends the form again, about the profile as it stands."""
    now, data = _profile(request.user.pk), form.cleaned_data
    saved = queries.profile_facts(request.user, now)
    sent = [
        (name, value) for name in request.POST if name not in ("csrfmiddlewaretoken", "version") for value in request.POST.getlist(name)
    ]
    yours = [("Kinds of profession", profession_words(data["professions"], " and ").capitalize() or "No data")]
    context = {
        "caption": "Your profile as a reviewer", "keep_url": request.path, "back_url": request.path,
        "kept": [("version", str(now.version if now else 0)), *sent],
        "saved": Version("Saved now", now.specialties if now else "", [fact for fact in saved if fact[0] != "Specialties"]),
        "yours": Version("Yours, not saved", data["specialties"], yours),
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


def _profile(user_id: int) -> ReviewerProfile | None:
    found = ReviewerProfile.objects.select_related("employer", "home_region").prefetch_related("specifications", "visit_regions")
    return found.filter(user=user_id).first()


@access(Permission.REVIEW_CAPTURE)
def reviewer_work(request: SignedInRequest) -> HttpResponse:
    """Where one works and worked."""
    return _list(request, "work")


@access(Permission.REVIEW_CAPTURE)
def reviewer_ties(request: SignedInRequest) -> HttpResponse:
    """Ties with organisations, declared once for every review."""
    return _list(request, "ties")


@access(Permission.REVIEW_CAPTURE)
def reviewer_away(request: SignedInRequest) -> HttpResponse:
    """Days on which one cannot visit."""
    return _list(request, "away")


def _list(request: SignedInRequest, kind: str) -> HttpResponse:
    """Entries of a kind with a button to remove each, and a form for one more."""
    title, lines, form_class, empty, add = LISTS[kind]
    here = f"peerreview:reviewer_{kind}"
    if request.method == "POST" and "remove" in request.POST:
        entry = request.POST["remove"]
        is_gone = (
            entry.isascii()
            and entry.isdecimal()
            and len(entry) < 19
            and services.remove_entry(kind=kind, entry_id=int(entry), by=request.user)
        )
        messages.success(request, "Entry removed" if is_gone else "This entry was removed already")
        return redirect(here)
    form = form_class(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            add(form.cleaned_data, by=request.user)
        except InvalidTransition as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Entry added")
            return redirect(here)
    context: dict[str, Any] = {"title": title, "lines": lines(request.user), "empty": empty, "form": form}
    return render(request, "peerreview/reviewer_entries.html", context | {"back_url": reverse("peerreview:reviewer_me")})


@access(Permission.REVIEW_PLAN, methods="GET", kind="reviewer")
def reviewer_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer's profile for those who plan reviews."""
    reviewer = get_object_or_404(queries.reviewers_for(request.user).distinct(), pk=pk)
    lists = [
        (title, lines, empty)
        for title, lines, empty in (
            ("Works and worked at", queries.work_lines(reviewer), "No entry"),
            ("Ties with organisations", queries.tie_lines_of(reviewer), "No entry"),
            ("Days away", queries.away_lines(reviewer), "No entry"),
        )
    ]
    context = {
        "reviewer": reviewer, "facts": queries.profile_facts(reviewer, _profile(pk)), "lists": lists,
        "history": queries.profile_history(reviewer)[:HISTORY],
        "on_register": trainees(request.user).filter(user=reviewer).exists(),
    }  # fmt: skip
    return render(request, "peerreview/reviewer_detail.html", context)
