"""Spreadsheets that come back: kept, read by a job, looked at, and saved whole or not at all."""

import datetime as dt
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from rendering.csv import whole_file
from surveillance.models import Answer, InvalidTransition, SelfReport, SpreadsheetUpload
from surveillance.queries.last_year import last_year_answers
from surveillance.queries.spreadsheets import answers_with_rights
from surveillance.services.answers import check_may_change
from surveillance.services.spreadsheet_findings import Change, Fault, Findings, find, why_locked
from surveillance.services.spreadsheet_saving import write_changes
from surveillance.spreadsheets import Row, Value, Workbook
from surveillance.uploads import UploadRefused, check_upload
from work import jobs
from work.items import counted
from work.jobs import Lease

FOLDER = "spreadsheets"
Status = SpreadsheetUpload.Status
KEEP_THEIRS, USE_MINE = "THEIRS", "MINE"


class SpreadsheetChanged(Exception):
    """Answers changed since the page was shown: nothing is saved, and the page is shown anew."""


def check_open(report: SelfReport, *, today: dt.date) -> None:
    """Raises InvalidTransition when no answer of this self-report may change today; the sentence says why."""
    probe = Answer(self_report=report)
    probe.is_queried = True  # type: ignore[attr-defined]
    check_may_change(probe, today=today)


def locks_of(report: SelfReport, user: User) -> dict[int, str]:
    """Why this person may not change an answer, by its id; answers that they may change are not in it."""
    today = timezone.localdate()
    reasons = {answer.pk: why_locked(answer, today=today) for answer in answers_with_rights(report.pk, user)}
    return {answer_id: f"No. {reason}" for answer_id, reason in reasons.items() if reason}


def add_upload(*, self_report_id: int, upload: "UploadedFile[bytes]", by: User) -> SpreadsheetUpload:
    """Keep a filled-in spreadsheet and have it read; an earlier one of the same person that was not saved gives way.

    Raises UploadRefused with a sentence, and InvalidTransition when no answer may change now.
    """
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    checked = check_upload(name=upload.name or "", content=content)
    if not checked.name.endswith(".xlsx"):
        raise UploadRefused("The selected file must be an Excel workbook (XLSX)")
    path = _keep(checked.content)
    try:
        return _record(self_report_id, path, checked.name, hashlib.sha256(checked.content).hexdigest(), by)
    except Exception:
        Path(settings.MEDIA_ROOT, path).unlink(missing_ok=True)
        raise


def _keep(content: bytes) -> str:
    """Store bytes under a random name below MEDIA_ROOT, whole or not at all; gives the path below it."""
    name = secrets.token_hex(20)
    path = Path(FOLDER, name[:2], name)
    with whole_file(Path(settings.MEDIA_ROOT, path)) as part, part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return str(path)


@transaction.atomic
def _record(self_report_id: int, path: str, name: str, sha256: str, by: User) -> SpreadsheetUpload:
    report = SelfReport.objects.select_related("round").select_for_update(of=("self",)).get(pk=self_report_id)
    check_open(report, today=timezone.localdate())
    earlier = report.spreadsheets.select_for_update().filter(uploaded_by=by, status__in=[Status.READING, Status.CHECKED, Status.REFUSED])
    replaced = list(earlier)
    SpreadsheetUpload.objects.filter(pk__in=[one.pk for one in replaced]).update(status=Status.REPLACED, file_path="", result={})
    made = SpreadsheetUpload.objects.create(self_report=report, file_path=path, file_name=name, sha256=sha256, uploaded_by=by)
    audit.record("self_report.spreadsheet_uploaded", target=report, by=by)
    jobs.enqueue("self_report.spreadsheet", key=str(made.pk), upload_id=made.pk, requested_by=by)
    for one in replaced:
        transaction.on_commit(Path(settings.MEDIA_ROOT, one.file_path).unlink, robust=True)
    return made


@transaction.atomic
def record_rows(*, upload_id: int, workbook: Workbook, lease: Lease) -> None:
    """Write down what a workbook holds, in the transaction that completes the job. Raises LeaseLost."""
    upload = SpreadsheetUpload.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=upload_id)
    if upload.status == Status.READING:
        kinds = dict(Answer.objects.filter(self_report=upload.self_report_id).values_list("pk", "indicator__answer_kind"))
        touched = [row for row in workbook.rows if row.is_touched(kinds[row.answer_id])]
        upload.result = {
            "downloaded_at": workbook.downloaded_at,
            "rows": [_row_record(row) for row in touched],
            "faults": [vars(fault) for fault in workbook.faults],
        }
        found = findings_of(upload, by=upload.uploaded_by)
        upload.result["counts"] = {"changes": len(found.changes), "errors": len(found.faults), "same": found.same_count}
        upload.status = Status.CHECKED
        upload.save(update_fields=["status", "result"])
    lease.complete(sentence="Your spreadsheet was checked. Nothing has been saved.")


@transaction.atomic
def record_refusal(*, upload_id: int, sentence: str, lease: Lease) -> None:
    """Write down that the whole file cannot be used, and why. Raises LeaseLost."""
    upload = SpreadsheetUpload.objects.select_for_update().get(pk=upload_id)
    if upload.status == Status.READING:
        upload.status, upload.result = Status.REFUSED, {"refusal": sentence}
        upload.save(update_fields=["status", "result"])
    lease.complete(sentence="Your spreadsheet cannot be used. Nothing has been saved.")


def _row_record(row: Row) -> dict[str, Any]:
    values = {key: [value.kind, value.text] for key, value in row.values.items() if value.text or value.kind != "text"}
    return {"place": row.place, "id": row.answer_id, "version": row.version, "print": row.print, "values": values}


def rows_of(upload: SpreadsheetUpload) -> list[Row]:
    """The touched rows of a workbook that was read."""
    return [
        Row(one["place"], one["id"], one["version"], one["print"], {key: Value(*pair) for key, pair in one["values"].items()})
        for one in upload.result.get("rows", [])
    ]


def findings_of(upload: SpreadsheetUpload, *, by: User, answers: Iterable[Answer] | None = None, at: dt.datetime | None = None) -> Findings:
    """What the spreadsheet would do now if ``by`` saved it. Nothing is written."""
    found_answers = {answer.pk: answer for answer in answers or answers_with_rights(upload.self_report_id, by)}
    rows = rows_of(upload)
    before = last_year_answers(upload.self_report) if rows else {}
    faults = [_structural(fault, found_answers) for fault in upload.result.get("faults", [])]
    today = timezone.localdate(at or timezone.now())
    found = find(rows, found_answers, before, today=today, total_count=len(found_answers))
    found.faults = faults + found.faults
    return found


def _structural(fault: Mapping[str, str], answers: Mapping[int, Answer]) -> Fault:
    titles = {answer.indicator.number: answer.indicator.title for answer in answers.values()}
    return Fault(fault["cell"], fault["number"], titles.get(fault["number"], ""), fault["sentence"])


@transaction.atomic
def save_spreadsheet(*, upload_id: int, seen: str, keep: Mapping[int, str], by: User, at: dt.datetime | None = None) -> int:
    """Save every change of a spreadsheet, or none; gives the number of answers saved.

    ``seen`` is the mark of what the person was shown (``Findings.seen``), ``keep`` says for each answer that others changed
    which one stays. Answers are locked before the self-report, in the order in which a single save locks them. Raises
    InvalidTransition with a sentence, and SpreadsheetChanged when answers changed since the page was shown.
    """
    upload = SpreadsheetUpload.objects.select_for_update(of=("self",)).select_related("saved_by").get(pk=upload_id)
    if upload.status != Status.CHECKED:
        raise InvalidTransition(closed_sentence(upload))
    answers = list(answers_with_rights(upload.self_report_id, by).select_for_update(of=("self",)))
    report = SelfReport.objects.select_related("round").select_for_update(of=("self",)).get(pk=upload.self_report_id)
    upload.self_report = report
    for answer in answers:
        answer.self_report = report
    now = at or timezone.now()
    check_open(report, today=timezone.localdate(now))
    found = findings_of(upload, by=by, answers=answers, at=now)
    if found.faults:
        raise InvalidTransition(f"Correct {counted(len(found.faults), 'error')} before you save this.")
    if found.seen != seen or any(change.answer.pk not in keep for change in found.stale):
        raise SpreadsheetChanged
    if not found.changes:
        raise InvalidTransition("This file makes no changes.")
    chosen = [change for change in found.changes if _is_chosen(change, keep)]
    write_changes(report, chosen, [change for change in found.changes if change not in chosen], by=by, now=now)
    upload.status, upload.saved_at, upload.saved_by = Status.SAVED, now, by
    upload.result["saved_count"] = len(chosen)
    upload.save(update_fields=["status", "saved_at", "saved_by", "result"])
    audit.record("self_report.spreadsheet_saved", target=report, by=by)
    return len(chosen)


def _is_chosen(change: Change, keep: Mapping[int, str]) -> bool:
    return not change.is_stale or keep[change.answer.pk] == USE_MINE


def closed_sentence(upload: SpreadsheetUpload) -> str:
    """Why a spreadsheet cannot be saved in its status."""
    if upload.status == Status.SAVED and upload.saved_by:
        return f"{upload.saved_by.name} saved this spreadsheet already. You do not need to do anything."
    if upload.status == Status.REPLACED:
        return "A newer file was uploaded after this one, so this one cannot be saved."
    if upload.status == Status.READING:
        return "This file is still being read."
    return "This file cannot be used. Upload a corrected file."
