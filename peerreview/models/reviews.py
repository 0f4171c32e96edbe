"""A peer review: which services, why, how, when and on which topics."""

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission, roles_granting
from peerreview.models.procedures import Procedure
from peerreview.models.sent_once import SentOnce
from surveillance.models import Indicator, Service, SurveillanceDecision
from surveillance.reach import Reach, reach_of
from work.status import InvalidTransition, MovesByTable

# What a release of a review for learning opens to the region's hub and the national team; planning and ruling stay with its people.
READING = frozenset({Permission.REVIEW_VIEW, Permission.FINDING_VIEW, Permission.REPORT_VIEW})


def hosting(user: User, permission: Permission = Permission.REVIEW_VIEW) -> Reach:
    """The services that ``user`` leads or answers for, where they hold ``permission``: service leads, executives, network leads."""
    return _not_visiting(reach_of(user, permission)).only_hosts()


def _not_visiting(reach: Reach) -> Reach:
    """What somebody reaches by any role but a reviewer's."""
    for role in sorted(REVIEWER_ROLES):
        reach, _ = reach.split(role)
    return reach


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews by who may do what with them, and by track."""

    def for_user(self, user: User, permission: Permission) -> "ReviewQuerySet":
        """Reviews whose pages ``user`` may open with ``permission``.

        COMPLIANCE: by the services, or as a member from cleared conflicts to sign-off. IMPROVEMENT: only people on it (its
        members, the people of its services, and the one at the hub whom the service chose to arrange it); other hub and
        national staff see its row in lists, and its page to read once the service released it.
        """
        staff, hosts = _not_visiting(reach_of(user, permission)), hosting(user, permission)
        by_scope = Q(purpose=Review.Purpose.COMPLIANCE) & staff.of_services("services__")
        by_host = Q(purpose=Review.Purpose.IMPROVEMENT) & hosts.of_services("services__")
        released = Q(purpose=Review.Purpose.IMPROVEMENT, released_at__isnull=False) & staff.only_staff().of_services("services__")
        arranging = Q(purpose=Review.Purpose.IMPROVEMENT, visit_lead=user, region__in=staff.regions) if staff.regions else Q(pk__in=[])
        condition = by_scope | by_host | arranging | self._as_member(user, permission)
        return self.filter(condition | released if permission in READING else condition).distinct()

    def hosted_by(self, user: User) -> "ReviewQuerySet":
        """Reviews of the services that ``user`` leads or answers for."""
        return self.filter(hosting(user).of_services("services__")).distinct()

    def arranged_by(self, user: User) -> "ReviewQuerySet":
        """Reviews that wait for ``user`` at the hub: all for compliance of its region, and those that they were chosen to arrange."""
        regions = reach_of(user, Permission.REVIEW_PLAN).regions
        return self.filter(Q(purpose=Review.Purpose.COMPLIANCE) | Q(visit_lead=user), region__in=regions)

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

    class Origin(models.TextChoices):
        """What a review comes from. A review for learning comes from a request alone (design: two tracks)."""

        DECISION = "DECISION", "A decision for peer review"
        RISK = "RISK", "A risk"
        SAMPLE = "SAMPLE", "The random sample"
        REQUEST = "REQUEST", "A request of the service or network"

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
        Status.VISITING: {Status.REPORTING, Status.CANCELLED},
        Status.REPORTING: {Status.FOLLOW_UP, Status.CANCELLED},
        Status.FOLLOW_UP: {Status.CLOSED, Status.CANCELLED},
        Status.CLOSED: set(),
        Status.POSTPONED: {Status.PLANNED, Status.CANCELLED},
        Status.CANCELLED: set(),
    }

    # While the visit is ahead and has days; until it begins; until it is over; from its first day on.
    DATED = (Status.PLANNED, Status.NOTIFIED, Status.PREPARING)
    BEFORE_VISIT = (Status.PROPOSED, Status.POSTPONED, *DATED)
    TO_THE_VISIT = (*BEFORE_VISIT, Status.VISITING)
    HELD = (Status.VISITING, Status.REPORTING, Status.FOLLOW_UP, Status.CLOSED)
    # From its visit on a review can be left only where it is for learning, by its service.
    LEFT_FROM = frozenset({Status.VISITING, Status.REPORTING, Status.FOLLOW_UP})

    title = models.CharField(max_length=250)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.COMPREHENSIVE)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ON_SITE)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="reviews")
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.DECISION, db_default="DECISION")
    is_pathway = models.BooleanField(
        default=False, db_default=False, help_text="Its services are steps of a pathway in the patient's order."
    )
    decision = models.ForeignKey(SurveillanceDecision, models.PROTECT, null=True, blank=True, related_name="reviews")
    requested_reason = models.TextField(
        blank=True, help_text="Why a service asked for a review for learning, or a risk or sample led to one."
    )
    region = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="reviews")
    services = models.ManyToManyField(Service, through="ReviewService", related_name="reviews")
    starts_date = models.DateField(null=True, blank=True)
    ends_date = models.DateField(null=True, blank=True)
    visit_lead = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="The hub's visit manager.")
    visit_phone = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="The number to call during the visit when there is no signal."
    )
    short_notice_reason = models.TextField(blank=True)
    help_needed = models.TextField(
        blank=True, default="", db_default="", help_text="What the notice asks the chief executive to help with."
    )
    notice_pdf_path = models.CharField(max_length=200, blank=True, default="", db_default="")
    notice_pdf_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    poll_due_date = models.DateField(null=True, blank=True, help_text="By when those asked say which dates they can make.")
    topics_agreed_at = models.DateTimeField(null=True, blank=True)
    topics_agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    topics_comment = models.TextField(blank=True, default="", db_default="", help_text="What the service says about the topics.")
    evidence_requested_at = models.DateTimeField(null=True, blank=True)
    evidence_requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    buddy_service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", help_text="A service that went through it and may be asked."
    )
    invitations_sequence = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often the timetable was sent: iCal SEQUENCE."
    )
    invitations_sent_at = models.DateTimeField(null=True, blank=True)
    feedback_given_at = models.DateTimeField(null=True, blank=True, help_text="When the service heard the agreed findings.")
    feedback_given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True, help_text="When the service released a review for learning to its hub.")
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
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
            models.CheckConstraint(
                condition=Q(purpose="IMPROVEMENT", origin="REQUEST") | (~Q(purpose="IMPROVEMENT") & ~Q(origin="REQUEST")),
                name="review_learning_is_requested",
            ),
            models.CheckConstraint(condition=~Q(status="CLOSED") | Q(next_review_date__isnull=False), name="review_closed_has_next_date"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_learning(self) -> bool:
        """Whether this is a review for learning."""
        return self.purpose == self.Purpose.IMPROVEMENT

    @property
    def topic_word(self) -> str:
        """What one of its topics is called: a review for learning asks questions."""
        return "learning question" if self.is_learning else "focus topic"

    @property
    def may_be_cancelled(self) -> bool:
        """Whether those who arrange it can call it off: until the visit begins."""
        return self.status not in self.LEFT_FROM and self.Status.CANCELLED in self.TRANSITIONS[self.Status(self.status)]

    @property
    def may_be_left(self) -> bool:
        """Whether its service can leave it: a review for learning, at any time before it is closed."""
        return self.is_learning and self.Status.CANCELLED in self.TRANSITIONS[self.Status(self.status)]

    def check_may_become(self, status: str) -> None:
        """Raises InvalidTransition unless ``status`` may follow; from the visit on only a review for learning ends before its close."""
        if status == self.Status.CANCELLED and self.status in self.LEFT_FROM and not self.is_learning:
            present = self.Status(self.status).label.lower()
            raise InvalidTransition(f"This is now {present}, so it cannot become cancelled.")
        super().check_may_become(status)


class ReviewService(models.Model):
    """A service under review, in the patient's order."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="review_services")
    service = models.ForeignKey(Service, models.PROTECT, related_name="review_services")
    position = models.PositiveIntegerField(default=1)
    step = models.CharField(max_length=120, blank=True, default="", db_default="", help_text="The step of the pathway that it carries out.")

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


class Session(SentOnce):
    """One session of a visit day."""

    day = models.ForeignKey(VisitDay, models.CASCADE, related_name="sessions")
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    title = models.CharField(max_length=150)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True, default="", db_default="")
    people = models.ManyToManyField(User, blank=True, related_name="+")
    others = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="People without an account, in words.")
    is_informal = models.BooleanField(default=False)
    given_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Minutes of informal exchange really given.")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return self.title


class FocusTopic(models.Model):
    """What the visit looks at: one to five, each naming at least one indicator (or a learning question)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="topics")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    indicators = models.ManyToManyField(Indicator, blank=True, related_name="topics")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["review", "position"], name="topic_position_once")]

    def __str__(self) -> str:
        return self.title
