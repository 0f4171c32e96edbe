"""Asking for a self-report, its receipt or an action plan on paper: a job makes the PDF, which waits in "Your files"."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.models import Declaration, SelfReport, Service
from work import jobs
from work.models import Job


@transaction.atomic
def request_paper(*, self_report_id: int, by: User) -> Job:
    """Ask for the PDF of all answers; while one is being made for this person, that one."""
    report = SelfReport.objects.get(pk=self_report_id)
    audit.record("self_report.paper_requested", target=report, by=by)
    return jobs.enqueue("self_report.pdf", key=paper_key(report.pk, by), self_report_id=report.pk, requested_by=by)


@transaction.atomic
def request_receipt(*, declaration_id: int, by: User) -> Job:
    """Ask for the PDF of a receipt; while one is being made for this person, that one."""
    declaration = Declaration.objects.get(pk=declaration_id)
    audit.record("self_report.receipt_requested", target=declaration, by=by)
    return jobs.enqueue("receipt.pdf", key=paper_key(declaration.pk, by), declaration_id=declaration.pk, requested_by=by)


@transaction.atomic
def request_plan(*, service_id: int, by: User) -> Job:
    """Ask for the PDF of a service's action plan; while one is being made for this person, that one."""
    service = Service.objects.get(pk=service_id)
    audit.record("plan.paper_requested", target=service, by=by)
    return jobs.enqueue("action_plan.pdf", key=paper_key(service.pk, by), service_id=service.pk, requested_by=by)


def paper_key(pk: int, user: User) -> str:
    """The key of a person's job for one thing: nobody sees the files of another, so each has their own."""
    return f"{pk}-{user.pk}"
