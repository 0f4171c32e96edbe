"""Working in a spreadsheet: download it, hand it back, see what it would change, save it."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify

from accounts.access import SignedInRequest, access, require
from accounts.components import JobProgress, Version
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.spreadsheets import KeepSpreadsheetForm, SpreadsheetForm
from surveillance.models import InvalidTransition, SelfReport, SpreadsheetUpload
from surveillance.services import spreadsheets as services
from surveillance.services.spreadsheet_findings import Change, Findings
from surveillance.spreadsheets import write_workbook
from surveillance.uploads import UploadRefused
from surveillance.views.answers import posted, visible_report
from work.items import counted
from work.models import Job
from work.views import progress_of

CUT = 400  # characters of a text shown beside another in the table of changes
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Status = SpreadsheetUpload.Status


def _report(request: SignedInRequest, pk: int) -> SelfReport:
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_ANSWER, report.service))
    return report


@access(Permission.SELF_REPORT_ANSWER, kind="self_report")
def self_report_spreadsheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """1 download, 2 upload; a wrong file is refused here with a sentence."""
    report = _report(request, pk)
    form = SpreadsheetForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = services.add_upload(self_report_id=report.pk, upload=form.cleaned_data["file"], by=request.user)
        except (UploadRefused, InvalidTransition) as error:
            form.add_error("file", str(error))
        else:
            return redirect("surveillance:self_report_spreadsheet_check", pk=report.pk, upload_pk=upload.pk)
    latest = SpreadsheetUpload.objects.for_user(request.user).filter(self_report=report).exclude(status=Status.REPLACED)
    context = {
        "report": report, "form": form, "closed": _closed_sentence(report),
        "uploads": latest.select_related("uploaded_by")[:10],
        "file_name": _file_name(report),
    }  # fmt: skip
    return render(request, "surveillance/self_report_spreadsheet.html", context)


def _closed_sentence(report: SelfReport) -> str:
    try:
        services.check_open(report, today=timezone.localdate())
    except InvalidTransition as error:
        return str(error)
    return ""


def _file_name(report: SelfReport) -> str:
    return f"{slugify(report.service.name)[:80] or 'self-report'}-{report.round.year}.xlsx"


@access(Permission.SELF_REPORT_ANSWER, methods="GET", kind="self_report")
def self_report_spreadsheet_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The workbook with the answers as they are now; what this person may not change is locked."""
    report = _report(request, pk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.xlsx")
        write_workbook(report, path, locked=services.locks_of(report, request.user))
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=_file_name(report), content_type=XLSX)


@access(Permission.SELF_REPORT_ANSWER, kind="self_report")
def self_report_spreadsheet_check(request: SignedInRequest, pk: int, upload_pk: int) -> HttpResponse:
    """What the file would change, before anything is saved; POST saves all of it or nothing."""
    report = _report(request, pk)
    visible = SpreadsheetUpload.objects.for_user(request.user).select_related("uploaded_by", "saved_by")
    upload = get_object_or_404(visible, pk=upload_pk, self_report=report)
    upload.self_report = report
    if request.method == "POST":
        return _save(request, upload)
    return _show(request, upload)


def _save(request: SignedInRequest, upload: SpreadsheetUpload) -> HttpResponse:
    found, again = services.findings_of(upload, by=request.user), False
    form = _keep_form(found, request.user, request.POST)
    if upload.status == Status.CHECKED and not form.is_valid():
        return _show(request, upload, found, form)
    try:
        seen, keep = (form.cleaned_data["seen"], form.keep) if form.is_valid() else ("", {})
        count = services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep=keep, by=request.user)
    except InvalidTransition as error:
        form.add_error(None, str(error))
    except services.SpreadsheetChanged:
        again = True
    else:
        messages.success(request, f"{counted(count, 'answer')} saved")
        return redirect("surveillance:self_report_detail", pk=upload.self_report_id)
    upload.refresh_from_db()
    return _show(request, upload, form=None if again else form, again=again)


def _show(
    request: SignedInRequest, upload: SpreadsheetUpload, found: Findings | None = None, form: Any = None, *, again: bool = False
) -> HttpResponse:
    """The page of a spreadsheet in any status."""
    report, user = upload.self_report, request.user
    context: dict[str, Any] = {"report": report, "upload": upload, "sentence": services.closed_sentence(upload), "again": again}
    if upload.status == Status.READING:
        context["progress"] = _progress(upload, user)
    if upload.status == Status.CHECKED:
        found = found or services.findings_of(upload, by=user)
        form = form or _keep_form(found, user)
        context |= {"found": found, "counts": _counts(found), "stale_words": _stale_words(found.stale, user)}
        shown = found.changes if found.faults else [change for change in found.changes if not change.is_stale]
        context["changes"] = [_row(change, user) for change in shown]
        context |= {"stale": [_choice(change, form, user) for change in found.stale]}
        context |= {"closed": _closed_sentence(report)}
    context["form"] = form
    return render(request, "surveillance/self_report_spreadsheet_check.html", context, status=409 if again else 200)


def _progress(upload: SpreadsheetUpload, user: User) -> JobProgress | None:
    job = Job.objects.for_user(user).filter(kind="self_report.spreadsheet", key=str(upload.pk)).first()
    return progress_of(job, then_reload=True) if job else None


def _counts(found: Findings) -> str:
    """ "42 changes, 3 errors, 255 the same"."""
    return f"{counted(len(found.changes), 'change')}, {counted(len(found.faults), 'error')}, {found.same_count:,} the same"


def _keep_form(found: Findings, user: User, data: Any = None) -> KeepSpreadsheetForm:
    names = {change.answer.pk: _name(change, user) for change in found.stale}
    return KeepSpreadsheetForm(data, stale=found.stale, change_count=len(found.changes), names=names, initial={"seen": found.seen})


def _name(change: Change, user: User) -> str:
    """Who saved an answer meanwhile; empty for the person who looks, or when nobody is known."""
    by = change.answer.saved_by
    return by.name if by and by.pk != user.pk else ""


def _stale_words(stale: Sequence[Change], user: User) -> str:
    if not stale:
        return ""
    names = list(dict.fromkeys(_name(change, user) or "you" for change in stale))
    were = "answer was" if len(stale) == 1 else "answers were"
    return f"{len(stale)} {were} changed by {_listed(names)} after you downloaded this. Choose which to keep."


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _row(change: Change, user: User) -> dict[str, Any]:
    changed_by = (_name(change, user) or "you") if change.is_stale else ""
    return {"indicator": change.answer.indicator, "changed_by": changed_by, "now": _cut(change.now), "then": _cut(change.then)}


def _cut(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, text if len(text) <= CUT else f"{text[:CUT].rstrip()} …") for label, text in pairs]


def _choice(change: Change, form: KeepSpreadsheetForm, user: User) -> dict[str, Any]:
    """Both answers side by side, and the radios that choose one."""
    name = _name(change, user)
    facts = [(label, before, after) for label, before, after in change.facts if label not in {"Comment", "Last year's answer"}]
    return {
        "indicator": change.answer.indicator,
        "saved_at": change.answer.saved_at,
        "name": name or "You",
        "saved": Version(f"Saved now, by {name or 'you'}", change.answer.comment, [(label, before) for label, before, _ in facts]),
        "yours": Version("In your file, not saved", change.entry.comment, [(label, after) for label, _, after in facts]),
        "field": form[f"keep_{change.answer.pk}"],
    }
