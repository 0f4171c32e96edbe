"""Job kinds of what follows from a visit: each mail goes to those who were not told yet."""

from peerreview import notifications_learning as notices
from peerreview.models import Exchange, Pledge, Review, SurveyInvitation
from peerreview.notifications import arrangers, not_yet_told
from peerreview.queries.pledges import pledge_key
from peerreview.queries.teams import hub_managers
from peerreview.services.leaving import LEFT
from peerreview.services.surveys import token_of, why_closed
from surveillance.services.notices import record_told
from work.jobs import RunningJob, job_kind


@job_kind("mail.review_left", time_limit_seconds=60)
def mail_review_left(job: RunningJob, *, review_id: int) -> None:
    """Tell the team whose places ended with it, and who arranged it."""
    review, key = Review.objects.for_display().get(pk=review_id), f"review_left:{review_id}"
    ended = review.team.filter(ended_reason=LEFT).select_related("user").order_by("pk")
    people = not_yet_told(key, [*(member.user for member in ended), *arrangers(review)])
    notices.send_review_left(review, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.review_released", time_limit_seconds=60)
def mail_review_released(job: RunningJob, *, review_id: int) -> None:
    """Tell the managers of the region's hub, and who arranged it."""
    review, key = Review.objects.for_display().get(pk=review_id), f"review_released:{review_id}"
    people = not_yet_told(key, [*arrangers(review), *hub_managers([review.region_id])])
    notices.send_review_released(review, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.pledge_question", time_limit_seconds=60)
def mail_pledge_question(job: RunningJob, *, pledge_id: int) -> None:
    """Ask the maker of a pledge what came of it; nothing when they said so meanwhile."""
    pledge, key = Pledge.objects.select_related("review", "made_by").get(pk=pledge_id), pledge_key(pledge_id)
    people = [] if pledge.answered_at else not_yet_told(key, [pledge.made_by])
    notices.send_pledge_question(pledge, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.exchange_asked", time_limit_seconds=60)
def mail_exchange_asked(job: RunningJob, *, exchange_id: int) -> None:
    """Tell a reviewer that a service asks something of them."""
    exchange, key = _exchange(exchange_id), f"exchange_asked:{exchange_id}"
    people = not_yet_told(key, [exchange.asked_of])
    notices.send_exchange_asked(exchange, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.exchange_answered", time_limit_seconds=60)
def mail_exchange_answered(job: RunningJob, *, exchange_id: int) -> None:
    """Tell who asked, after a review for learning: its news stay out of the summary of the other track."""
    exchange, key = _exchange(exchange_id), f"exchange_answered:{exchange_id}"
    people = not_yet_told(key, [exchange.asked_by])
    notices.send_exchange_answered(exchange, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.survey", queue="bulk", time_limit_seconds=60)
def mail_survey(job: RunningJob, *, invitation_id: int) -> None:
    """Send somebody their personal link; sent twice by a worker that died, it is the same link."""
    found = SurveyInvitation.objects.select_related("review", "user")
    invitation, key = found.get(pk=invitation_id), f"survey:{invitation_id}"
    people = [] if why_closed(invitation) else not_yet_told(key, [invitation.user])
    notices.send_survey(invitation, token_of(invitation), people)
    record_told(key=key, people=people, lease=job.lease)


def _exchange(exchange_id: int) -> Exchange:
    return Exchange.objects.select_related("review", "asked_by", "asked_of").get(pk=exchange_id)
