"""The team's reading of a draft: who was asked, who said what, what changed since, what still stands in the way."""

from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from peerreview.models import TeamMember
from peerreview.queries.agreements import members_asked
from reports.models import ReadingComment, Report, ReportSection, TeamReading
from reports.queries.sections import section_hashes
from reports.words import joined
from work.items import counted, day_words

Answer = TeamReading.Answer
CODE, DAYS = "TEAM_READING", 5  # the milestone of the procedure, and the days where it sets none


def readings_of(report: Report) -> list[TeamReading]:
    """Every reading that was asked for, newest first, with its member and its comments; two statements."""
    comments = ReadingComment.objects.select_related("section", "replied_by").order_by("section__position", "pk")
    rows = report.team_readings.select_related("member__user", "asked_by").prefetch_related(Prefetch("comments", comments))
    return list(rows.order_by("-pk"))


def latest_readings(readings: list[TeamReading]) -> list[TeamReading]:
    """The newest reading of each member, in the order of their places on the team."""
    newest: dict[int, TeamReading] = {}
    for reading in readings:
        newest.setdefault(reading.member_id, reading)
    return [newest[pk] for pk in sorted(newest)]


def own_reading(report: Report, user: User) -> TeamReading | None:
    """The newest reading of this person, as long as their papers are open; None for everybody else."""
    places = TeamMember.objects.on_team().filter(user=user)
    return report.team_readings.filter(member__in=places.values("pk")).select_related("member__user").order_by("-pk").first()


def is_waiting(report: Report, reading: TeamReading | None) -> bool:
    """Whether this reading can still be answered."""
    return reading is not None and reading.answer == Answer.WAITING and report.status == Report.Status.DRAFT


def answer_words(reading: TeamReading) -> str:
    """What a member said, in words, with the day."""
    if reading.answer == Answer.WAITING:
        place = reading.member
        return "Has not answered yet" if place.papers_open else "Left the team before answering"
    day = day_words(reading.answered_at) if reading.answered_at else ""
    sentences = {
        Answer.AGREED: f"Agreed on {day}",
        Answer.COMMENTED: f"Sent {counted(len(reading.comments.all()), 'comment')} on {day}",
        Answer.SILENT: f"No answer by {day_words(reading.due_date)}: recorded as silence, not as agreement",
        Answer.LEFT: "Left the team before answering",
        Answer.SKIPPED: f"Not waited for: the quality check was asked for on {day}",
    }
    return sentences[Answer(reading.answer)]


def not_asked(report: Report, readings: list[TeamReading]) -> list[TeamMember]:
    """Members whose papers are open and who were not asked yet."""
    asked = {reading.member_id for reading in readings}
    return [member for member in members_asked(report.review) if member.pk not in asked]


def fault_before_check(report: Report) -> str:
    """Why the draft is not ready for the quality check as far as its team goes, in a sentence; empty when it is."""
    readings = latest_readings(readings_of(report))
    if not readings:
        return "The team was not asked to read this draft yet." if members_asked(report.review) else ""
    waiting = [one.member.user.name for one in readings if one.answer == Answer.WAITING and one.member.papers_open]
    if waiting:
        return f"{joined(waiting)} {'has' if len(waiting) == 1 else 'have'} not answered yet."
    comments = open_comments(readings)
    if comments:
        return f"{counted(len(comments), 'comment')} of the team {'has' if len(comments) == 1 else 'have'} no answer yet."
    return ""


def sent_comments(readings: list[TeamReading]) -> list[tuple[TeamReading, ReadingComment]]:
    """Comments that members sent, each with its reading; what a member is still writing is theirs alone."""
    sent = [reading for reading in readings if reading.answer == Answer.COMMENTED]
    return [(reading, comment) for reading in sent for comment in reading.comments.all()]


def open_comments(readings: list[TeamReading]) -> list[ReadingComment]:
    """Comments that were sent and that the drafter did not answer."""
    return [comment for _, comment in sent_comments(readings) if not comment.reply]


@dataclass(frozen=True)
class Changed:
    """A section that says something else now than when members read it, and which members."""

    section: ReportSection
    readers: list[str]

    @property
    def words(self) -> str:
        """ "Changed since Sam Lee read it"."""
        return f"Changed since {joined(self.readers)} read it"


def changed_since_read(report: Report, sections: list[ReportSection], readings: list[TeamReading]) -> dict[str, Changed]:
    """By code, the sections that changed since members of the team answered; empty when nobody has."""
    said = [reading for reading in latest_readings(readings) if reading.answer in TeamReading.SAID]
    if not said:
        return {}
    hashes = section_hashes(report, sections)
    found = {}
    for section in sections:
        readers = [one.member.user.name for one in said if one.seen.get(section.code) not in (None, hashes[section.code])]
        if readers:
            found[section.code] = Changed(section, readers)
    return found
