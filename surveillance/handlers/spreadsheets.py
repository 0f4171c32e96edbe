"""Job kind of spreadsheets that came back: read one and say what it would change. Nothing is saved."""

from pathlib import Path

from django.conf import settings

from surveillance.models import SelfReport, SpreadsheetUpload
from surveillance.services import spreadsheets as services
from surveillance.spreadsheets import WorkbookRefused, read_workbook
from work.jobs import RunningJob, job_kind


@job_kind("self_report.spreadsheet", time_limit_seconds=180, label="Check of a spreadsheet")
def read_spreadsheet(job: RunningJob, *, upload_id: int) -> None:
    """Read an uploaded workbook; running it again after success does nothing."""
    upload = SpreadsheetUpload.objects.get(pk=upload_id)
    if upload.status != SpreadsheetUpload.Status.READING:
        job.lease.complete(sentence="Your spreadsheet was checked.")
        return
    report = SelfReport.objects.for_display().get(pk=upload.self_report_id)

    def show(done: int, total: int) -> None:
        job.progress(done, total, f"Reading row {done:,} of {total:,}. Nothing is saved yet.")

    show(0, report.answers.count())
    try:
        workbook = read_workbook(Path(settings.MEDIA_ROOT, upload.file_path), report, progress=show)
    except WorkbookRefused as refusal:
        services.record_refusal(upload_id=upload_id, sentence=str(refusal), lease=job.lease)
    else:
        services.record_rows(upload_id=upload_id, workbook=workbook, lease=job.lease)
