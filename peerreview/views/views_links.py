"""Pages of public links for views: make, change, close, and the poster with its QR code."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import long_date
from peerreview.forms.common import ActForm
from peerreview.forms.patient_views import LinkForm
from peerreview.models import Review, ViewsLink
from peerreview.queries.patient_views import usual_closes_date
from peerreview.services import views_links as services
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, arranged_review, posted, visible_review
from peerreview.views.patient_views import address_of
from rendering.qr import qr_svg
from surveillance.models import Service
from surveillance.services.clash import SomeoneElseChanged

CHOSEN = ("opens_date", "closes_date", "pals_contact", "formats_contact")


@access(Permission.REVIEW_PLAN, kind="review")
def views_link_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the public link of one service."""
    review = arranged_review(request, pk)
    lacking = Service.objects.for_display().filter(reviews=review).exclude(pk__in=review.views_links.values("service"))
    initial = {"opens_date": timezone.localdate(), "closes_date": usual_closes_date(review), "service": request.GET.get("service", "")}
    form = LinkForm(posted(request), review=review, services=lacking, initial=initial)
    return act(
        request, form=form, done="Link made", then=_list(review), template="peerreview/act.html",
        call=lambda data: services.make_link(
            review_id=review.pk, service_id=data["service"].pk, by=request.user, **{name: data[name] for name in CHOSEN}
        ),
        context={"review": review, "title": "Make a link for patients and carers", "back_url": _list(review), "lines": []},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def views_link_change(request: SignedInRequest, pk: int, link_pk: int) -> HttpResponse:
    """Change days and contacts; a link that was closed early opens again. A clash shows both and saves neither."""
    review, link = _arranged(request, pk, link_pk)
    form = LinkForm(
        posted(request), review=review, submit_label="Save and open again" if link.closed_at else "Save link",
        initial={name: getattr(link, name) for name in (*CHOSEN, "version")},
    )  # fmt: skip
    try:
        return act(
            request, form=form, done="Link saved", then=_list(review), template="peerreview/act.html",
            call=lambda data: services.change_link(
                link_id=link.pk, by=request.user, version=data["version"], **{name: data[name] for name in CHOSEN}
            ),
            context={"review": review, "title": f"Link for {link.service.name}", "back_url": _list(review), "lines": []},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        saved: Any = clash.current
        now = {name: getattr(saved, name) for name in CHOSEN}
        return clash_page(
            request, review=review, saved=Version(SAVED, facts=_facts(now, is_closed=bool(saved.closed_at))),
            yours=Version(YOURS, facts=_facts(form.cleaned_data)), back_url=_list(review), mark=("version", saved.version),
        )  # fmt: skip


def _facts(said: dict[str, Any], *, is_closed: bool = False) -> list[tuple[str, str]]:
    days = [("Opens", long_date(said["opens_date"])), ("Closes", long_date(said["closes_date"]))]
    contacts = [("Complaints and advice", said["pals_contact"]), ("Other formats", said["formats_contact"])]
    return [*days, *contacts, *([("Status", "Closed before its day")] if is_closed else [])]


@access(Permission.REVIEW_PLAN, kind="review")
def views_link_close(request: SignedInRequest, pk: int, link_pk: int) -> HttpResponse:
    """Close a link before its day."""
    review, link = _arranged(request, pk, link_pk)
    lines = ["People who open it read that it closed today, and whom they can contact.", "You can open it again by changing its days."]
    return act(
        request, form=ActForm(posted(request), submit_label="Close link"), done="Link closed", then=_list(review),
        template="peerreview/act.html", call=lambda data: services.close_link(link_id=link.pk, by=request.user),
        context={"review": review, "title": f"Close the link for {link.service.name}", "back_url": _list(review), "lines": lines},
    )  # fmt: skip


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def views_link_poster(request: SignedInRequest, pk: int, link_pk: int) -> HttpResponse:
    """A page for A4 paper with the address and its QR code, for whoever puts it up: the service itself too."""
    review = visible_review(request, pk)
    link = _link(review, link_pk)
    context: dict[str, Any] = {"review": review, "link": link, "address": address_of(link), "back_url": _list(review)}
    return render(request, "peerreview/views_poster.html", context | {"code": mark_safe(_code(link))})  # noqa: S308 (drawn by us)


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def views_link_code(request: SignedInRequest, pk: int, link_pk: int) -> HttpResponse:
    """The QR code alone as an SVG file, for the service's own leaflets."""
    link = _link(visible_review(request, pk), link_pk)
    answer = HttpResponse(_code(link), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="views-{link.token}.svg"'
    return answer


def _code(link: ViewsLink) -> str:
    return qr_svg(address_of(link), title=f"QR code that opens {address_of(link)}")


def _list(review: Review) -> str:
    return reverse("peerreview:review_views", args=[review.pk])


def _link(review: Review, link_pk: int) -> ViewsLink:
    return get_object_or_404(review.views_links.select_related("service__provider", "service__network"), pk=link_pk)


def _arranged(request: SignedInRequest, pk: int, link_pk: int) -> tuple[Review, ViewsLink]:
    review = arranged_review(request, pk)
    return review, _link(review, link_pk)
