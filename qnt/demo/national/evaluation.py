"""The programme's own record: notes on what else went on, figures that are published, one report published and the next drafted."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction

from qnt.demo.national.bulk import write_all
from qnt.demo.national.told import Told
from qnt.programme.annual.figures import frozen_year
from qnt.programme.annual.models import AnnualPublication, AnnualReport, AnnualSection
from qnt.programme.annual.outline import PARTS
from qnt.programme.annual.services import content_of
from qnt.programme.models import ContextNote, ProgrammeYear
from qnt.programme.services import count_year, freeze_year
from surveillance.canonical import canonical_json, sha256_of

YEARS_WITH_NOTES = 3


def evaluate(told: Told) -> None:
    """Count this year; publish the two before, with a report on the older and a draft on the newer."""
    this_year = told.today.year
    write_all(ContextNote, (note for year in range(this_year - YEARS_WITH_NOTES + 1, this_year + 1) for note in _notes(told, year)))
    count_year(year=this_year)
    for year in (this_year - 2, this_year - 1):
        with transaction.atomic():
            freeze_year(year=year, by=told.crowd.nationals[0])
    with transaction.atomic():
        _publish(_draft(told, this_year - 2), told)
        _draft(told, this_year - 1)


def _notes(told: Told, year: int) -> Iterator[ContextNote]:
    """One a domain of England and of each hub."""
    places = [(None, told.crowd.nationals[0]), *((region, told.managers[region.pk]) for region in told.world.regions)]
    for region, by in places:
        for domain in ContextNote.Domain:
            code = region.code if region else "England"
            yield ContextNote(
                client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"national-note-{year}-{code}-{domain}"), year=year, region=region, domain=domain,
                text=f"Illustrative note on the {domain.label.lower()} in {year}.", written_by=by,
                written_at=min(told.now, told.now.replace(year=year, month=11, day=20)),
            )  # fmt: skip


def _draft(told: Told, year: int) -> AnnualReport:
    """A report in the words with which each section begins."""
    counted = ProgrammeYear.objects.get(year=year)
    report, frozen = AnnualReport.objects.create(year=counted, drafted_by=told.crowd.nationals[0]), frozen_year(counted)
    sections = [
        AnnualSection(report=report, code=part.code, title=part.title, position=position, text=part.draft(frozen))
        for position, part in enumerate(PARTS, start=1)
    ]
    AnnualSection.objects.bulk_create(sections)
    return report


def _publish(report: AnnualReport, told: Told) -> AnnualPublication:
    """Published by the other of the national team, without a PDF."""
    report.status, report.offered_at, report.offered_by = AnnualReport.Status.PUBLISHED, told.now, report.drafted_by
    report.save(update_fields=["status", "offered_at", "offered_by"])
    content = canonical_json(content_of(report))
    return AnnualPublication.objects.create(
        report=report, content=content, hash=sha256_of(content), published_by=told.crowd.nationals[1],
        published_at=told.now - dt.timedelta(minutes=1),
    )  # fmt: skip
