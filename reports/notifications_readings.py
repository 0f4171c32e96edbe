"""Mails and lines of the daily summary about the team's reading of a draft: never a word of the draft or of a comment."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from reports.models import ReadingComment, Report, TeamReading
from work import digest, mail
from work.items import day_words

TITLE_LENGTH = 150  # a line of the summary has 250 characters


def send_team_reading(reading: TeamReading, people: Iterable[User]) -> int:
    """Ask a member to read the draft, or remind them of it; gives how many mails were sent."""
    report = reading.report
    subject = f"Read the draft report “{report.title}” by {day_words(reading.due_date)}"
    return mail.send(
        to=people, subject=subject, template="report_team_reading", path=reverse("reports:report_team", args=[report.pk]),
        report=report, due_date=reading.due_date,
    )  # fmt: skip


def note_commented(report: Report, reading: TeamReading) -> None:
    """A line of the drafter's summary; of a review for learning nothing: no mail mixes the two tracks."""
    if not report.review.is_learning:
        sentence = f"{reading.member.user.name} read the draft report “{report.title[:TITLE_LENGTH]}”."
        digest.note([report.drafter], sentence=sentence, key=f"report_reading:{reading.pk}")


def note_replied(report: Report, comment: ReadingComment) -> None:
    """A line of the member's summary, one for all answers to a reading; nothing where their papers are closed."""
    member = comment.reading.member
    if not report.review.is_learning and member.papers_open:
        sentence = f"Your comments on the draft report “{report.title[:TITLE_LENGTH]}” are being answered."
        digest.note([member.user], sentence=sentence, key=f"report_reading_answered:{comment.reading_id}")
