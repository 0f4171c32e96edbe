"""Pages of views of patients and carers: for those who arrange all of them, for the team what was shared, for the service counts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.patient_views import HoldBackForm, RecordForm
from peerreview.models import PatientView, Review, ViewsLink
from peerreview.queries.patient_views import (
    COLLECTING,
    RECORDING,
    counts_of,
    for_pages,
    is_open,
    links_of,
    may_hold_nhs_number,
    shared_views,
    to_read,
    with_uses,
)
from peerreview.queries.teams import arranges, works_on
from peerreview.services import patient_views as services
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from work.items import clock_words, counted
from work.status import InvalidTransition

PAGE_SIZE = 20
MOST_TO_READ = 50


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_views(request: SignedInRequest, pk: int) -> HttpResponse:
    """How many were heard and by which links; the words for the team when shared, for those who arrange all, for the service none."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_views")
    links = [_link_row(review, link) for link in links_of(review)]
    linked = {row["link"].service_id for row in links}
    may_collect = context["plans"] and review.status in COLLECTING
    context |= {
        "counts": counts_of(review), "links": links, "may_record": context["works_on"] and review.status in RECORDING,
        "may_collect": may_collect, "lacking": [service for service in context["services"] if service.pk not in linked],
    }  # fmt: skip
    if context["works_on"]:
        shared = Paginator(with_uses(shared_views(review)), PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"shared": shared, "uses": {view.pk: counted(view.finding_count, "finding") for view in shared}}
    if context["plans"]:
        waiting = list(for_pages(to_read(review))[:MOST_TO_READ])
        held = for_pages(review.views.filter(status=PatientView.Status.HELD_BACK)).order_by("-read_at", "-pk")
        context |= {"waiting": [(view, may_hold_nhs_number(view)) for view in waiting], "held": list(held[:MOST_TO_READ])}
    return render(request, "peerreview/review_views.html", context)


def _link_row(review: Review, link: ViewsLink) -> dict[str, Any]:
    link.review = review
    return {"link": link, "is_open": is_open(link), "address": address_of(link), "clock": clock_words(link.closes_date)}


def address_of(link: ViewsLink) -> str:
    """The whole public address of a link."""
    return settings.SITE_URL + reverse("peerreview:views_form", args=[link.token])


@access(Permission.REVIEW_VIEW, kind="review")
def view_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Type in a paper form, or what somebody said in an interview."""
    review = visible_review(request, pk)
    require(works_on(review, request.user))
    plans, then = arranges(review, request.user), reverse("peerreview:review_views", args=[pk])
    form = RecordForm(posted(request), review=review, on_paper=plans)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            view = services.record_view(
                review_id=pk, service_id=data["service"].pk, channel=data["channel"], client_id=data["client_id"], said=form.said,
                by=request.user,
            )  # fmt: skip
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "View saved. It waits to be read by the hub.")
            return redirect("peerreview:view_read", pk=pk, view_pk=view.pk) if plans else redirect(then)
    return render(request, "peerreview/view_record.html", {"review": review, "form": form, "plans": plans, "back_url": then})


@access(Permission.REVIEW_PLAN, kind="review")
def view_read(request: SignedInRequest, pk: int, view_pk: int) -> HttpResponse:
    """Read one view, then share it with the team or hold it back; the next one that waits follows."""
    review = arranged_review(request, pk)
    view = get_object_or_404(for_pages(with_uses(review.views.all())), pk=view_pk)
    form = ActForm(posted(request), submit_label="Share with the team")
    if request.method == "POST" and form.is_valid():
        try:
            services.share_view(view_id=view.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "View shared with the team")
            return _next(review)
    context = {
        "review": review, "view": view, "form": form, "may_hold_number": may_hold_nhs_number(view), "waiting": to_read(review).count(),
        "back_url": reverse("peerreview:review_views", args=[pk]),
    }  # fmt: skip
    return render(request, "peerreview/view_read.html", context)


def _next(review: Review) -> HttpResponse:
    """The next view that waits, or the list when none does."""
    following = to_read(review).values_list("pk", flat=True).first()
    if following is None:
        return redirect("peerreview:review_views", pk=review.pk)
    return redirect("peerreview:view_read", pk=review.pk, view_pk=following)


@access(Permission.REVIEW_PLAN, kind="review")
def view_hold_back(request: SignedInRequest, pk: int, view_pk: int) -> HttpResponse:
    """Hold a view back with a reason."""
    review = arranged_review(request, pk)
    view = get_object_or_404(with_uses(review.views.all()), pk=view_pk)
    lines = ["The team does not read it, and it is not used."]
    if view.finding_count:
        rests, they = ("rests", "It no longer will") if view.finding_count == 1 else ("rest", "They no longer will")
        lines.append(f"{counted(view.finding_count, 'finding')} {rests} on it. {they}.")
    return act(
        request, form=HoldBackForm(posted(request)), done="View held back", then=reverse("peerreview:review_views", args=[pk]),
        template="peerreview/act.html",
        call=lambda data: services.hold_back_view(view_id=view.pk, reason=data["reason"], by=request.user),
        context={
            "review": review, "title": "Hold back this view", "lines": lines,
            "back_url": reverse("peerreview:view_read", args=[pk, view_pk]),
        },
    )  # fmt: skip
