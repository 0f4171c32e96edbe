"""What the public library is searched by, and who asked for mails about it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.clock import now
from reports.models.publication import Publication


class LibraryEntryQuerySet(models.QuerySet["LibraryEntry"]):
    """Entries by whether the public may find them now."""

    def public(self) -> "LibraryEntryQuerySet":
        """Entries of publications that anyone may read: neither withdrawn nor replaced, past any embargo, with their report."""
        moment = timezone.now()
        is_live = Q(publication__decision=Publication.Decision.PUBLISH, publication__withdrawn_at=None)
        stands = Q(publication__replaced_at=None) | Q(publication__replaced_at__gt=moment)
        return self.filter(is_live, stands, publication__public_from__lte=moment).select_related(
            "publication__report", "publication__version"
        )


class LibraryEntry(models.Model):
    """One published report as the library finds and lists it, made from the public sections of its public version alone.

    PostgreSQL keeps what is searched in ``head_vector`` (title, services, trusts, networks) and ``vector`` (the whole, GIN);
    SQLite in the full-text table ``reports_librarysearch`` under the same number. ``services.library`` writes both.
    """

    publication = models.OneToOneField(Publication, models.CASCADE, related_name="entry")
    title = models.TextField()
    services = models.TextField()
    holders = models.TextField(help_text="Trusts and networks, as the list of results names them.")
    visit_dates = models.TextField(blank=True)
    year = models.PositiveIntegerField(null=True, blank=True)
    extract = models.TextField(blank=True, help_text="The beginning of the first public words.")
    blocks = models.JSONField(default=list, help_text="Codes of the data blocks that are public.")
    is_illustrative = models.BooleanField(default=False)
    head = models.TextField()
    words = models.TextField()
    head_vector = SearchVectorField(null=True)
    vector = SearchVectorField(null=True)
    indexed_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(LibraryEntryQuerySet)()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="library_entry_vector")]

    def __str__(self) -> str:
        return self.title


class LibraryFacet(models.Model):
    """One value by which a published report can be filtered, with its label as it was when the report was published."""

    class Facet(models.TextChoices):
        PROGRAMME = "programme", "Programme of care"
        SPECIFICATION = "specification", "Service specification"
        REGION = "region", "Region"
        PROVIDER = "provider", "Trust or network"
        YEAR = "year", "Year of the visit"
        CATEGORY = "category", "Category of finding"
        DOMAIN = "domain", "Impact domain"

    entry = models.ForeignKey(LibraryEntry, models.CASCADE, related_name="facets")
    facet = models.CharField(max_length=13, choices=Facet.choices)
    code = models.CharField(max_length=60)
    label = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "facet", "code"], name="library_facet_once")]
        indexes = [models.Index(fields=["facet", "code"], name="library_facet_code")]

    def __str__(self) -> str:
        return f"{self.facet} {self.code}"


class Subscription(models.Model):
    """Mails about newly published reports to an address that asked for them; without an account, gone when it is left.

    The address gets nothing before it has confirmed. The link's token is worked out from a secret of the site and never
    stored; ``token_hash`` finds the row.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        ACTIVE = "ACTIVE", "Active"

    email = models.EmailField()
    facets = models.JSONField(default=dict, help_text="Facet to codes: a report fits each facet by one of its codes. Empty: every report.")
    facets_key = models.CharField(max_length=64, help_text="SHA-256 of the facets.")
    token_hash = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    asked_at = models.DateTimeField(default=now)
    asked_count = models.PositiveIntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField(null=True, blank=True, help_text="Reports public since then are still to be named.")
    mailed_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "facets_key"], name="subscription_once"),
            models.CheckConstraint(
                condition=Q(status="WAITING", confirmed_at=None, told_until=None)
                | Q(status="ACTIVE", confirmed_at__isnull=False, told_until__isnull=False),
                name="subscription_confirmed_when_active",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"
