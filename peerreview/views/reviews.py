"""The list of reviews, and the overview of one."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.models import User
from accounts.permissions import Permission
from peerreview.facts import report_of
from peerreview.forms.reviews import ReviewFilterForm
from peerreview.models import Review
from peerreview.queries.invitations import has_updates
from peerreview.queries.letters import letter_milestones
from peerreview.queries.milestones import milestones_of
from peerreview.queries.notice import may_read_notice
from peerreview.queries.opening import decisions_to_visit
from peerreview.queries.plan_changes import changes_of, sessions_lacking
from peerreview.queries.pledges import pledge_counts
from peerreview.queries.polls import POLL_STATUSES, is_poll_open
from peerreview.services.plan_changes import MODE_MAY_CHANGE
from peerreview.views.common import review_context, visible_review
from peerreview.views.tasks import review_tasks

PAGE_SIZE = 50
Status = Review.Status


@access(Permission.REVIEW_VIEW, methods="GET")
def review_list(request: SignedInRequest) -> HttpResponse:
    """Reviews in scope, compliance and learning apart; for a hub also the decisions that ask for a visit."""
    form = ReviewFilterForm(request.GET or None)
    rows = Review.objects.in_lists_for(request.user)
    found = _filtered(rows, form.cleaned_data, request.user) if form.is_valid() else rows
    found = found.for_display().order_by("-starts_date", "-pk")
    compliance = Paginator(found.filter(purpose=Review.Purpose.COMPLIANCE), PAGE_SIZE).get_page(request.GET.get("page"))
    learning = Paginator(found.filter(purpose=Review.Purpose.IMPROVEMENT), PAGE_SIZE).get_page(request.GET.get("learning"))
    shown = [review.pk for review in learning]
    openable = set(Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(pk__in=shown).values_list("pk", flat=True))
    plans = request.user.has_permission(Permission.REVIEW_PLAN)
    context = {
        "form": form, "compliance": compliance, "learning": learning, "openable": openable, "is_filtered": bool(request.GET),
        "decisions": decisions_to_visit(request.user)[:PAGE_SIZE] if plans else [], "may_plan": plans,
        "may_request": request.user.has_permission(Permission.REVIEW_REQUEST),
        "is_reviewer": request.user.has_permission(Permission.REVIEW_CAPTURE),
        "places": request.user.team_places.filter(status="INVITED", ended_at=None).select_related("review"),
    }  # fmt: skip
    return render(request, "peerreview/review_list.html", context)


def _filtered(rows: QuerySet[Review], chosen: dict[str, Any], user: User) -> QuerySet[Review]:
    """Rows by what was chosen; the title of a review for learning is searched only by those who may open it."""
    if chosen["status"]:
        rows = rows.filter(status__in=chosen["status"])
    if chosen["kind"]:
        rows = rows.filter(kind__in=chosen["kind"])
    if chosen["words"]:
        named = Review.objects.filter(services__name__icontains=chosen["words"]).values("pk")
        titled = Review.objects.for_user(user, Permission.REVIEW_VIEW).filter(title__icontains=chosen["words"]).values("pk")
        rows = rows.filter(Q(pk__in=titled) | Q(pk__in=named))
    return rows


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One review: what happens next, its tasks, and every date."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_detail")
    context |= {
        "tasks": review_tasks(review) if context["plans"] else [],
        "milestones": [*(letter_milestones(review) if context["works_on"] else []), *milestones_of(review)],
        "may_read_notice": bool(review.notified_at) and may_read_notice(review, request.user),
        "changes": (changes := list(changes_of(review))),
        "lacking": sessions_lacking(review) if context["plans"] and changes else [],
        "stale_invitations": context["plans"] and changes and has_updates(review),
        "report": report_of(review.pk),
        "pledges": pledge_counts(review) if review.visited_at else None,
        "acts": _acts(review) if context["plans"] else [],
    }
    return render(request, "peerreview/review_detail.html", context)


def _acts(review: Review) -> list[dict[str, str]]:
    """What those who arrange the review can do now; the first is the primary button."""
    forward = {
        Status.PROPOSED: ("review_dates", "Set dates"), Status.POSTPONED: ("review_dates", "Set new dates"),
        Status.PLANNED: ("review_notice", "Send notice to the service"), Status.NOTIFIED: ("review_prepare", "Start to prepare"),
        Status.PREPARING: ("review_begin_visit", "Begin the visit"), Status.VISITING: ("review_finish_visit", "End the visit"),
        Status.FOLLOW_UP: ("review_close", "Close the review"),
    }  # fmt: skip
    acts = [forward[Status(review.status)]] if review.status in forward else []
    if review.status in POLL_STATUSES:
        acts.append(
            ("review_poll", "See who can make which date")
            if is_poll_open(review)
            else ("review_poll_new", "Ask which dates people can make")
        )
    if review.status in MODE_MAY_CHANGE:
        acts += [("review_dates", "Change dates"), ("review_mode", "Change how the team visits")]
    if review.status in (Status.PLANNED, Status.NOTIFIED, Status.PREPARING):
        acts.append(("review_postpone", "Postpone"))
    if review.may_be_cancelled:
        acts.append(("review_cancel", "Cancel this review"))
    return [{"url": reverse(f"peerreview:{name}", args=[review.pk]), "label": label} for name, label in acts]
