"""The page on which a service's lead keeps its context card."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from surveillance.forms.context import ContextForm
from surveillance.models import Service
from surveillance.models.services import PlaceKind
from surveillance.queries.context import LABELS, context_of
from surveillance.reach import may
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.context import mark_of, save_context


@access(Permission.SELF_REPORT_SEND, kind="service")
def service_context(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write what reviewers must know of the service's place before they ask; two edits at once show both."""
    visible = Service.objects.for_user(request.user, Permission.SERVICE_VIEW)
    service = get_object_or_404(visible.for_display(), pk=pk)
    require(may(request.user, Permission.SELF_REPORT_SEND, service))
    form = ContextForm(request.POST if request.method == "POST" else None, service=service)
    if request.method == "POST" and form.is_valid():
        try:
            save_context(service_id=pk, card=form.card, opened=form.cleaned_data["opened"], by=request.user)
        except SomeoneElseChanged as clash:
            return _clash(request, clash, form)
        messages.success(request, "Context card saved")
        return redirect(f"/services/{pk}/about/")
    return render(request, "surveillance/service_context.html", {"form": form, "service": service, "back_url": f"/services/{pk}/about/"})


def _clash(request: SignedInRequest, clash: SomeoneElseChanged, form: ContextForm) -> HttpResponse:
    service = Service.objects.for_display().get(pk=clash.current.pk)
    card: dict[str, Any] = form.card | {"place_kind": dict(PlaceKind.choices).get(form.card["place_kind"], "")}
    saved = "\n\n".join(f"{label}: {text}" for label, text in context_of(service))
    yours = "\n\n".join(f"{label}: {card[name]}" for name, label in LABELS.items())
    context = {
        "service": service, "saved": Version("Saved now", saved), "yours": Version("Yours, not saved", yours),
        "kept": [*form.card.items(), ("opened", mark_of(service))], "back_url": f"/services/{service.pk}/about/",
    }  # fmt: skip
    return render(request, "surveillance/service_context_clash.html", context, status=409)
