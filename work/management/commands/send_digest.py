"""``manage.py send_digest``: what beat does each morning, by hand."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from work import digest
from work.schedule import run_periodic


class Command(BaseCommand):
    """Asks for today's daily summaries; nobody gets one twice."""

    help = "Send today's daily summaries, on a working day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--any-day", action="store_true", help="send also on a day on which England does not work")
        parser.add_argument("--json", action="store_true", help="print JSON for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        on_any_day = options["any_day"]
        counts = digest.start(timezone.localdate(), on_any_day=True) if on_any_day else run_periodic("send_digest")
        text = ", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())
        self.stdout.write(json.dumps(counts) if options["json"] else text)
