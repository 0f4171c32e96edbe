"""Themes: findings of three or more services that say the same, what is systemic in them, and who outside the providers acts."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import Permission
from peerreview.models import Finding, Review
from surveillance.reach import reach_of
from work.status import MovesByTable

LEAST_SERVICES = 3


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes by who may read, write or answer them; each gives ``service_count``, the services whose findings still stand."""

    def counted(self) -> "ThemeQuerySet":
        """With how many services, and how many findings, a theme stands on: agreed findings that nobody withdrew."""
        standing = ThemeFinding.objects.standing().filter(theme=OuterRef("pk")).order_by().values("theme")
        services = standing.annotate(number=Count("finding__service", distinct=True)).values("number")
        findings = standing.annotate(number=Count("pk")).values("number")
        return self.annotate(service_count=Coalesce(Subquery(services), 0), finding_count=Coalesce(Subquery(findings), 0))

    def for_user(self, user: User, permission: Permission) -> "ThemeQuerySet":
        """Accepted themes of three or more services for whoever reads themes; others for their writers and their owner."""
        if not user.has_permission(permission):
            return self.none()
        rows = self.counted()
        shown = Q(status__in=Theme.SHOWN, service_count__gte=LEAST_SERVICES) if permission == Permission.THEME_VIEW else Q(pk__in=[])
        return rows.filter(shown | self._as_writer(user) | Q(owner=user))

    def written_by(self, user: User) -> "ThemeQuerySet":
        """Themes that are this person's to write: of their region, or of England; of the learning track their own alone."""
        return self.counted().filter(self._as_writer(user))

    @staticmethod
    def _as_writer(user: User) -> Q:
        reach = reach_of(user, Permission.THEME_MANAGE)
        places = Q(pk__isnull=False) if reach.is_national else Q(region__in=reach.regions)
        is_own = Q(written_by=user) if user.has_permission(Permission.THEME_MANAGE) else Q(pk__in=[])
        return (Q(purpose=Review.Purpose.COMPLIANCE) & places) | is_own

    def for_display(self) -> "ThemeQuerySet":
        """With the names that pages show, in one statement."""
        return self.select_related("owner", "owner_organisation", "written_by", "region")


class Theme(MovesByTable, models.Model):
    """What several services' findings of one track have in common, and what somebody outside the providers does about it."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        OFFERED = "OFFERED", "Offered"
        DECLINED = "DECLINED", "Declined"
        ACCEPTED = "ACCEPTED", "Accepted by owner"
        DONE = "DONE", "Done"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    TRANSITIONS = {
        Status.DRAFT: {Status.OFFERED, Status.WITHDRAWN},
        Status.OFFERED: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.DECLINED: {Status.OFFERED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.DONE, Status.WITHDRAWN},
        Status.DONE: {Status.WITHDRAWN},
        Status.WITHDRAWN: set(),
    }
    SHOWN = ("ACCEPTED", "DONE")
    WRITABLE = ("DRAFT", "DECLINED")

    title = models.CharField(max_length=150)
    systemic = models.TextField(help_text="What is systemic: what no single provider can put right.")
    purpose = models.CharField(max_length=12, choices=Review.Purpose.choices, help_text="The track of all its findings.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    region = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", help_text="The hub that wrote it; none for England."
    )
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    owner_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_due_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True, help_text="By when the owner says what was done.")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was declined or withdrawn.")
    done = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(ThemeQuerySet)()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["OFFERED", "ACCEPTED", "DONE"])
                | Q(owner__isnull=False, owner_organisation__isnull=False, answer_due_date__isnull=False, due_date__isnull=False),
                name="theme_offered_to_somebody",
            ),
            models.CheckConstraint(condition=~Q(status="DONE") | (Q(done_at__isnull=False) & ~Q(done="")), name="theme_done_says_what"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_learning(self) -> bool:
        """Whether its findings come from reviews for learning."""
        return self.purpose == Review.Purpose.IMPROVEMENT


class ThemeFindingQuerySet(models.QuerySet["ThemeFinding"]):
    """What themes are made of."""

    def standing(self) -> "ThemeFindingQuerySet":
        """Those whose finding the team agreed and nobody withdrew."""
        return self.exclude(finding__status__in=[Finding.Status.DRAFT, Finding.Status.WITHDRAWN])


class ThemeFinding(models.Model):
    """One finding that belongs to a theme."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="theme_findings")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ThemeFindingQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "finding"], name="theme_finding_once")]

    def __str__(self) -> str:
        return f"finding {self.finding_id} in theme {self.theme_id}"
