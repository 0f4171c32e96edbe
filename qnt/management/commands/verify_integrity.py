"""Check the audit trail, frozen records and files against their hashes; exit 1 when one does not hold."""

import json
import sys

from django.core.management.base import BaseCommand, CommandParser

from qnt import integrity


class Command(BaseCommand):
    help = "Name every tampered audit event, event unsealed for over a minute, changed frozen record, and changed or missing file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the faults as JSON")

    def handle(self, **options: object) -> None:
        faults = integrity.faults()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not faults, "faults": faults}))
        else:
            self.stdout.write("\n".join(faults) or "Everything is as it was written.")
        if faults:
            sys.exit(1)
