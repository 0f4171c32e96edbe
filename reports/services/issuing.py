"""Issuing a signed report: a receipt for each person, a mail that says what happens next, and when each opened it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import clock_time
from reports.models import Receipt, Report, ReportVersion, SignOff
from reports.queries.issuing import addressees, unopened
from reports.services.versions import locked_report
from work import jobs
from work.models import ReminderSent
from work.status import InvalidTransition


def issue_report(report: Report, signed: SignOff, *, by: User) -> None:
    """Issue the signed version to everybody concerned, each once. Call it in the transaction of the sign-off.

    The team is told that its places end: call it before they do.
    """
    for person in addressees(report):
        facts = {"report": report, "organisation": person.organisation, "capacity": person.capacity}
        Receipt.objects.get_or_create(version=signed.version, user=person.user, defaults=facts)
    jobs.enqueue("mail.report_issued", key=str(signed.version_id), report_id=report.pk, version_id=signed.version_id, requested_by=by)


@transaction.atomic
def record_opened(*, report_id: int, version: ReportVersion | None, by: User) -> None:
    """Note the first time that somebody opens a version, as a page or as a PDF, that they were issued."""
    Receipt.objects.filter(report=report_id, version=version, user=by, opened_at=None).update(opened_at=timezone.now())


def reminded_today(report: Report) -> dt.datetime | None:
    """When somebody sent today's reminder to those who have not opened the report."""
    sent = ReminderSent.objects.filter(key=_key(report)).order_by("sent_at").first()
    return sent.sent_at if sent else None


def _key(report: Report) -> str:
    return f"report_unopened:{report.pk}:{timezone.localdate().isoformat()}"


@transaction.atomic
def remind_unopened(*, report_id: int, by: User) -> int:
    """Remind everybody who was issued the newest version and has not opened it; gives how many. Once a day for each report.

    Raises InvalidTransition when nobody is waited for, and when a reminder went today already.
    """
    report = locked_report(report_id)
    waiting = list(unopened().filter(report=report).values_list("user", flat=True))
    if not waiting:
        raise InvalidTransition("Everybody who was issued the report has opened it. No reminder was sent.")
    if sent_at := reminded_today(report):
        raise InvalidTransition(f"A reminder was sent at {clock_time(sent_at)}. You can send another tomorrow.")
    sent = ReminderSent.objects.create(key=_key(report), user=by)
    audit.record("report.unopened_reminded", target=sent, by=by)
    jobs.enqueue("mail.report_unopened", key=_key(report), report_id=report.pk, day=timezone.localdate().isoformat(), requested_by=by)
    return len(waiting)
