"""Pages of the plan: days, mode, changes that people are told of; and the notice to the chief executive: what it says, sending, its PDF."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import date_range
from peerreview.forms.common import ActForm
from peerreview.forms.planning import ChangeDatesForm, HelpNeededForm, ModeForm
from peerreview.forms.reviews import DatesForm
from peerreview.models import Review
from peerreview.queries.immediate_risks import PHONE_MISSING
from peerreview.queries.notice import may_read_notice, notice_of
from peerreview.queries.plan_changes import sessions_lacking
from peerreview.services import notice as notice_services
from peerreview.services import plan_changes as services
from peerreview.services.dates import plan_dates
from peerreview.services.reviews import send_notice
from peerreview.views.common import act, arranged_review, posted, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.items import day_words
from work.status import InvalidTransition


def planning_clash(request: SignedInRequest, clash: SomeoneElseChanged, *, back: str, yours: list[tuple[str, str]]) -> HttpResponse:
    """The plan as it is saved beside what was sent; nothing was saved, and the same can be sent again."""
    review = clash.current
    assert isinstance(review, Review)  # noqa: S101 (for the type checker: the services raise it with the review)
    facts = [("Days", services.days_in_words(review)), ("Mode", review.get_mode_display()), ("Status", review.get_status_display())]
    sent = [
        (name, value) for name in request.POST for value in request.POST.getlist(name) if name not in ("csrfmiddlewaretoken", "version")
    ]
    address = reverse(f"peerreview:{back}", args=[review.pk])
    context = {
        "saved": Version("Saved now", review.help_needed, facts), "yours": Version("Yours, not saved", "", yours), "back_url": address,
        "caption": review.title, "kept": [*sent, ("version", str(review.version))], "keep_url": address,
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


def _change_dates(request: SignedInRequest, review: Review) -> HttpResponse:
    """The dates page once the service knows of the visit: other days, with a reason."""
    initial = {name: getattr(review, name) for name in ("starts_date", "ends_date", "short_notice_reason", "version")}
    form = ChangeDatesForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_dates(review_id=review.pk, by=request.user, **form.cleaned_data)
        except SomeoneElseChanged as clash:
            data = form.cleaned_data
            days = date_range(data["starts_date"], data["ends_date"])
            return planning_clash(request, clash, back="review_dates", yours=[("Days", days), ("Why", data["reason"])])
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Dates changed. Everybody concerned is told.")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_dates.html", {"form": form, "review": review, "is_after_notice": True})


@access(Permission.REVIEW_PLAN, kind="review")
def review_dates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set or change procedure, kind, mode and days; once the service knows of the visit only its days, with a reason."""
    review = arranged_review(request, pk)
    if review.status in services.AFTER_NOTICE:
        return _change_dates(request, review)
    names = ("procedure", "kind", "mode", "starts_date", "ends_date", "short_notice_reason", "version")
    form = DatesForm(posted(request), keeps=review.procedure_id, initial={name: getattr(review, name) for name in names})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in names if name != "procedure"}
        try:
            plan_dates(review_id=review.pk, procedure_id=data["procedure"].pk, by=request.user, **chosen)
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


@access(Permission.REVIEW_PLAN, kind="review")
def review_mode(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change how the team visits, with a reason, also after the notice."""
    review = arranged_review(request, pk)
    form = ModeForm(posted(request), initial={"mode": review.mode, "version": review.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_mode(review_id=review.pk, by=request.user, **data)
        except SomeoneElseChanged as clash:
            yours = [("Mode", Review.Mode(data["mode"]).label), ("Why", data["reason"])]
            return planning_clash(request, clash, back="review_mode", yours=yours)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Mode changed. Everybody concerned is told.")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_mode.html", {"form": form, "review": review, "lacking": sessions_lacking(review)})


@access(Permission.REVIEW_PLAN, kind="review")
def review_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the notice once more, then send it."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    return act(
        request, form=ActForm(posted(request), submit_label="Send notice to the service"), done="Notice sent", then=detail,
        template="peerreview/review_notice.html", call=lambda data: send_notice(review_id=review.pk, by=request.user),
        context={
            "review": review, "back_url": detail, "notice": notice_of(review), "phone_missing": "" if review.visit_phone else PHONE_MISSING,
        },
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def review_notice_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what help is needed, before the notice is sent."""
    review = arranged_review(request, pk)
    notice = reverse("peerreview:review_notice", args=[review.pk])
    form = HelpNeededForm(posted(request), initial={"help_needed": review.help_needed, "version": review.version})
    try:
        return act(
            request, form=form, done="Notice saved", then=notice, template="peerreview/act.html",
            call=lambda data: notice_services.save_help_needed(review_id=review.pk, by=request.user, **data),
            context={"review": review, "title": "What help is needed", "lines": [], "back_url": notice},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        return planning_clash(request, clash, back="review_notice_change", yours=[("Help", form.cleaned_data["help_needed"] or "None")])


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_notice_pdf(request: SignedInRequest, pk: int) -> FileResponse:
    """The notice as a file, always as an attachment."""
    review = visible_review(request, pk)
    require(may_read_notice(review, request.user))
    path = Path(settings.MEDIA_ROOT, review.notice_pdf_path) if review.notice_pdf_path else None
    if path is None or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="application/pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
