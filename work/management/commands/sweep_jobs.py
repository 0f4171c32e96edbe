"""Run the job sweeper, once by hand or as beat does."""

import json
import time

from django.core.management.base import BaseCommand, CommandParser

from work.schedule import run_periodic


class Command(BaseCommand):
    help = "Ring lost jobs again, free those whose worker died, delete old results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run once and stop")
        parser.add_argument("--json", action="store_true", help="print counts as JSON")

    def handle(self, *, once: bool, json: bool, **options: object) -> None:
        while True:
            self.report(run_periodic("sweep_jobs"), as_json=json)
            if once:
                return
            time.sleep(10)

    def report(self, counts: dict[str, int], *, as_json: bool) -> None:
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(json.dumps(counts) if as_json else f"Swept jobs: {text}.")
