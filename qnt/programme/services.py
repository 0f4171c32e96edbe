"""Counting a year, publishing its figures, and notes on what else went on in it."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from qnt.programme.counting import COUNTERS
from qnt.programme.definitions import Definition, as_record, definitions_in
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ContextNote, ProgrammeFact, ProgrammeYear
from surveillance.canonical import canonical_json, number_text, sha256_of
from surveillance.models import Round
from surveillance.services.clash import check_version
from work import jobs
from work.jobs import Lease
from work.status import InvalidTransition

KIND, MAIL_TO_WRITE = "programme.count", "mail.programme_report_to_write"
BATCH = 2000
NOT_OVER = "A year’s figures are published when the year is over."
ALREADY = "The figures of {year} are published. They do not change any more."
FROZEN = (
    "year", "half", "measure", "definition_version", "unit_id", "day", "region_id", "review_id", "kind", "procedure_id", "service_id",
    "indicator_set_id", "is_learning", "side", "detail", "choice", "value", "weight", "limit",
)  # fmt: skip


# Counting -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def count_year(*, year: int, lease: Lease | None = None, known: tuple[Definition, ...] = DEFINITIONS) -> int:
    """Count a year anew by the definitions that hold for it, and keep the rows; gives how many there are.

    The year's row is locked, so two workers count one after the other. A published year stays as it is.
    """
    counting = _locked_year(year)
    if not counting.is_published:
        _write(counting, known)
    if lease:
        lease.complete(sentence=f"The figures of {year} are up to date")
    return ProgrammeFact.objects.filter(year=year).count()


def _locked_year(year: int) -> ProgrammeYear:
    ProgrammeYear.objects.get_or_create(year=year)
    return ProgrammeYear.objects.select_for_update().get(year=year)


def _write(counting: ProgrammeYear, known: tuple[Definition, ...]) -> None:
    """Replace the rows of a year. Its moment is taken before reading, so that what comes in meanwhile counts as newer."""
    moment, year = timezone.now(), counting.year
    versions = {code: one.version for code, one in definitions_in(year, known).items()}
    ProgrammeFact.objects.filter(year=year).delete()
    rows = _rows(year, versions)
    while batch := list(islice(rows, BATCH)):
        ProgrammeFact.objects.bulk_create(batch)
    counting.counted_at = moment
    counting.save(update_fields=["counted_at"])


def _rows(year: int, versions: dict[str, int]) -> Iterator[ProgrammeFact]:
    for counter in COUNTERS:
        for fact in counter(year):
            if fact.measure in versions:
                fact.definition_version = versions[fact.measure]
                yield fact


def ask_to_count(year: int, *, by: User | None = None) -> None:
    """Ask for the job that counts a year; many at once make one job."""
    jobs.enqueue(KIND, key=str(year), year=year, requested_by=by)


def ask_to_count_years(today: dt.date | None = None) -> int:
    """Ask for this year, for last year, and for years that nobody has counted; published ones never. Gives how many."""
    day = today or timezone.localdate()
    known = dict(ProgrammeYear.objects.values_list("year", "counted_at"))
    published = set(ProgrammeYear.objects.filter(published_at__isnull=False).values_list("year", flat=True))
    wanted = [year for year in _years(day) if year not in published and (year >= day.year - 1 or known.get(year) is None)]
    for year in wanted:
        ask_to_count(year)
    return len(wanted)


def count_all_years(today: dt.date | None = None) -> None:
    """Count every year now: for a site that was filled in bulk."""
    for year in _years(today or timezone.localdate()):
        count_year(year=year)


def _years(today: dt.date) -> range:
    """From the first round or visit to this year."""
    first_round = Round.objects.aggregate(first=Min("year"))["first"]
    first_visit = Review.objects.aggregate(first=Min("starts_date"))["first"]
    first = min([today.year, *([first_round] if first_round else []), *([first_visit.year] if first_visit else [])])
    return range(first, today.year + 1)


# Publishing -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish_year(*, year: int, by: User, today: dt.date | None = None, known: tuple[Definition, ...] = DEFINITIONS) -> ProgrammeYear:
    """Count a year a last time and freeze its rows with their definitions. Raises InvalidTransition before the year is over."""
    _locked_year(year)
    if sentence := why_not_published(year, today):
        raise InvalidTransition(sentence)
    publishing = freeze_year(year=year, by=by, known=known)
    audit.record("programme_year.published", target=publishing, by=by)
    jobs.enqueue(MAIL_TO_WRITE, key=str(year), year=year)
    return publishing


@transaction.atomic
def freeze_year(*, year: int, by: User, known: tuple[Definition, ...] = DEFINITIONS) -> ProgrammeYear:
    """The rows and definitions of a year as they are published, with their hashes; asks nothing and tells nobody.

    Of ``publish_year``, and of a site that is filled in bulk.
    """
    publishing = _locked_year(year)
    _write(publishing, known)
    records = [as_record(one) for one in definitions_in(year, known).values()]
    publishing.definitions = canonical_json({"year": year, "definitions": records})
    publishing.definitions_hash = sha256_of(publishing.definitions)
    publishing.facts_hash = facts_hash(year)
    publishing.published_at, publishing.published_by = timezone.now(), by
    publishing.save()
    return publishing


def why_not_published(year: int, today: dt.date | None = None) -> str:
    """Why the figures of a year cannot be published now, in a sentence; empty where they can."""
    if ProgrammeYear.objects.filter(year=year, published_at__isnull=False).exists():
        return ALREADY.format(year=year)
    return NOT_OVER if year >= (today or timezone.localdate()).year else ""


def facts_hash(year: int) -> str:
    """SHA-256 over every row of a year, a line of JSON each, in the order in which they were written."""
    digest = hashlib.sha256()
    facts = ProgrammeFact.objects.filter(year=year).order_by("pk")
    for *row, specification in facts.values_list(*FROZEN, "specification_id").iterator(chunk_size=BATCH):
        cells = [_frozen(cell) for cell in row] + ([specification] if specification else [])  # years that were published before had none
        digest.update(json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _frozen(cell: Any) -> Any:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, str | int) else number_text(cell)


# Notes ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_note(*, client_id: uuid.UUID, year: int, region_id: int | None, domain: str, text: str, by: User) -> ContextNote:
    """Add a note to a year, once for each form. ``region_id`` None is England."""
    facts = {"year": year, "region_id": region_id, "domain": domain, "text": text.strip(), "written_by": by}
    note, is_new = ContextNote.objects.get_or_create(client_id=client_id, defaults=facts)
    if is_new:
        audit.record("context_note.written", target=note, by=by)
    return note


@transaction.atomic
def change_note(*, note_id: int, domain: str, text: str, version: int | None, by: User) -> ContextNote:
    """Change a note. Raises SomeoneElseChanged, InvalidTransition."""
    note = _locked_note(note_id)
    check_version(note, note.version, version)
    note.domain, note.text, note.version = domain, text.strip(), note.version + 1
    note.save(update_fields=["domain", "text", "version"])
    audit.record("context_note.changed", target=note, by=by)
    return note


@transaction.atomic
def remove_note(*, note_id: int, by: User) -> ContextNote:
    """Take a note out of its year. Raises InvalidTransition when that was done."""
    note = _locked_note(note_id)
    note.removed_at, note.removed_by = timezone.now(), by
    note.save(update_fields=["removed_at", "removed_by"])
    audit.record("context_note.removed", target=note, by=by)
    return note


def _locked_note(note_id: int) -> ContextNote:
    note = ContextNote.objects.select_for_update().get(pk=note_id)
    if note.removed_at:
        raise InvalidTransition("This note was removed.")
    return note
