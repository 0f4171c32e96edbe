"""Actions: one list per service is its plan; each has one owner, one date, and proof."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance import facts, reach
from surveillance.models.decisions import SurveillanceDecision
from surveillance.models.evidence import EvidenceItem, ImpactDomain
from surveillance.models.indicators import Indicator
from surveillance.models.services import Service
from work.status import MovesByTable


class ActionQuerySet(models.QuerySet["Action"]):
    """Actions by who may do what with them, and by lateness, which is worked out."""

    def for_user(self, user: User, permission: Permission) -> "ActionQuerySet":
        """Actions of services on which ``user`` holds ``permission``; actions that they own are always theirs to see."""
        condition = reach.reach_of(user, permission).of_services("service__")
        if permission in {Permission.ACTION_VIEW, Permission.ACTION_OWN} and user.has_permission(permission):
            condition |= Q(owner=user)
        return self.filter(condition)

    def of_compliance(self) -> "ActionQuerySet":
        """Without actions that come from a review for learning: the two tracks share no list, count or figure."""
        actions = self
        for learning in facts.learning_actions():
            actions = actions.exclude(pk__in=learning)
        return actions

    def unfinished(self) -> "ActionQuerySet":
        """Actions still to be carried out or verified."""
        return self.exclude(status__in=[Action.Status.VERIFIED, Action.Status.DRAFT])

    def late(self) -> "ActionQuerySet":
        """Unfinished actions whose day has passed."""
        return self.unfinished().exclude(status=Action.Status.DONE).filter(due_date__lt=timezone.localdate())

    def for_display(self) -> "ActionQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related("service__provider", "service__network", "owner", "owner_organisation", "indicator", "decision")


class Action(MovesByTable, models.Model):
    """One thing that one named person will do for a service by a day."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        OFFERED = "OFFERED", "Offered"
        ACCEPTED = "ACCEPTED", "Accepted by owner"
        DECLINED = "DECLINED", "Declined"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        DONE = "DONE", "Done but not verified"
        VERIFIED = "VERIFIED", "Verified"
        RETURNED = "RETURNED", "Sent back"
        BLOCKED = "BLOCKED", "Blocked"

    TRANSITIONS = {
        Status.DRAFT: {Status.OFFERED},
        Status.OFFERED: {Status.ACCEPTED, Status.DECLINED, Status.OFFERED},
        Status.ACCEPTED: {Status.IN_PROGRESS, Status.DONE, Status.BLOCKED, Status.OFFERED},
        Status.DECLINED: {Status.OFFERED},
        Status.IN_PROGRESS: {Status.DONE, Status.BLOCKED, Status.OFFERED},
        Status.DONE: {Status.VERIFIED, Status.RETURNED},
        Status.VERIFIED: set(),
        Status.RETURNED: {Status.IN_PROGRESS, Status.DONE, Status.BLOCKED, Status.OFFERED},
        Status.BLOCKED: {Status.IN_PROGRESS, Status.OFFERED},
    }

    class AddressedTo(models.TextChoices):
        PROVIDER = "PROVIDER", "Provider"
        COMMISSIONER = "COMMISSIONER", "Commissioner"

    class BlockAnswer(models.TextChoices):
        FUND = "FUND", "Fund it"
        ADVISE = "ADVISE", "Advise"
        CANNOT = "CANNOT", "Cannot"

    service = models.ForeignKey(Service, models.PROTECT, related_name="actions")
    decision = models.ForeignKey(SurveillanceDecision, models.PROTECT, null=True, blank=True, related_name="actions")
    addressed_to = models.CharField(max_length=12, choices=AddressedTo.choices, default=AddressedTo.PROVIDER)
    what = models.TextField()
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="actions")
    baseline = models.CharField(max_length=60, blank=True)
    target = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=now)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="actions_owned")
    owner_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="actions_owned")
    due_date = models.DateField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_due_date = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True)
    domains = models.JSONField(default=list, blank=True, help_text="Codes of ImpactDomain.")
    blocked_reason = models.TextField(blank=True)
    block_due_date = models.DateField(null=True, blank=True)
    block_answer = models.CharField(max_length=8, choices=BlockAnswer.choices, blank=True)
    block_note = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_note = models.TextField(blank=True)
    evidence = models.ManyToManyField(EvidenceItem, blank=True, related_name="actions")
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(ActionQuerySet)()

    class Meta:
        ordering = ["due_date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None) | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="action_verified_paired",
            ),
            models.CheckConstraint(condition=~Q(verified_by=models.F("owner")), name="action_not_verified_by_owner"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def domain_labels(self) -> list[str]:
        """The impact domains in words."""
        return [ImpactDomain(code).label for code in self.domains]


class ActionStep(models.Model):
    """One step of an action, ticked off by its owner."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=300)
    due_date = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False), name="action_step_done_paired"
            )
        ]

    def __str__(self) -> str:
        return self.what


class ActionEvent(models.Model):
    """A step in an action's history, for the page."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.what


class PlanAgreement(models.Model):
    """A service's plan agreed by the executive, then by the hub; due 20 working days after it is drafted."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="plan_agreements")
    drafted_at = models.DateTimeField(default=now)
    due_date = models.DateField()
    executive = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    executive_at = models.DateTimeField(null=True, blank=True)
    hub = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    hub_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drafted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(executive_at=None, executive=None) | Q(executive_at__isnull=False, executive__isnull=False),
                name="plan_executive_paired",
            ),
            models.CheckConstraint(condition=Q(hub_at=None, hub=None) | Q(hub_at__isnull=False, hub__isnull=False), name="plan_hub_paired"),
        ]

    def __str__(self) -> str:
        return f"plan of {self.service}"
