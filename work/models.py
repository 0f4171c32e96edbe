"""What waits for a worker or a person: jobs, England's bank holidays, reminders sent, runs of periodic work."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.clock import now
from accounts.models import User


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who asked and by what the sweeper must do."""

    def for_user(self, user: User) -> "JobQuerySet":
        """Jobs that ``user`` asked for: nobody sees the files of another."""
        return self.filter(requested_by=user)

    def waiting(self, *, longer_than: dt.timedelta) -> "JobQuerySet":
        """Queued jobs whose bell was rung long enough ago that it may be lost."""
        return self.filter(status=Job.Status.QUEUED, rung_at__lt=timezone.now() - longer_than)

    def abandoned(self) -> "JobQuerySet":
        """Running jobs whose lease ran out: their worker died."""
        return self.filter(status=Job.Status.RUNNING, lease_until__lt=timezone.now())


class Job(models.Model):
    """One piece of slow work. The row is the record and the broker only a doorbell."""

    class Status(models.TextChoices):
        QUEUED = "QUEUED", "Waiting to start"
        RUNNING = "RUNNING", "In progress"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="interactive")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="jobs")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    progress_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=300, blank=True)
    attempt_count = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=now)
    rung_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)
    result_file = models.CharField(max_length=300, blank=True)
    result_name = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(JobQuerySet)()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["status", "rung_at"])]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(status__in=["QUEUED", "RUNNING"]), name="job_once_while_live"),
            models.CheckConstraint(
                condition=Q(lease_token=None, lease_until=None) | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="job_lease_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in {self.Status.DONE, self.Status.FAILED}

    @classmethod
    def claim(cls, job_id: int) -> "Job | None":
        """Take the job by one conditional UPDATE; None when it is done, held by a live worker, or out of attempts."""
        now, token = timezone.now(), uuid.uuid4()
        is_free = Q(status=cls.Status.QUEUED) | Q(status=cls.Status.RUNNING, lease_until__lt=now)
        claimed = cls.objects.filter(is_free, pk=job_id, attempt_count__lt=settings.JOB_MAX_ATTEMPTS).update(
            status=cls.Status.RUNNING,
            lease_token=token,
            lease_until=now + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS),
            attempt_count=F("attempt_count") + 1,
        )
        return cls.objects.get(pk=job_id) if claimed else None


class JobLine(models.Model):
    """What became of one thing of a job over many: done, or not done and why. The job's page lists them."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines")
    subject_id = models.PositiveBigIntegerField(help_text="The thing's id: running the job again writes the same line.")
    label = models.CharField(max_length=300)
    path = models.CharField(max_length=200, blank=True, help_text="Where the thing is looked at.")
    is_done = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["is_done", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "subject_id"], name="job_line_once"),
            models.CheckConstraint(condition=Q(is_done=True) | ~Q(reason=""), name="job_line_says_why"),
        ]

    def __str__(self) -> str:
        return self.label


class BankHoliday(models.Model):
    """A day on which England does not work. Shipped from the public calendar, edited by the national team."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date.isoformat()} {self.name}"


class ReminderSent(models.Model):
    """One reminder of one kind for one thing to one person: the row is why it is not sent twice."""

    key = models.CharField(max_length=200)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "user"], name="reminder_once")]

    def __str__(self) -> str:
        return self.key


class DigestEntry(models.Model):
    """One line for a person's daily digest: what happened that needs nobody today. It goes once it was sent."""

    user = models.ForeignKey(User, models.CASCADE, related_name="digest_entries")
    sentence = models.CharField(max_length=250)
    key = models.CharField(max_length=200)
    noted_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["noted_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="digest_entry_once")]

    def __str__(self) -> str:
        return self.sentence


class CalendarFeed(models.Model):
    """The private address of a person's calendar: only its token's hash is kept, so that nobody can read it here."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"calendar of {self.user}"


class PeriodicRun(models.Model):
    """When a piece of periodic work last ran; ``/readyz`` reads the sweeper's age here."""

    name = models.CharField(max_length=60, unique=True)
    ran_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name
