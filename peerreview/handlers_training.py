"""Job kinds of training: mails about what ends."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from peerreview import notifications_training as notices
from peerreview.models import TrainingRecord
from peerreview.queries.training_ends import training_items
from work.jobs import RunningJob, job_kind


@job_kind("mail.training_ends", time_limit_seconds=60)
def mail_training_ends(job: RunningJob, *, record_id: int, last_date: str) -> None:
    """Tell somebody that their training ends, where the same last day still stands and the course is in use."""
    record = TrainingRecord.objects.select_related("user", "course").get(pk=record_id)
    if record.expires_date == dt.date.fromisoformat(last_date) and record.course.retired_at is None:
        notices.send_training_ends(record)
    job.lease.complete()


@job_kind("mail.training_in_hub", time_limit_seconds=60)
def mail_training_in_hub(job: RunningJob, *, manager_id: int) -> None:
    """Tell a hub's manager for how many people training ends, unless all of it was renewed meanwhile."""
    manager, today = User.objects.get(pk=manager_id), timezone.localdate()
    ends = [item for item in training_items(manager) if not item.is_mine and item.due and item.due >= today]
    if ends:
        notices.send_training_in_hub(manager, people_count=len({item.holder_ids for item in ends}))
    job.lease.complete()
