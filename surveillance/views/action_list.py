"""The list of actions: filters in the address, counts, the same counts by owner, service, trust or region, and a CSV of it."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.action_list import ActionFilterForm
from surveillance.models import Action, Service
from surveillance.models.actions import ActionQuerySet
from surveillance.queries import action_list as lists
from surveillance.queries import actions as queries
from surveillance.views.exports import streamed

PAGE_SIZE = 50
COLUMNS = (
    "action_id", "service_id", "ods_code", "provider", "service", "region", "addressed_to", "action", "owner", "owner_organisation",
    "status", "late", "due_date", "indicator", "baseline", "target", "impact_domains", "blocked_because", "block_answer", "verified_on",
)  # fmt: skip


def _asked(request: SignedInRequest) -> tuple[ActionFilterForm, ActionQuerySet]:
    """The filters of the address, and the actions in scope that they leave."""
    visible = Action.objects.for_user(request.user, Permission.ACTION_VIEW)
    services = Service.objects.for_user(request.user, Permission.ACTION_VIEW)
    form = ActionFilterForm(request.GET, services=services, visible=visible)
    return form, lists.narrowed(visible, form.cleaned_data, request.user)


@access(Permission.ACTION_VIEW, methods="GET")
def action_list(request: SignedInRequest) -> HttpResponse:
    """Actions in scope, soonest first."""
    form, actions = _asked(request)
    counts = lists.action_counts(actions, request.user)
    pages = Paginator(actions.order_by("due_date", "pk").values_list("pk", flat=True), PAGE_SIZE)
    pages.count = counts.total  # counted already
    page = pages.get_page(request.GET.get("page"))
    shown = queries.with_holding(Action.objects.filter(pk__in=list(page.object_list))).for_display().order_by("due_date", "pk")
    rows = [(action, queries.status_label(action), queries.is_late(action), queries.row_holder(action)) for action in shown]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page_obj": page, "rows": rows, "counts": counts, "query": query.urlencode(),
        "is_filtered": any(request.GET.get(name) for name in form.fields), "shows_verified": bool(form.cleaned_data.get("status")),
    }  # fmt: skip
    return render(request, "surveillance/action_list.html", context)


@access(Permission.ACTION_VIEW, methods="GET")
def action_counts(request: SignedInRequest) -> HttpResponse:
    """How many actions each owner, service, trust or region has, and how many of them are late or wait; ``?by=`` says which."""
    form, actions = _asked(request)
    by = request.GET.get("by", "")
    by = by if by in lists.GROUPS else "owner"
    page = Paginator(lists.counted_by(actions, by, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    for name in ("page", "by", by):
        query.pop(name, None)
    context = {
        "form": form, "page_obj": page, "rows": list(page.object_list), "by": by, "word": lists.GROUPS[by][0], "query": query.urlencode(),
        "groups": [{"label": f"By {group[0].lower()}", "key": key} for key, group in lists.GROUPS.items()],
    }  # fmt: skip
    return render(request, "surveillance/action_counts.html", context)


@access(Permission.ACTION_VIEW, methods="GET")
def action_list_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The list behind the same filters, row by row."""
    _, actions = _asked(request)
    related = actions.for_display().select_related("service__region").order_by("due_date", "pk")
    return streamed("actions.csv", COLUMNS, _csv_rows(related.iterator(chunk_size=1000)))


def _csv_rows(actions: Iterator[Action]) -> Iterator[list[Any]]:
    for action in actions:
        service, holder = action.service, action.service.holder
        yield [
            action.pk, service.pk, holder.code, holder.name, service.name, service.region.name, action.get_addressed_to_display(),
            action.what, action.owner.name if action.owner else "", action.owner_organisation.name if action.owner_organisation else "",
            queries.status_label(action), queries.is_late(action), action.due_date, action.indicator.number if action.indicator else "",
            action.baseline, action.target, ", ".join(action.domain_labels), action.blocked_reason, action.get_block_answer_display(),
            timezone.localdate(action.verified_at) if action.verified_at else None,
        ]  # fmt: skip
