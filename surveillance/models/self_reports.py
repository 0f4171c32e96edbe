"""The yearly self-report: answers, queries, declaration, assessments, scores and the frozen aggregated report."""

from decimal import Decimal

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import User
from accounts.permissions import Permission, Role
from surveillance import reach
from surveillance.models.indicators import Indicator, IndicatorSet
from surveillance.models.rounds import Round
from surveillance.models.services import Service
from work.status import MovesByTable


class SelfReportQuerySet(models.QuerySet["SelfReport"]):
    """Self-reports by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "SelfReportQuerySet":
        """Self-reports on which ``user`` holds ``permission``; a commissioner's are the accepted ones of services that it buys."""
        accepted = Q(status=SelfReport.Status.ACCEPTED)
        return self.filter(reach.reach_of(user, permission).of_services("service__", commissioned_only=accepted))

    def for_display(self) -> "SelfReportQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related(
            "service__provider", "service__network", "service__region", "service__specification__programme", "round", "indicator_set"
        )

    def with_query_due(self) -> "SelfReportQuerySet":
        """With ``query_due_date``: by when what the hub asked since the last declaration is answered and declared; None without."""
        asked = Query.objects.filter(answer__self_report=OuterRef("pk"), asked_at__gte=OuterRef("declared_at")).order_by("due_date")
        return self.annotate(query_due_date=Subquery(asked.values("due_date")[:1]))


class SelfReport(MovesByTable, models.Model):
    """One service's report in one round against one set."""

    class Status(models.TextChoices):
        NOT_STARTED = "NOT_STARTED", "Not yet started"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        WITH_EXECUTIVE = "WITH_EXECUTIVE", "With executive"
        DECLARED = "DECLARED", "With the hub"
        BEING_CHECKED = "BEING_CHECKED", "Being checked"
        QUERIED = "QUERIED", "Query to answer"
        ACCEPTED = "ACCEPTED", "Accepted"
        NOT_DECLARED = "NOT_DECLARED", "Not declared"

    TRANSITIONS = {
        Status.NOT_STARTED: {Status.IN_PROGRESS, Status.NOT_DECLARED},
        Status.IN_PROGRESS: {Status.WITH_EXECUTIVE, Status.NOT_DECLARED},
        Status.WITH_EXECUTIVE: {Status.IN_PROGRESS, Status.QUERIED, Status.DECLARED, Status.NOT_DECLARED},
        Status.DECLARED: {Status.BEING_CHECKED, Status.QUERIED, Status.ACCEPTED},
        Status.BEING_CHECKED: {Status.QUERIED, Status.ACCEPTED},
        Status.QUERIED: {Status.WITH_EXECUTIVE},
        Status.ACCEPTED: {Status.IN_PROGRESS},
        Status.NOT_DECLARED: {Status.IN_PROGRESS},
    }
    EDITABLE = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.QUERIED})
    SENT = frozenset({Status.DECLARED, Status.BEING_CHECKED, Status.QUERIED, Status.ACCEPTED})

    service = models.ForeignKey(Service, models.PROTECT, related_name="self_reports")
    round = models.ForeignKey(Round, models.PROTECT, related_name="self_reports")
    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, null=True, blank=True, related_name="self_reports")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NOT_STARTED)
    due_date = models.DateField(help_text="The round's closing date unless extended for this service.")
    extension_reason = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    executive = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_reason = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True, help_text="Since it was last sent.")
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reopened_reason = models.TextField(blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    hours_spent = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_late = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(SelfReportQuerySet)()

    class Meta:
        ordering = ["-round__year", "service__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service", "round"], name="self_report_once_a_round"),
            models.CheckConstraint(
                condition=Q(declared_at=None, declared_by=None) | Q(declared_at__isnull=False, declared_by__isnull=False),
                name="self_report_declared_paired",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None) | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="self_report_accepted_paired",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None) | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="self_report_taken_back_paired",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None) | Q(reopened_at__isnull=False, reopened_by__isnull=False),
                name="self_report_reopened_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["DECLARED", "BEING_CHECKED", "QUERIED", "ACCEPTED"]) | Q(declared_at__isnull=False),
                name="self_report_declared_when_sent",
            ),
            models.CheckConstraint(
                condition=~Q(status="ACCEPTED") | Q(accepted_at__isnull=False), name="self_report_accepted_when_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.round.year}"

    @property
    def is_editable(self) -> bool:
        """Whether answers may change now (in QUERIED only the queried ones)."""
        return self.status in self.EDITABLE

    @property
    def is_counted(self) -> bool:
        """Whether it counts in percentages: against a set that counts, not against the key requirements of a specification.

        A round opened before key requirements were sets left ``indicator_set`` empty for the same thing.
        """
        return self.indicator_set is not None and self.indicator_set.is_counted


class SectionAssignment(models.Model):
    """A section of a self-report given to a person, with a day."""

    self_report = models.ForeignKey(SelfReport, models.CASCADE, related_name="section_assignments")
    section = models.CharField(max_length=100)
    user = models.ForeignKey(User, models.PROTECT, related_name="section_assignments")
    due_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["self_report", "section", "user"], name="section_assignment_once")]

    def __str__(self) -> str:
        return f"{self.section} to {self.user}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers by who may write them."""

    def for_user(self, user: User, permission: Permission) -> "AnswerQuerySet":
        """Answers on which ``user`` holds ``permission``; a contributor writes and challenges only in given sections."""
        path, accepted = "self_report__service__", Q(self_report__status=SelfReport.Status.ACCEPTED)
        where = reach.reach_of(user, permission)
        if permission not in {Permission.SELF_REPORT_ANSWER, Permission.INDICATOR_CHALLENGE}:
            return self.filter(where.of_services(path, commissioned_only=accepted))
        given = SectionAssignment.objects.filter(
            user=user, self_report=models.OuterRef("self_report"), section=models.OuterRef("indicator__section")
        )
        everywhere, by_section = where.split(Role.CONTRIBUTOR)
        return self.filter(everywhere.of_services(path) | (by_section.of_services(path) & models.Exists(given)))


class Answer(models.Model):
    """One service's answer to one indicator. ``value`` is YES, NO, NA, CANNOT, or the number or text itself."""

    YES, NO, NA, CANNOT = "YES", "NO", "NA", "CANNOT"

    self_report = models.ForeignKey(SelfReport, models.CASCADE, related_name="answers")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="answers")
    value = models.TextField(blank=True)
    numerator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    denominator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    reason = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    met = models.BooleanField(null=True, help_text="Empty: not applicable, or not answered.")
    confirmed_years_count = models.PositiveIntegerField(default=0, help_text="Years in a row confirmed from last year without change.")
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(AnswerQuerySet)()

    class Meta:
        ordering = ["indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["self_report", "indicator"], name="answer_once"),
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None) | Q(saved_at__isnull=False, saved_by__isnull=False), name="answer_saved_paired"
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def is_answered(self) -> bool:
        """Whether something counts: a value or both halves of a proportion, and a reason where one is needed.

        ``queries.self_reports.IS_ANSWERED`` says the same to the database.
        """
        if self.value in {self.NA, self.CANNOT}:
            return bool(self.reason)
        return bool(self.value) or (self.numerator is not None and self.denominator is not None)


class AnswerRevision(models.Model):
    """A text that somebody replaced knowingly, kept so that nothing is lost when two people's edits met."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="revisions")
    value = models.TextField(blank=True)
    numerator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    denominator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    reason = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"version {self.version} of answer {self.answer_id}"


class Query(models.Model):
    """A question of the hub about one answer, with a day; only this answer opens again."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="queries")
    question = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_date = models.DateField()
    reply = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer"], condition=Q(answered_at=None), name="query_one_open"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="query_answered_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"query {self.pk}"


class Declaration(models.Model):
    """Exactly the answers that an executive declared: canonical JSON and its SHA-256. Sent reports are read from here."""

    self_report = models.ForeignKey(SelfReport, models.PROTECT, related_name="declarations")
    content = models.TextField(help_text="Canonical JSON of the answers.")
    hash = models.CharField(max_length=64)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    for_person = models.CharField(max_length=150, blank=True, help_text="The executive for whom a delegate declared.")
    receipt_code = models.CharField(max_length=20, unique=True)

    class Meta:
        ordering = ["-declared_at"]

    def __str__(self) -> str:
        return f"declaration {self.receipt_code}"


class Stage(models.TextChoices):
    """Whose view a figure is."""

    SELF_ASSESSED = "SELF_ASSESSED", "Self-assessed"
    VALIDATED = "VALIDATED", "Validated by the hub"
    PEER_REVIEWED = "PEER_REVIEWED", "Peer reviewed"


class Assessment(models.Model):
    """What the hub (or a peer review) holds the answer to be; the service's own answer stays as it is."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="assessments")
    stage = models.CharField(max_length=15, choices=[(s.value, s.label) for s in Stage if s is not Stage.SELF_ASSESSED])
    value = models.TextField(blank=True)
    numerator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    denominator = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    met = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "stage"], name="assessment_once_a_stage")]

    def __str__(self) -> str:
        return f"{self.stage} of answer {self.answer_id}"


class Score(models.Model):
    """Met of applicable at one stage. Written when a report is declared, accepted or re-scored, never on an autosave."""

    self_report = models.ForeignKey(SelfReport, models.CASCADE, related_name="scores")
    stage = models.CharField(max_length=15, choices=Stage.choices)
    met_count = models.PositiveIntegerField()
    applicable_count = models.PositiveIntegerField()
    percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, help_text="Rounded down, so that 100.0 means all.")
    is_threshold_met = models.BooleanField(null=True)
    is_visit_level_met = models.BooleanField(null=True)
    key_not_met_count = models.PositiveIntegerField(default=0, help_text="Key indicators that count and are not met.")
    percent_before = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, help_text="The percentage of the year before at the same stage; empty without one."
    )
    scored_at = models.DateTimeField(auto_now=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_report", "stage"], name="score_once_a_stage"),
            models.CheckConstraint(condition=Q(met_count__lte=F("applicable_count")), name="score_met_within_applicable"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__gte=Decimal(0), percent__lte=Decimal(100)), name="score_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.met_count} of {self.applicable_count}"


class ServiceSummary(models.Model):
    """The service's aggregated report, frozen on acceptance: canonical JSON (score, not met, trend, comparison, comments)."""

    self_report = models.OneToOneField(SelfReport, models.CASCADE, related_name="summary")
    content = models.TextField()
    hash = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"summary of self-report {self.self_report_id}"
