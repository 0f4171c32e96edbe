"""Asking for a service's annual report and for a programme overview: a job makes the PDF, which waits in "Your files"."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.models import ProgrammeOfCare, Service
from work import jobs
from work.models import Job

ANNUAL, OVERVIEW = "annual_report.pdf", "programme_overview.pdf"


@transaction.atomic
def request_annual(*, service_id: int, year: int, by: User) -> Job:
    """Ask for a service's annual report; while one is being made for this person, that one."""
    service = Service.objects.get(pk=service_id)
    audit.record("annual_report.requested", target=service, by=by)
    return jobs.enqueue(ANNUAL, key=annual_key(service, year, by), service_id=service.pk, year=year, requested_by=by)


def annual_key(service: Service, year: int, user: User) -> str:
    """The key of a person's job for one service and year: nobody sees the files of another."""
    return f"{service.pk}-{year}-{user.pk}"


@transaction.atomic
def request_overview(*, programme_id: int, first_year: int, last_year: int, by: User) -> Job:
    """Ask for the overview of a programme over some years; while one is being made for this person, that one."""
    programme = ProgrammeOfCare.objects.get(pk=programme_id)
    audit.record("programme_overview.requested", target=programme, by=by)
    key = f"{programme.pk}-{first_year}-{last_year}-{by.pk}"
    arguments = {"programme_id": programme.pk, "first_year": first_year, "last_year": last_year}
    return jobs.enqueue(OVERVIEW, key=key, requested_by=by, **arguments)
