"""What a device with waiting entries is answered: one contract for notes, judgements, pledges and immediate risks.

A device posts a form with ``Accept: application/json`` and a ``client_id`` (UUID) that it made. 200 after commit, also for an
entry that was kept before: ``{"client_id", "received_at"}`` and what the page needs; 409 ``{"errors"}`` when it can no longer
be kept (the sentence says why), 422 ``{"errors"}`` when the form is at fault, 401 when nobody is signed in.
"""

import datetime as dt
import uuid
from typing import Any

from django.forms import BaseForm
from django.http import JsonResponse
from django.templatetags.static import static

from accounts.access import SignedInRequest
from surveillance.views.answers import is_of_another


def of_another(request: SignedInRequest) -> JsonResponse | None:
    """The answer to a page that somebody else opened in this browser: it is as if nobody were signed in."""
    return JsonResponse({"errors": {"": ["Someone else is signed in."]}}, status=401) if is_of_another(request) else None


def kept(client_id: uuid.UUID, received_at: dt.datetime, **facts: Any) -> JsonResponse:
    """The entry is saved."""
    return JsonResponse({"client_id": str(client_id), "received_at": received_at.isoformat()} | facts)


def refused(sentence: str) -> JsonResponse:
    """The entry cannot be kept any more; sending it again will not help."""
    return JsonResponse({"errors": {"": [sentence]}}, status=409)


def faulty(form: BaseForm) -> JsonResponse:
    """What is wrong with the entry, by field."""
    return JsonResponse({"errors": form.errors}, status=422)


def icons() -> list[dict[str, str]]:
    """The icons of the installed visit form."""
    drawn = [{"src": static(f"images/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    return [*drawn, {"src": static("images/icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
