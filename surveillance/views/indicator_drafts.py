"""Writing an indicator set in the browser: its facts, its indicators one a page, their order, and the next version."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.indicators import IndicatorForm, IndicatorSetForm
from surveillance.models import Indicator, IndicatorSet
from surveillance.queries.indicator_sets import last_change
from surveillance.services import indicator_sets as set_services
from surveillance.services import indicators as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.views import indicator_clashes as clashes
from surveillance.views.answers import posted
from work.status import InvalidTransition

MOVES = {"up": -1, "down": 1, "section_up": -1, "section_down": 1}


def managed_set(request: SignedInRequest, pk: int) -> IndicatorSet:
    """The set behind the address, for those who write sets; else 404."""
    return get_object_or_404(IndicatorSet.objects.for_user(request.user, Permission.INDICATOR_SET_MANAGE).for_display(), pk=pk)


def not_possible(request: SignedInRequest, indicator_set: IndicatorSet, error: InvalidTransition) -> HttpResponse:
    """The set cannot be written in its status: why, and what to do."""
    may_make_new = indicator_set.status == IndicatorSet.Status.PUBLISHED and indicator_set.is_counted
    context = {"indicator_set": indicator_set, "sentence": str(error), "may_make_new": may_make_new}
    return render(request, "surveillance/indicator_set_not_possible.html", context)


def _not_a_draft(request: SignedInRequest, indicator_set: IndicatorSet) -> HttpResponse | None:
    """The page that says why, where somebody opens a form of a set that is no draft. What is sent goes to the service."""
    try:
        set_services.check_is_draft(indicator_set)
    except InvalidTransition as error:
        return not_possible(request, indicator_set, error) if request.method != "POST" else None
    return None


# The set --------------------------------------------------------------------------------------------------------------
@access(Permission.INDICATOR_SET_MANAGE)
def indicator_set_new(request: SignedInRequest) -> HttpResponse:
    """Begin a set: a draft without indicators."""
    form = IndicatorSetForm(posted(request))
    form.submit_label, form.cancel_url = "Save and add indicators", reverse("surveillance:indicator_set_list")
    if request.method == "POST" and form.is_valid():
        try:
            made = set_services.create_set(facts=form.facts, by=request.user)
        except set_services.CodeTaken as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, f"{made.name} saved as a draft. Add its indicators.")
            return redirect("surveillance:indicator_set_detail", pk=made.pk)
    return render(request, "surveillance/indicator_set_new.html", {"form": form})


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_draft")
def indicator_set_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the facts of a draft."""
    draft = managed_set(request, pk)
    if refusal := _not_a_draft(request, draft):
        return refusal
    detail = reverse("surveillance:indicator_set_detail", args=[draft.pk])
    choice = clashes.choice_of(request)
    if choice == "THEIRS":
        return _kept_theirs(request, detail, draft)
    form = IndicatorSetForm(posted(request), indicator_set=draft)
    form.cancel_url = detail
    context: dict[str, Any] = {"form": form, "indicator_set": draft}
    if request.method == "POST" and form.is_valid() and choice != "BOTH":
        try:
            clashes.refuse_unanswered(request, draft)
            set_services.change_set(set_id=draft.pk, facts=form.facts, by=request.user, opened=form.cleaned_data["opened"])
        except SomeoneElseChanged as clash:
            return clashes.clash_page(request, clashes.set_clash(managed_set(request, pk), form, clash))
        except set_services.CodeTaken as error:
            form.add_error("code", str(error))
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, f"{draft.name} saved")
            return redirect(detail)
    if choice == "BOTH":
        context["theirs"] = clashes.saved_set(draft)
    return render(request, "surveillance/indicator_set_change.html", context)


@access(Permission.INDICATOR_SET_MANAGE, methods="POST", kind="indicator_set")
def indicator_set_new_version(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft of the next version with the indicators copied; where one is being written, lead to it."""
    published = managed_set(request, pk)
    try:
        made = set_services.make_new_version(set_id=published.pk, by=request.user)
    except set_services.NewerVersionExists as error:
        messages.info(request, f"{error} This is it.")
        return redirect("surveillance:indicator_set_detail", pk=error.newer.pk)
    except InvalidTransition as error:
        return not_possible(request, published, error)
    messages.success(request, f"Version {made.version} is a draft now. Version {published.version} stays as it is.")
    return redirect("surveillance:indicator_set_detail", pk=made.pk)


def _kept_theirs(request: SignedInRequest, url: str, target: IndicatorSet | Indicator) -> HttpResponse:
    messages.success(request, f"{last_change(target).name}'s text is kept. Yours was not saved.")
    return redirect(url)


# One indicator --------------------------------------------------------------------------------------------------------
def _sections(draft: IndicatorSet) -> list[str]:
    return list(dict.fromkeys(draft.indicators.order_by("position", "pk").values_list("section", flat=True)))


def _address(draft: IndicatorSet, indicator: Indicator | None = None) -> str:
    """The page of the set, at the indicator where one is named."""
    anchor = f"#indicator-{indicator.pk}" if indicator else ""
    return reverse("surveillance:indicator_set_detail", args=[draft.pk]) + anchor


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_draft")
def indicator_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add an indicator to a draft; "Save and add another" asks for the next."""
    draft = managed_set(request, pk)
    if refusal := _not_a_draft(request, draft):
        return refusal
    sections = _sections(draft)
    wanted = request.GET.get("section", "")
    form = IndicatorForm(posted(request), sections=sections, initial={"section": wanted} if wanted in sections else {})
    form.cancel_url, form.second_label = _address(draft), "Save and add another"
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_indicator(set_id=draft.pk, facts=form.facts, by=request.user)
        except services.NumberRefused as error:
            form.add_error("number", str(error))
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, f"Indicator {made.number} added")
            again = reverse("surveillance:indicator_new", args=[draft.pk]) + "?" + urlencode({"section": made.section})
            return redirect(again if "again" in request.POST else _address(draft, made))
    return render(request, "surveillance/indicator_new.html", {"form": form, "indicator_set": draft})


def _indicator_of(draft: IndicatorSet, indicator_pk: int) -> Indicator:
    return get_object_or_404(draft.indicators, pk=indicator_pk)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_draft")
def indicator_change(request: SignedInRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Change an indicator of a draft."""
    draft = managed_set(request, pk)
    indicator = _indicator_of(draft, indicator_pk)
    if refusal := _not_a_draft(request, draft):
        return refusal
    choice = clashes.choice_of(request)
    if choice == "THEIRS":
        return _kept_theirs(request, _address(draft, indicator), indicator)
    form = IndicatorForm(posted(request), sections=_sections(draft), indicator=indicator)
    form.cancel_url = _address(draft, indicator)
    context: dict[str, Any] = {"form": form, "indicator_set": draft, "indicator": indicator}
    if request.method == "POST" and form.is_valid() and choice != "BOTH":
        revision = form.cleaned_data["revision"]
        try:
            clashes.refuse_unanswered(request, indicator)
            saved = services.change_indicator(indicator_id=indicator.pk, facts=form.facts, by=request.user, revision=revision)
        except SomeoneElseChanged as clash:
            return clashes.clash_page(request, clashes.indicator_clash(draft, form, clash))
        except services.NumberRefused as error:
            form.add_error("number", str(error))
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, f"Indicator {saved.number} saved")
            return redirect(_address(draft, saved))
    if choice == "BOTH":
        context["theirs"] = clashes.saved_indicator(indicator)
    return render(request, "surveillance/indicator_change.html", context)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_draft")
def indicator_remove(request: SignedInRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Take an indicator out of a draft, after a page that says what goes with it."""
    draft = managed_set(request, pk)
    indicator = _indicator_of(draft, indicator_pk)
    if refusal := _not_a_draft(request, draft):
        return refusal
    sentence = ""
    if request.method == "POST":
        revision = request.POST.get("revision", "")
        is_number = revision.isascii() and revision.isdigit() and len(revision) < 10
        try:
            services.remove_indicator(indicator_id=indicator.pk, by=request.user, revision=int(revision) if is_number else None)
        except SomeoneElseChanged:
            indicator.refresh_from_db()
            sentence = f"{last_change(indicator).name} changed this indicator after you opened this page. This is how it is now."
        except InvalidTransition as error:
            return not_possible(request, draft, error)
        else:
            messages.success(request, f"Indicator {indicator.number} removed")
            return redirect(_address(draft))
    context = {
        "indicator_set": draft, "indicator": indicator, "sentence": sentence, "comment_count": indicator.comments.count(),
        "is_in_earlier": Indicator.objects.filter(
            indicator_set__code=draft.code, indicator_set__version__lt=draft.version, number=indicator.number
        ).exists(),
    }  # fmt: skip
    return render(request, "surveillance/indicator_remove.html", context)


@access(Permission.INDICATOR_SET_MANAGE, methods="POST", kind="indicator_draft")
def indicator_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move an indicator within its section, or a section, one place up or down; back to the button that was pressed."""
    draft = managed_set(request, pk)
    way = next((name for name in MOVES if name in request.POST), None)
    if way is None:
        return redirect(_address(draft))
    chosen = request.POST[way]
    try:
        if way.startswith("section"):
            services.move_section(set_id=draft.pk, title=chosen, steps=MOVES[way], by=request.user)
            moved, anchor = f"section:{chosen}", "indicators"
        else:
            pk_of = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
            services.move_indicator(indicator_id=pk_of, set_id=draft.pk, steps=MOVES[way], by=request.user)
            moved, anchor = chosen, f"{way}-{chosen}"
    except Indicator.DoesNotExist as error:
        raise Http404 from error
    except InvalidTransition as error:
        return not_possible(request, draft, error)
    return redirect(f"{_address(draft)}?{urlencode({'moved': moved})}#{anchor}")
