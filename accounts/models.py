"""Who: organisations, people, their roles with dates, and the sealed audit trail."""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.clock import now
from accounts.permissions import REVIEWER_ROLES, ROLE_PERMISSIONS, Permission, Role


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations by kind and by date."""

    def of_kind(self, kind: str) -> "OrganisationQuerySet":
        """Organisations of one kind."""
        return self.filter(kind=kind)

    def valid_on(self, day: dt.date) -> "OrganisationQuerySet":
        """Organisations that exist on ``day``."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class Organisation(models.Model):
    """A body of the NHS, by its ODS code. Never deleted: a closed one has an end date and perhaps a successor."""

    class Kind(models.TextChoices):
        NATIONAL = "NATIONAL", "National team"
        REGION = "REGION", "Region"
        ICB = "ICB", "Integrated care board"
        PROVIDER = "PROVIDER", "Provider"
        NETWORK = "NETWORK", "Network"
        REGULATOR = "REGULATOR", "Regulator"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField("ODS code", max_length=20, unique=True)
    name = models.CharField(max_length=200)
    region = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="organisations_in_region")
    icb = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="organisations_in_icb")
    host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hosted_networks")
    town = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    contact_email = models.EmailField(blank=True)
    is_illustrative = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(OrganisationQuerySet)()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; an address is stored in lower case, so that it signs in however it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person with an address; without a password nobody can sign in until one is set by a link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who can sign in. What they may do stands in their memberships, never on this row."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    wants_digest = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def active_memberships(self) -> list["Membership"]:
        """Memberships in force today, with their organisations: one statement a request, as the user is read anew."""
        return list(self.memberships.active().select_related("organisation").order_by("pk"))

    @property
    def roles(self) -> set[str]:
        """Every role held somewhere today."""
        return {membership.role for membership in self.active_memberships}

    def organisation_ids(self, *, roles: frozenset[str]) -> list[int]:
        """Organisations in which this person holds one of ``roles`` today."""
        return [m.organisation_id for m in self.active_memberships if m.role in roles]

    def has_permission(self, permission: str) -> bool:
        """Whether some role held today grants ``permission`` somewhere; where, the scope of each object says."""
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles if role in ROLE_PERMISSIONS)

    @property
    def is_national(self) -> bool:
        """Whether this person is on the national team today."""
        return Role.NATIONAL_LEAD in self.roles


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by date and by who may manage them."""

    def active(self, on: dt.date | None = None) -> "MembershipQuerySet":
        """Memberships in force on a day; today when none is given."""
        day = on or timezone.localdate()
        return self.filter(Q(to_date=None) | Q(to_date__gte=day), from_date__lte=day)

    def manageable_by(self, user: User) -> "MembershipQuerySet":
        """Memberships on the list of ``user``: national all; else one's own organisation, a hub's reviewers, a host's networks."""
        if user.is_national:
            return self.all()
        hubs = user.organisation_ids(roles=frozenset({Role.HUB_MANAGER}))
        trusts = user.organisation_ids(roles=frozenset({Role.EXECUTIVE}))
        own = [*hubs, *trusts, *user.organisation_ids(roles=frozenset({Role.SERVICE_LEAD}))]
        reviewers = Q(role__in=REVIEWER_ROLES, organisation__region__in=hubs)
        return self.filter(Q(organisation__in=own) | reviewers | Q(organisation__host__in=trusts))


class Membership(models.Model):
    """A role of a person in an organisation, from a day to a day (both included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    delegate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="delegates")
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="memberships_invited")

    objects = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date=None) | Q(to_date__gte=models.F("from_date") - dt.timedelta(days=1)), name="membership_dates_in_order"
            ),
            models.UniqueConstraint(fields=["user", "organisation", "role"], condition=Q(to_date=None), name="membership_once_while_open"),
            models.CheckConstraint(
                condition=Q(invited_at=None, invited_by=None) | Q(invited_at__isnull=False, invited_by__isnull=False),
                name="membership_invited_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display().lower()} of {self.organisation}"

    @property
    def grants(self) -> frozenset[Permission]:
        """What this membership's role allows."""
        return ROLE_PERMISSIONS[self.role]


class AuditEvent(models.Model):
    """Who did what to which object, when and why. Append-only; never the text of answers or reports."""

    at = models.DateTimeField(default=now, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class AuditSeal(models.Model):
    """One link of the hash chain over audit events, written by the periodic sealer alone, so saves never queue for it."""

    sequence = models.BigIntegerField(unique=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"seal {self.sequence}"
