"""The page that asks about an NHS number in a title, an address or a file name, before anything is filed."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest
from surveillance.forms.evidence import VersionForm
from surveillance.services.held import held_name, hold
from surveillance.uploads import UploadRefused, read_upload

NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "held", "keep", "go_back"}


def ask_about_nhs_number(request: SignedInRequest, form: VersionForm) -> HttpResponse | None:
    """The page with "Go back and change it" and "Keep it"; None when there is nothing to ask, or the file is refused on ``form``.

    The file is checked first and held for an hour: it is not lost on the way, and needs no choosing again.
    """
    text = form.nhs_number_text
    if not text:
        return None
    token = form.cleaned_data.get("held", "")
    if form.uploads:
        try:
            token = hold(read_upload(form.uploads[0]), by=request.user)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
            return None
    return nhs_number_page(request, text, token)


def nhs_number_page(request: SignedInRequest, text: str, token: str = "") -> HttpResponse:
    """The question itself: everything that was sent stands in its two forms."""
    sent = [(name, value) for name, values in request.POST.lists() if name not in NOT_SENT_AGAIN for value in values]
    context = {"text": text, "sent": sent, "token": token, "held": held_name(token) if token else ""}
    return render(request, "surveillance/evidence_nhs_number.html", context)


def went_back(request: SignedInRequest) -> bool:
    """Whether the person chose to go back and change it."""
    return request.method == "POST" and "go_back" in request.POST


def as_initial(
    request: SignedInRequest, *, dates: Sequence[str] = ("document_date",), several: Sequence[str] = ("answers", "documents")
) -> dict[str, Any]:
    """What was sent, to fill the form with once more and without its faults."""
    data: dict[str, Any] = {name: values[-1] for name, values in request.POST.lists() if name not in {"keep", "csrfmiddlewaretoken"}}
    for name in dates:
        data[name] = [request.POST.get(f"{name}_{part}", "") for part in ("day", "month", "year")]
    return data | {name: request.POST.getlist(name) for name in several}
