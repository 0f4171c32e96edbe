"""A peer review: which services, why, how, when and on which topics."""

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission, Role, roles_granting
from peerreview.models.procedures import Procedure
from surveillance.models import Indicator, Service, SurveillanceDecision
from surveillance.reach import reach_of
from work.status import MovesByTable


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews by who may do what with them, and by track."""

    def for_user(self, user: User, permission: Permission) -> "ReviewQuerySet":
        """Reviews whose pages ``user`` may open with ``permission``.

        COMPLIANCE: by the services, or as a member from cleared conflicts to sign-off. IMPROVEMENT: only people on it (its
        members, the people of its services, and the one at the hub whom the service chose to arrange it); other hub and
        national staff see its row in lists, never its page.
        """
        reach = reach_of(user, permission)
        staff, _ = reach.split(Role.REVIEWER)
        staff, _ = staff.split(Role.PATIENT_REVIEWER)
        hosts = staff.only_hosts()
        by_scope = Q(purpose=Review.Purpose.COMPLIANCE) & staff.of_services("services__")
        by_host = Q(purpose=Review.Purpose.IMPROVEMENT) & hosts.of_services("services__")
        arranging = Q(purpose=Review.Purpose.IMPROVEMENT, visit_lead=user, region__in=staff.regions) if staff.regions else Q(pk__in=[])
        return self.filter(by_scope | by_host | arranging | self._as_member(user, permission)).distinct()

    @staticmethod
    def _as_member(user: User, permission: Permission) -> Q:
        """Reviews that ``user`` visits, where the reviewer's role itself grants ``permission``: rights never add up across roles."""
        if not user.roles & roles_granting(permission) & REVIEWER_ROLES:
            return Q(pk__in=[])
        return Q(team__user=user, team__status="ACCEPTED", team__is_cleared=True, team__ended_at=None)

    def in_lists_for(self, user: User) -> "ReviewQuerySet":
        """Rows that lists may show: what ``for_user`` opens, and for staff that an IMPROVEMENT review exists, with its dates."""
        openable = self.for_user(user, Permission.REVIEW_VIEW)
        if not (user.is_national or user.roles & HUB_ROLES):
            return openable
        in_scope = self.filter(reach_of(user, Permission.REVIEW_VIEW).of_services("services__"))
        return self.filter(Q(pk__in=openable.values("pk")) | Q(pk__in=in_scope.values("pk")))

    def for_display(self) -> "ReviewQuerySet":
        """With the names that every page shows, in two statements."""
        services = models.Prefetch("services", Service.objects.for_display())
        return self.select_related("procedure", "region", "decision", "visit_lead").prefetch_related(services)


class Review(MovesByTable, models.Model):
    """One peer review of a service or of a pathway in the patient's order."""

    class Purpose(models.TextChoices):
        COMPLIANCE = "COMPLIANCE", "Compliance review"
        IMPROVEMENT = "IMPROVEMENT", "Review for learning"

    class Kind(models.TextChoices):
        COMPREHENSIVE = "COMPREHENSIVE", "Comprehensive"
        TARGETED = "TARGETED", "Targeted"
        RAPID = "RAPID", "Rapid"

    class Mode(models.TextChoices):
        ON_SITE = "ON_SITE", "On site"
        VIRTUAL = "VIRTUAL", "Virtual"
        HYBRID = "HYBRID", "Hybrid"

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        PLANNED = "PLANNED", "Planned"
        NOTIFIED = "NOTIFIED", "Service notified"
        PREPARING = "PREPARING", "Preparing"
        VISITING = "VISITING", "Visiting"
        REPORTING = "REPORTING", "Reporting"
        FOLLOW_UP = "FOLLOW_UP", "Follow-up"
        CLOSED = "CLOSED", "Closed"
        POSTPONED = "POSTPONED", "Postponed"
        CANCELLED = "CANCELLED", "Cancelled"

    TRANSITIONS = {
        Status.PROPOSED: {Status.PLANNED, Status.CANCELLED},
        Status.PLANNED: {Status.NOTIFIED, Status.POSTPONED, Status.CANCELLED},
        Status.NOTIFIED: {Status.PREPARING, Status.POSTPONED, Status.CANCELLED},
        Status.PREPARING: {Status.VISITING, Status.POSTPONED, Status.CANCELLED},
        Status.VISITING: {Status.REPORTING},
        Status.REPORTING: {Status.FOLLOW_UP},
        Status.FOLLOW_UP: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.POSTPONED: {Status.PLANNED, Status.CANCELLED},
        Status.CANCELLED: set(),
    }

    title = models.CharField(max_length=250)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.COMPREHENSIVE)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ON_SITE)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="reviews")
    decision = models.ForeignKey(SurveillanceDecision, models.PROTECT, null=True, blank=True, related_name="reviews")
    requested_reason = models.TextField(
        blank=True, help_text="Why a service asked for a review for learning, or a risk or sample led to one."
    )
    region = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="reviews")
    services = models.ManyToManyField(Service, through="ReviewService", related_name="reviews")
    starts_date = models.DateField(null=True, blank=True)
    ends_date = models.DateField(null=True, blank=True)
    visit_lead = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="The hub's visit manager.")
    short_notice_reason = models.TextField(blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    notified_at = models.DateTimeField(null=True, blank=True)
    preparing_at = models.DateTimeField(null=True, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    next_review_date = models.DateField(null=True, blank=True)
    status_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(ReviewQuerySet)()

    class Meta:
        ordering = ["-starts_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_date=None, ends_date=None) | Q(starts_date__isnull=False, ends_date__gte=F("starts_date")),
                name="review_dates_in_order",
            ),
            models.CheckConstraint(condition=~Q(purpose="IMPROVEMENT") | Q(decision=None), name="review_learning_has_no_decision"),
            models.CheckConstraint(condition=~Q(status="CLOSED") | Q(next_review_date__isnull=False), name="review_closed_has_next_date"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_learning(self) -> bool:
        """Whether this is a review for learning."""
        return self.purpose == self.Purpose.IMPROVEMENT


class ReviewService(models.Model):
    """A service under review, in the patient's order."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="review_services")
    service = models.ForeignKey(Service, models.PROTECT, related_name="review_services")
    position = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["review", "service"], name="review_service_once")]

    def __str__(self) -> str:
        return f"{self.service} in {self.review}"


class VisitDay(models.Model):
    """One day of a visit."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="days")
    date = models.DateField()

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["review", "date"], name="visit_day_once")]

    def __str__(self) -> str:
        return self.date.isoformat()


class Session(models.Model):
    """One session of a visit day."""

    day = models.ForeignKey(VisitDay, models.CASCADE, related_name="sessions")
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    title = models.CharField(max_length=150)
    place = models.CharField(max_length=200, blank=True)
    is_informal = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return self.title


class FocusTopic(models.Model):
    """What the visit looks at: one to five, each naming at least one indicator (or a learning question)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="topics")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    indicators = models.ManyToManyField(Indicator, blank=True, related_name="topics")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["review", "position"], name="topic_position_once")]

    def __str__(self) -> str:
        return self.title
