"""Counting the pages of files that came before pages were counted on upload: a job in batches, asked for by a command."""

import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from surveillance.models import EvidenceVersion
from surveillance.uploads.checking import MEDIA_TYPES, CheckedFile
from work import jobs
from work.jobs import Lease
from work.models import Job

log = logging.getLogger(__name__)

KIND, BATCH = "evidence.count_pages", 100
COUNTABLE = Q(media_type=MEDIA_TYPES["pdf"]) | Q(media_type__startswith="image/")


def uncounted() -> QuerySet[EvidenceVersion]:
    """Files whose pages can be counted and are not; of documents of other kinds nobody knows before somebody prints them."""
    return EvidenceVersion.objects.filter(COUNTABLE, page_count=None).exclude(file_path="").order_by("pk")


def ask_to_count_pages() -> int:
    """Ask for the job where there is something to count; gives how many files that are."""
    count = uncounted().count()
    if count:
        ask_for_batch(after=0)
    return count


def ask_for_batch(*, after: int) -> Job:
    """Ask for the files that come after one, by id; while that batch waits, it is that one."""
    return jobs.enqueue(KIND, key=str(after), after=after)


def pages_of(version: EvidenceVersion) -> int | None:
    """The pages of a stored file by the rule of uploads; None of one that is away or cannot be read."""
    try:
        content = Path(settings.MEDIA_ROOT, version.file_path).read_bytes()
        return CheckedFile(content, version.file_name, version.media_type).page_count
    except Exception:  # a broken file is no reason to leave the others uncounted
        log.warning("The pages of evidence version %s could not be counted.", version.pk)
        return None


@transaction.atomic
def record_pages(*, counts: dict[int, int], last: int | None, lease: Lease) -> None:
    """Write the pages of a batch and ask for what comes after it, in the transaction that completes the job. Raises LeaseLost."""
    for pk, pages in counts.items():
        EvidenceVersion.objects.filter(pk=pk, page_count=None).update(page_count=pages)
    lease.complete(sentence=f"The pages of {len(counts)} files are counted.")
    if last is not None:
        ask_for_batch(after=last)
