"""Sending the timetable: invitations, updates and cancellations, each session to each person as often as it changed."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.invitations import CANCEL, Outstanding, Sent, invited_key, outstanding_of, sent_to
from peerreview.queries.timetable import ARRANGING
from peerreview.services.locks import locked_review
from work import jobs
from work.models import ReminderSent
from work.status import InvalidTransition


@transaction.atomic
def send_invitations(*, review_id: int, by: User) -> int:
    """Send what has changed since the last time to those whom it concerns; gives how many people get a mail.

    Two presses send once. Raises InvalidTransition when there is nothing to send, or the visit is off or over.
    """
    review = locked_review(review_id)
    if review.status not in ARRANGING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so no invitations can be sent.")
    found = outstanding_of(review, sent_to(review))
    if not found.people_ids:
        if review.invitations_sent_at:
            raise InvalidTransition("Nothing has changed since the invitations were sent.")
        raise InvalidTransition("Nobody stands in a session yet. Add people to the sessions first.")
    _send(review, found, by)
    return len(found.people_ids)


def withdraw_invitations(review: Review, *, by: User) -> None:
    """Take every invitation back: the visit is put off or cancelled. The review is locked by the caller."""
    if review.invitations_sent_at is None:
        return
    found = outstanding_of(review, sent_to(review))
    if found.cancels:
        _send(review, found, by)


def _send(review: Review, found: Outstanding, by: User) -> None:
    review.invitations_sequence += 1
    review.invitations_sent_at = timezone.now()
    review.save(update_fields=["invitations_sequence", "invitations_sent_at"])
    sequence = review.invitations_sequence
    told = [Sent(session, user, sequence, starts, mark) for (session, user), (starts, mark) in found.requests.items()]
    told += [Sent(session, user, sequence, last.starts, CANCEL) for (session, user), last in found.cancels.items()]
    known = [ReminderSent(key=invited_key(review.pk), user_id=pk) for pk in sorted(found.people_ids)]
    ReminderSent.objects.bulk_create(known, ignore_conflicts=True)
    ReminderSent.objects.bulk_create([ReminderSent(key=one.key(review.pk), user_id=one.user_id) for one in told])
    audit.record("invitations.sent", target=review, by=by)
    jobs.enqueue("mail.visit_invitations", key=f"{review.pk}:{sequence}", review_id=review.pk, sequence=sequence, requested_by=by)
