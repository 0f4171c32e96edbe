"""The Celery tasks: one runs a job by its row, one runs a named piece of periodic work."""

from celery import shared_task

from work import jobs, schedule


@shared_task(name="work.run", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run(job_id: int) -> None:
    """Run one job; the row decides whether there is anything to do."""
    jobs.run_job(job_id)


@shared_task(name="work.periodic", ignore_result=True)
def periodic(name: str) -> None:
    """Run one registered piece of periodic work; running it twice does no harm."""
    schedule.run_periodic(name)
