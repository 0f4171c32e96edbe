"""``manage.py count_evidence_pages``: ask for the pages of files that came before pages were counted on upload."""

from typing import Any

from django.core.management.base import BaseCommand

from surveillance.services.page_counts import ask_to_count_pages


class Command(BaseCommand):
    """Asks for a job; running it again asks for what is left, and changes no page that is counted."""

    help = "Count the pages of PDF files and pictures whose pages are not known."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{ask_to_count_pages()} files to count")
