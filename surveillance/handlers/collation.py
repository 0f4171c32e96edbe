"""The job that counts a round's indicators."""

from surveillance.services import collation
from work.jobs import RunningJob, job_kind


@job_kind(collation.KIND, queue="bulk", time_limit_seconds=600, label="Figures of a round")
def count_round(job: RunningJob, *, round_id: int) -> None:
    """Count, unless that was done within the last minute and nobody asked; the periodic work takes up what is left then."""
    if job.job.requested_by_id is None and collation.was_counted_just_now(round_id):
        return
    collation.count_round(round_id=round_id, lease=job.lease)
