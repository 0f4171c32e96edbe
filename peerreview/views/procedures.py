"""Procedures: which there are, what each says, and writing the next version in the browser, one part a page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.procedures import ROW_FORMS, GeneralForm, MilestoneForm, OpenedForm, RowForm
from peerreview.models import Procedure
from peerreview.models.procedures import Row
from peerreview.procedure_parts import ROW_PARTS, TIMETABLE, Part, general_facts, general_mark, mark_of, place_words, row_of, rows_of
from peerreview.queries import procedures as queries
from peerreview.services import procedures as services
from peerreview.views.common import posted
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

MOVES = {"up": -1, "down": 1}
NOT_SAVED = "Your text is below and was not saved."


# Reading --------------------------------------------------------------------------------------------------------------
@access(Permission.PROCEDURE_VIEW, methods="GET")
def procedure_list(request: SignedInRequest) -> HttpResponse:
    """The procedures that reviews follow: for each the version in use, and the one that is being written."""
    may_manage = request.user.has_permission(Permission.PROCEDURE_MANAGE)
    visible = Procedure.objects.for_user(request.user, Permission.PROCEDURE_VIEW)
    lines = queries.lines_of(visible, queries.reviews_by_version() if may_manage else {})
    return render(request, "peerreview/procedure_list.html", {"lines": lines, "may_manage": may_manage})


def visible_procedure(request: SignedInRequest, pk: int) -> Procedure:
    """The version behind the address, when this person may read it; else 404."""
    visible = Procedure.objects.for_user(request.user, Permission.PROCEDURE_VIEW)
    return get_object_or_404(visible.select_related("published_by", "drafted_by"), pk=pk)


def managed_procedure(request: SignedInRequest, pk: int) -> Procedure:
    """The version behind the address, for those who write procedures; else 404."""
    return get_object_or_404(Procedure.objects.for_user(request.user, Permission.PROCEDURE_MANAGE), pk=pk)


@access(Permission.PROCEDURE_VIEW, methods="GET", kind="procedure")
def procedure_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version with every part; a draft with what its writers can do to it."""
    procedure = visible_procedure(request, pk)
    may_manage = request.user.has_permission(Permission.PROCEDURE_MANAGE)
    versions = list(Procedure.objects.for_user(request.user, Permission.PROCEDURE_VIEW).filter(code=procedure.code))
    newest = next((one for one in versions if one.status == Procedure.Status.PUBLISHED), None)
    context = {
        "procedure": procedure, "may_manage": may_manage, "facts": general_facts(procedure), "parts": queries.parts_of(procedure),
        "may_write": may_manage and procedure.status == Procedure.Status.DRAFT, "versions": versions, "newest": newest,
        "being_written": next((one for one in versions if one.status in queries.UNPUBLISHED), None),
        "keeping": queries.keeping_sentences(versions, newest, queries.reviews_by_version()) if may_manage else [],
    }  # fmt: skip
    return render(request, "peerreview/procedure_detail.html", context)


# Writing --------------------------------------------------------------------------------------------------------------
@access(Permission.PROCEDURE_MANAGE, methods="POST", kind="procedure")
def procedure_new_version(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft of the next version with everything copied; where one is being written, lead to it."""
    published = managed_procedure(request, pk)
    try:
        made = services.make_new_version(procedure_id=published.pk, by=request.user)
    except services.NewerVersionExists as error:
        messages.info(request, f"{error} This is it.")
        return redirect("peerreview:procedure_detail", pk=error.newer.pk)
    except InvalidTransition as error:
        return not_possible(request, published, str(error))
    messages.success(request, f"Version {made.version} is a draft now. Version {published.version} stays as it is.")
    return redirect("peerreview:procedure_detail", pk=made.pk)


def not_possible(request: SignedInRequest, procedure: Procedure, sentence: str) -> HttpResponse:
    """The version cannot be written in its status: why, and what to do."""
    context = {"procedure": procedure, "sentence": sentence, "may_make_new": procedure.status == Procedure.Status.PUBLISHED}
    return render(request, "peerreview/procedure_not_possible.html", context)


def _not_a_draft(request: SignedInRequest, procedure: Procedure) -> HttpResponse | None:
    """The page that says why, where somebody opens a form of a version that is no draft. What is sent goes to the service."""
    try:
        services.check_is_draft(procedure)
    except InvalidTransition as error:
        return not_possible(request, procedure, str(error)) if request.method != "POST" else None
    return None


@access(Permission.PROCEDURE_MANAGE, kind="procedure_draft")
def procedure_general(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change name, purpose and numbers of a draft."""
    draft = managed_procedure(request, pk)
    if refusal := _not_a_draft(request, draft):
        return refusal
    form = GeneralForm(posted(request), procedure=draft)
    form.cancel_url = reverse("peerreview:procedure_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.change_general(procedure_id=pk, facts=form.facts, by=request.user, opened=form.cleaned_data["opened"])
        except SomeoneElseChanged:
            now = managed_procedure(request, pk)
            saved, yours = general_facts(now), general_facts(Procedure(**form.facts))
            return _clash(request, now, form, saved, yours, mark=general_mark(now), back=form.cancel_url)
        except InvalidTransition as error:
            form.add_error(None, f"{error} {NOT_SAVED}")
        else:
            messages.success(request, "Name, purpose and numbers saved")
            return redirect(form.cancel_url)
    return render(request, "peerreview/procedure_form.html", _form_context(draft, form, "Change name, purpose and numbers"))


def _form_context(draft: Procedure, form: Any, title: str, part: Part | None = None) -> dict[str, Any]:
    back = part.title if part else "The whole procedure"
    return {"procedure": draft, "form": form, "page_title": title, "part": part, "back_url": form.cancel_url, "back": back}


def _clash(
    request: SignedInRequest,
    now: Procedure,
    form: OpenedForm,
    saved: list[tuple[str, str]],
    yours: list[tuple[str, str]],
    *,
    mark: str,
    back: str,
) -> HttpResponse:
    """ "Someone else changed this": both texts, nothing lost; "Keep yours" sends the form again, about how it stands now."""
    left_out = {"csrfmiddlewaretoken", "opened"}
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name not in left_out]
    who = queries.last_change(now).name
    context = {
        "saved": _version(f"Saved now, by {who}", saved), "yours": _version("Yours, not saved", yours), "caption": str(now),
        "keep_url": request.path if now.status == Procedure.Status.DRAFT else "", "kept": [("opened", mark), *sent], "back_url": back,
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


def _version(heading: str, facts: list[tuple[str, str]]) -> Version:
    """The first fact is what the text is; the others stand above it."""
    (_, text), *others = facts
    return Version(heading, text, others)


# Rows -----------------------------------------------------------------------------------------------------------------
def part_of(code: str) -> Part:
    """The part of rows that an address names; else 404."""
    if code not in ROW_PARTS:
        raise Http404
    return ROW_PARTS[code]


def _facts_of(part: Part, row: Row) -> list[tuple[str, str]]:
    return list(zip(part.headers.split("|"), part.words(row), strict=True))


@access(Permission.PROCEDURE_MANAGE, kind="procedure_draft")
def procedure_part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """The rows of a part of a draft, to change, move, remove and add; POST moves one, back to the button that was pressed."""
    draft, chosen = managed_procedure(request, pk), part_of(part)
    if refusal := _not_a_draft(request, draft):
        return refusal
    way = next((name for name in MOVES if name in request.POST), None)
    address = reverse("peerreview:procedure_part", args=[pk, part])
    if request.method == "POST" and way:
        code = request.POST[way]
        try:
            services.move_row(procedure_id=pk, part=chosen, code=code, steps=MOVES[way], by=request.user)
        except InvalidTransition as error:
            return not_possible(request, draft, str(error))
        return redirect(f"{address}?{urlencode({'moved': code})}#{way}-{code}")
    rows = rows_of(draft, chosen)
    context = {
        "procedure": draft, "part": chosen, "moved": place_words(draft, chosen, request.GET.get("moved", "")),
        "headers": f"{chosen.headers}|Order|Remove:hidden",
        "rows": [(row, chosen.words(row), row["code"] not in chosen.fixed) for row in rows],
        "informal": f"Informal exchange: {draft.informal_planned} of at least {draft.informal_minutes} minutes."
        if chosen is TIMETABLE
        else "",
    }  # fmt: skip
    return render(request, "peerreview/procedure_part.html", context)


def _row_form(request: SignedInRequest, part: Part, row: Row | None) -> RowForm:
    form_class = ROW_FORMS[part.code]
    if form_class is MilestoneForm:
        return MilestoneForm(posted(request), row=row, is_fixed=row is not None and row["code"] in part.fixed)
    return form_class(posted(request), row=row)


@access(Permission.PROCEDURE_MANAGE, kind="procedure_draft")
def procedure_row_new(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Add a row to a part of a draft."""
    draft, chosen = managed_procedure(request, pk), part_of(part)
    if not chosen.may_add:
        raise Http404
    if refusal := _not_a_draft(request, draft):
        return refusal
    form = _row_form(request, chosen, None)
    form.submit_label, form.cancel_url = f"Add {chosen.noun}", reverse("peerreview:procedure_part", args=[pk, part])
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_row(procedure_id=pk, part=chosen, facts=form.facts, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, f"{error} {NOT_SAVED}")
        else:
            messages.success(request, f"{chosen.words(made)[0].rstrip('.')} added")
            return redirect(form.cancel_url)
    return render(request, "peerreview/procedure_form.html", _form_context(draft, form, f"Add a {chosen.noun}", chosen))


@access(Permission.PROCEDURE_MANAGE, kind="procedure_draft")
def procedure_row_change(request: SignedInRequest, pk: int, part: str, row: str) -> HttpResponse:
    """Change a row of a part of a draft."""
    draft, chosen = managed_procedure(request, pk), part_of(part)
    present = row_of(draft, chosen, row)
    if present is None and "opened" not in request.POST:
        raise Http404
    if refusal := _not_a_draft(request, draft):
        return refusal
    form = _row_form(request, chosen, present)
    form.submit_label, form.cancel_url = f"Save {chosen.noun}", reverse("peerreview:procedure_part", args=[pk, part])
    if request.method == "POST" and form.is_valid():
        opened = form.cleaned_data["opened"]
        try:
            saved = services.change_row(procedure_id=pk, part=chosen, code=row, facts=form.facts, by=request.user, opened=opened)
        except SomeoneElseChanged:
            now = managed_procedure(request, pk)
            stored = row_of(now, chosen, row)
            facts = [_facts_of(chosen, one) for one in (stored, {"code": row, **form.facts})]
            return _clash(request, now, form, *facts, mark=mark_of(stored), back=form.cancel_url)
        except InvalidTransition as error:
            form.add_error(None, f"{error} {NOT_SAVED}")
        else:
            messages.success(request, f"{chosen.words(saved)[0].rstrip('.')} saved")
            return redirect(form.cancel_url)
    return render(request, "peerreview/procedure_form.html", _form_context(draft, form, f"Change a {chosen.noun}", chosen))


@access(Permission.PROCEDURE_MANAGE, kind="procedure_draft")
def procedure_row_remove(request: SignedInRequest, pk: int, part: str, row: str) -> HttpResponse:
    """Take a row out of a draft, after a page that says what goes."""
    draft, chosen = managed_procedure(request, pk), part_of(part)
    present = row_of(draft, chosen, row)
    if present is None:
        raise Http404
    if refusal := _not_a_draft(request, draft):
        return refusal
    back, sentence = reverse("peerreview:procedure_part", args=[pk, part]), ""
    if request.method == "POST":
        try:
            services.remove_row(procedure_id=pk, part=chosen, code=row, by=request.user, opened=request.POST.get("opened"))
        except SomeoneElseChanged:
            draft = managed_procedure(request, pk)
            present = row_of(draft, chosen, row)
            sentence = f"{queries.last_change(draft).name} changed this {chosen.noun} after you opened this page. This is how it is now."
        except InvalidTransition as error:
            return not_possible(request, draft, str(error))
        else:
            messages.success(request, f"{chosen.words(present)[0].rstrip('.')} removed")
            return redirect(back)
    context = {
        "procedure": draft, "part": chosen, "facts": _facts_of(chosen, present), "mark": mark_of(present), "back_url": back,
        "sentence": sentence, "is_fixed": row in chosen.fixed,
    }  # fmt: skip
    return render(request, "peerreview/procedure_row_remove.html", context)
