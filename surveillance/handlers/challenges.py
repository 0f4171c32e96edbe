"""The job that writes scores anew after a suspension."""

from surveillance.models import Indicator
from surveillance.services import rescoring
from work.items import counted
from work.jobs import RunningJob, job_kind


@job_kind("challenges.rescore", queue="bulk", time_limit_seconds=3600, label="Scores after a change to an indicator")
def rescore(job: RunningJob, *, indicator_id: int, revision: int) -> None:
    """Write the scores of every self-report that asks the indicator, 200 at a time; running it again gives the same figures.

    ``revision`` only tells one change of the indicator from the next: each batch reads the indicator as it stands.
    """
    number = Indicator.objects.values_list("number", flat=True).get(pk=indicator_id)
    total, done, last = rescoring.reports_holding(indicator_id).count(), 0, 0
    while True:
        last, count = rescoring.rescore_next(indicator_id=indicator_id, after=last)
        if not count:
            break
        done += count
        job.progress(done, max(done, total), f"Indicator {number}: {done:,} of {max(done, total):,} self-reports read")
    job.lease.complete(sentence=f"Indicator {number}: scores of {counted(done, 'self-report')} are up to date")
