"""The job that counts pages of files that came before pages were counted on upload."""

from surveillance.services import page_counts
from work.jobs import RunningJob, job_kind


@job_kind(page_counts.KIND, queue="bulk", time_limit_seconds=600, label="Pages of documents")
def count_pages(job: RunningJob, *, after: int) -> None:
    """Count one batch; running it again finds counted files no more, and each file is opened once in a run."""
    versions = list(page_counts.uncounted().filter(pk__gt=after)[: page_counts.BATCH])
    counts = {version.pk: pages for version in versions if (pages := page_counts.pages_of(version)) is not None}
    last = versions[-1].pk if len(versions) == page_counts.BATCH else None
    page_counts.record_pages(counts=counts, last=last, lease=job.lease)
