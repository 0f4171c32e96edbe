"""Evidence: filed once for a service, linked to many answers, findings and actions; each version keeps its bytes' hash."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.self_reports import Answer
from surveillance.models.services import Service


class ImpactDomain(models.TextChoices):
    """The eight impact domains (Smithson et al. 2018; wording after the evaluation, appendix 1)."""

    ANTICIPATORY = "ANTICIPATORY", "Anticipatory"
    DIRECTIVE = "DIRECTIVE", "Directive"
    ORGANISATIONAL = "ORGANISATIONAL", "Organisational"
    RELATIONAL = "RELATIONAL", "Relational"
    INFORMATIONAL = "INFORMATIONAL", "Informational"
    STAKEHOLDER = "STAKEHOLDER", "Stakeholder"
    LATERAL = "LATERAL", "Lateral"
    SYSTEMIC = "SYSTEMIC", "Systemic"


DOMAIN_MEANINGS: dict[str, str] = {
    ImpactDomain.ANTICIPATORY: "Expectations are set, and the service acts on them before the visit.",
    ImpactDomain.DIRECTIVE: "The service acts because a review directed it to.",
    ImpactDomain.ORGANISATIONAL: "The service reflects and changes without being directed to.",
    ImpactDomain.RELATIONAL: "Relationships between reviewers and staff bring change.",
    ImpactDomain.INFORMATIONAL: "Others see the findings and use them.",
    ImpactDomain.STAKEHOLDER: "Patients, commissioners and other parties act on the findings.",
    ImpactDomain.LATERAL: "Providers work together and learn from one another.",
    ImpactDomain.SYSTEMIC: "Findings of many reviews are put together and used for the whole system.",
}


class EvidenceQuerySet(models.QuerySet["EvidenceItem"]):
    """Evidence by who may read or add it."""

    def for_user(self, user: User, permission: Permission) -> "EvidenceQuerySet":
        """Evidence of services on which ``user`` holds ``permission``."""
        return self.filter(reach.reach_of(user, permission).of_services("service__"))


class EvidenceItem(models.Model):
    """A document or a link of a service, with the date that stands on it."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    answers = models.ManyToManyField(Answer, blank=True, related_name="evidence")

    objects = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class EvidenceVersion(models.Model):
    """One version of a document: a file under a random name, or a link. Old versions are kept."""

    class ScanState(models.TextChoices):
        NOT_SCANNED = "NOT_SCANNED", "Not scanned"
        CLEAN = "CLEAN", "Clean"
        QUARANTINED = "QUARANTINED", "Being checked for viruses"

    item = models.ForeignKey(EvidenceItem, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    file_path = models.CharField(max_length=200, blank=True, help_text="Under MEDIA_ROOT; random, never the uploaded name.")
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(max_length=500, blank=True)
    document_date = models.DateField(null=True, blank=True, help_text="The date on the document, not the day of the upload.")
    scan_state = models.CharField(max_length=12, choices=ScanState.choices, default=ScanState.NOT_SCANNED)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="evidence_version_once"),
            models.CheckConstraint(
                condition=(Q(link="") & ~Q(file_path="")) | (~Q(link="") & Q(file_path="")), name="evidence_file_or_link"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.link
