"""``manage.py send_reminders``: what beat does each morning, by hand."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from work.schedule import run_periodic


class Command(BaseCommand):
    """Asks for the mails of every reminder step reached today; none is sent twice."""

    help = "Send the reminders that are due today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = run_periodic("send_reminders")
        text = ", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())
        self.stdout.write(json.dumps(counts) if options["json"] else text)
