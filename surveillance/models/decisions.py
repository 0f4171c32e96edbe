"""The surveillance decision: options in consensus of three parties, on frozen figures."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.meetings import MeetingAttendee
from surveillance.models.rounds import Round
from surveillance.models.services import Service
from work.status import MovesByTable


class DecisionQuerySet(models.QuerySet["SurveillanceDecision"]):
    """Decisions by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "DecisionQuerySet":
        """Decisions about services on which ``user`` holds ``permission``."""
        return self.filter(reach.reach_of(user, permission).of_services("service__"))

    def live(self) -> "DecisionQuerySet":
        """Decisions that are proposed or in force."""
        return self.filter(status__in=SurveillanceDecision.LIVE)

    def standing(self) -> "DecisionQuerySet":
        """Decisions in force, also when their review is due."""
        return self.filter(status__in=SurveillanceDecision.STANDING)

    def for_display(self) -> "DecisionQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related("service__provider", "service__network", "service__region", "service__specification__programme", "round")


class SurveillanceDecision(MovesByTable, models.Model):
    """What surveillance a service gets after a round. Options combine; at least one."""

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        IN_FORCE = "IN_FORCE", "In force"
        REVIEW_DUE = "REVIEW_DUE", "Review due"
        SUPERSEDED = "SUPERSEDED", "Replaced"
        ENDED = "ENDED", "Ended"

    TRANSITIONS = {
        Status.PROPOSED: {Status.IN_FORCE, Status.ENDED},
        Status.IN_FORCE: {Status.REVIEW_DUE, Status.SUPERSEDED, Status.ENDED},
        Status.REVIEW_DUE: {Status.SUPERSEDED, Status.ENDED},
        Status.SUPERSEDED: set(),
        Status.ENDED: set(),
    }
    LIVE = ("PROPOSED", "IN_FORCE", "REVIEW_DUE")
    STANDING = ("IN_FORCE", "REVIEW_DUE")

    class Likelihood(models.IntegerChoices):
        RARE = 1, "Rare"
        UNLIKELY = 2, "Unlikely"
        POSSIBLE = 3, "Possible"
        LIKELY = 4, "Likely"
        ALMOST_CERTAIN = 5, "Almost certain"

    class Consequence(models.IntegerChoices):
        NEGLIGIBLE = 1, "Negligible"
        MINOR = 2, "Minor"
        MODERATE = 3, "Moderate"
        MAJOR = 4, "Major"
        CATASTROPHIC = 5, "Catastrophic"

    service = models.ForeignKey(Service, models.PROTECT, related_name="decisions")
    round = models.ForeignKey(Round, models.PROTECT, related_name="decisions")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    is_routine = models.BooleanField("option 1, routine", default=False)
    needs_provider_action = models.BooleanField("option 2, provider action", default=False)
    needs_commissioner_action = models.BooleanField("option 2, commissioner action", default=False)
    needs_peer_review = models.BooleanField("option 3, peer review", default=False)
    likelihood = models.PositiveSmallIntegerField(choices=Likelihood.choices)
    consequence = models.PositiveSmallIntegerField(choices=Consequence.choices)
    rationale = models.TextField()
    rule_version = models.PositiveIntegerField(default=1)
    rule_sentence = models.TextField(help_text="The rule's proposal in words, as it stood.")
    figures = models.TextField(help_text="Canonical JSON of the figures that it was based on.")
    figures_hash = models.CharField(max_length=64)
    is_on_older_figures = models.BooleanField(default=False)
    older_figures_reason = models.TextField(blank=True, help_text="Why the figures are not those of the decision any more.")
    kept_reason = models.TextField(blank=True, help_text="Why it stands all the same, made on older figures.")
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_by_notice = models.BooleanField(default=False, help_text="Option 1 in bulk: in force when nobody objects in time.")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    positions_due_date = models.DateField()
    in_force_at = models.DateTimeField(null=True, blank=True)
    in_force_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_with_dissent = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.TextField(blank=True)
    without_action_reason = models.TextField(blank=True, help_text="Why option 2 or 3 was replaced or ended without an accepted action.")
    review_date = models.DateField()
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(DecisionQuerySet)()

    class Meta:
        ordering = ["-round__year", "-proposed_at", "-pk"]
        # Whether a service was decided about, and which decisions are newest: read from here, not from rows full of figures.
        indexes = [
            models.Index(fields=["service", "round", "status", "in_force_at"], name="decision_by_service"),
            models.Index(fields=["round", "proposed_at", "id"], name="decision_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "round"], condition=Q(status__in=["PROPOSED", "IN_FORCE", "REVIEW_DUE"]), name="decision_one_live"
            ),
            models.CheckConstraint(
                condition=Q(is_routine=True)
                | Q(needs_provider_action=True)
                | Q(needs_commissioner_action=True)
                | Q(needs_peer_review=True),
                name="decision_at_least_one_option",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at=None, in_force_by=None) | Q(in_force_at__isnull=False, in_force_by__isnull=False),
                name="decision_in_force_paired",
            ),
            models.CheckConstraint(
                condition=Q(kept_at=None, kept_by=None) | Q(kept_at__isnull=False, kept_by__isnull=False), name="decision_kept_paired"
            ),
            models.CheckConstraint(
                condition=Q(is_by_notice=False)
                | Q(is_routine=True, needs_provider_action=False, needs_commissioner_action=False, needs_peer_review=False),
                name="decision_notice_is_routine",
            ),
            models.CheckConstraint(
                condition=Q(likelihood__gte=1, likelihood__lte=5, consequence__gte=1, consequence__lte=5), name="decision_risk_in_grid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.options_words} for {self.service}"

    @property
    def asks_for_more(self) -> bool:
        """Whether it holds option 2 or 3, so that somebody must act or visit."""
        return self.needs_provider_action or self.needs_commissioner_action or self.needs_peer_review

    @property
    def risk_score(self) -> int:
        """Likelihood times consequence, 1 to 25."""
        return self.likelihood * self.consequence

    @property
    def risk_words(self) -> str:
        """The risk in words: low 1 to 3, moderate 4 to 6, high 8 to 12, extreme 15 to 25."""
        word = next(word for limit, word in ((3, "low"), (6, "moderate"), (12, "high"), (25, "extreme")) if self.risk_score <= limit)
        return f"{word} ({self.likelihood} x {self.consequence} = {self.risk_score})"

    @property
    def options_words(self) -> str:
        """The options in words, for example: option 2, enhanced (provider) and option 3, peer review."""
        who = [name for flag, name in ((self.needs_provider_action, "provider"), (self.needs_commissioner_action, "commissioner")) if flag]
        parts = ["option 1, routine"] if self.is_routine else []
        parts += [f"option 2, enhanced ({' and '.join(who)})"] if who else []
        parts += ["option 3, peer review"] if self.needs_peer_review else []
        return " and ".join(parts)


class Position(models.Model):
    """What one party holds of a decision. Silence is recorded as not given: never agreement, never dissent."""

    class Party(models.TextChoices):
        QNT = "QNT", "Quality & Nursing Team"
        PROVIDER = "PROVIDER", "Provider"
        COMMISSIONER = "COMMISSIONER", "Commissioner"

    class View(models.TextChoices):
        WAITING = "WAITING", "Position needed"
        AGREE = "AGREE", "Agrees"
        AGREE_WITH_NOTE = "AGREE_WITH_NOTE", "Agrees with a note"
        DISAGREE = "DISAGREE", "Disagrees"
        NOT_GIVEN = "NOT_GIVEN", "No position given"

    decision = models.ForeignKey(SurveillanceDecision, models.CASCADE, related_name="positions")
    party = models.CharField(max_length=12, choices=Party.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    view = models.CharField(max_length=16, choices=View.choices, default=View.WAITING)
    note = models.TextField(blank=True)
    due_date = models.DateField()
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)
    spoken_by = models.ForeignKey(MeetingAttendee, models.PROTECT, null=True, blank=True, related_name="positions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "party"], name="position_once_a_party"),
            models.CheckConstraint(
                condition=Q(given_at=None, given_by=None) | Q(given_at__isnull=False, given_by__isnull=False), name="position_given_paired"
            ),
            models.CheckConstraint(condition=Q(spoken_by=None) | Q(given_at__isnull=False), name="position_spoken_is_given"),
            models.CheckConstraint(condition=~Q(view="DISAGREE") | ~Q(note=""), name="position_disagree_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.get_view_display()}"


class DecisionComment(models.Model):
    """What the service says to a decision; the three parties read it before they take their positions."""

    decision = models.ForeignKey(SurveillanceDecision, models.CASCADE, related_name="comments")
    text = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"comment on decision {self.decision_id}"
