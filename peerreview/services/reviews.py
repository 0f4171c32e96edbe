"""The life of an opened review: notice, preparation, visit, follow-up, close; postponed, cancelled, passed on."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, PlanChange, Review
from peerreview.queries.immediate_risks import PHONE_MISSING
from peerreview.queries.milestones import milestone_date
from peerreview.queries.teams import missing_roles
from peerreview.services.locks import locked_review
from peerreview.services.places import end_open_places
from peerreview.services.plan_changes import NO_DATE, days_in_words, note_change
from peerreview.services.rechecks import open_at_follow_up
from peerreview.services.session_invitations import withdraw_invitations
from peerreview.services.topic_agreement import check_agreement
from surveillance.models import Service
from work import jobs
from work.status import InvalidTransition

Status = Review.Status


@transaction.atomic
def send_notice(*, review_id: int, by: User) -> Review:
    """Tell the service and its executive of the visit, with the number to call during it. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.NOTIFIED)
    _check_phone(review)
    review.status, review.notified_at = Status.NOTIFIED, timezone.now()
    _save(review, "notified_at")
    audit.record("review.notified", target=review, by=by)
    jobs.enqueue("mail.review_notice", key=f"{review.pk}:{review.version}", review_id=review.pk, requested_by=by)
    jobs.enqueue("review.notice_pdf", review_id=review.pk, requested_by=by)
    return review


@transaction.atomic
def start_preparing(*, review_id: int, by: User) -> Review:
    """Open the preparation. Raises InvalidTransition when a topic is missing, or the service may still agree the topics."""
    review = locked_review(review_id)
    review.check_may_become(Status.PREPARING)
    check_topics(review)
    check_agreement(review)
    review.status, review.preparing_at = Status.PREPARING, timezone.now()
    _save(review, "preparing_at")
    audit.record("review.preparing", target=review, by=by)
    return review


def check_topics(review: Review) -> None:
    """Raises InvalidTransition unless the review has its topics, and each names an indicator (for learning: a question)."""
    topics = list(review.topics.prefetch_related("indicators"))
    if not topics:
        raise InvalidTransition(f"Add at least one {review.topic_word} before you continue.")
    for topic in topics:
        if not review.is_learning and not topic.indicators.all():
            raise InvalidTransition(f"The topic “{topic.title}” must name at least one indicator.")


@transaction.atomic
def begin_visit(*, review_id: int, by: User) -> Review:
    """Begin the visit: a lead and a patient reviewer must be cleared, and a number to call known. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.VISITING)
    _check_phone(review)  # notices of before may have gone without one
    if missing := missing_roles(review, cleared=True):
        raise InvalidTransition(missing[0])
    review.status, review.visited_at = Status.VISITING, timezone.now()
    _save(review, "visited_at")
    audit.record("review.visit_began", target=review, by=by)
    return review


@transaction.atomic
def finish_visit(*, review_id: int, by: User) -> Review:
    """End the visit; every draft finding must be agreed or withdrawn first. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.REPORTING)
    drafts = review.findings.filter(status=Finding.Status.DRAFT).count()
    if drafts:
        words = "1 finding is" if drafts == 1 else f"{drafts} findings are"
        raise InvalidTransition(f"{words} still a draft. The lead reviewer must agree or withdraw each one before the visit ends.")
    review.status = Status.REPORTING
    _save(review)
    audit.record("review.visit_finished", target=review, by=by)
    return review


@transaction.atomic
def begin_follow_up(*, review_id: int, by: User) -> Review:
    """At sign-off of the report: findings open, except good practice, and the places of the team end with their rights.

    Called by the app above in the transaction of the sign-off. Raises InvalidTransition.
    """
    review = locked_review(review_id)
    review.check_may_become(Status.FOLLOW_UP)
    if review.findings.filter(status=Finding.Status.DRAFT).exists():
        raise InvalidTransition("A reported immediate risk is still a draft. The lead reviewer must confirm or withdraw it first.")
    review.status = Status.FOLLOW_UP
    _save(review)
    recheck = milestone_date(review, "PROGRESS_3")
    for finding in review.findings.select_for_update(of=("self",)).filter(status__in=[Finding.Status.AGREED, Finding.Status.AMENDED]):
        if finding.category == Finding.Category.GOOD_PRACTICE:
            continue
        open_at_follow_up(finding, recheck)
    end_open_places(review)
    audit.record("review.follow_up", target=review, by=by)
    return review


@transaction.atomic
def close_review(*, review_id: int, next_review_date: dt.date | None, by: User) -> Review:
    """Close a followed-up review with the date of the next one. Raises InvalidTransition."""
    review = locked_review(review_id)
    review.check_may_become(Status.CLOSED)
    if next_review_date is None:
        raise InvalidTransition("Set a next review date before you close this review")
    if review.findings.open_immediate_risks().exists():
        raise InvalidTransition("An immediate risk is still open. Check that it is put right before you close this review.")
    review.status, review.closed_at, review.next_review_date = Status.CLOSED, timezone.now(), next_review_date
    _save(review, "closed_at", "next_review_date")
    if not review.is_learning:
        Service.objects.filter(pk__in=review.review_services.values("service")).update(next_review_date=next_review_date)
    audit.record("review.closed", target=review, by=by)
    return review


@transaction.atomic
def postpone_review(*, review_id: int, reason: str, by: User) -> Review:
    """Put the visit off with a reason: every clock stops until new dates are set, and all are told. Raises InvalidTransition."""
    review = _stopped(review_id, Status.POSTPONED, reason)
    review.notified_at, review.preparing_at, review.poll_due_date = None, None, None
    review.notice_pdf_path, review.notice_pdf_sha256 = "", ""  # the notice is sent again, with the new dates
    _save(review, "status_reason", "notified_at", "preparing_at", "poll_due_date", "notice_pdf_path", "notice_pdf_sha256")
    note_change(review, PlanChange.What.POSTPONED, days_in_words(review), NO_DATE, reason, by)
    withdraw_invitations(review, by=by)
    audit.record("review.postponed", target=review, by=by, reason=review.status_reason)
    return review


@transaction.atomic
def cancel_review(*, review_id: int, reason: str, by: User) -> Review:
    """End a review before its visit, with a reason; the places of the team end. Raises InvalidTransition.

    From the visit on nobody cancels a review; the service of a review for learning can leave it (``leave_review``).
    """
    review = _stopped(review_id, Status.CANCELLED, reason)
    _save(review, "status_reason")
    end_open_places(review, reason="The review was cancelled.")
    withdraw_invitations(review, by=by)
    audit.record("review.cancelled", target=review, by=by, reason=review.status_reason)
    return review


@transaction.atomic
def pass_on_reviews(*, from_user_id: int, to_user_id: int, region_id: int, by: User) -> int:
    """Give the reviews that somebody arranges in a region to someone else; gives how many."""
    reviews = (
        Review.objects.select_for_update()
        .filter(visit_lead=from_user_id, region=region_id)
        .exclude(status__in=[Status.CLOSED, Status.CANCELLED])
    )
    for review in reviews:
        review.visit_lead_id = to_user_id
        _save(review, "visit_lead")
        audit.record("review.passed_on", target=review, by=by)
    return len(reviews)


def _check_phone(review: Review) -> None:
    if not review.visit_phone:
        raise InvalidTransition(PHONE_MISSING)


def _stopped(review_id: int, status: str, reason: str) -> Review:
    review = locked_review(review_id)
    review.check_may_become(status)
    if review.status in Review.LEFT_FROM:
        raise InvalidTransition(f"This is now {review.get_status_display().lower()}, so only its service can leave it.")
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    review.status, review.status_reason = status, reason.strip()
    return review


def _save(review: Review, *fields: str) -> None:
    review.version += 1
    review.save(update_fields=["status", "version", *fields])
