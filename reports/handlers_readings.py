"""Job kinds of the team's reading of a draft: asking a member, and reminding them."""

from reports import notifications_readings as notices
from reports.models import TeamReading
from reports.notifications import not_yet_told
from surveillance.services.notices import record_told
from work.jobs import RunningJob, job_kind


@job_kind("mail.report_team_reading", time_limit_seconds=60)
def mail_team_reading(job: RunningJob, *, reading_id: int, days_left: int = 0) -> None:
    """Ask one member to read the draft, or remind them when ``days_left`` working days are left; nobody whose papers are closed."""
    rows = TeamReading.objects.waiting().select_related("report__review", "member__user")
    reading = rows.filter(pk=reading_id).first()
    key = f"report_team_reading:{reading_id}:{days_left}"
    people = not_yet_told(key, [reading.member.user]) if reading else []
    if reading:
        notices.send_team_reading(reading, people)
    record_told(key=key, people=people, lease=job.lease)
