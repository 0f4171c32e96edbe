"""The page of two edits that met: what is saved beside what was sent, nothing saved, and a choice."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest
from accounts.components import Version
from peerreview.models import Review

SAVED, YOURS = "Saved now", "Yours, not saved"


def clash_page(
    request: SignedInRequest,
    *,
    review: Review,
    saved: Version,
    yours: Version,
    back_url: str,
    mark: tuple[str, object],
    may_keep: bool = True,
) -> HttpResponse:
    """409 with both texts. "Keep yours" sends the same again on top of ``mark``: the field that carries what was opened, as it is now."""
    name, value = mark
    sent = [(key, one) for key, values in request.POST.lists() if key not in ("csrfmiddlewaretoken", name) for one in values]
    context = {
        "saved": saved, "yours": yours, "caption": review.title, "back_url": back_url, "kept": [*sent, (name, str(value))],
        "keep_url": request.path if may_keep else "",
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)
