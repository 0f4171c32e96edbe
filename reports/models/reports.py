"""A report: sections of people's words and blocks of data, and frozen versions of both."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.clock import now
from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Permission, Role, roles_granting
from peerreview.models import Review, TeamMember
from surveillance.models import NetworkMember, Service
from surveillance.reach import reach_of
from work.status import MovesByTable


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by who may read them."""

    def for_user(self, user: User, permission: Permission) -> "ReportQuerySet":
        """Reports on which ``user`` holds ``permission``.

        Drafts are the hub's and the team's; the service sees its report from the accuracy check on; commissioners and
        networks from sign-off on. A report of a review for learning belongs to the people on it; once the service released
        the review, its signed report is the hub's and the national team's to read.
        """
        reach = reach_of(user, permission)
        staff, _ = reach.split(Role.REVIEWER)
        staff, _ = staff.split(Role.PATIENT_REVIEWER)
        hub, hosts, buyers = staff.only_staff(), staff.only_hosts(), staff.only_buyers()
        is_compliance = Q(review__purpose=Review.Purpose.COMPLIANCE)
        shared = Q(status__in=Report.SHARED_WITH_SERVICE)
        signed = Q(status__in=Report.SIGNED)
        accuracy = signed | Q(status=Report.Status.FACTUAL_ACCURACY, accuracy_points__party="COMMISSIONER")
        condition = is_compliance & hub.of_services("review__services__")
        condition |= shared & hosts.of_services("review__services__")
        condition |= is_compliance & accuracy & buyers.of_services("review__services__")
        if permission == Permission.REPORT_VIEW:  # what a service releases can be read, and nothing more
            condition |= Q(review__released_at__isnull=False, status__in=Report.SIGNED) & hub.of_services("review__services__")
        if hub.regions:
            condition |= Q(review__purpose=Review.Purpose.IMPROVEMENT, review__visit_lead=user, review__region__in=hub.regions)
        if staff.networks:
            members = NetworkMember.objects.active().filter(network__in=staff.networks)
            condition |= is_compliance & signed & Q(review__services__in=members.values("service"))
        if user.roles & roles_granting(permission) & REVIEWER_ROLES:
            places = TeamMember.objects.on_team().filter(user=user)
            condition |= Q(review__in=places.values("review"))
        return self.filter(pk__in=self.model._default_manager.filter(condition).values("pk"))

    def for_display(self) -> "ReportQuerySet":
        """With the names that every page shows, in two statements."""
        services = models.Prefetch("review__services", Service.objects.for_display())
        return self.select_related("review__region", "review__procedure", "drafter").prefetch_related(services)


class Report(MovesByTable, models.Model):
    """The report of one review (other kinds come later)."""

    class Kind(models.TextChoices):
        VISIT = "VISIT", "Peer review report"

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        QUALITY_CHECK = "QUALITY_CHECK", "Quality check"
        FACTUAL_ACCURACY = "FACTUAL_ACCURACY", "Factual accuracy check"
        SIGNED_OFF = "SIGNED_OFF", "Signed off"
        PUBLISHED = "PUBLISHED", "Published"
        WITHHELD = "WITHHELD", "Withheld"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    TRANSITIONS = {
        Status.DRAFT: {Status.QUALITY_CHECK},
        Status.QUALITY_CHECK: {Status.DRAFT, Status.FACTUAL_ACCURACY},
        Status.FACTUAL_ACCURACY: {Status.SIGNED_OFF},
        Status.SIGNED_OFF: {Status.PUBLISHED, Status.WITHHELD},
        Status.PUBLISHED: {Status.WITHDRAWN, Status.WITHHELD},  # withheld only while its day has not come, withdrawn only from then on
        Status.WITHHELD: {Status.PUBLISHED},
        Status.WITHDRAWN: {Status.PUBLISHED},
    }
    SHARED_WITH_SERVICE = ("FACTUAL_ACCURACY", "SIGNED_OFF", "PUBLISHED", "WITHHELD", "WITHDRAWN")
    SIGNED = ("SIGNED_OFF", "PUBLISHED", "WITHHELD", "WITHDRAWN")
    TO_PUBLISH = ("SIGNED_OFF", "WITHHELD", "WITHDRAWN")
    BEFORE_SIGN_OFF = ("DRAFT", "QUALITY_CHECK", "FACTUAL_ACCURACY")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VISIT)
    review = models.OneToOneField(Review, models.PROTECT, related_name="report")
    title = models.CharField(max_length=250)
    address = models.SlugField(max_length=120, unique=True, help_text="Its stable place in the library.")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    drafter = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=now)
    draft_due_date = models.DateField()
    accuracy_due_date = models.DateField(null=True, blank=True)
    final_due_date = models.DateField()
    publication_due_date = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(ReportQuerySet)()

    class Meta:
        ordering = ["-drafted_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_signed(self) -> bool:
        """Whether a second person has put their name under a version."""
        return self.status in self.SIGNED


class ReportSection(models.Model):
    """A part of a report: people's words in markdown, or a block drawn from the data. Restricted unless marked public."""

    class Visibility(models.TextChoices):
        PUBLIC = "PUBLIC", "Public"
        RESTRICTED = "RESTRICTED", "Restricted"

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections")
    code = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    block = models.CharField(max_length=40, blank=True, help_text="Which data block; empty for people's words.")
    text = models.TextField(blank=True)
    drafted_text = models.TextField(
        blank=True,
        db_default="",
        help_text="What the data wrote when somebody last chose between it and their own words; empty: not known.",
    )
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.RESTRICTED)
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True, help_text="When somebody last marked it public or restricted.")
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="report_section_once"),
            models.CheckConstraint(
                condition=Q(marked_at=None, marked_by=None) | Q(marked_at__isnull=False, marked_by__isnull=False),
                name="report_section_marked_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReportVersion(models.Model):
    """Frozen content of a report and its hash, for one purpose, with the PDF made from it."""

    class Purpose(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        ACCURACY = "ACCURACY", "Factual accuracy check"
        FINAL = "FINAL", "Final"
        PUBLIC = "PUBLIC", "Public"

    report = models.ForeignKey(Report, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    content = models.TextField(help_text="Canonical JSON of sections and blocks, frozen.")
    hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    pdf_path = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_page_count = models.PositiveIntegerField(default=0)
    pdf_size_bytes = models.PositiveBigIntegerField(default=0)
    pdf_made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once"),
            models.CheckConstraint(
                condition=Q(pdf_path="", pdf_sha256="") | (~Q(pdf_path="") & ~Q(pdf_sha256="")), name="report_pdf_with_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}, version {self.number}"
