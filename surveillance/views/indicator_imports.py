"""Importing indicators: upload, look at what would change, save. Nothing is saved before "Save"."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.indicators import ImportFileForm, IndicatorSetForm
from surveillance.models import IndicatorSet
from surveillance.services import import_files, indicator_sets
from surveillance.services import indicator_import as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.uploads import UploadRefused
from surveillance.views.indicator_drafts import managed_set, not_possible
from work.status import InvalidTransition

GONE = "That file is no longer kept. Upload it again."
SHOWN_FAULTS = 100


@access(Permission.INDICATOR_SET_MANAGE)
def indicator_set_import(request: SignedInRequest) -> HttpResponse:
    """Begin a set with the indicators of a file."""
    return _import(request, None)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_draft")
def indicator_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Replace the indicators of a draft by those of a file."""
    draft = managed_set(request, pk)
    try:
        indicator_sets.check_is_draft(draft)
    except InvalidTransition as error:
        return not_possible(request, draft, error)
    return _import(request, draft)


def _import(request: SignedInRequest, draft: IndicatorSet | None) -> HttpResponse:
    """One address for the three steps: the upload, the check of a held file (``?held=``), and "Save"."""
    token = request.GET.get("held", "")
    if "file" in request.FILES or (request.method == "POST" and not token):
        return _upload(request, draft)
    if not token:
        return _upload_page(request, draft, ImportFileForm())
    held = import_files.held_file(token=token, set_id=draft.pk if draft else None, by=request.user)
    if held is None:
        messages.info(request, GONE)
        return redirect(_address(draft))
    if request.method == "POST" and "save" in request.POST:
        return _save(request, draft, held, token)
    if request.method == "POST":  # "Upload a corrected file" without a file
        return _check_page(request, draft, held, upload_form=ImportFileForm(request.POST, request.FILES))
    return _check_page(request, draft, held)


def _address(draft: IndicatorSet | None) -> str:
    return reverse("surveillance:indicator_import", args=[draft.pk]) if draft else reverse("surveillance:indicator_set_import")


def _upload(request: SignedInRequest, draft: IndicatorSet | None) -> HttpResponse:
    form = ImportFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            token = import_files.hold_file(upload=form.cleaned_data["file"], set_id=draft.pk if draft else None, by=request.user)
        except UploadRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect(f"{_address(draft)}?{urlencode({'held': token})}")
    return _upload_page(request, draft, form)


def _upload_page(request: SignedInRequest, draft: IndicatorSet | None, form: ImportFileForm) -> HttpResponse:
    form.form_action = _address(draft)
    return render(request, "surveillance/indicator_import.html", {"form": form, "indicator_set": draft})


def _check_page(
    request: SignedInRequest,
    draft: IndicatorSet | None,
    held: import_files.HeldFile,
    *,
    upload_form: ImportFileForm | None = None,
    facts_form: IndicatorSetForm | None = None,
    is_changed: bool = False,
) -> HttpResponse:
    """What the file would do: errors by cell first, then the changes."""
    checked = services.check_file(held, draft)
    upload_form = upload_form or ImportFileForm()
    upload_form.submit_label = "Upload a corrected file"
    if draft is None and not checked.faults:
        facts_form = facts_form or IndicatorSetForm()
        facts_form.submit_label = f"Save set with {_indicators(len(checked.records))}"
        facts_form.submit_name = "save"
    context: dict[str, Any] = {
        "indicator_set": draft, "held": held, "checked": checked, "is_changed": is_changed, "upload_form": upload_form,
        "facts_form": facts_form, "error_forms": [form for form in (upload_form, facts_form) if form is not None],
        "faults": checked.faults[:SHOWN_FAULTS], "hidden_count": max(len(checked.faults) - SHOWN_FAULTS, 0),
        "counts": _counts(checked), "change_count": len(checked.changes), "upload_url": _address(draft),
    }  # fmt: skip
    return render(request, "surveillance/indicator_import_check.html", context)


def _counts(checked: services.Checked) -> str:
    """ "2 added, 1 changed, 1 removed, 28 the same": what is 0 is left out."""
    found = [(checked.count(kind), kind.lower()) for kind in ("Added", "Changed", "Removed")] + [(checked.same_count, "the same")]
    return ", ".join(f"{count} {words}" for count, words in found if count)


def _indicators(count: int) -> str:
    return "1 indicator" if count == 1 else f"{count} indicators"


def _save(request: SignedInRequest, draft: IndicatorSet | None, held: import_files.HeldFile, token: str) -> HttpResponse:
    facts_form = None
    try:
        if draft is None:
            facts_form = IndicatorSetForm(request.POST)
            if not facts_form.is_valid():
                return _check_page(request, draft, held, facts_form=facts_form)
            saved = services.create_set_from_file(held=held, facts=facts_form.facts, by=request.user)
            sentence = f"{saved.name} saved as a draft with {_indicators(saved.indicators.count())}"
        else:
            revision = request.POST.get("revision", "")
            is_number = revision.isascii() and revision.isdigit() and len(revision) < 10
            checked = services.save_import(held=held, set_id=draft.pk, by=request.user, revision=int(revision) if is_number else 0)
            saved, sentence = draft, f"Import saved: {_counts(checked)}"
    except SomeoneElseChanged:
        return _check_page(request, managed_set(request, draft.pk), held, is_changed=True)
    except indicator_sets.CodeTaken as error:
        facts_form.add_error("code", str(error))
        return _check_page(request, draft, held, facts_form=facts_form)
    except services.ImportHasFaults:
        return _check_page(request, draft, held, facts_form=facts_form)
    except InvalidTransition as error:
        return not_possible(request, draft, error)
    import_files.forget_file(token=token, set_id=draft.pk if draft else None, by=request.user)
    messages.success(request, sentence)
    return redirect("surveillance:indicator_set_detail", pk=saved.pk)
