"""Reminders of an evidence request: 14, 5 and 1 working days before its day, and the next working day, each once to each lead."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peerreview.models import Review
from peerreview.queries.evidence_asks import day_of_evidence
from peerreview.services.locks import locked_review
from surveillance import ladder
from surveillance.models import Service
from surveillance.queries.people import lead_ids_by_service
from work import jobs
from work.models import ReminderSent

STEPS = (14, 5, 1)  # working days before; our default, to be confirmed
MADE_GOOD_DAYS = 30  # a late notice that nothing could send for so long is sent no more
REMINDED = (Review.Status.NOTIFIED, Review.Status.PREPARING)


def remind_of_evidence(*, at: dt.datetime | None = None) -> int:
    """Ask for the mails of every step that today stands on; gives how many people. Running it again sends nothing twice."""
    today = timezone.localdate(at)
    waiting = Review.objects.filter(status__in=REMINDED, evidence_requested_at__isnull=False, evidence_asks__answered_at=None)
    return sum(_remind(pk, today) for pk in waiting.order_by("pk").values_list("pk", flat=True).distinct())


@transaction.atomic
def _remind(review_id: int, today: dt.date) -> int:
    """Note the reminder for those who have not had it, with the row locked and looked at again; gives how many."""
    review = locked_review(review_id)
    due = day_of_evidence(review)
    if review.status not in REMINDED or due is None or due < today - dt.timedelta(days=MADE_GOOD_DAYS):
        return 0
    step = ladder.LATE if ladder.is_late(due, today) else ladder.working_days_before(due, today, STEPS)
    if not step:
        return 0
    open_services = Service.objects.filter(pk__in=review.evidence_asks.filter(answered_at=None).values("service"))
    leads = lead_ids_by_service(open_services.select_related("network"))
    key = f"evidence_reminder:{review.pk}:{due.isoformat()}:{step}"
    reminded = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    fresh = [pk for pk in dict.fromkeys(pk for ids in leads.values() for pk in ids) if pk not in reminded]
    if not fresh:
        return 0
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=pk) for pk in fresh])
    jobs.enqueue("mail.evidence_reminder", key=f"{key}:{fresh[0]}", review_id=review.pk, user_ids=fresh, due=due.isoformat(), step=step)
    return len(fresh)
