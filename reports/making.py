"""What jobs that make documents have in common: one whole file or one failure in words."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from rendering.pdf import PdfFailed
from work.jobs import JobFailed, RunningJob
from work.status import InvalidTransition

Made = TypeVar("Made")
FOLDER = "papers"


def in_words(make: Callable[[], Made]) -> Made:
    """What ``make`` gives; what it cannot make becomes a failed job with a sentence."""
    try:
        return make()
    except (PdfFailed, InvalidTransition) as error:
        raise JobFailed(str(error)) from error


def keep_file(job: RunningJob, name: str, make: Callable[[Path], object]) -> None:
    """Make a file under a random name of this job; it counts when the job is completed with it, and goes otherwise."""
    path = Path(FOLDER, f"{job.job.pk}-{secrets.token_hex(16)}{Path(name).suffix}")
    whole_path, kept = Path(settings.MEDIA_ROOT, path), False
    job.progress(0, 1, "Making the file. You can leave this page.")
    try:
        in_words(lambda: make(whole_path))
        job.lease.complete(result_file=str(path), result_name=name, sentence="The file is ready.")
        kept = True
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    remove_others(whole_path.parent, f"{job.job.pk}-*", kept=whole_path)


def remove_others(folder: Path, pattern: str, *, kept: Path) -> None:
    """What an attempt that was cut off left behind."""
    for other in folder.glob(pattern):
        if other != kept:
            other.unlink(missing_ok=True)
