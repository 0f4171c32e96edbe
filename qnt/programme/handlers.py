"""The job that counts a year of the programme, and the nightly work that asks for it."""

from qnt.programme import services
from work.jobs import RunningJob, job_kind


@job_kind(services.KIND, queue="bulk", time_limit_seconds=1800, label="Figures of a year of the programme")
def count_year(job: RunningJob, *, year: int) -> None:
    """Count a year; running it again writes the same rows."""
    services.count_year(year=year, lease=job.lease)


def count_programme() -> dict[str, int]:
    """Have the years counted that may have changed; published years never are."""
    return {"programme_years_to_count": services.ask_to_count_years()}
