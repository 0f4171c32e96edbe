"""Mails and lines of the daily summary about the annual programme report: the act first, one link, none of its words."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.annual.people import national_team, report_due, writers_of
from work import digest, mail
from work.items import day_words


def send_to_write(year: int, people: Iterable[User]) -> int:
    """Ask the national team for the report, once the figures of its year are published; gives how many mails were sent."""
    due = report_due(year)
    subject = f"Write the annual programme report on {year} by {day_words(due)}"
    return mail.send(
        to=people, subject=subject, template="programme_report_to_write", path=reverse("programme_reports"), year=year, due_date=due
    )


def send_ready(report: AnnualReport, people: Iterable[User]) -> int:
    """Ask those who may publish the report to do so."""
    year, due = report.year.year, report_due(report.year.year, report)
    subject = f"Publish the annual programme report on {year} by {day_words(due)}"
    path = reverse("programme_report_publish", args=[year])
    return mail.send(to=people, subject=subject, template="programme_report_ready", path=path, year=year, due_date=due)


def note_published(publication: AnnualPublication) -> None:
    """A line in the summary of those who wrote in it."""
    report = publication.report
    sentence = f"The annual programme report on {report.year.year} is published: anyone can read it."
    writers = national_team().filter(pk__in=writers_of(report)).exclude(pk=publication.published_by_id)
    digest.note(writers, sentence=sentence, key=f"programme_report_published:{publication.pk}")
