"""Consultation on a procedure, comments part by part, what a version changes, and publishing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.procedures import PublishProcedureForm
from peerreview.models import Procedure, ProcedureComment
from peerreview.procedure_parts import TITLES, faults_of, general_facts
from peerreview.queries import procedures as queries
from peerreview.services import procedure_consultation as services
from peerreview.services.procedure_publishing import publish_procedure
from peerreview.views.common import posted
from peerreview.views.procedures import visible_procedure
from surveillance.forms.consultation import CommentForm, CommentReplyForm, ConsultationForm
from surveillance.queries.challenges import owner_words
from surveillance.queries.consultation import takes_comments, with_people
from surveillance.services.clash import SomeoneElseChanged
from work.items import NextStep, day_words
from work.status import InvalidTransition

CHANGED = "Someone else changed this draft after you opened the page. Read what it changes again. Your text is below."


@access(Permission.PROCEDURE_MANAGE, kind="procedure")
def procedure_consultation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a draft in consultation with a last day; extend it, or take it back to draft."""
    procedure = visible_procedure(request, pk)
    require(request.user.has_permission(Permission.PROCEDURE_MANAGE))
    is_open = procedure.status == Procedure.Status.IN_CONSULTATION
    is_taking_back = request.method == "POST" and request.POST.get("act") == "take_back"
    form = ConsultationForm(None if is_taking_back else posted(request))
    if is_open:
        form.submit_label, form.fields["last_date"].label = "Move the last day", "New last day for comments"
    error = ""
    if is_taking_back or (request.method == "POST" and form.is_valid()):
        try:
            if is_taking_back:
                services.take_back_to_draft(procedure_id=pk, by=request.user)
                messages.success(request, "Taken back to draft. Its text can be changed again. Comments and replies are kept.")
                return redirect("peerreview:procedure_detail", pk=pk)
            act = services.extend_consultation if is_open else services.open_consultation
            changed = act(procedure_id=pk, last_date=form.cleaned_data["last_date"], by=request.user)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            messages.success(request, f"People can comment until {day_words(changed.consultation_to_date)}")
            return redirect("peerreview:procedure_comment_list", pk=pk)
    context = {
        "procedure": procedure, "form": form, "is_open": is_open, "error": error, "page_has_errors": bool(error),
        "is_possible": is_open or procedure.status == Procedure.Status.DRAFT, "unanswered_count": queries.unanswered_count(procedure),
    }  # fmt: skip
    return render(request, "peerreview/procedure_consultation.html", context)


@access(Permission.PROCEDURE_VIEW, methods="GET", kind="procedure")
def procedure_comment_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was said of the procedure as a whole and of each part, with the replies; open to all who may read it."""
    procedure = visible_procedure(request, pk)
    is_unanswered_only = request.GET.get("show") == "unanswered"
    takes = takes_comments(procedure)
    context = {
        "procedure": procedure, "is_unanswered_only": is_unanswered_only, "facts": general_facts(procedure),
        "groups": queries.comment_groups(procedure, only_unanswered=is_unanswered_only), "takes_comments": takes,
        "may_comment": takes and request.user.has_permission(Permission.PROCEDURE_COMMENT),
        "may_reply": request.user.has_permission(Permission.PROCEDURE_MANAGE),
        "counts": {"all": procedure.comments.count(), "unanswered": queries.unanswered_count(procedure)},
        "step": _step(procedure, takes=takes),
    }  # fmt: skip
    return render(request, "peerreview/procedure_comment_list.html", context)


def _step(procedure: Procedure, *, takes: bool) -> NextStep | None:
    """What happens next while the procedure is in consultation."""
    if procedure.status != Procedure.Status.IN_CONSULTATION:
        return None
    if takes:
        return NextStep("People comment on the procedure", "Services, hubs and reviewers", due=procedure.consultation_to_date)
    closed = f"Comments closed on {day_words(procedure.consultation_to_date)}."
    return NextStep("Answer the comments and publish", owner_words(procedure), note=closed)


@access(Permission.PROCEDURE_COMMENT, kind="procedure")
def procedure_comment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Comment on the procedure as a whole."""
    return _comment(request, visible_procedure(request, pk), "")


@access(Permission.PROCEDURE_COMMENT, kind="procedure")
def procedure_part_comment_add(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Comment on one part."""
    procedure = visible_procedure(request, pk)
    if part not in TITLES:
        raise Http404
    return _comment(request, procedure, part)


def _comment(request: SignedInRequest, procedure: Procedure, part: str) -> HttpResponse:
    form = CommentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_comment(procedure_id=procedure.pk, part=part, text=form.cleaned_data["text"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Comment on {part_words(part)} saved")
            return redirect("peerreview:procedure_comment_list", pk=procedure.pk)
    context: dict[str, Any] = {
        "procedure": procedure, "form": form, "lines": queries.comments_of(procedure, part), "facts": general_facts(procedure),
        "shown": next((one for one in queries.parts_of(procedure) if one.code == part), None),
        "takes_comments": takes_comments(procedure), "about": part_words(part),
    }  # fmt: skip
    return render(request, "peerreview/procedure_comment_add.html", context)


def part_words(part: str) -> str:
    """A part in the middle of a sentence; the whole procedure for none."""
    return TITLES[part][:1].lower() + TITLES[part][1:] if part else "the procedure as a whole"


@access(Permission.PROCEDURE_MANAGE, kind="procedure")
def procedure_comment_reply(request: SignedInRequest, pk: int, comment_pk: int) -> HttpResponse:
    """Reply to one comment."""
    procedure = visible_procedure(request, pk)
    require(request.user.has_permission(Permission.PROCEDURE_MANAGE))
    comment = get_object_or_404(with_people(ProcedureComment.objects.filter(procedure=procedure)), pk=comment_pk)
    form = CommentReplyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.reply_to_comment(comment_id=comment.pk, procedure_id=pk, reply=form.cleaned_data["reply"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Reply to {comment.made_by.name} saved")
            return redirect("peerreview:procedure_comment_list", pk=pk)
    context = {"procedure": procedure, "line": queries.line_of(comment), "about": part_words(comment.part), "form": form}
    return render(request, "peerreview/procedure_comment_reply.html", context)


@access(Permission.PROCEDURE_MANAGE, kind="procedure")
def procedure_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the version changes in words, part by part, and who keeps the one before; say why, confirm, publish."""
    procedure = visible_procedure(request, pk)
    require(request.user.has_permission(Permission.PROCEDURE_MANAGE))
    form = PublishProcedureForm(posted(request), procedure=procedure)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            publish_procedure(procedure_id=pk, change_note=facts["change_note"], revision=facts["revision"], by=request.user)
        except SomeoneElseChanged:
            procedure.refresh_from_db()
            form.refuse_older(CHANGED, procedure.revision)
        except InvalidTransition as error:
            procedure = visible_procedure(request, pk)
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {procedure.version} of {procedure.name} is published")
            return redirect("peerreview:procedure_detail", pk=pk)
    old = queries.before(procedure)
    context = {
        "procedure": procedure, "form": form, "may_publish": procedure.status in queries.UNPUBLISHED, "faults": faults_of(procedure),
        "old": old, "changes": queries.differences(old, procedure), "unanswered_count": queries.unanswered_count(procedure),
        "takes_comments": takes_comments(procedure), "is_default": procedure.consultation_from_date is None,
        "keeping": queries.keeping_if_published(procedure),
    }  # fmt: skip
    return render(request, "peerreview/procedure_publish.html", context)
