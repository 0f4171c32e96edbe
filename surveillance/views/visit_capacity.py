"""The page of a region's visits: what is proposed, planned, held and possible, in order of risk."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.capacity import CapacityFilterForm, regions_of
from surveillance.models import Round
from surveillance.queries.capacity import capacity_of

PAGE_SIZE = 50


@access(Permission.DECISION_PROPOSE, methods="GET")
def visit_capacity(request: SignedInRequest) -> HttpResponse:
    """Option 3 decisions of one region and round by risk, with the line where the year is full."""
    regions, rounds = list(regions_of(request.user)), list(Round.objects.all())
    form = CapacityFilterForm(request.GET or None, regions=regions, rounds=rounds)
    chosen = form.cleaned_data if form.is_valid() else {}
    region = next((one for one in regions if one.code == chosen.get("region")), regions[0] if regions else None)
    opened = next((one for one in rounds if str(one.year) == chosen.get("year")), rounds[0] if rounds else None)
    capacity = capacity_of(region, opened) if region and opened else None
    page = Paginator(capacity.rows if capacity else [], PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "surveillance/visit_capacity.html", {"form": form, "capacity": capacity, "page_obj": page})
