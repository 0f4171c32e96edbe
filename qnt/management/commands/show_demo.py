"""Print where the demonstration is: address, accounts by role, the published PDF."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import Membership
from accounts.permissions import Role
from qnt.demo.people import DOMAIN, PASSWORD
from reports.models import Publication


class Command(BaseCommand):
    help = "Print the demonstration's address, its accounts by role, and where its published PDF is."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"\nQNT Peer Review runs at {settings.SITE_URL}\n")
        self.stdout.write(f"Password of every account: {PASSWORD}\n\n")
        self.stdout.write(f"{'Role':<18}{'Account':<42}{'Organisation'}\n")
        for role, label in Role.choices:
            self.print_role(role, label)
        self.print_pdf()

    def print_role(self, role: str, label: str) -> None:
        """Up to three accounts of a role."""
        people = Membership.objects.active().filter(role=role, user__is_active=True, user__email__endswith=f"@{DOMAIN}")
        for membership in people.select_related("user", "organisation").order_by("pk")[:3]:
            self.stdout.write(f"{label:<18}{membership.user.email:<42}{membership.organisation.name}\n")

    def print_pdf(self) -> None:
        """The path and the address of the newest published report's PDF."""
        publication = Publication.objects.public().exclude(version__pdf_path="").select_related("version", "report").first()
        if publication is None:
            self.stdout.write("\nNo report is published yet.\n")
            return
        self.stdout.write(f"\nPublished report: {settings.SITE_URL}/library/{publication.report.address}/\n")
        self.stdout.write(f"Its PDF: {Path(settings.MEDIA_ROOT, publication.version.pdf_path)}\n")
