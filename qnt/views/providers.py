"""A provider across the services that a person may see."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.models import Organisation
from accounts.permissions import Permission
from qnt.forms import RoundChoice
from qnt.provider_standing import chosen_round, rounds_of, standing_of
from surveillance.models import Service
from surveillance.reach import reach_of


@access(Permission.PROVIDER_VIEW, methods="GET", kind="provider")
def provider_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A provider across its services, and the networks' that it hosts, as far as this person may see them."""
    mine = Service.objects.for_user(request.user, Permission.PROVIDER_VIEW).filter(Q(provider=pk) | Q(network__host=pk))
    services = list(mine.for_display().select_related("network__host").order_by("name", "pk"))
    if not services:
        raise Http404
    rounds = rounds_of(services, timezone.localdate())
    round_ = chosen_round(rounds, request.GET.get("year", ""))
    standing = standing_of(services, round_, reader=request.user, today=timezone.localdate())
    context = {
        "provider": _provider(services, pk),
        "standing": standing,
        "page_obj": Paginator(standing.rows, 50).get_page(request.GET.get("page")),
        "form": RoundChoice(None, rounds=rounds, chosen=round_.year if round_ else None),
        "columns": "Service|Score|Key indicators not met|Declared|"
        + ("Evidence missing|" if standing.has_evidence else "")
        + "Actions|Decision",
        "sign_columns": "Sign|Here|In the region|Services" if standing.has_region else "Sign|Here|Services",
        "is_narrowed": _is_narrowed(request, services, pk),
    }
    return render(request, "services/provider_detail.html", context)


def _provider(services: list[Service], pk: int) -> Organisation:
    """The organisation whose page this is: it runs the service or hosts the network."""
    first = services[0]
    return first.provider if first.provider is not None and first.provider_id == pk else first.network.host


def _is_narrowed(request: SignedInRequest, services: list[Service], provider_id: int) -> bool:
    """Whether this person may see other services of the provider only by buying them: those that they do not buy are not counted."""
    reach = reach_of(request.user, Permission.PROVIDER_VIEW)
    regions = {service.region_id for service in services}
    return not (reach.is_national or regions <= set(reach.regions) or provider_id in reach.providers)
