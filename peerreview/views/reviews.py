"""Pages of reviews: the list, opening one, asking for one, its overview and the steps of its life."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Task, Version
from accounts.permissions import Permission
from peerreview.facts import report_of
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.reviews import CloseForm, DatesForm, RequestForm, ReviewFilterForm, ReviewForm
from peerreview.models import Review
from peerreview.queries.milestones import milestones_of
from peerreview.queries.teams import hub_managers, missing_roles
from peerreview.services import reviews as services
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from surveillance.models import Service, SurveillanceDecision
from surveillance.queries.parties import acts_for_hub
from surveillance.services.clash import SomeoneElseChanged
from work.items import day_words
from work.status import InvalidTransition

PAGE_SIZE = 50
Status = Review.Status


@access(Permission.REVIEW_VIEW, methods="GET")
def review_list(request: SignedInRequest) -> HttpResponse:
    """Reviews in scope, compliance and learning apart; for a hub also the decisions that ask for a visit."""
    form = ReviewFilterForm(request.GET or None)
    rows = Review.objects.in_lists_for(request.user)
    found = _filtered(rows, form.cleaned_data) if form.is_valid() else rows
    found = found.for_display().order_by("-starts_date", "-pk")
    compliance = Paginator(found.filter(purpose=Review.Purpose.COMPLIANCE), PAGE_SIZE).get_page(request.GET.get("page"))
    learning = Paginator(found.filter(purpose=Review.Purpose.IMPROVEMENT), PAGE_SIZE).get_page(request.GET.get("learning"))
    shown = [review.pk for review in learning]
    openable = set(Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(pk__in=shown).values_list("pk", flat=True))
    context = {
        "form": form, "compliance": compliance, "learning": learning, "openable": openable, "is_filtered": bool(request.GET),
        "decisions": _decisions_to_visit(request), "may_request": request.user.has_permission(Permission.REVIEW_REQUEST),
        "places": request.user.team_places.filter(status="INVITED", ended_at=None).select_related("review"),
    }  # fmt: skip
    return render(request, "peerreview/review_list.html", context)


def _filtered(rows: QuerySet[Review], chosen: dict[str, Any]) -> QuerySet[Review]:
    if chosen["status"]:
        rows = rows.filter(status__in=chosen["status"])
    if chosen["kind"]:
        rows = rows.filter(kind__in=chosen["kind"])
    if chosen["words"]:
        named = Review.objects.filter(services__name__icontains=chosen["words"]).values("pk")
        rows = rows.filter(Q(title__icontains=chosen["words"]) | Q(pk__in=named))
    return rows


def _decisions_to_visit(request: SignedInRequest) -> list[SurveillanceDecision]:
    """Decisions in force that ask for a peer review and have none yet; for the hub alone."""
    if not request.user.has_permission(Permission.REVIEW_PLAN):
        return []
    asking = SurveillanceDecision.objects.for_user(request.user, Permission.REVIEW_PLAN).filter(
        needs_peer_review=True, status__in=services.IN_FORCE
    )
    taken = Review.objects.exclude(status=Status.CANCELLED).filter(decision__isnull=False).values("decision")
    return list(asking.exclude(pk__in=taken).for_display().order_by("review_date", "pk")[:PAGE_SIZE])


@access(Permission.REVIEW_PLAN, kind="decision")
def review_new(request: SignedInRequest, decision_pk: int) -> HttpResponse:
    """Open a COMPLIANCE review from a decision in force."""
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW)
    decision = get_object_or_404(visible.for_display(), pk=decision_pk)
    require(acts_for_hub(request.user, Permission.REVIEW_PLAN, decision.service))
    form = ReviewForm(posted(request), initial={"title": f"{decision.service.name}, {decision.service.holder.name}", "mode": "ON_SITE"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("title", "kind", "mode", "starts_date", "ends_date", "short_notice_reason")}
        try:
            review = services.open_review(decision_id=decision.pk, procedure_id=data["procedure"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} opened")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_new.html", {"form": form, "decision": decision})


@access(Permission.REVIEW_REQUEST)
def review_request(request: SignedInRequest) -> HttpResponse:
    """A service or network lead asks for a review for learning."""
    own = Service.objects.for_user(request.user, Permission.REVIEW_REQUEST).for_display()
    managers = hub_managers(list(own.values_list("region", flat=True).distinct()))
    form = RequestForm(posted(request), services=own, managers=managers, initial={"service": request.GET.get("service", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("title", "question", "reason")}
        try:
            review = services.request_review(service_id=data["service"].pk, visit_lead_id=data["visit_lead"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} asked for")
            if Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(pk=review.pk).exists():
                return redirect("peerreview:review_detail", pk=review.pk)
            return redirect("peerreview:review_list")
    return render(request, "peerreview/review_request.html", {"form": form, "has_managers": bool(managers)})


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One review: what happens next, its tasks, and every date."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_detail")
    context |= {
        "tasks": _tasks(review, plans=context["plans"]),
        "milestones": milestones_of(review),
        "report": report_of(review.pk),
        "acts": _acts(review) if context["plans"] else [],
    }
    return render(request, "peerreview/review_detail.html", context)


def _tasks(review: Review, *, plans: bool) -> list[Task]:
    """The task list of screen 18, as far as it is built."""
    topics = review.topics.count()
    lacking, uncleared = missing_roles(review, cleared=False), missing_roles(review, cleared=True)
    address = {
        name: reverse(f"peerreview:{name}", args=[review.pk]) for name in ("review_topics", "review_dates", "review_team", "review_notice")
    }
    may_date = plans and review.status in (Status.PROPOSED, Status.PLANNED, Status.POSTPONED)
    may_notify = plans and review.status == Status.PLANNED
    notice = "Completed" if review.notified_at else "Not yet started" if review.status == Status.PLANNED else "Cannot start yet"
    return [
        Task("Purpose and topics", "Completed" if topics else "Not yet started", address["review_topics"]),
        Task("Dates", "Completed" if review.starts_date else "Not yet started", address["review_dates"] if may_date else ""),
        Task("Notice", notice, address["review_notice"] if may_notify else ""),
        Task("Team", "In progress" if lacking else "Completed", address["review_team"], hint=" ".join(lacking)),
        Task("Conflicts of interest", "In progress" if uncleared else "Completed", address["review_team"]),
    ]


def _acts(review: Review) -> list[dict[str, str]]:
    """What those who arrange the review can do now; the first is the primary button."""
    forward = {
        Status.PROPOSED: ("review_dates", "Set dates"), Status.POSTPONED: ("review_dates", "Set new dates"),
        Status.PLANNED: ("review_notice", "Send notice to the service"), Status.NOTIFIED: ("review_prepare", "Start to prepare"),
        Status.PREPARING: ("review_begin_visit", "Begin the visit"), Status.VISITING: ("review_finish_visit", "End the visit"),
        Status.FOLLOW_UP: ("review_close", "Close the review"),
    }  # fmt: skip
    acts = [forward[Status(review.status)]] if review.status in forward else []
    if review.status == Status.PLANNED:
        acts.append(("review_dates", "Change dates"))
    if review.status in (Status.PLANNED, Status.NOTIFIED, Status.PREPARING):
        acts.append(("review_postpone", "Postpone"))
    if Status.CANCELLED in Review.TRANSITIONS[Status(review.status)]:
        acts.append(("review_cancel", "Cancel this review"))
    return [{"url": reverse(f"peerreview:{name}", args=[review.pk]), "label": label} for name, label in acts]


@access(Permission.REVIEW_PLAN, kind="review")
def review_dates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set or change procedure, kind, mode and days."""
    review = arranged_review(request, pk)
    names = ("procedure", "kind", "mode", "starts_date", "ends_date", "short_notice_reason", "version")
    form = DatesForm(posted(request), initial={name: getattr(review, name) for name in names})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in names if name != "procedure"}
        try:
            services.plan_dates(review_id=review.pk, procedure_id=data["procedure"].pk, by=request.user, **chosen)
        except SomeoneElseChanged as clash:
            return _dates_clash(request, clash, data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Dates saved")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_dates.html", {"form": form, "review": review})


def _dates_clash(request: SignedInRequest, clash: SomeoneElseChanged, data: dict[str, Any]) -> HttpResponse:
    """Both plans side by side; nothing was saved."""
    review = clash.current
    assert isinstance(review, Review)  # noqa: S101 (for the type checker: plan_dates raises it with the review)

    def facts(mode: str, starts: Any, ends: Any) -> list[tuple[str, str]]:
        days = f"{day_words(starts)} to {day_words(ends or starts)}" if starts else "No dates"
        return [("Days", days), ("Mode", Review.Mode(mode).label)]

    saved = Version("Saved now", "", facts(review.mode, review.starts_date, review.ends_date))
    yours = Version("Yours, not saved", "", facts(data["mode"], data["starts_date"], data["ends_date"]))
    context = {"saved": saved, "yours": yours, "back_url": reverse("peerreview:review_dates", args=[review.pk]), "caption": review.title}
    return render(request, "peerreview/clash.html", context, status=409)


STEPS: dict[str, dict[str, Any]] = {
    "notice": {
        "title": "Send notice of the visit", "submit": "Send notice to the service", "done": "Notice sent", "call": services.send_notice,
        "lines": ["The service's leads and executive get a mail now. After this the dates change only by postponing the review."],
    },
    "prepare": {
        "title": "Start to prepare", "submit": "Start to prepare", "done": "Preparation started", "call": services.start_preparing,
        "lines": ["This agrees the focus topics. The team can then read the pack as each member is cleared."],
    },
    "begin": {
        "title": "Begin the visit", "submit": "Begin the visit", "done": "Visit began", "call": services.begin_visit,
        "lines": ["The team can then record findings. The focus topics cannot change any more."],
    },
    "finish": {
        "title": "End the visit", "submit": "End the visit", "done": "Visit ended", "call": services.finish_visit,
        "lines": ["Every finding must be agreed or withdrawn first. The report is drafted next."],
    },
}  # fmt: skip


def _step(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    review, step = arranged_review(request, pk), STEPS[code]
    detail = reverse("peerreview:review_detail", args=[review.pk])
    return act(
        request, form=ActForm(posted(request), submit_label=step["submit"]), done=step["done"], then=detail, template="peerreview/act.html",
        call=lambda data: step["call"](review_id=review.pk, by=request.user),
        context={"review": review, "title": step["title"], "lines": step["lines"], "back_url": detail},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def review_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send notice of the visit."""
    return _step(request, pk, "notice")


@access(Permission.REVIEW_PLAN, kind="review")
def review_prepare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree the topics and open the preparation."""
    return _step(request, pk, "prepare")


@access(Permission.REVIEW_PLAN, kind="review")
def review_begin_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the visit."""
    return _step(request, pk, "begin")


@access(Permission.REVIEW_PLAN, kind="review")
def review_finish_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the visit."""
    return _step(request, pk, "finish")


@access(Permission.REVIEW_PLAN, kind="review")
def review_postpone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the visit off with a reason."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    form = ReasonForm(posted(request), submit_label="Postpone", label="Why is it postponed?", required_message="Enter why it is postponed")
    return act(
        request,
        form=form,
        done="Review postponed",
        then=detail,
        template="peerreview/act.html",
        call=lambda data: services.postpone_review(review_id=review.pk, reason=data["reason"], by=request.user),
        context={
            "review": review,
            "title": "Postpone this review",
            "back_url": detail,
            "lines": ["Every clock stops until you set new dates. Notice is then sent again."],
        },
    )


@access(Permission.REVIEW_PLAN, kind="review")
def review_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel the review with a reason."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    form = ReasonForm(
        posted(request),
        submit_label="Cancel this review",
        submit_kind="warning",
        label="Why is it cancelled?",
        required_message="Enter why it is cancelled",
    )
    lines = ["This cannot be undone. These end with it: every invitation and place on the team, and what they open."]
    return act(
        request, form=form, done="Review cancelled", then=detail, template="peerreview/act.html",
        call=lambda data: services.cancel_review(review_id=review.pk, reason=data["reason"], by=request.user),
        context={"review": review, "title": "Cancel this review", "back_url": detail, "lines": lines},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def review_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a followed-up review with the date of the next."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    return act(
        request, form=CloseForm(posted(request)), done="Review closed", then=detail, template="peerreview/act.html",
        call=lambda data: services.close_review(review_id=review.pk, next_review_date=data["next_review_date"], by=request.user),
        context={"review": review, "title": "Close this review", "back_url": detail, "lines": []},
    )  # fmt: skip
