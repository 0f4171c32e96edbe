"""A meeting of the hub, its providers and commissioners that decides about many services in one sitting."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.rounds import Round
from surveillance.models.self_reports import SelfReport


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "MeetingQuerySet":
        """Meetings of the regions in which ``user``, as staff, holds ``permission``; England's staff see all."""
        where = reach.reach_of(user, permission)
        return self if where.is_national else self.filter(region__in=where.regions)


class Meeting(models.Model):
    """One sitting of one hub about one round."""

    region = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings")
    round = models.ForeignKey(Round, models.PROTECT, related_name="meetings")
    date = models.DateField()
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=now)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(MeetingQuerySet)()

    class Meta:
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="meeting_closed_paired",
            )
        ]

    def __str__(self) -> str:
        return f"meeting of {self.region} on {self.date}"


class MeetingItem(models.Model):
    """One service on the agenda; taken once something was decided, or put off with a note."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    self_report = models.ForeignKey(SelfReport, models.PROTECT, related_name="meeting_items")
    position = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "self_report"], name="meeting_item_once")]

    def __str__(self) -> str:
        return f"{self.self_report} in {self.meeting}"


class MeetingAttendee(models.Model):
    """Somebody in the meeting, for an organisation; a position given there names who spoke."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendees")
    name = models.CharField(max_length=150)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["organisation__name", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "organisation", "name"], name="meeting_attendee_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"
