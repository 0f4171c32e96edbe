"""The team reads the draft: asked member by member, each agrees or comments, the drafter answers; silence is recorded as such."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.queries.agreements import members_asked
from reports import content
from reports.blocks.drawing import one_drawing
from reports.models import ReadingComment, Report, TeamReading
from reports.notifications_readings import note_commented, note_replied
from reports.queries.readings import CODE, DAYS
from reports.queries.sections import section_hashes
from reports.services.checking import procedure_days
from reports.services.versions import locked_report
from surveillance.services.clash import AlreadyDone, check_version
from work import jobs
from work.items import day_words
from work.status import InvalidTransition
from work.working_days import add_working_days

Status, Answer = Report.Status, TeamReading.Answer


@transaction.atomic
def ask_team(*, report_id: int, by: User) -> list[TeamReading]:
    """Ask every member whose papers are open to read the draft; who has a question open already is not asked twice.

    Raises InvalidTransition when there is nobody to ask, AlreadyDone when everybody was asked and has not answered yet.
    """
    report = locked_report(report_id)
    _check_draft(report)
    members = members_asked(report.review)
    if not members:
        raise InvalidTransition("No member of the team can read this draft: nobody on it has open papers.")
    asked = dict(report.team_readings.filter(answer=Answer.WAITING).values_list("member", "asked_at"))
    due = add_working_days(timezone.localdate(), procedure_days(report, CODE, DAYS))
    made = [
        TeamReading.objects.create(report=report, member=member, asked_by=by, due_date=due) for member in members if member.pk not in asked
    ]
    if not made:
        raise AlreadyDone(f"The team was asked on {day_words(timezone.localdate(max(asked.values())))}. You do not need to do anything.")
    audit.record("report.team_asked", target=report, by=by)
    for reading in made:
        jobs.enqueue("mail.report_team_reading", reading_id=reading.pk, requested_by=by)
    return made


def _check_draft(report: Report) -> None:
    if report.status != Status.DRAFT:
        raise InvalidTransition(f"This report is at {report.get_status_display().lower()}. Its team reads it while it is a draft.")


def _own_waiting(report: Report, by: User) -> TeamReading:
    """The locked reading that waits for this person, whose papers must be open. Raises InvalidTransition."""
    _check_draft(report)
    places = [member.pk for member in members_asked(report.review) if member.user_id == by.pk]
    rows = report.team_readings.select_for_update(of=("self",)).filter(member__in=places)
    reading = rows.filter(answer=Answer.WAITING).order_by("-pk").first()
    if reading is None:
        last = rows.order_by("-pk").first()
        if last and last.answered_at:
            raise AlreadyDone(f"You answered on {day_words(timezone.localdate(last.answered_at))}.")
        raise InvalidTransition("This draft does not wait for your answer.")
    return reading


@transaction.atomic
def comment_on_section(*, report_id: int, section_id: int, text: str, by: User, version: int = 0) -> ReadingComment | None:
    """Write, change or (with an empty text) take back one's comment on a section; it goes to the drafter with the answer.

    ``version`` is that of the comment which was opened, 0 where there was none. Raises InvalidTransition, SomeoneElseChanged when
    it was saved from elsewhere meanwhile.
    """
    report = locked_report(report_id)
    reading = _own_waiting(report, by)
    section = report.sections.get(pk=section_id)
    comment = reading.comments.filter(section=section).first()
    check_version(comment or ReadingComment(reading=reading, section=section), comment.version if comment else 0, version)
    if not text.strip():
        if comment:
            comment.delete()
        return None
    if comment is None:
        comment = ReadingComment(reading=reading, section=section, version=0)
    comment.text, comment.written_at, comment.version = text.strip(), timezone.now(), comment.version + 1
    comment.save()
    audit.record("report.section_commented", target=comment, by=by)
    return comment


@transaction.atomic
def answer_reading(*, report_id: int, by: User) -> TeamReading:
    """Send one's answer: the comments that were written, or that one agrees; bound to the draft as it stands.

    Raises InvalidTransition.
    """
    report = locked_report(report_id)
    reading = _own_waiting(report, by)
    reading.answer = Answer.COMMENTED if reading.comments.exists() else Answer.AGREED
    reading.answered_at = timezone.now()
    with one_drawing():
        reading.content_hash = content.content_hash(content.live_content(report))
        reading.seen = section_hashes(report, report.sections.order_by("position"))
    reading.save()
    audit.record("report.team_answered", target=reading, by=by)
    note_commented(report, reading)
    return reading


@transaction.atomic
def reply_to_comment(*, comment_id: int, reply: str, by: User, version: int | None = None) -> ReadingComment:
    """Answer a comment that was sent. Raises InvalidTransition, SomeoneElseChanged when somebody answered it meanwhile."""
    report_id = ReadingComment.objects.values_list("reading__report", flat=True).get(pk=comment_id)
    report = locked_report(report_id)
    rows = ReadingComment.objects.select_for_update(of=("self",)).select_related("reading__member__user", "section", "replied_by")
    comment = rows.get(pk=comment_id)
    _check_draft(report)
    if comment.reading.answer != Answer.COMMENTED:
        raise InvalidTransition("This comment was not sent yet.")
    check_version(comment, comment.version, version)
    if not reply.strip():
        raise InvalidTransition("Enter your answer to the comment")
    comment.reply, comment.replied_by, comment.replied_at = reply.strip(), by, timezone.now()
    comment.version += 1
    comment.save()
    audit.record("report.comment_answered", target=comment, by=by)
    note_replied(report, comment)
    return comment


@transaction.atomic
def lapse_readings(*, today: dt.date | None = None) -> int:
    """Record silence where the day has passed, and who left before answering; gives how many. Silence is never agreement."""
    day = today or timezone.localdate()
    rows = TeamReading.objects.select_for_update(of=("self",)).filter(answer=Answer.WAITING)
    lapsed = 0
    for reading in rows.select_related("member", "report"):
        if not reading.member.papers_open:
            reading.answer = Answer.LEFT
        elif reading.due_date < day:
            reading.answer = Answer.SILENT
        else:
            continue
        reading.answered_at = timezone.now()
        reading.save(update_fields=["answer", "answered_at"])
        audit.record("report.team_silent", target=reading, by=None)
        lapsed += 1
    return lapsed
