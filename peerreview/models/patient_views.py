"""Views of a service's own patients and carers: by a public link, on paper or in an interview."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.reviews import Review
from surveillance.models import Service


class ViewsLink(models.Model):
    """A public address at which patients and carers of one service say what they think, between two days."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="views_links")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    token = models.CharField(max_length=43, unique=True)
    opens_date = models.DateField()
    closes_date = models.DateField()
    pals_contact = models.CharField(max_length=300, help_text="Who to contact with a complaint or for advice: PALS of the provider.")
    formats_contact = models.CharField(max_length=300, help_text="Who to ask for large print, Easy Read or another language.")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed before its day.")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "service"], name="views_link_once"),
            models.CheckConstraint(condition=Q(closes_date__gte=F("opens_date")), name="views_link_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"link for views on {self.service}"


class PatientView(models.Model):
    """One person's view. A hub person reads it before the team does; nothing says who the person is."""

    class Channel(models.TextChoices):
        LINK = "LINK", "Online"
        PAPER = "PAPER", "On paper"
        INTERVIEW = "INTERVIEW", "In an interview"

    class Who(models.TextChoices):
        PATIENT = "PATIENT", "A patient"
        CARER = "CARER", "A carer or family member"
        OTHER = "OTHER", "Someone else"

    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting to be read"
        SHARED = "SHARED", "Shared with the team"
        HELD_BACK = "HELD_BACK", "Held back"

    review = models.ForeignKey(Review, models.CASCADE, related_name="views")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    link = models.ForeignKey(ViewsLink, models.PROTECT, null=True, blank=True, related_name="views")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    channel = models.CharField(max_length=9, choices=Channel.choices)
    who = models.CharField(max_length=7, choices=Who.choices, blank=True)
    good = models.TextField(blank=True)
    better = models.TextField(blank=True)
    unsafe = models.TextField(blank=True)
    given_at = models.DateTimeField(default=now)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who typed or asked.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    held_back_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(good="", better="", unsafe=""), name="view_says_something"),
            models.CheckConstraint(
                condition=Q(status="WAITING", read_at=None, read_by=None)
                | (~Q(status="WAITING") & Q(read_at__isnull=False, read_by__isnull=False)),
                name="view_read_paired",
            ),
            models.CheckConstraint(
                condition=Q(channel="LINK", entered_by=None) | (~Q(channel="LINK") & Q(entered_by__isnull=False)),
                name="view_entered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"view {self.pk}"
