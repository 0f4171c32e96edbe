"""Suggestions for the team: who could fill each open place and why, each with a button to invite."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.models import User
from accounts.permissions import Permission
from peerreview.forms.team import SuggestedForm
from peerreview.models import Review
from peerreview.procedure_parts import TEAM, row_of
from peerreview.queries import teams as queries
from peerreview.queries.suggestions import suggestions
from peerreview.services import team as services
from peerreview.suggesting import ORDER_WORDS
from peerreview.views.common import arranged_review
from work.status import InvalidTransition

FIRST = 3  # of each place, while all places are shown
A_PAGE = 20


@access(Permission.REVIEW_PLAN, kind="review")
def team_suggestions(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first people for each open place, or everybody for one place (``?place=``); inviting is one press."""
    review = arranged_review(request, pk)
    fault = ""
    if request.method == "POST":
        fault = _invite(request, review)
        if not fault:
            return redirect("peerreview:review_team", pk=pk)
    code = request.GET.get("place", "")
    found = suggestions(review, place_code=code)
    page = Paginator(found[0].suggestions, A_PAGE).get_page(request.GET.get("page")) if code and found else None
    rows = [(one, page if page else one.suggestions[:FIRST], len(one.suggestions)) for one in found]
    context = {
        "review": review, "rows": rows, "page_obj": page, "code": code, "fault": fault, "order_words": ORDER_WORDS,
        "missing": queries.missing_roles(review, cleared=False), "may_invite": review.status in Review.TO_THE_VISIT,
        "back_url": reverse("peerreview:team_suggestions" if code else "peerreview:review_team", args=[pk]),
        "is_illustrative": any(service.is_illustrative for service in review.services.all()),
    }  # fmt: skip
    return render(request, "peerreview/team_suggestions.html", context)


def _invite(request: SignedInRequest, review: Review) -> str:
    """Invite whom the button names; gives the sentence that says why not."""
    form = SuggestedForm(request.POST)
    row = row_of(review.procedure, TEAM, request.POST.get("place", ""))
    if not form.is_valid() or row is None or not User.objects.filter(pk=form.cleaned_data["user"]).exists():
        return "Choose a person and a place of this review."
    stands_by = form.cleaned_data["act"] == "STAND_BY"
    try:
        member = services.invite_member(
            review_id=review.pk, user_id=form.cleaned_data["user"], team_role=row["role"], place_code=row["code"], as_stand_by=stands_by,
            by=request.user,
        )  # fmt: skip
    except InvalidTransition as refused:
        return str(refused)
    messages.success(request, f"{member.user.name} {'added as stand-by' if stands_by else 'invited'}")
    return ""
