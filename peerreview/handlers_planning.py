"""Job kinds of planning a review: mails about dates, changes and milestones, and the PDF of the notice."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from peerreview import notifications_planning as notices
from peerreview.models import PlanChange, Review
from peerreview.notifications import not_yet_told
from peerreview.queries.milestones import milestones_of
from peerreview.queries.notice import notice_of
from peerreview.queries.polls import answers_by, asked_people, is_poll_open
from peerreview.services.notice import keep_notice_pdf
from rendering.markdown import markdown_to_html
from surveillance import ladder
from surveillance.services.notices import record_told
from work.jobs import JobFailed, RunningJob, job_kind


def _review(review_id: int) -> Review:
    return Review.objects.for_display().get(pk=review_id)


@job_kind("mail.review_poll", time_limit_seconds=120)
def mail_poll(job: RunningJob, *, review_id: int) -> None:
    """Ask the team, the leads and the executives which dates they can make; those who were asked by this day are not asked again."""
    review = _review(review_id)
    dates = ",".join(str(pk) for pk in review.date_options.order_by("pk").values_list("pk", flat=True))
    key = f"review_poll:{review.pk}:{dates}:{review.poll_due_date}"
    asked = asked_people(review) if is_poll_open(review) else []
    waiting = {person.pk for person in not_yet_told(key, [one.user for one in asked])}
    notices.send_poll(review, [one for one in asked if one.user.pk in waiting])
    record_told(key=key, people=[one.user for one in asked if one.user.pk in waiting], lease=job.lease)


@job_kind("mail.review_poll_reminder", time_limit_seconds=120)
def mail_poll_reminder(job: RunningJob, *, review_id: int, user_ids: list[int], due: str) -> None:
    """Remind those who have still not answered, where the same day still stands."""
    review, stands = _review(review_id), []
    if is_poll_open(review) and str(review.poll_due_date) == due:
        wanted = review.date_options.count()
        asked = [one for one in asked_people(review) if one.user.pk in user_ids]
        stands = [one for one in asked if len(answers_by(review, one.user)) < wanted]
    notices.send_poll(review, stands, is_reminder=True)
    job.lease.complete()


@job_kind("mail.review_plan_changed", time_limit_seconds=120)
def mail_plan_changed(job: RunningJob, *, change_id: int) -> None:
    """Tell everybody concerned what changed, but for the one who changed it."""
    change = PlanChange.objects.select_related("review").get(pk=change_id)
    change.review = _review(change.review_id)
    key = f"review_plan_changed:{change.pk}"
    people = [person for person in notices.people_of_plan(change.review) if person.pk != change.changed_by_id]
    waiting = not_yet_told(key, people)
    notices.send_plan_change(change, waiting)
    record_told(key=key, people=waiting, lease=job.lease)


@job_kind("mail.milestone_reminder", time_limit_seconds=60)
def mail_milestone_reminder(job: RunningJob, *, review_id: int, user_ids: list[int], code: str, due: str, step: str) -> None:
    """Remind the holders of a milestone, where its clock still runs to the same day."""
    review, day = _review(review_id), dt.date.fromisoformat(due)
    row = next((row for row in milestones_of(review) if row.code == code and row.due == day and row.is_running), None)
    if row:
        people = User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk")
        notices.send_milestone(review, row, people, is_late=step == ladder.LATE)
    job.lease.complete()


@job_kind("review.notice_pdf", time_limit_seconds=180, label="Notice of a visit (PDF)")
def make_notice_pdf(job: RunningJob, *, review_id: int) -> None:
    """Print the notice; the same words make the same file, so running twice does no harm."""
    from rendering.pdf import Metadata, PdfFailed, letter_html, render_pdf  # noqa: PLC0415 (slow library)

    review = _review(review_id)
    if review.notified_at is None:
        raise JobFailed("The notice was not sent yet.")
    notice, name = notice_of(review), f"notice-{review.pk}-{timezone.localdate(review.notified_at).isoformat()}.pdf"
    html = letter_html(
        title=notice.title,
        recipient=notice.recipients,
        date_text=month_date(review.notified_at),
        body=markdown_to_html(notice.markdown, heading_level=2),
        salutation=notice.salutation,
        signature=notice.signature,
        reference=f"Review {review.pk}",
        file_name=name,
        illustrative=any(service.is_illustrative for service in review.services.all()),
    )
    path = Path("notices", name)
    target = Path(settings.MEDIA_ROOT, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = render_pdf(html, target, metadata=Metadata(subject=notice.title, identifier=f"notice-{review.pk}"))
    except PdfFailed as error:
        raise JobFailed(str(error)) from error
    keep_notice_pdf(review_id=review.pk, path=str(path), sha256=made.sha256, file_name=name, lease=job.lease)
