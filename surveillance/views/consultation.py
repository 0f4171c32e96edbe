"""Consultation on a set: putting it in, comments by indicator, a comment and a reply a page."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.forms.consultation import CommentForm, CommentReplyForm, ConsultationForm
from surveillance.models import Indicator, IndicatorComment, IndicatorSet, InvalidTransition
from surveillance.queries import consultation as queries
from surveillance.queries.challenges import owner_words
from surveillance.services import consultation as services
from surveillance.views.answers import posted
from work.items import NextStep, day_words

# A page of comments shows so many indicators.
PAGE = 50


def visible_set(request: SignedInRequest, pk: int) -> IndicatorSet:
    """The version, or 404 where this person may not read it."""
    visible = IndicatorSet.objects.for_user(request.user, Permission.INDICATOR_SET_VIEW)
    return get_object_or_404(visible.select_related("specification__programme", "published_by", "drafted_by"), pk=pk)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_set")
def indicator_set_consultation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a draft in consultation with a last day; extend it, or take it back to draft."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    is_open = indicator_set.status == IndicatorSet.Status.IN_CONSULTATION
    is_taking_back = request.method == "POST" and request.POST.get("act") == "take_back"
    form = ConsultationForm(None if is_taking_back else posted(request))
    if is_open:
        form.submit_label, form.fields["last_date"].label = "Move the last day", "New last day for comments"
    error = ""
    if request.method == "POST" and (is_taking_back or form.is_valid()):
        try:
            said = _change_consultation(request, indicator_set, form, is_taking_back=is_taking_back, is_open=is_open)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            messages.success(request, said)
            return redirect("surveillance:indicator_set_detail" if is_taking_back else "surveillance:indicator_comment_list", pk=pk)
    context = {
        "indicator_set": indicator_set, "form": form, "is_open": is_open, "error": error, "page_has_errors": bool(error),
        "is_possible": is_open or indicator_set.status == IndicatorSet.Status.DRAFT,
        "unanswered_count": queries.unanswered(indicator_set).count(),
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_consultation.html", context)


def _change_consultation(
    request: SignedInRequest, indicator_set: IndicatorSet, form: ConsultationForm, *, is_taking_back: bool, is_open: bool
) -> str:
    """Do what was asked; gives what the page says."""
    if is_taking_back:
        services.take_back_to_draft(set_id=indicator_set.pk, by=request.user)
        return "Taken back to draft. Its text can be changed again. Comments and replies are kept."
    act = services.extend_consultation if is_open else services.open_consultation
    changed = act(set_id=indicator_set.pk, last_date=form.cleaned_data["last_date"], by=request.user)
    return f"People can comment until {day_words(changed.consultation_to_date)}"


@access(Permission.INDICATOR_SET_VIEW, methods="GET", kind="indicator_set")
def indicator_comment_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was said of the set as a whole and under each indicator, with the replies; open to all who may read the set."""
    indicator_set = visible_set(request, pk)
    is_unanswered_only = request.GET.get("show") == "unanswered"
    indicators = Indicator.objects.filter(indicator_set=indicator_set).order_by("position", "pk")
    if is_unanswered_only:
        indicators = indicators.filter(pk__in=queries.unanswered(indicator_set).filter(indicator__isnull=False).values("indicator"))
    page = Paginator(indicators, PAGE).get_page(request.GET.get("page"))
    takes = queries.takes_comments(indicator_set)
    context = {
        "indicator_set": indicator_set, "page_obj": page, "is_unanswered_only": is_unanswered_only,
        "groups": queries.comments_on(indicator_set, list(page), with_whole=page.number == 1),
        "takes_comments": takes,
        "may_comment": takes and request.user.has_permission(Permission.INDICATOR_SET_COMMENT),
        "may_reply": request.user.has_permission(Permission.INDICATOR_SET_MANAGE),
        "counts": {"all": indicator_set.comments.count(), "unanswered": queries.unanswered(indicator_set).count()},
        "step": _step(indicator_set, takes_comments=takes),
    }  # fmt: skip
    return render(request, "surveillance/indicator_comment_list.html", context)


def _step(indicator_set: IndicatorSet, *, takes_comments: bool) -> NextStep | None:
    """What happens next while the set is in consultation."""
    if indicator_set.status != IndicatorSet.Status.IN_CONSULTATION:
        return None
    if takes_comments:
        who = "Services, hubs and reviewers"
        return NextStep("People comment on the indicators", who, due=indicator_set.consultation_to_date)
    closed = f"Comments closed on {day_words(indicator_set.consultation_to_date)}."
    return NextStep("Answer the comments and publish", owner_words(indicator_set), note=closed)


@access(Permission.INDICATOR_SET_COMMENT, kind="indicator_set")
def indicator_comment_add(request: SignedInRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Comment on one indicator."""
    indicator_set = visible_set(request, pk)
    return _comment(request, indicator_set, get_object_or_404(Indicator, pk=indicator_pk, indicator_set=indicator_set))


@access(Permission.INDICATOR_SET_COMMENT, kind="indicator_set")
def indicator_set_comment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Comment on the set as a whole."""
    return _comment(request, visible_set(request, pk), None)


def _comment(request: SignedInRequest, indicator_set: IndicatorSet, indicator: Indicator | None) -> HttpResponse:
    form = CommentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_comment(
                set_id=indicator_set.pk, indicator_id=indicator.pk if indicator else None, text=form.cleaned_data["text"], by=request.user
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            about = f"indicator {indicator.number}" if indicator else "the whole set"
            messages.success(request, f"Comment on {about} saved")
            return redirect("surveillance:indicator_comment_list", pk=indicator_set.pk)
    context: dict[str, Any] = {
        "indicator_set": indicator_set, "indicator": indicator, "form": form, "lines": queries.comments_of(indicator_set, indicator),
        "takes_comments": queries.takes_comments(indicator_set),
    }  # fmt: skip
    template = "indicator_comment_add" if indicator else "indicator_set_comment_add"
    return render(request, f"surveillance/{template}.html", context)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_set")
def indicator_comment_reply(request: SignedInRequest, pk: int, comment_pk: int) -> HttpResponse:
    """Reply to one comment."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    comments = queries.with_people(IndicatorComment.objects.select_related("indicator"))
    comment = get_object_or_404(comments, pk=comment_pk, indicator_set=indicator_set)
    form = CommentReplyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.reply_to_comment(comment_id=comment.pk, set_id=indicator_set.pk, reply=form.cleaned_data["reply"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Reply to {comment.made_by.name} saved")
            return redirect("surveillance:indicator_comment_list", pk=indicator_set.pk)
    about = f"indicator {comment.indicator}" if comment.indicator else "the set as a whole"
    context = {"indicator_set": indicator_set, "line": queries.line_of(comment), "about": about, "form": form}
    return render(request, "surveillance/indicator_comment_reply.html", context)
