"""A filled-in spreadsheet that waits for its lead: read and checked, with changes and one error, nothing saved."""

import tempfile
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from qnt.demo.jobs import finish_jobs
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import SelfReport
from surveillance.services import spreadsheets
from surveillance.spreadsheets import write_workbook
from surveillance.spreadsheets.columns import ANSWERS, PLACE

SERVICE = 15  # by place in the list of services: one whose self-report is in progress
COMMENT = "Filled in on a train, from the minutes of the June meeting."


def hand_in_spreadsheet(places: Places, people: People, *, year: int) -> None:
    """The lead of one service downloads its spreadsheet, fills some cells in and uploads it."""
    service = places.services[SERVICE]
    report = SelfReport.objects.for_display().get(service=service, round__year=year)
    lead = people.leads[service.pk]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spreadsheet.xlsx")
        write_workbook(report, path, locked=spreadsheets.locks_of(report, lead))
        _fill_in(path)
        file = SimpleUploadedFile(f"self-report-{year}.xlsx", path.read_bytes())
    spreadsheets.add_upload(self_report_id=report.pk, upload=file, by=lead)
    finish_jobs("self_report.spreadsheet")


def _fill_in(path: Path) -> None:
    """A comment on each of the first three answers, and on the last one an answer that is none."""
    book = openpyxl.load_workbook(path)
    page = book[ANSWERS]
    for row in (2, 3, 4):
        page.cell(row, PLACE["comment"] + 1).value = COMMENT
    page.cell(page.max_row, PLACE["value"] + 1).value = "=1+1"
    book.save(path)
