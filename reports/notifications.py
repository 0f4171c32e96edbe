"""Mails about reports: the act first, one link, never a finding or a word of the report."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from peerreview.queries.teams import lead_reviewer
from reports.models import AccuracyPoint, Publication, QualityCheck, Report
from reports.queries.people import commissioning_people, service_people
from work import mail
from work.items import day_words
from work.models import ReminderSent


def not_yet_told(key: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` who did not get the notice called ``key``, each once."""
    told = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    return list({person.pk: person for person in people if person.pk not in told}.values())


def people_to_answer(report: Report) -> list[User]:
    """Everybody of a party that still has accuracy answers to send."""
    parties = set(report.accuracy_points.filter(sent_at=None).values_list("party", flat=True))
    people = service_people(report) if AccuracyPoint.Party.SERVICE in parties else []
    return people + (commissioning_people(report) if AccuracyPoint.Party.COMMISSIONER in parties else [])


def people_who_decide(report: Report) -> list[User]:
    """The lead reviewer and the drafter."""
    lead = lead_reviewer(report.review)
    return [*([lead.user] if lead else []), report.drafter]


def send_quality_check(check: QualityCheck, people: Iterable[User]) -> int:
    """Ask for a quality check; gives how many mails were sent."""
    subject = f"Check the report “{check.report.title}” by {day_words(check.due_date)}"
    return mail.send(
        to=people, subject=subject, template="report_quality_check", path=reverse("reports:report_quality_check", args=[check.report_id]),
        report=check.report, due_date=check.due_date,
    )  # fmt: skip


def send_accuracy(report: Report, people: Iterable[User]) -> int:
    """Ask for the accuracy answers."""
    due = day_words(report.accuracy_due_date) if report.accuracy_due_date else ""
    subject = f"Check the facts in the report “{report.title}” by {due}"
    return mail.send(
        to=people, subject=subject, template="report_accuracy", path=reverse("reports:report_accuracy", args=[report.pk]), report=report
    )


def send_accuracy_answered(report: Report, people: Iterable[User]) -> int:
    """Say that accuracy answers came in."""
    subject = f"Decide on the accuracy answers about “{report.title}”"
    return mail.send(
        to=people,
        subject=subject,
        template="report_accuracy_answered",
        path=reverse("reports:report_accuracy", args=[report.pk]),
        report=report,
    )


def send_issued(report: Report, people: Iterable[User]) -> int:
    """Say that the signed report can be read."""
    subject = f"Read the signed-off report “{report.title}”"
    return mail.send(
        to=people, subject=subject, template="report_issued", path=reverse("reports:report_read", args=[report.pk]), report=report
    )


def send_published(publication: Publication, people: Iterable[User]) -> int:
    """Say that anyone can read the report."""
    report = publication.report
    subject = f"Read the published report “{report.title}”"
    return mail.send(
        to=people,
        subject=subject,
        template="report_published",
        path=reverse("reports:library_report", args=[report.address]),
        report=report,
    )
