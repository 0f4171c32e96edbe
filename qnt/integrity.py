"""Whether what is stored is what was stored: the sealed audit trail, frozen records and their hashes, files and theirs."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent
from qnt.programme.models import ProgrammeYear
from qnt.programme.services import facts_hash
from surveillance.canonical import sha256_of

UNSEALED_AFTER = dt.timedelta(minutes=1)

# Model, the column that holds the frozen text, the column that holds its SHA-256.
FROZEN_TEXTS = (
    ("surveillance.Declaration", "content", "hash"),
    ("surveillance.ServiceSummary", "content", "hash"),
    ("surveillance.SurveillanceDecision", "figures", "figures_hash"),
    ("reports.ReportVersion", "content", "hash"),
    ("reports.PackIssue", "content", "hash"),
    ("qnt.AnnualPublication", "content", "hash"),
)
# Model, the column with the path under MEDIA_ROOT, the column with the file's SHA-256.
FILES = (
    ("surveillance.EvidenceVersion", "file_path", "sha256"),
    ("surveillance.SpreadsheetUpload", "file_path", "sha256"),
    ("peerreview.Review", "notice_pdf_path", "notice_pdf_sha256"),
    ("reports.ReportVersion", "pdf_path", "pdf_sha256"),
    ("reports.VersionFile", "path", "sha256"),
    ("reports.PackIssue", "path", "sha256"),
    ("qnt.AnnualPublication", "path", "sha256"),
)


def faults() -> list[str]:
    """Sentences that name every row or file that is not as it was written; empty when all is whole."""
    return [*audit.broken_seals(), *_unsealed_events(), *_changed_texts(), *_changed_years(), *_changed_files()]


def _unsealed_events() -> Iterator[str]:
    waiting = AuditEvent.objects.filter(seal=None, at__lt=timezone.now() - UNSEALED_AFTER).order_by("pk")
    for pk in waiting.values_list("pk", flat=True).iterator():
        yield f"Audit event {pk} has not been sealed for over a minute."


def _changed_texts() -> Iterator[str]:
    for label, text_column, hash_column in FROZEN_TEXTS:
        for pk, text, digest in apps.get_model(label).objects.order_by("pk").values_list("pk", text_column, hash_column).iterator():
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                yield f"{label} {pk} was changed after it was frozen."


def _changed_years() -> Iterator[str]:
    """Years of the programme whose published rows or definitions are not those that were published."""
    for year in ProgrammeYear.objects.filter(published_at__isnull=False).order_by("year"):
        if sha256_of(year.definitions) != year.definitions_hash:
            yield f"The definitions of the programme's figures of {year} were changed after they were published."
        if facts_hash(year.year) != year.facts_hash:
            yield f"The programme's figures of {year} were changed after they were published."


def _changed_files() -> Iterator[str]:
    for label, path_column, hash_column in FILES:
        stored = apps.get_model(label).objects.exclude(**{path_column: ""}).exclude(pk__in=_removed(label)).order_by("pk")
        for pk, path, digest in stored.values_list("pk", path_column, hash_column).iterator():
            file = Path(settings.MEDIA_ROOT, path)
            if not file.is_file():
                yield f"{label} {pk}: the file {path} is missing."
            elif _sha256(file) != digest:
                yield f"{label} {pk}: the file {path} was changed."


def _removed(label: str) -> Any:
    """Rows whose bytes were deleted on purpose, with a name and a time: versions of documents that were removed."""
    rows = apps.get_model(label).objects
    return rows.filter(item__removed_at__isnull=False).values("pk") if label == "surveillance.EvidenceVersion" else []


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
