"""Evidence: filed once for a service, linked to many answers, findings and actions; each version keeps its bytes' hash."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance import facts, reach
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
        """Evidence of services on which ``user`` holds ``permission``; what was removed is nobody's any more.

        What a service shows for learning alone is open to the people on that review, and to who filed it.
        """
        found = self.kept().filter(reach.reach_of(user, permission).of_services("service__"))
        for hidden in facts.learning_documents(user):
            found = found.exclude(~Q(added_by=user), pk__in=hidden)
        return found

    def of_compliance(self) -> "EvidenceQuerySet":
        """Without what is shown for learning alone: the two tracks share no list, count or figure."""
        found = self
        for learning in facts.learning_documents(None):
            found = found.exclude(pk__in=learning)
        return found

    def kept(self) -> "EvidenceQuerySet":
        """The services' own documents, without what was removed."""
        return self.filter(removed_at=None, commissioner=None)

    def of_commissioners(self, organisation_ids: Iterable[int]) -> "EvidenceQuerySet":
        """What these commissioners filed for their own part in a check of facts; it is no document of the service."""
        return self.filter(removed_at=None, commissioner__in=list(organisation_ids))


class EvidenceItem(models.Model):
    """A document or a link of a service, with the date that stands on it."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    commissioner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who filed it, when that was a commissioner for its own part in a check: then the service does not read it.",
    )  # fmt: skip
    answers = models.ManyToManyField(Answer, blank=True, related_name="evidence")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_removed_paired",
            )
        ]

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
    page_count = models.PositiveIntegerField(null=True, blank=True, help_text="Pages of a PDF, 1 of a picture; empty: not known.")
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
