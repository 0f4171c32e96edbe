"""Pages of themes: find one, write one from findings, offer it to somebody outside the providers, answer, say what was done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.models import Organisation
from accounts.permissions import Permission, Role
from peerreview.forms.common import ReasonForm
from peerreview.models import Review
from peerreview.queries.teams import arranges
from reports.forms.themes import AnswerOfferForm, DoneForm, MergeFilter, OfferForm, ThemeForm
from reports.models import LearningCard, Theme
from reports.queries import themes as queries
from reports.services import themes as services
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

PAGE_SIZE = 20
MOST_PICKED = 50
Status = Theme.Status


@access(Permission.THEME_VIEW, methods="GET")
def theme_list(request: SignedInRequest) -> HttpResponse:
    """Themes by track, never together; above them what this person writes or owns and nobody else reads yet."""
    visible = Theme.objects.for_user(request.user, Permission.THEME_VIEW).for_display()
    track = Review.Purpose.IMPROVEMENT if request.GET.get("track") == "learning" else Review.Purpose.COMPLIANCE
    shown = queries.shown_themes(request.user, track)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    own = visible.filter(purpose=track).exclude(status=Status.WITHDRAWN).exclude(pk__in=shown.order_by().values("pk"))
    context = {
        "page_obj": page, "rows": [(theme, queries.theme_words(theme)) for theme in page], "is_learning": track == "IMPROVEMENT",
        "own": [(theme, queries.theme_words(theme)) for theme in own.order_by("pk")[:PAGE_SIZE]],
        "may_write": request.user.has_permission(Permission.THEME_MANAGE), "tracks": tracks(track), "parts": parts(request, "themes"),
    }  # fmt: skip
    return render(request, "reports/theme_list.html", context)


def parts(request: SignedInRequest, current: str) -> list[dict[str, Any]]:
    """Cards and themes, the two parts of Learning, as far as this person may open them."""
    all_parts = (
        ("cards", "Cards", "learning_card_list", Permission.LEARNING_VIEW),
        ("themes", "Themes", "theme_list", Permission.THEME_VIEW),
    )
    return [
        {"label": label, "url": reverse(f"reports:{name}"), "current": code == current}
        for code, label, name, permission in all_parts
        if request.user.has_permission(permission)
    ]


def tracks(current: str) -> list[dict[str, Any]]:
    """The two tracks, each a list of its own."""
    url = reverse("reports:theme_list")
    return [
        {"label": "Compliance reviews", "url": url, "current": current == Review.Purpose.COMPLIANCE},
        {"label": "Reviews for learning", "url": f"{url}?track=learning", "current": current == Review.Purpose.IMPROVEMENT},
    ]


def _visible(request: SignedInRequest, pk: int) -> Theme:
    return get_object_or_404(Theme.objects.for_user(request.user, Permission.THEME_VIEW).for_display(), pk=pk)


def _mine(request: SignedInRequest, pk: int) -> Theme:
    """A theme that this person writes; 403 for one that they only read."""
    theme = _visible(request, pk)
    require(_writes(request, theme))
    return theme


def _writes(request: SignedInRequest, theme: Theme) -> bool:
    return Theme.objects.written_by(request.user).filter(pk=theme.pk).exists()


@access(Permission.THEME_VIEW, methods="GET", kind="theme")
def theme_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One theme: what is systemic, where it was seen, who acts and what was done; its findings for those who may read them."""
    theme = _visible(request, pk)
    writes, owns = _writes(request, theme), theme.owner_id == request.user.pk
    readable = request.user.has_permission(Permission.LEARNING_VIEW)
    cards = LearningCard.objects.for_user(request.user, Permission.LEARNING_VIEW).filter(theme=theme) if readable else []
    findings = queries.findings_in_reach(theme, request.user) if request.user.has_permission(Permission.FINDING_VIEW) else []
    context = {
        "theme": theme, "words": queries.theme_words(theme), "seen": queries.seen_in(theme, below=findings),
        "findings": findings, "cards": cards,
        "step": queries.next_step(theme), "writes": writes, "may_change": writes and theme.status in Theme.WRITABLE,
        "may_offer": writes and theme.status in Theme.WRITABLE and theme.service_count >= queries.LEAST_SERVICES,
        "may_answer": owns and theme.status == Status.OFFERED, "may_report": owns and theme.status == Status.ACCEPTED,
        "may_withdraw": writes and theme.status != Status.WITHDRAWN, "is_too_few": theme.service_count < queries.LEAST_SERVICES,
        "may_card": writes and request.user.has_permission(Permission.REVIEW_PLAN),
    }  # fmt: skip
    return render(request, "reports/theme_detail.html", context)


@access(Permission.THEME_MANAGE)
def theme_new(request: SignedInRequest) -> HttpResponse:
    """Begin a theme: of England for the national team, of their region for a hub manager."""
    form = ThemeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        theme = services.write_theme(
            title=data["title"], systemic=data["systemic"], purpose=data["purpose"], region=_region(request), by=request.user
        )
        messages.success(request, f"Theme “{theme.title}” saved. Now add findings of three or more services.")
        return redirect("reports:theme_findings", pk=theme.pk)
    return render(
        request, "reports/theme_form.html", {"form": form, "title": "Write a theme", "back_url": reverse("reports:theme_list")}
    )  # fmt: skip


def _region(request: SignedInRequest) -> Organisation | None:
    if request.user.is_national:
        return None
    regions = request.user.organisation_ids(roles=frozenset({Role.HUB_MANAGER}))
    return Organisation.objects.filter(pk__in=regions).order_by("pk").first()


def _act(
    request: SignedInRequest, theme: Theme, form: Any, call: Callable[[dict[str, Any]], object], *, title: str, done: str,
    lines: tuple[str, ...] = (),
) -> HttpResponse:  # fmt: skip
    """Show a form, do its act, and go back to the theme; a clash answers 409 with what was typed and what stands there now."""
    back, status, current = reverse("reports:theme_detail", args=[theme.pk]), 200, None
    if request.method == "POST" and form.is_valid():
        try:
            call(form.cleaned_data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        except SomeoneElseChanged as changed:
            form.add_error(None, f"{changed} Your words are kept below. Read what stands there now, then save again.")
            status, current = 409, changed.current
            form.data = form.data.copy()
            form.data["version"] = str(changed.current.version)
        else:
            messages.success(request, done)
            seen = Theme.objects.for_user(request.user, Permission.THEME_VIEW).filter(pk=theme.pk).exists()
            return redirect(back if seen else "reports:theme_list")
    context = {"form": form, "theme": theme, "title": title, "back_url": back, "lines": lines, "current": current,
               "step": queries.next_step(theme)}  # fmt: skip
    return render(request, "reports/theme_form.html", context, status=status)


def _posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


@access(Permission.THEME_MANAGE, kind="theme")
def theme_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the words of a theme that nobody has accepted."""
    theme = _mine(request, pk)
    form = ThemeForm(
        _posted(request), is_new=False, initial={"title": theme.title, "systemic": theme.systemic, "version": theme.version}
    )  # fmt: skip
    return _act(
        request, theme, form,
        lambda data: services.change_theme(
            theme_id=pk, title=data["title"], systemic=data["systemic"], version=data["version"], by=request.user
        ),
        title="Change the theme", done="Theme saved",
    )  # fmt: skip


@access(Permission.THEME_MANAGE, kind="theme")
def theme_findings(request: SignedInRequest, pk: int) -> HttpResponse:
    """Findings that the theme can take, by words, domain and category; take them in, or put one out."""
    theme = _mine(request, pk)
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _merge(request, theme))
            return redirect(request.get_full_path())
        except InvalidTransition as fault:
            error = str(fault)
    form = MergeFilter(request.GET or None)
    found = queries.findings_to_merge(theme, request.user, form.cleaned_data if form.is_valid() else {})
    context = {
        "theme": theme, "words": queries.theme_words(theme), "form": form, "error": error, "page_has_errors": bool(error),
        "step": queries.next_step(theme),
        "findings": queries.findings_in_reach(theme, request.user), "is_filtered": bool(request.GET),
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")), "is_open": theme.status in Theme.WRITABLE,
        "is_too_few": theme.service_count < queries.LEAST_SERVICES,
    }  # fmt: skip
    return render(request, "reports/theme_findings.html", context)


def _merge(request: SignedInRequest, theme: Theme) -> str:
    if removed := request.POST.get("remove", ""):
        services.remove_finding(theme_id=theme.pk, finding_id=int(removed) if removed.isdecimal() else 0, by=request.user)
        return "The finding is not in this theme any more"
    ids = [int(value) for value in request.POST.getlist("selected")[:MOST_PICKED] if value.isdecimal() and len(value) < 15]
    if not ids:
        raise InvalidTransition("Select at least 1 finding")
    count = services.add_findings(theme_id=theme.pk, finding_ids=ids, by=request.user)
    return f"{count} {'finding' if count == 1 else 'findings'} added"


@access(Permission.THEME_MANAGE, kind="theme")
def theme_offer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer the theme to a named person outside the providers."""
    theme = _mine(request, pk)
    form = OfferForm(_posted(request), places=queries.owner_places(theme), initial={"version": theme.version})
    return _act(
        request, theme, form,
        lambda data: services.offer_theme(
            theme_id=pk, owner_id=form.place.user_id, organisation_id=form.place.organisation_id, due_date=data["due_date"],
            version=data["version"], by=request.user,
        ),
        title="Who takes this theme on?", done="The theme is offered",
        lines=("They accept or decline it. Others read it once it is accepted.",),
    )  # fmt: skip


@access(Permission.THEME_OWN, kind="theme")
def theme_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person to whom it is offered accepts or declines."""
    theme = _visible(request, pk)
    require(theme.owner_id == request.user.pk)
    form = AnswerOfferForm(_posted(request), initial={"version": theme.version})
    return _act(
        request, theme, form,
        lambda data: services.answer_offer(
            theme_id=pk, accepts=data["accepts"] == "YES", reason=data["reason"], by=request.user, version=data["version"]
        ),
        title="Do you take this theme on?", done="Your answer is saved",
        lines=(theme.systemic, "If you accept, services, reviewers, commissioners and hubs in England read the theme with your name."),
    )  # fmt: skip


@access(Permission.THEME_OWN, kind="theme")
def theme_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner says what was done."""
    theme = _visible(request, pk)
    require(theme.owner_id == request.user.pk)
    form = DoneForm(_posted(request), initial={"version": theme.version})
    return _act(
        request, theme, form,
        lambda data: services.report_done(theme_id=pk, done=data["done"], by=request.user, version=data["version"]),
        title="What was done about this theme?", done="Saved what was done", lines=(theme.systemic,),
    )  # fmt: skip


@access(Permission.THEME_MANAGE, kind="theme")
def theme_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what goes and why, then take the theme away."""
    theme = _mine(request, pk)
    form = ReasonForm(_posted(request), submit_label="Withdraw theme", submit_kind="warning")
    return _act(
        request, theme, form, lambda data: services.withdraw_theme(theme_id=pk, reason=data["reason"], by=request.user),
        title="Withdraw this theme", done="Theme withdrawn",
        lines=("Nobody but its writers and its owner can read it then. The findings stay where they are.",),
    )  # fmt: skip


def theme_for_card(request: SignedInRequest, finding: Any) -> Theme | None:
    """The theme that the address of a new card names, where this person writes it and arranges the finding's review."""
    number = request.GET.get("theme", "")
    if not (number.isdecimal() and len(number) < 15 and request.user.has_permission(Permission.THEME_MANAGE)):
        return None
    require(arranges(finding.review, request.user))
    return Theme.objects.written_by(request.user).filter(pk=int(number), theme_findings__finding=finding).first()
