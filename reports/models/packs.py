"""Packs for a regulator: the rule by which lights are given, and each pack that was issued."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import HUB_ROLES, Permission, Role, roles_granting
from reports.models.publication import Publication
from reports.models.reports import Report


class LightRule(models.Model):
    """From how many published findings of which kind a service gets which light. A version never changes once it is written."""

    version = models.PositiveIntegerField(unique=True)
    red_immediate_risks = models.PositiveSmallIntegerField(help_text="Red from so many immediate risks on.")
    amber_serious_concerns = models.PositiveSmallIntegerField(help_text="Amber from so many serious concerns on.")
    amber_concerns = models.PositiveSmallIntegerField(help_text="Amber from so many concerns on.")
    reason = models.TextField(help_text="Where it comes from, or why it replaced the one before.")
    written_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(red_immediate_risks__gte=1, amber_serious_concerns__gte=1, amber_concerns__gte=1), name="light_rule_from_one"
            )
        ]

    def __str__(self) -> str:
        return f"light rule, version {self.version}"


class PackIssueQuerySet(models.QuerySet["PackIssue"]):
    """Issued packs by who may read them."""

    def for_user(self, user: User, permission: Permission) -> "PackIssueQuerySet":
        """Packs issued to the organisations for which ``user`` is a regulator; for a hub those of its region; for national staff all."""
        roles = roles_granting(permission)
        if Role.NATIONAL_LEAD in roles and user.is_national:
            return self
        regulators = user.organisation_ids(roles=roles & {Role.REGULATOR})
        regions = user.organisation_ids(roles=roles & HUB_ROLES)
        return self.filter(Q(issued_to__in=regulators, made_at__isnull=False) | Q(region__in=regions))

    def for_display(self) -> "PackIssueQuerySet":
        """With the names that every page shows, and how many of its reports are public no more, in one statement."""
        gone = Q(publications__withdrawn_at__isnull=False) | Q(publications__report__status=Report.Status.WITHDRAWN)
        rows = self.select_related("issued_to", "region", "issued_by", "rule")
        counted = rows.annotate(withdrawn_count=models.Count("publications", filter=gone), report_count=models.Count("publications"))
        return counted.order_by("-issued_at", "-pk")


class PackIssue(models.Model):
    """One pack: who issued it, to whom, when, by which rule, on which published reports, and the hash of its file.

    ``made_at`` is empty until a worker has made the file; a regulator sees the pack from then on.
    """

    issued_to = models.ForeignKey(Organisation, models.PROTECT, related_name="packs")
    region = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty for England.")
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=now)
    rule = models.ForeignKey(LightRule, models.PROTECT, related_name="packs")
    publications = models.ManyToManyField(Publication, related_name="packs")
    content = models.TextField(help_text="Canonical JSON of what the pack says, frozen when it was issued.")
    hash = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    client_id = models.UUIDField(unique=True, help_text="Made by the page, so that two presses issue one pack.")

    objects = models.Manager.from_queryset(PackIssueQuerySet)()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path="", sha256="", made_at=None) | (~Q(path="") & ~Q(sha256="") & Q(made_at__isnull=False)),
                name="pack_issue_file_with_hash",
            )
        ]

    def __str__(self) -> str:
        return f"pack {self.pk} for {self.issued_to}"

    @property
    def place(self) -> str:
        """Where the services of the pack are."""
        return self.region.name if self.region else "England"
