"""The rules that propose surveillance options, by version: data that the national lead edits, never constants in code."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.rounds import Round
from surveillance.models.services import Service
from work.status import MovesByTable


class DecisionRules(MovesByTable, models.Model):
    """One version of the rules. A published version never changes; proposals keep the version that made them."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PUBLISHED = "PUBLISHED", "Published"
        REPLACED = "REPLACED", "Replaced"

    TRANSITIONS = {Status.DRAFT: {Status.PUBLISHED}, Status.PUBLISHED: {Status.REPLACED}, Status.REPLACED: set()}

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    levels = models.JSONField(default=dict, help_text="Rule code to its options and, where it has one, its number.")
    sample_percent = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal(2), help_text="Services drawn for a visit.")
    note = models.TextField(blank=True, help_text="What changed since the version before, and why.")
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1, help_text="Raised by every edit of a draft, so that two edits meet.")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="PUBLISHED"), name="rules_one_published"),
            models.UniqueConstraint(fields=["status"], condition=Q(status="DRAFT"), name="rules_one_draft"),
            models.CheckConstraint(condition=Q(sample_percent__gte=0, sample_percent__lte=100), name="rules_sample_percent"),
        ]

    def __str__(self) -> str:
        return f"Rules, version {self.version}"


class DrawnServiceQuerySet(models.QuerySet["DrawnService"]):
    """Drawn services by who may see them."""

    def for_user(self, user: User, permission: Permission) -> "DrawnServiceQuerySet":
        """Those on whose service ``user`` holds ``permission``, with the names that pages show."""
        rows = self.filter(reach.reach_of(user, permission).of_services("service__"))
        return rows.select_related("service__provider", "service__network", "service__region", "service__specification")


class DrawnService(models.Model):
    """A service that the random sample of a round drew, with the seed that anybody can draw again with."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="drawn_services")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()
    percent = models.DecimalField(max_digits=4, decimal_places=1)
    drawn_at = models.DateTimeField(default=now)
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(DrawnServiceQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "service"], name="drawn_once_a_round")]

    def __str__(self) -> str:
        return f"{self.service} drawn in {self.round}"
