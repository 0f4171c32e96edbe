"""Indicator sets: which there are, what each asks, and where it comes from."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.models import Indicator, IndicatorSet


@access(Permission.INDICATOR_SET_VIEW, methods="GET")
def indicator_set_list(request: SignedInRequest) -> HttpResponse:
    """Every version of every set, the newest first within its code."""
    sets = (
        IndicatorSet.objects.select_related("specification__programme")
        .annotate(indicator_count=Count("indicators"))
        .order_by("name", "-version", "pk")
    )
    page = Paginator(sets, 50).get_page(request.GET.get("page"))
    return render(request, "surveillance/indicator_set_list.html", {"page_obj": page})


@access(Permission.INDICATOR_SET_VIEW, methods="GET", kind="indicator_set")
def indicator_set_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version with its indicators by section, and its provenance."""
    indicator_set = get_object_or_404(IndicatorSet.objects.select_related("specification__programme"), pk=pk)
    sections: dict[str, list[Indicator]] = {}
    for indicator in indicator_set.indicators.order_by("position"):
        sections.setdefault(indicator.section, []).append(indicator)
    return render(request, "surveillance/indicator_set_detail.html", {"indicator_set": indicator_set, "sections": list(sections.items())})
