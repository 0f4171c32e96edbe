"""Restore a backup into an empty place: a later release carries it."""

import json
import sys

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Restore a backup into an empty place. Not yet built: says so and exits 2."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", help="where the backup lies")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, **options: object) -> None:
        sentence = "not yet built"
        self.stdout.write(json.dumps({"error": sentence}) if options["json"] else sentence)
        sys.exit(2)
