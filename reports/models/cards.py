"""Learning cards: good practice that one service found, written so that another can take it, and who took it."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, Review, TeamMember
from reports.models.themes import Theme
from surveillance.models import Service
from surveillance.reach import reach_of
from work.status import MovesByTable


class LearningCardQuerySet(models.QuerySet["LearningCard"]):
    """Cards by who may read or write them."""

    def for_user(self, user: User, permission: Permission) -> "LearningCardQuerySet":
        """Shared cards; before that, those of reviews that ``user`` arranges or visits, and the source's own from the ask on."""
        if not user.has_permission(permission):
            return self.none()
        return self.filter(Q(status=LearningCard.Status.SHARED) | self._as_source(user) | self._as_review(user)).distinct()

    def written_by(self, user: User) -> "LearningCardQuerySet":
        """Cards of reviews that ``user`` arranges: theirs to write, to ask about and to withdraw."""
        return self.filter(review__in=Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk"))

    def of_source(self, user: User) -> "LearningCardQuerySet":
        """Cards about a service for whose side ``user`` answers."""
        return self.filter(reach_of(user, Permission.LEARNING_USE).of_services("service__"))

    @staticmethod
    def _as_source(user: User) -> Q:
        own = reach_of(user, Permission.LEARNING_USE).of_services("service__")
        return own & ~Q(status=LearningCard.Status.DRAFT)

    @staticmethod
    def _as_review(user: User) -> Q:
        arranged = Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk")
        visited = TeamMember.objects.on_team().filter(user=user).values("review")
        return Q(review__in=arranged) | Q(review__in=visited)

    def for_display(self) -> "LearningCardQuerySet":
        """With the names that pages show, in two statements."""
        rows = self.select_related(
            "service__provider", "service__network", "service__specification", "review__region", "finding", "written_by"
        )
        return rows.prefetch_related("finding__tags")


class LearningCard(MovesByTable, models.Model):
    """What one service does well: what, for whom, how, whom to ask. Nobody else reads it before that service agrees."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        ASKED = "ASKED", "With the service"
        DECLINED = "DECLINED", "Declined"
        SHARED = "SHARED", "Shared"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    TRANSITIONS = {
        Status.DRAFT: {Status.ASKED, Status.WITHDRAWN},
        Status.ASKED: {Status.SHARED, Status.DECLINED, Status.DRAFT, Status.WITHDRAWN},
        Status.DECLINED: {Status.DRAFT, Status.WITHDRAWN},
        Status.SHARED: {Status.WITHDRAWN},
        Status.WITHDRAWN: set(),
    }

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cards",
        help_text="The theme that it answers, where it was made for one.",
    )
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", help_text="The source: whose practice it is.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(max_length=150)
    what = models.TextField()
    for_whom = models.TextField()
    how = models.TextField()
    contact = models.CharField(max_length=200)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why the service declined, or why the card was withdrawn.")
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(LearningCardQuerySet)()

    class Meta:
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="learning_card_answered_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status="SHARED") | Q(answered_at__isnull=False), name="learning_card_shared_by_its_service"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NamedCard(models.Model):
    """A shared card that a review team or hub names beside a finding: how others did it."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    card = models.ForeignKey(LearningCard, models.CASCADE, related_name="named_in")
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "card"], name="card_named_once")]

    def __str__(self) -> str:
        return f"card {self.card_id} beside finding {self.finding_id}"


class Uptake(models.Model):
    """What another service does with a card, in one line of its own."""

    class Step(models.TextChoices):
        TRYING = "TRYING", "Trying"
        ADOPTED = "ADOPTED", "Adopted"
        NOT_FOR_US = "NOT_FOR_US", "Not for us"

    card = models.ForeignKey(LearningCard, models.CASCADE, related_name="uptakes")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)
    why = models.CharField(max_length=300, blank=True)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["step", "pk"]
        constraints = [models.UniqueConstraint(fields=["card", "service"], name="uptake_once_a_service")]

    def __str__(self) -> str:
        return f"uptake {self.pk}"
