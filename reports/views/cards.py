"""Pages of learning cards: find one, write one from good practice, ask its service, take one up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.models import Finding
from peerreview.queries.teams import arranges
from reports.forms.cards import AnswerAskForm, CardFilter, CardForm, UptakeForm
from reports.models import LearningCard, Theme
from reports.queries import cards as queries
from reports.queries.named_cards import named_in_words
from reports.services import cards as services
from reports.views.themes import parts, theme_for_card
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

PAGE_SIZE = 20
Status = LearningCard.Status


@access(Permission.LEARNING_VIEW, methods="GET")
def learning_card_list(request: SignedInRequest) -> HttpResponse:
    """Shared cards, found by specification, impact domain or words; above them what waits and what this person writes."""
    visible = LearningCard.objects.for_user(request.user, Permission.LEARNING_VIEW)
    shared = visible.filter(status=Status.SHARED)
    form = CardFilter(request.GET or None, specifications=queries.specifications_of(shared))
    found = queries.found_cards(shared, form.cleaned_data) if form.is_valid() else shared
    page = Paginator(queries.with_counts(found).for_display().order_by("-answered_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(card, queries.uptake_words(card.trying_count, card.adopted_count)) for card in page]
    own = visible.filter(status__in=services.WRITTEN).for_display().order_by("pk")[:PAGE_SIZE]
    context = {"form": form, "page_obj": page, "rows": rows, "own": own, "is_filtered": bool(request.GET), "parts": parts(request, "cards")}
    return render(request, "reports/learning_card_list.html", context)


def _visible(request: SignedInRequest, pk: int) -> LearningCard:
    return get_object_or_404(LearningCard.objects.for_user(request.user, Permission.LEARNING_VIEW).for_display(), pk=pk)


def _writes(request: SignedInRequest, card: LearningCard) -> bool:
    return LearningCard.objects.written_by(request.user).filter(pk=card.pk).exists()


def _is_source(request: SignedInRequest, card: LearningCard) -> bool:
    return LearningCard.objects.of_source(request.user).filter(pk=card.pk).exists()


@access(Permission.LEARNING_VIEW, kind="learning_card")
def learning_card_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One card; other services say here what they do with it, and its source reads who and why."""
    card = _visible(request, pk)
    own = queries.own_services(request.user, card)
    may_take_up = card.status == Status.SHARED and request.user.has_permission(Permission.LEARNING_USE) and own.exists()
    if request.method == "POST":
        require(may_take_up)
    form = UptakeForm(request.POST if request.method == "POST" else None, services=own) if may_take_up else None
    if form and form.is_valid():
        data = form.cleaned_data
        saved = _done(form, lambda: services.take_up(
            card_id=pk, service_id=data["service"].pk, step=data["step"], why=data["why"], by=request.user
        ))  # fmt: skip
        if saved:
            messages.success(request, "Saved what your service does with this")
            return redirect("reports:learning_card_detail", pk=pk)
    return render(request, "reports/learning_card_detail.html", _card_context(request, card) | {"form": form})


def _card_context(request: SignedInRequest, card: LearningCard) -> dict[str, Any]:
    uptakes = list(card.uptakes.select_related("service__provider", "service__network", "said_by"))
    steps = [uptake.step for uptake in uptakes]
    writes, is_source = _writes(request, card), _is_source(request, card)
    may_use = request.user.has_permission(Permission.LEARNING_USE)
    mine = set(queries.own_services(request.user, card).values_list("pk", flat=True)) if may_use else set()
    return {
        "card": card, "step": queries.next_step(card), "words": queries.uptake_words(steps.count("TRYING"), steps.count("ADOPTED")),
        "uptakes": uptakes if writes or is_source else [uptake for uptake in uptakes if uptake.service_id in mine],
        "sees_all": writes or is_source, "named_in": named_in_words(request.user, card),
        "theme": _theme_of(request, card), "may_change": writes and card.status in services.WRITTEN,
        "may_ask": writes and card.status == Status.DRAFT, "may_answer": is_source and card.status == Status.ASKED,
        "may_withdraw": (writes or is_source) and card.status == Status.SHARED,
    }  # fmt: skip


def _theme_of(request: SignedInRequest, card: LearningCard) -> Theme | None:
    """The theme for which a card was made, for whoever may read it."""
    if card.theme_id is None:
        return None
    return Theme.objects.for_user(request.user, Permission.THEME_VIEW).filter(pk=card.theme_id).first()


def _done(form: Any, call: Callable[[], object]) -> bool:
    """Whether the service did it; else its sentence stands on the form."""
    try:
        call()
    except InvalidTransition as error:
        form.add_error(None, str(error))
        return False
    except SomeoneElseChanged as changed:
        form.add_error(None, f"{changed} Your words are kept below.")
        return False
    return True


@access(Permission.REVIEW_PLAN, kind="finding")
def learning_card_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a card from a finding of good practice."""
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW)
    finding = get_object_or_404(visible.select_related("review", "service__provider", "service__network"), pk=pk)
    require(arranges(finding.review, request.user))
    if made := queries.card_of(finding):
        return redirect("reports:learning_card_detail", pk=made.pk)
    theme = theme_for_card(request, finding)
    form = CardForm(request.POST if request.method == "POST" else None, initial={} if theme else {"what": finding.what_was_seen})
    theme_id = theme.pk if theme else None
    if form.is_valid() and _done(form, lambda: services.write_card(finding_id=pk, text=form.text, by=request.user, theme_id=theme_id)):
        made = LearningCard.objects.get(finding=pk)
        messages.success(request, f"Learning card “{made.title}” saved")
        return redirect("reports:learning_card_detail", pk=made.pk)
    context = {
        "form": form,
        "service": finding.service,
        "title": "Write a learning card",
        "lines": [f"What {finding.service.name} did about the theme “{theme.title}”. It agrees before others read it."] if theme else [],
        "back_url": reverse("reports:theme_detail", args=[theme.pk]) if theme else reverse("peerreview:finding_detail", args=[pk]),
    }
    return render(request, "reports/learning_card_form.html", context)


@access(Permission.LEARNING_VIEW, kind="learning_card")
def learning_card_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a card that is not shared yet."""
    card = _visible(request, pk)
    require(_writes(request, card))
    words = {name: getattr(card, name) for name in ("title", "what", "for_whom", "how", "contact", "version")}
    form = CardForm(request.POST if request.method == "POST" else None, initial=words)
    back = reverse("reports:learning_card_detail", args=[pk])
    if form.is_valid():
        version = form.cleaned_data["version"]
        if _done(form, lambda: services.change_card(card_id=pk, text=form.text, by=request.user, version=version)):
            messages.success(request, "Learning card saved")
            return redirect(back)
    context = {
        "form": form, "service": card.service, "title": "Change the learning card", "back_url": back, "step": queries.next_step(card),
    }  # fmt: skip
    return render(request, "reports/learning_card_form.html", context)


def _act(
    request: SignedInRequest, card: LearningCard, form: Any, call: Callable[[], object], *, title: str, done: str, lines: list[str]
) -> HttpResponse:
    back = reverse("reports:learning_card_detail", args=[card.pk])
    if request.method == "POST" and form.is_valid() and _done(form, call):
        messages.success(request, done)
        return redirect(back if _still_seen(request, card) else "reports:learning_card_list")
    context = {
        "form": form, "service": card.service, "title": title, "back_url": back, "lines": lines, "card": card,
        "step": queries.next_step(card),
    }  # fmt: skip
    return render(request, "reports/learning_card_form.html", context)


def _still_seen(request: SignedInRequest, card: LearningCard) -> bool:
    return LearningCard.objects.for_user(request.user, Permission.LEARNING_VIEW).filter(pk=card.pk).exists()


@access(Permission.LEARNING_VIEW, kind="learning_card")
def learning_card_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the source service to agree."""
    card = _visible(request, pk)
    require(_writes(request, card))
    form = ActForm(request.POST if request.method == "POST" else None, submit_label=f"Ask {card.service.name} to agree")
    return _act(
        request, card, form, lambda: services.ask_to_share(card_id=pk, by=request.user), title=f"Ask {card.service} to agree",
        done=f"{card.service} was asked", lines=["Until the service agrees, only it and the review team can read this card."],
    )  # fmt: skip


@access(Permission.LEARNING_USE, kind="learning_card")
def learning_card_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The source service agrees, or does not."""
    card = _visible(request, pk)
    require(_is_source(request, card))
    form = AnswerAskForm(request.POST if request.method == "POST" else None, initial={"version": card.version})
    return _act(
        request, card, form,
        lambda: services.answer_ask(
            card_id=pk, agrees=form.cleaned_data["agrees"] == "YES", reason=form.cleaned_data["reason"], by=request.user,
            version=form.cleaned_data["version"],
        ),
        title="May others read this card?", done="Your answer is saved",
        lines=["If you agree, services, reviewers and hubs in England can read this card. You can withdraw it at any time."],
    )  # fmt: skip


@access(Permission.LEARNING_VIEW, kind="learning_card")
def learning_card_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a card away from everybody."""
    card = _visible(request, pk)
    require(_writes(request, card) or _is_source(request, card))
    form = ReasonForm(
        request.POST if request.method == "POST" else None, submit_label="Withdraw card", submit_kind="warning",
        label="Why do you withdraw it?",
    )  # fmt: skip
    return _act(
        request, card, form, lambda: services.withdraw_card(card_id=pk, reason=form.cleaned_data["reason"], by=request.user),
        title="Withdraw this learning card", done="Learning card withdrawn",
        lines=["The card goes from the list at once. What other services said about it is kept, and nobody reads it."],
    )  # fmt: skip
