"""Back up the database and the files: a later release carries it."""

import json
import sys

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Back up the database and the files. Not yet built: says so and exits 2."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", help="where the backup goes")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, **options: object) -> None:
        sentence = "not yet built"
        self.stdout.write(json.dumps({"error": sentence}) if options["json"] else sentence)
        sys.exit(2)
