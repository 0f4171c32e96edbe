"""The bridge to a new version, publishing it, retiring an older one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.bridging import Change
from surveillance.forms.consultation import PublishForm, RetireForm
from surveillance.models import IndicatorSet, InvalidTransition
from surveillance.queries import bridge as queries
from surveillance.queries.burden import pages_words, saved_words
from surveillance.queries.consultation import takes_comments
from surveillance.services import publishing as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.views.answers import posted
from surveillance.views.consultation import visible_set

CHANGED = "Someone else changed this draft after you opened the page. Read the bridge again. Your text is below."
UNPUBLISHED = (IndicatorSet.Status.DRAFT, IndicatorSet.Status.IN_CONSULTATION)


@access(Permission.INDICATOR_SET_MANAGE, methods="GET", kind="indicator_set")
def indicator_set_bridge(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the version does to each indicator, whom it touches, and what the last version asked of services."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    bridge = queries.bridge_of(indicator_set)
    shown = [change for change in Change if change.name in request.GET.getlist("show")]
    page = Paginator(queries.shown_rows(bridge.rows, shown), 50).get_page(request.GET.get("page"))
    context = {
        "indicator_set": indicator_set, "bridge": bridge, "page_obj": page, "hours": queries.hours_words(bridge.hours),
        "pages": pages_words(bridge.burden), "saved": saved_words(bridge.burden),
        "may_publish": indicator_set.status in UNPUBLISHED, "publish_text": f"Publish version {indicator_set.version}",
        "filters": [
            {"label": f"{change.value} ({bridge.counts[change]:,})", "url": f"?show={change.name}", "current": shown == [change]}
            for change in Change
            if bridge.counts[change]
        ],
        "is_filtered": bool(shown),
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_bridge.html", context)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_set")
def indicator_set_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what changed and why, confirm, publish."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    bridge = queries.bridge_of(indicator_set)
    form = PublishForm(posted(request), indicator_set=indicator_set, retirable=_retirable(bridge.previous))
    if request.method == "POST" and form.is_valid():
        try:
            services.publish_indicator_set(
                set_id=indicator_set.pk, change_note=form.cleaned_data["change_note"], retire_id=form.retire_id,
                revision=form.cleaned_data["revision"], by=request.user,
            )  # fmt: skip
        except SomeoneElseChanged:
            form.refuse_older(CHANGED, indicator_set.revision)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {indicator_set.version} of {indicator_set.name} is published")
            return redirect("surveillance:indicator_set_detail", pk=indicator_set.pk)
    context = {
        "indicator_set": indicator_set, "bridge": bridge, "form": form, "may_publish": indicator_set.status in UNPUBLISHED,
        "faults": services.faults_of(indicator_set), "takes_comments": takes_comments(indicator_set),
        "rounds": services.open_rounds_using(bridge.previous) if bridge.previous else [],
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_publish.html", context)


def _retirable(previous: IndicatorSet | None) -> IndicatorSet | None:
    """The version before, where no open round asks it."""
    if previous is None or previous.status != IndicatorSet.Status.PUBLISHED or services.open_rounds_using(previous):
        return None
    return previous


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_set")
def indicator_set_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Retire a published version, with a reason."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    form = RetireForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.retire_indicator_set(set_id=indicator_set.pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {indicator_set.version} of {indicator_set.name} is retired")
            return redirect("surveillance:indicator_set_detail", pk=indicator_set.pk)
    context = {
        "indicator_set": indicator_set, "form": form, "rounds": services.open_rounds_using(indicator_set),
        "is_published": indicator_set.status == IndicatorSet.Status.PUBLISHED,
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_retire.html", context)
