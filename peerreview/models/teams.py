"""Who visits: reviewers, their places on a team, and conflicts of interest declared by both sides."""

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import REVIEWER_ROLES, Permission, roles_granting
from peerreview.models.reviews import Review
from surveillance.models import Service, ServiceAssignment, ServiceSpecification
from work.status import MovesByTable

PLANNING = frozenset({Permission.REVIEW_PLAN, Permission.REVIEW_RULE})


class Profession(models.TextChoices):
    """Kinds of people a procedure may ask for by its places on the team."""

    DOCTOR = "DOCTOR", "Doctor"
    NURSE = "NURSE", "Nurse"
    AHP = "AHP", "Allied health professional"
    SCIENTIST = "SCIENTIST", "Scientist or pharmacist"
    MANAGER = "MANAGER", "Manager"
    COMMISSIONER = "COMMISSIONER", "Commissioner"


class ReviewerProfile(models.Model):
    """What a reviewer brings: professions, specialties, where from. Training is ``TrainingRecord``."""

    user = models.OneToOneField(User, models.PROTECT, related_name="reviewer_profile")
    professions = models.CharField(max_length=200, blank=True)
    profession_codes = models.JSONField(default=list, db_default=[], blank=True, help_text="List of Profession codes.")
    specialties = models.CharField(max_length=300, blank=True)
    specifications = models.ManyToManyField(
        ServiceSpecification, blank=True, related_name="+", help_text="Specifications whose services they know from their own work."
    )
    place_kinds = models.JSONField(default=list, db_default=[], blank=True, help_text="List of PlaceKind codes that they know.")
    employer = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    home_region = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    visit_regions = models.ManyToManyField(Organisation, blank=True, related_name="+", help_text="Regions to which they can travel.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When they last said that it is right.")
    version = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return str(self.user)


class Employment(models.Model):
    """Where a reviewer works or worked; ``to_date`` is empty while they do."""

    user = models.ForeignKey(User, models.PROTECT, related_name="employments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-to_date", "-from_date", "pk"]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation}"


class Tie(models.Model):
    """A tie with an organisation that a reviewer declares once, for every review: which rule of the procedures it is, and what."""

    user = models.ForeignKey(User, models.PROTECT, related_name="ties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    rule_code = models.CharField(max_length=30, help_text="Code of a conflict rule of the procedures, such as CO_AUTHOR.")
    details = models.TextField(blank=True)
    declared_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["organisation", "pk"]

    def __str__(self) -> str:
        return f"tie {self.pk}"


class DateAway(models.Model):
    """Days on which a reviewer cannot visit, both included."""

    user = models.ForeignKey(User, models.PROTECT, related_name="dates_away")
    from_date = models.DateField()
    to_date = models.DateField()

    class Meta:
        ordering = ["from_date"]
        constraints = [models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="date_away_in_order")]

    def __str__(self) -> str:
        return f"{self.user} away from {self.from_date.isoformat()}"


class TeamMemberQuerySet(models.QuerySet["TeamMember"]):
    """Places on teams by who sees them."""

    def for_user(self, user: User, permission: Permission) -> "TeamMemberQuerySet":
        """A reviewer's own invitations and stand-by places while they stand, and for those who arrange a review every place on it.

        Nobody else: what one side declares about the other is not for the other side, nor for the rest of the team.
        """
        arranged = Q(review__in=Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk"))
        if permission in PLANNING:
            return self.filter(arranged & Q(review__in=Review.objects.for_user(user, permission).values("pk")))
        is_reviewer = bool(user.roles & roles_granting(permission) & REVIEWER_ROLES)
        own = Q(user=user, status__in=["INVITED", "ACCEPTED", "STAND_BY"], ended_at=None) if is_reviewer else Q(pk__in=[])
        return self.filter(own | arranged) if user.has_permission(permission) else self.none()

    def on_team(self) -> "TeamMemberQuerySet":
        """Places whose papers are open now."""
        return self.filter(status="ACCEPTED", is_cleared=True, ended_at=None)

    def standing(self) -> "TeamMemberQuerySet":
        """Places that are asked for or taken: neither declined nor ended, nor ruled out."""
        return self.filter(status__in=["INVITED", "ACCEPTED"], ended_at=None).exclude(ruling="NOT_CLEAR")


class TeamMember(MovesByTable, models.Model):
    """A person's place on a review. Papers open when it is accepted and cleared, and close at sign-off."""

    class TeamRole(models.TextChoices):
        LEAD = "LEAD", "Lead reviewer"
        MEMBER = "MEMBER", "Reviewer"
        PATIENT_REVIEWER = "PATIENT_REVIEWER", "Patient reviewer"
        VISIT_MANAGER = "VISIT_MANAGER", "Visit manager"

    class Status(models.TextChoices):
        INVITED = "INVITED", "Invited"
        ACCEPTED = "ACCEPTED", "Accepted"
        DECLINED = "DECLINED", "Declined"
        STAND_BY = "STAND_BY", "Stand-by"
        ENDED = "ENDED", "Ended"

    class Ruling(models.TextChoices):
        CLEAR = "CLEAR", "Clear"
        CONDITIONS = "CONDITIONS", "Clear with conditions"
        NOT_CLEAR = "NOT_CLEAR", "Not clear"

    TRANSITIONS = {
        Status.INVITED: {Status.ACCEPTED, Status.DECLINED, Status.ENDED},
        Status.STAND_BY: {Status.INVITED, Status.DECLINED, Status.ENDED},
        Status.ACCEPTED: {Status.DECLINED, Status.ENDED},
        Status.DECLINED: set(),
        Status.ENDED: set(),
    }

    review = models.ForeignKey(Review, models.CASCADE, related_name="team")
    user = models.ForeignKey(User, models.PROTECT, related_name="team_places")
    team_role = models.CharField(max_length=18, choices=TeamRole.choices, default=TeamRole.MEMBER)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INVITED)
    place_code = models.CharField(
        max_length=30, blank=True, default="", db_default="", help_text="Code of the place of the procedure that this person fills."
    )
    stand_by_order = models.PositiveIntegerField(null=True, blank=True, help_text="Which stand-by moves up first.")
    moved_up_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="Whose place a stand-by was asked to take."
    )
    context_read_at = models.DateTimeField(null=True, blank=True, help_text="When they ticked that they read the context cards.")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    answer_due_date = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True)
    is_cleared = models.BooleanField(default=False)
    ruling = models.CharField(max_length=16, blank=True, choices=Ruling.choices)
    ruling_reason = models.TextField(blank=True)
    mitigation = models.TextField(blank=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)
    assignments = models.ManyToManyField(
        ServiceAssignment, blank=True, related_name="+", help_text="Written when cleared, ended with the place."
    )

    objects = models.Manager.from_queryset(TeamMemberQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="team_member_once"),
            models.CheckConstraint(
                condition=Q(ruled_at=None, ruled_by=None) | Q(ruled_at__isnull=False, ruled_by__isnull=False), name="team_ruled_paired"
            ),
            models.CheckConstraint(condition=Q(is_cleared=False) | Q(ruling__in=["CLEAR", "CONDITIONS"]), name="team_cleared_by_ruling"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.review}"

    @property
    def papers_open(self) -> bool:
        """Whether this person may read the pack now."""
        return self.status == self.Status.ACCEPTED and self.is_cleared and self.ended_at is None


class ConflictDeclaration(models.Model):
    """What one side says about a reviewer and a service, before any paper opens."""

    class Side(models.TextChoices):
        REVIEWER = "REVIEWER", "Reviewer"
        SERVICE = "SERVICE", "Service"

    member = models.ForeignKey(TeamMember, models.CASCADE, related_name="declarations")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    has_conflict = models.BooleanField()
    rule_codes = models.JSONField(default=list, db_default=[], blank=True, help_text="Codes of the conflict rules that apply.")
    details = models.TextField(blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "service", "side"], name="conflict_declared_once")]

    def __str__(self) -> str:
        return f"{self.get_side_display()} about {self.member}"
