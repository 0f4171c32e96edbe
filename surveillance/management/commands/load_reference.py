"""``manage.py load_reference DIR``: organisations, programmes, specifications, indicator sets, services."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveillance.services.reference import Fault, ReferenceFaults, load_reference


class Command(BaseCommand):
    """Loads the CSV files of a folder, whole or not at all, and prints what it wrote."""

    help = "Load reference data from the CSV files of a folder; refuses bad files whole and names every fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--json", action="store_true", help="print JSON for machines")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        try:
            counts = load_reference(folder)
        except ReferenceFaults as refused:
            self.refuse(refused, as_json=options["json"])
        else:
            self.stdout.write(to_json(counts) if options["json"] else as_text(counts))

    def refuse(self, refused: ReferenceFaults, *, as_json: bool) -> None:
        """Print every fault and end with 1; nothing was written."""
        if as_json:
            self.stdout.write(to_json({"faults": [as_record(fault) for fault in refused.faults]}))
        count = len(refused.faults)
        raise CommandError(f"Nothing was loaded. {count} {'fault' if count == 1 else 'faults'}:\n{refused}")


def as_record(fault: Fault) -> dict[str, Any]:
    """A fault for machines: file, row, column, message."""
    return {name: getattr(fault, name) for name in ("file", "row", "column", "message")}


def to_json(record: dict[str, Any]) -> str:
    """JSON for machines."""
    return json.dumps(record, ensure_ascii=False)


def as_text(counts: dict[str, int]) -> str:
    """What was written, a line a kind; or that nothing differed."""
    if not any(counts.values()):
        return "Nothing changed: everything in these files is loaded already."
    return "\n".join(f"{name.replace('_', ' ').capitalize()} written: {count:,}" for name, count in counts.items())
