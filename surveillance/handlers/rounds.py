"""Jobs of rounds."""

from surveillance.models import Round, SelfReport
from surveillance.services import rounds
from work.jobs import RunningJob, job_kind


@job_kind("round.open", queue="bulk", time_limit_seconds=3600)
def open_round(job: RunningJob, *, round_id: int) -> None:
    """Make the self-reports of a round, 200 services at a time; running it again makes only what is missing."""
    opened = Round.objects.get(pk=round_id)
    total = rounds.services_of_round(opened).count()
    while rounds.open_next_services(round_id=round_id):
        done = SelfReport.objects.filter(round=round_id).count()
        job.progress(done, total, f"Opening the {opened.year} round: {done:,} of {total:,} services")
