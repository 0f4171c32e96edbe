"""Pages of the team's reading of a draft: asking the team, a member's answer, comments and what the drafter says to them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from reports.forms.readings import CommentForm, ReplyForm
from reports.models import ReadingComment, Report, ReportSection, TeamReading
from reports.queries import readings as queries
from reports.queries.rights import acts_for_hub, is_staff_side
from reports.queries.steps import report_next_step
from reports.services import readings
from reports.services.checking import procedure_days
from reports.views.shared import page_context, visible_report
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from work.status import InvalidTransition


def _drafted_report(request: SignedInRequest, pk: int) -> Report:
    """The report for those who see drafts: 404 out of scope, 403 for others in scope."""
    report = visible_report(request, pk)
    require(is_staff_side(request.user, report))
    return report


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who of the team was asked and what they said; a member's own answer; comments with the drafter's answers."""
    report, user = _drafted_report(request, pk), request.user
    found = queries.readings_of(report)
    latest = queries.latest_readings(found)
    own = queries.own_reading(report, user)
    is_mine = queries.is_waiting(report, own)
    drafts = acts_for_hub(user, Permission.REPORT_DRAFT, report)
    sections = list(report.sections.order_by("position"))
    is_draft = report.status == Report.Status.DRAFT
    not_asked = queries.not_asked(report, found) if is_draft else []
    context = page_context(
        report, step=report_next_step(report), readings=[(reading, queries.answer_words(reading)) for reading in latest],
        not_asked=not_asked, own=own, is_mine=is_mine, may_reply=drafts and is_draft, sections=sections if is_mine else [],
        own_comments=list(own.comments.select_related("section")) if own and is_mine else [],
        team_days=procedure_days(report, queries.CODE, queries.DAYS), comments=queries.sent_comments(found),
        changed=queries.changed_since_read(report, sections, found).values() if is_draft else [],
        may_ask=drafts and is_draft and bool(not_asked or not any(reading.answer == "WAITING" for reading in latest)),
    )  # fmt: skip
    return render(request, "reports/report_team.html", context)


@access(Permission.REPORT_DRAFT, methods="POST", kind="report")
def report_team_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the team to read the draft."""
    report = _drafted_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    try:
        made = readings.ask_team(report_id=report.pk, by=request.user)
    except AlreadyDone as error:
        messages.info(request, str(error))
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{len(made)} {'member was' if len(made) == 1 else 'members were'} asked to read the draft")
    return redirect("reports:report_team", pk=report.pk)


@access(Permission.REPORT_VIEW, methods="POST", kind="report")
def report_team_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send one's answer: the comments that were written, or that one agrees."""
    report = _drafted_report(request, pk)
    require(queries.own_reading(report, request.user) is not None, "Only members of the team who were asked can answer.")
    try:
        reading = readings.answer_reading(report_id=report.pk, by=request.user)
    except AlreadyDone as error:
        messages.info(request, str(error))
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        agreed = reading.answer == TeamReading.Answer.AGREED
        messages.success(request, "You agreed with the draft" if agreed else "Your comments were sent")
    return redirect("reports:report_team", pk=report.pk)


@access(Permission.REPORT_VIEW, methods="POST", kind="report")
def report_section_comment(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """Save one's comment on a section; it goes to the drafter with the answer."""
    report = _drafted_report(request, pk)
    require(queries.own_reading(report, request.user) is not None, "Only members of the team who were asked can comment.")
    section = get_object_or_404(report.sections, pk=section_pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter your comment")
        return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    data = form.cleaned_data
    try:
        comment = readings.comment_on_section(
            report_id=report.pk, section_id=section.pk, text=data["text"], version=data["comment_version"], by=request.user
        )
    except SomeoneElseChanged as clash:
        return _comment_clash(request, report, section, clash.current, data["text"])  # type: ignore[arg-type]
    except InvalidTransition as error:
        return _not_saved(request, report, section, str(error), data["text"])
    messages.success(request, f"Comment on {section.title} saved" if comment else f"Comment on {section.title} taken back")
    return redirect("reports:report_team", pk=report.pk)


def _comment_clash(
    request: SignedInRequest, report: Report, section: ReportSection, current: ReadingComment, typed: str
) -> HttpResponse:  # fmt: skip
    """One's comment was saved from elsewhere: both texts, and the choice."""
    form = CommentForm(initial={"text": typed, "comment_version": current.version if current.pk else 0})
    context = page_context(
        report, section=section, form=form, saved=Version("Saved now", current.text), yours=Version("Yours, not saved", typed)
    )
    return render(request, "reports/comment_clash.html", context, status=409)


def _not_saved(request: SignedInRequest, report: Report, section: ReportSection, sentence: str, typed: str) -> HttpResponse:
    """The sentence that says why, with what was typed."""
    form = CommentForm({"text": typed, "comment_version": "0"})
    form.is_valid()
    form.add_error(None, f"{sentence} Your comment is below and was not saved.")
    return render(request, "reports/comment_clash.html", page_context(report, section=section, form=form))


def comment_context(request: SignedInRequest, report: Report, section: ReportSection, found: list[TeamReading]) -> dict[str, Any]:
    """What the section's page shows of comments: those that were sent, and one's own form while one is asked."""
    own = next((reading for reading in queries.latest_readings(found) if reading.member.user_id == request.user.pk), None)
    shown: dict[str, Any] = {
        "comments": [(reading, comment) for reading, comment in queries.sent_comments(found) if comment.section_id == section.pk]
    }
    if own and own.member.papers_open and queries.is_waiting(report, own):
        comment = next((comment for comment in own.comments.all() if comment.section_id == section.pk), None)
        shown["comment_form"] = CommentForm(
            initial={"text": comment.text if comment else "", "comment_version": comment.version if comment else 0}, auto_id="comment_%s"
        )
    return shown


@access(Permission.REPORT_DRAFT, kind="report")
def report_comment(request: SignedInRequest, pk: int, reading_comment_pk: int) -> HttpResponse:
    """Answer one comment of the team."""
    report = _drafted_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    rows = ReadingComment.objects.filter(reading__report=report, reading__answer=TeamReading.Answer.COMMENTED)
    comment = rows.select_related("reading__member__user", "section", "replied_by").filter(pk=reading_comment_pk).first()
    if comment is None:
        raise Http404
    form, status = ReplyForm(request.POST or None, initial={"reply": comment.reply, "version": comment.version}), 200
    saved = yours = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            readings.reply_to_comment(comment_id=comment.pk, reply=data["reply"], version=data["version"], by=request.user)
        except SomeoneElseChanged as clash:
            current: ReadingComment = clash.current  # type: ignore[assignment]
            who = current.replied_by.name if current.replied_by else "Someone else"
            saved, yours, status = Version(f"Saved now, by {who}", current.reply), Version("Yours, not saved", data["reply"]), 409
            form = ReplyForm(initial={"reply": data["reply"], "version": current.version})
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, "Answer saved")
            return redirect("reports:report_team", pk=report.pk)
    may_reply = report.status == Report.Status.DRAFT or form.is_bound
    context = page_context(
        report, step=report_next_step(report), comment=comment, form=form if may_reply else None, saved=saved, yours=yours
    )
    return render(request, "reports/report_comment.html", context, status=status)
