"""What is commissioned and assessed: programmes, specifications, services, and who works on and buys them."""

import datetime as dt
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Permission, Role
from surveillance import reach


class ProgrammeOfCare(models.Model):
    """One of six groups of services."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ServiceSpecification(models.Model):
    """What a service should be, by its number; a part of one has a number such as 105-AO."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=250)
    programme = models.ForeignKey(ProgrammeOfCare, models.PROTECT, related_name="specifications")
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    provenance = models.CharField(max_length=200, blank=True)
    key_requirements = models.TextField(blank=True, help_text="One a line; a service without an indicator set reports against these.")

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class DatedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows with ``from_date`` and ``to_date``, both days included."""

    def active(self, on: dt.date | None = None) -> "DatedQuerySet":
        """Rows in force on a day; today when none is given."""
        day = on or timezone.localdate()
        return self.filter(Q(to_date=None) | Q(to_date__gte=day), from_date__lte=day)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "ServiceQuerySet":
        """Services on which ``user`` holds ``permission``: assigned, of the provider or network, in the region, or commissioned."""
        return self.filter(reach.reach_of(user, permission).of_services())

    def for_display(self) -> "ServiceQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related("provider", "network", "region", "specification__programme")


class PlaceKind(models.TextChoices):
    """The kind of place that a service serves: reviewers who know it understand what is outside a service's control."""

    CITY = "CITY", "Large city"
    TOWN = "TOWN", "Towns"
    RURAL = "RURAL", "Rural area"
    COAST = "COAST", "Coast or islands"


class Service(models.Model):
    """A provider's (or a network's) service under one specification or part of one."""

    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="services")
    network = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="network_services")
    specification = models.ForeignKey(ServiceSpecification, models.PROTECT, related_name="services")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="region_services")
    name = models.CharField(max_length=250)
    sites = models.CharField(max_length=300, blank=True)
    patients_a_year_count = models.PositiveIntegerField(null=True, blank=True)
    place_kind = models.CharField(max_length=5, choices=PlaceKind.choices, blank=True, default="", db_default="")
    geography = models.TextField(blank=True)
    population = models.TextField(blank=True)
    travel = models.TextField(blank=True)
    dependencies = models.TextField(blank=True)
    outside_control = models.TextField(blank=True)
    next_review_date = models.DateField(null=True, blank=True)
    is_illustrative = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(ServiceQuerySet)()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=False, network=None) | Q(provider=None, network__isnull=False), name="service_one_holder"
            ),
            models.UniqueConstraint(fields=["provider", "specification"], name="service_once_a_provider"),
            models.UniqueConstraint(fields=["network", "specification"], name="service_once_a_network"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.holder.name}"

    @property
    def holder(self) -> Organisation:
        """The provider or network whose service this is."""
        return cast("Organisation", self.provider or self.network)  # a constraint holds that one of them is set

    @property
    def icb(self) -> Organisation | None:
        """The integrated care board of the holder."""
        return self.holder.icb


class ServiceAssignment(models.Model):
    """Who works on a service, in which role, from when to when, and why (a review's members are written here when cleared)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    service = models.ForeignKey(Service, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["user", "role"])]
        constraints = [
            models.UniqueConstraint(fields=["user", "service", "role"], condition=Q(to_date=None), name="assignment_once_while_open")
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display().lower()} on {self.service}"


class Commissioning(models.Model):
    """Which organisation buys a service; exactly one of them leads and takes the commissioner's position."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="commissionings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="commissionings")
    is_lead = models.BooleanField(default=False)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service"], condition=Q(is_lead=True, to_date=None), name="commissioning_one_lead"),
            models.UniqueConstraint(fields=["service", "organisation"], condition=Q(to_date=None), name="commissioning_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} commissions {self.service}"


class NetworkMember(models.Model):
    """A service that belongs to a clinical network, from when to when."""

    network = models.ForeignKey(Organisation, models.PROTECT, related_name="network_members")
    service = models.ForeignKey(Service, models.PROTECT, related_name="networks")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    def __str__(self) -> str:
        return f"{self.service} in {self.network}"
