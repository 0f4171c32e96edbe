"""Job kinds of peer review: mails, each to those who were not told yet, and the PDF of a letter."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from peerreview import notifications as notices
from peerreview.models import Finding, Letter, PatientView, Review, TeamMember
from peerreview.queries.invitations import sent_with
from peerreview.queries.topic_agreement import sent_at
from peerreview.services.letters import keep_letter_pdf
from rendering.markdown import markdown_to_html
from surveillance.queries.people import leads_of
from surveillance.services.notices import record_told
from work.jobs import JobFailed, RunningJob, job_kind

Thing = TypeVar("Thing")


def _tell(job: RunningJob, key: str, people: Iterable[User], send: Callable[[Thing, list[User]], int], about: Thing) -> None:
    waiting = notices.not_yet_told(key, people)
    send(about, waiting)
    record_told(key=key, people=waiting, lease=job.lease)


def _member(member_id: int) -> TeamMember:
    return TeamMember.objects.select_related("user", "review__procedure", "review__visit_lead").get(pk=member_id)


def _review(review_id: int) -> Review:
    return Review.objects.for_display().get(pk=review_id)


def _finding(finding_id: int) -> Finding:
    return Finding.objects.for_display().select_related("review__visit_lead", "service__region").get(pk=finding_id)


@job_kind("mail.review_invitation", time_limit_seconds=60)
def mail_invitation(job: RunningJob, *, member_id: int) -> None:
    """Ask a reviewer to join a team."""
    member = _member(member_id)
    people = [member.user] if member.status == TeamMember.Status.INVITED else []
    _tell(job, f"review_invitation:{member.pk}:{member.invited_at.isoformat()}", people, notices.send_invitation, member)


@job_kind("mail.review_stand_by", time_limit_seconds=60)
def mail_stand_by(job: RunningJob, *, member_id: int) -> None:
    """Ask a stand-by to declare conflicts of interest."""
    member = _member(member_id)
    people = [member.user] if member.status == TeamMember.Status.STAND_BY else []
    _tell(job, f"review_stand_by:{member.pk}", people, notices.send_stand_by, member)


@job_kind("mail.review_ruled", time_limit_seconds=60)
def mail_ruled(job: RunningJob, *, member_id: int) -> None:
    """Tell a reviewer of the ruling, on a review for learning."""
    member = _member(member_id)
    _tell(job, f"review_ruled:{member.pk}", [member.user], notices.send_ruling, member)


@job_kind("mail.review_declined", time_limit_seconds=60)
def mail_declined(job: RunningJob, *, member_id: int) -> None:
    """Tell the hub that a reviewer declined or did not answer, and who moved up."""
    member = _member(member_id)
    _tell(job, f"review_declined:{member.pk}", notices.arrangers(member.review), notices.send_declined, member)


@job_kind("mail.review_conflict_question", time_limit_seconds=60)
def mail_conflict_question(job: RunningJob, *, review_id: int) -> None:
    """Ask the service whether it knows the reviewers, once a day however many were invited."""
    review = _review(review_id)
    _tell(
        job,
        f"review_conflict_question:{review.pk}:{timezone.localdate()}",
        notices.service_leads(review),
        notices.send_conflict_question,
        review,
    )


@job_kind("mail.review_notice", time_limit_seconds=60)
def mail_notice(job: RunningJob, *, review_id: int) -> None:
    """Give the service notice of the visit; after a postponement once more."""
    review = _review(review_id)
    people = notices.host_people(review) if review.notified_at else []
    _tell(job, f"review_notice:{review.pk}:{review.starts_date}", people, notices.send_review_notice, review)


@job_kind("mail.review_topics", time_limit_seconds=60)
def mail_topics(job: RunningJob, *, review_id: int) -> None:
    """Ask the service to agree the focus topics, each time that they are sent."""
    review = _review(review_id)
    sent = sent_at(review)
    people = notices.service_leads(review) if sent else []
    _tell(job, f"review_topics:{review.pk}:{sent.isoformat() if sent else ''}", people, notices.send_topics, review)


@job_kind("mail.review_topics_comment", time_limit_seconds=60)
def mail_topics_comment(job: RunningJob, *, review_id: int) -> None:
    """Tell who arranges the review what to look at, once for each comment."""
    review = _review(review_id)
    _tell(job, f"review_topics_comment:{job.job.key}", notices.arrangers(review), notices.send_topics_comment, review)


@job_kind("mail.evidence_request", time_limit_seconds=60)
def mail_evidence_request(job: RunningJob, *, review_id: int) -> None:
    """Tell the leads of the services that documents are asked for, once a day however many were added."""
    review = _review(review_id)
    asked = set(review.evidence_asks.filter(answered_at=None).values_list("service", flat=True))
    people = [person for service in review.services.all() if service.pk in asked for person in leads_of(service)]
    _tell(job, f"evidence_request:{review.pk}:{timezone.localdate()}", people, notices.send_evidence_request, review)


@job_kind("mail.evidence_reminder", time_limit_seconds=60)
def mail_evidence_reminder(job: RunningJob, *, review_id: int, user_ids: list[int], due: str, step: str) -> None:
    """Remind the leads of documents that still wait for an answer."""
    review = _review(review_id)
    people = User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk")
    waiting = list(people) if review.evidence_asks.filter(answered_at=None).exists() else []
    _tell(job, f"evidence_reminder_mailed:{review.pk}:{due}:{step}", waiting, notices.send_evidence_reminder, review)


@job_kind("mail.visit_invitations", time_limit_seconds=180)
def mail_visit_invitations(job: RunningJob, *, review_id: int, sequence: int) -> None:
    """Send the sessions of one sending to those whom it concerns."""
    review = _review(review_id)
    people = User.objects.filter(pk__in={one.user_id for one in sent_with(review_id, sequence)}, is_active=True).order_by("pk")
    send = partial(notices.send_invitations, sequence=sequence)
    _tell(job, f"visit_invitations:{review.pk}:{sequence}", people, send, review)


@job_kind("mail.review_requested", time_limit_seconds=60)
def mail_requested(job: RunningJob, *, review_id: int) -> None:
    """Tell the hub manager whom the service chose."""
    review = _review(review_id)
    _tell(job, f"review_requested:{review.pk}", notices.arrangers(review), notices.send_request, review)


@job_kind("mail.finding_risk_reported", time_limit_seconds=60)
def mail_risk_reported(job: RunningJob, *, finding_id: int) -> None:
    """Tell the lead reviewer and the hub of a reported immediate risk."""
    finding = _finding(finding_id)
    _tell(job, f"finding_risk_reported:{finding.pk}", notices.people_told_of_report(finding), notices.send_risk_reported, finding)


@job_kind("mail.finding_immediate_risk", time_limit_seconds=60)
def mail_immediate_risk(job: RunningJob, *, finding_id: int) -> None:
    """Tell commissioners, the board, national leads and the executive the same day."""
    finding = _finding(finding_id)
    _tell(job, f"finding_immediate_risk:{finding.pk}", notices.people_told_of_danger(finding), notices.send_immediate_risk, finding)


@job_kind("mail.letter_sent", time_limit_seconds=60)
def mail_letter_sent(job: RunningJob, *, letter_id: int) -> None:
    """Tell the executive and the lead that a letter waits."""
    letter = Letter.objects.for_display().get(pk=letter_id)
    _tell(job, f"letter_sent:{letter.pk}", notices.host_people(letter.finding.review), notices.send_letter_notice, letter)


@job_kind("mail.letter_answered", time_limit_seconds=60)
def mail_letter_answered(job: RunningJob, *, letter_id: int) -> None:
    """Tell the hub that the answer is there."""
    letter = Letter.objects.for_display().get(pk=letter_id)
    people = notices.arrangers(letter.finding.review)
    _tell(job, f"letter_answered:{letter.pk}", people, notices.send_letter_answered, letter)


@job_kind("mail.view_unsafe", time_limit_seconds=60)
def mail_view_unsafe(job: RunningJob, *, view_id: int) -> None:
    """Tell those who arrange the review the same day that a view says something felt unsafe; who typed it in knows."""
    found = PatientView.objects.select_related("review__visit_lead", "service__provider", "service__network")
    view = found.get(pk=view_id)
    people = [person for person in notices.arrangers(view.review) if person.pk != view.entered_by_id]
    _tell(job, f"view_unsafe:{view.pk}", people, notices.send_view_unsafe, view)


@job_kind("letter.pdf", time_limit_seconds=180, label="Letter (PDF)")
def make_letter_pdf(job: RunningJob, *, letter_id: int) -> None:
    """Print the letter as it was sent; the same words make the same file, so running twice does no harm."""
    from rendering.pdf import Metadata, PdfFailed, letter_html, render_pdf  # noqa: PLC0415 (slow library)

    letter = Letter.objects.for_display().select_related("finding__review__region").get(pk=letter_id)
    if letter.sent_at is None:
        raise JobFailed("The letter was not sent yet.")
    service, name = letter.finding.service, f"letter-{letter.pk}.pdf"
    html = letter_html(
        title=f"{letter.finding.get_category_display()}: {service.name}",
        recipient=[letter.to_name, service.holder.name],
        date_text=month_date(letter.sent_at),
        body=markdown_to_html(letter.text),
        salutation=f"Dear {letter.to_name}",
        signature=[letter.sent_by.name if letter.sent_by else "", f"{letter.finding.review.region.name} hub"],
        reference=f"Letter {letter.pk}",
        file_name=name,
        illustrative=service.is_illustrative or service.holder.is_illustrative,
    )
    path = Path("letters", name)
    target = Path(settings.MEDIA_ROOT, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = render_pdf(html, target, metadata=Metadata(subject=f"Letter about {service.name}", identifier=f"letter-{letter.pk}"))
    except PdfFailed as error:
        raise JobFailed(str(error)) from error
    keep_letter_pdf(letter_id=letter.pk, path=str(path), sha256=made.sha256, file_name=name, lease=job.lease)
