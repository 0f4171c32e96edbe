"""Bring back the file of "Download my notes": what it would add is listed first, and nothing is added twice."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.forms.findings import ImmediateRiskForm
from peerreview.forms.judging import JudgementForm
from peerreview.forms.learning import PledgeForm
from peerreview.forms.visit import NoteForm, VisitFileCheckedForm, VisitFileForm
from peerreview.models import Review
from peerreview.queries.visit_form import kept_already, timetable_of
from peerreview.services.visit_files import Entry, add_entries
from peerreview.views.common import files_of, posted, review_context
from peerreview.views.visit_form import visited_review
from peerreview.visit_files import VisitFile, VisitItem, kind_words


@dataclass(frozen=True)
class Row:
    """One entry of the file: whether it is here already, why it cannot be added, or what adds it."""

    item: VisitItem
    is_here: bool
    fault: str
    entry: Entry | None

    @property
    def is_new(self) -> bool:
        return self.entry is not None


@access(Permission.REVIEW_CAPTURE, kind="review")
def visit_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the file, read what will be added, add it."""
    review = visited_review(request, pk)
    context = review_context(request, review, "review_visit")
    if "content" in request.POST:
        return _add(request, review, context)
    form = VisitFileForm(posted(request), files_of(request))
    if form.is_bound and form.is_valid():
        file: VisitFile = form.cleaned_data["file"]
        if fault := _not_this(file, review, request):
            form.add_error("file", fault)
        else:
            return _check(request, review, file, context)
    return render(request, "peerreview/visit_upload.html", context | {"form": form})


def _not_this(file: VisitFile, review: Review, request: SignedInRequest) -> str:
    """Why this person cannot bring this file here; empty when they can."""
    if file.person_id != request.user.pk:
        return f"This file holds notes by {file.person_name}. Only {file.person_name} can add them"
    if file.review_id != review.pk:
        return f"This file holds notes of another review, {file.review_title}"
    return ""


def _check(request: SignedInRequest, review: Review, file: VisitFile, context: dict[str, Any]) -> HttpResponse:
    rows = rows_of(file, review)
    form = VisitFileCheckedForm(initial={"content": file.as_json(timezone.now())})
    here = [row.item.kind for row in rows if row.is_here]
    context |= {
        "form": form, "rows": rows, "others": [row for row in rows if not row.is_here],
        "new_words": kind_words([row.item.kind for row in rows if row.is_new]),
        "here_words": f"{kind_words(here)} {'is' if len(here) == 1 else 'are'} here" if here else "",
    }  # fmt: skip
    return render(request, "peerreview/visit_upload_check.html", context)


def _add(request: SignedInRequest, review: Review, context: dict[str, Any]) -> HttpResponse:
    form = VisitFileCheckedForm(request.POST)
    fault = _not_this(form.cleaned_data["content"], review, request) if form.is_valid() else "Select the file again"
    if fault:
        again = VisitFileForm(posted(request), {})
        again.errors["file"] = again.error_class([fault])
        return render(request, "peerreview/visit_upload.html", context | {"form": again})
    entries = [row.entry for row in rows_of(form.cleaned_data["content"], review) if row.entry]
    refusals = add_entries(review=review, entries=entries, by=request.user)
    if refusals:
        messages.error(request, f"{len(refusals)} of {kind_words([one.kind for one in entries])} could not be added. {refusals[0]}")
    else:
        messages.success(request, f"{kind_words([one.kind for one in entries]) or 'Nothing'} added")
    return redirect("peerreview:review_visit", pk=review.pk)


def rows_of(file: VisitFile, review: Review) -> list[Row]:
    """Every entry of a file with what would become of it, oldest first."""
    here, sessions = kept_already(review, (item.client_id for item in file.items)), timetable_of(review)
    rows, seen = [], set()
    for item in sorted(file.items, key=lambda one: one.written_at):
        if item.client_id in seen:
            continue
        seen.add(item.client_id)
        rows.append(_row(item, review, sessions, is_here=item.client_id in here))
    return rows


def _row(item: VisitItem, review: Review, sessions: list[Any], *, is_here: bool) -> Row:
    if is_here:
        return Row(item, True, "", None)
    form = _form_of(item, review, sessions)
    if form is None:
        return Row(item, False, "This service does not know what it is", None)
    if not form.is_valid():
        return Row(item, False, " ".join(str(line) for lines in form.errors.values() for line in lines), None)
    return Row(item, False, "", Entry(item.kind, form.as_arguments()))


def _form_of(item: VisitItem, review: Review, sessions: list[Any]) -> Any:
    """The form that checks an entry of this kind, filled in as the page would have sent it; None for an unknown kind."""
    sent = item.posted()
    if item.kind == "note":
        return NoteForm(sent, review=review, sessions=sessions)
    if item.kind == "judgement" and not review.is_learning:
        return JudgementForm(sent)
    if item.kind == "pledge":
        return PledgeForm(sent, review=review, is_host=False)
    return ImmediateRiskForm(sent, review=review) if item.kind == "risk" else None
