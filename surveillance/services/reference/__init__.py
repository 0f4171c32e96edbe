"""Loading reference data from CSV files: all of it, or nothing and every fault by file, row and column."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from surveillance.services.reference.parsing import Reference, parse_folder
from surveillance.services.reference.tables import Fault, ReferenceFaults
from surveillance.services.reference.writing import write_reference

__all__ = ["SHIPPED", "Fault", "Reference", "ReferenceFaults", "load_reference"]

SHIPPED = Path(settings.BASE_DIR) / "reference_data"


def load_reference(folder: Path) -> dict[str, int]:
    """Load regions, ICBs, providers, programmes, specifications, indicator sets and (when there) services.

    Gives counts of what was written; loading the same files again writes nothing. Raises ReferenceFaults, and then
    nothing was written. A published set whose text changed becomes a draft of the next version.
    """
    reference = parse_folder(Path(folder))
    with transaction.atomic():
        return write_reference(reference)
