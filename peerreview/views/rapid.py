"""A rapid review on one page: risk, days, topic and a team of people who are free."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.rapid import RapidForm, VisitDaysForm
from peerreview.models import Procedure
from peerreview.queries.opening import ahead_words
from peerreview.queries.suggestions import suggest_team
from peerreview.queries.topics import indicators_of_service
from peerreview.services.rapid import RAPID, set_up_rapid_review
from peerreview.suggesting import ORDER_WORDS
from peerreview.views.common import posted
from surveillance.models import Service
from surveillance.queries.parties import acts_for_hub
from work.status import InvalidTransition


@access(Permission.REVIEW_PLAN, kind="service")
def review_rapid(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set up a rapid review; a change of the days suggests other people, and nothing that was typed is lost."""
    service = get_object_or_404(Service.objects.for_user(request.user, Permission.SERVICE_VIEW).for_display(), pk=pk)
    require(acts_for_hub(request.user, Permission.REVIEW_PLAN, service))
    procedure = Procedure.objects.filter(code=RAPID, status=Procedure.Status.PUBLISHED).first()
    context = {"service": service, "procedure": procedure, "order_words": ORDER_WORDS, "form": None}
    if request.method == "GET":  # once it was sent, the refusal stands on the form and what was typed is kept
        context["ahead"] = ahead_words(service)
    if procedure is None:
        return render(request, "peerreview/review_rapid.html", context)
    starts, ends = VisitDaysForm.days_of(posted(request), procedure)
    found = suggest_team([service], procedure, starts, ends)
    initial = {"title": f"{service.name}, {service.holder.name}: rapid review", "mode": "ON_SITE", "starts_date": starts}
    form = RapidForm(
        posted(request), service_id=pk, procedure=procedure, indicators=indicators_of_service(service), found=found, initial=initial
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            review = set_up_rapid_review(plan=form.plan, procedure_id=procedure.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} is set up. The team is asked and the notice is sent")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_rapid.html", context | {"form": form})
