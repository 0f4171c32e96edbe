"""Job kind of the round's Excel file: services and answers, with what each column means."""

import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from rendering.sheets import Sheet, save_workbook
from surveillance.exporting import ANSWER_COLUMNS, DEFINITIONS, SERVICE_COLUMNS, answer_rows, at_stage, name_of, service_rows
from surveillance.models import Round, Stage
from surveillance.round_choice import Choice, choice_of
from work.jobs import JobFailed, RunningJob, job_kind

FOLDER = "exports"


@job_kind("round.workbook", queue="bulk", time_limit_seconds=3600, label="Services and answers of a round (Excel)")
def make_workbook(job: RunningJob, *, round_id: int, stage: str, query: str) -> None:
    """Make the file in the scope that the person has when the job runs; running it again makes the same file anew."""
    user = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    if user is None:
        raise JobFailed("The person who asked for this has no access any more.")
    opened = Round.objects.get(pk=round_id)
    choice = choice_of(user, opened, QueryDict(query))
    path = Path(FOLDER, f"{job.job.pk}-{secrets.token_hex(16)}.xlsx")
    whole_path, kept = Path(settings.MEDIA_ROOT, path), False
    total = at_stage(choice.reports, stage).count()

    def show(done: int) -> None:
        job.progress(done, total, f"Making the file: {done:,} of {total:,}. You can leave this page. It will be in Your files.")

    show(0)
    try:
        _save(whole_path, opened, stage, choice, show)
        name = f"{name_of('round', opened.year, stage, choice.words)}.xlsx"
        job.lease.complete(result_file=str(path), result_name=name, sentence="The file is ready.")
        kept = True
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    for other in whole_path.parent.glob(f"{job.job.pk}-*.xlsx"):  # what an attempt that was cut off left behind
        if other != whole_path:
            other.unlink(missing_ok=True)


def _save(path: Path, opened: Round, stage: str, choice: Choice, show: Callable[[int], None]) -> None:
    services = service_rows(choice.reports, year=opened.year, stage=stage)
    answers = answer_rows(choice.reports, stage=stage, progress=show)
    sheets = [Sheet("Services", SERVICE_COLUMNS, services, widths=(12, 12, 40)), Sheet("Answers", ANSWER_COLUMNS, answers, widths=(12,))]
    filters = ", ".join(choice.words) or "None: every service that you may read"
    notes = [
        f"Filters: {filters}",
        f"Stage: {Stage(stage).label}. At a later stage an answer without an assessment counts as at the stage before.",
        f"Made at {long_datetime(timezone.now())}, UK time, from what was declared and assessed by then.",
    ]
    if choice.reports.filter(indicator_set__is_illustrative=True).exists():
        notes.append("Illustrative indicators: they are not an official NHS England set.")
    save_workbook(path, sheets, title=str(opened), definitions=DEFINITIONS, notes=notes)
