"""The team reads the draft: each member agrees or comments, section by section, and the drafter answers."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models import TeamMember
from reports.models.reports import Report, ReportSection


class TeamReadingQuerySet(models.QuerySet["TeamReading"]):
    """Readings by whether they still wait for somebody."""

    def waiting(self) -> "TeamReadingQuerySet":
        """Those that wait for a member whose papers are open, while the report is a draft."""
        places = TeamMember.objects.on_team()
        return self.filter(answer="WAITING", report__status="DRAFT", member__in=places.values("pk"))


class TeamReading(models.Model):
    """One member of the team who was asked to read the draft, and what they said. Asked again, they get another row."""

    class Answer(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        AGREED = "AGREED", "Agrees"
        COMMENTED = "COMMENTED", "Commented"
        SILENT = "SILENT", "No answer"
        LEFT = "LEFT", "Left the team"
        SKIPPED = "SKIPPED", "Not waited for"

    SAID = ("AGREED", "COMMENTED")

    report = models.ForeignKey(Report, models.CASCADE, related_name="team_readings")
    member = models.ForeignKey(TeamMember, models.PROTECT, related_name="report_readings")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    due_date = models.DateField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When they answered, or their time ran out.")
    content_hash = models.CharField(max_length=64, blank=True, help_text="Of the draft as it stood when they answered.")
    seen = models.JSONField(default=dict, blank=True, help_text="Section code to the hash of its content when they answered.")

    objects = models.Manager.from_queryset(TeamReadingQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "member"], condition=Q(answer="WAITING"), name="team_reading_once_while_waiting"),
            models.CheckConstraint(
                condition=Q(answer="WAITING", answered_at=None) | (~Q(answer="WAITING") & Q(answered_at__isnull=False)),
                name="team_reading_answered_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"reading of {self.report} by {self.member_id}"


class ReadingComment(models.Model):
    """What a member says of one section, and the drafter's answer. It can be changed until the reading is sent."""

    reading = models.ForeignKey(TeamReading, models.CASCADE, related_name="comments")
    section = models.ForeignKey(ReportSection, models.CASCADE, related_name="comments")
    text = models.TextField()
    written_at = models.DateTimeField(default=now)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["section__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "section"], name="reading_comment_once_a_section"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None, replied_by=None)
                | (~Q(reply="") & Q(replied_at__isnull=False, replied_by__isnull=False)),
                name="reading_comment_replied_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.section}"
