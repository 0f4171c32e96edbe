"""Reminders of the days of a review, each step once to each person: its milestones, and dates to answer about.

5 and 1 working days before a day, and on the next working day that it is late; a new day begins anew.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from peerreview.facts import reports_of
from peerreview.models import Review, TeamMember
from peerreview.notifications_planning import holders_of
from peerreview.queries.milestones import NOT_PLANNED, Milestone, milestones_of
from peerreview.queries.polls import POLL_STATUSES, silent_by_review
from peerreview.services.locks import locked_review
from surveillance import ladder
from work import jobs
from work.models import ReminderSent

MADE_GOOD_DAYS = 30  # a step that nothing could send for so long is sent no more
OWN_LADDER = ("PLAN", "EVIDENCE")  # surveillance reminds of the plan, evidence_reminders of documents that were asked for
ENDED = (*NOT_PLANNED, Review.Status.CLOSED)


def remind_of_reviews(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Ask for the mails of every step that today stands on; counts the people. Running it again sends nothing twice."""
    today = timezone.localdate(at)
    return {"milestones": _remind_of_milestones(today), "polls": _remind_of_polls(today)}


def step_of(due: dt.date, today: dt.date) -> str:
    """The step that a day stands on: ``due_in_5``, ``due_in_1``, ``late`` or none."""
    if today > due + dt.timedelta(days=MADE_GOOD_DAYS):
        return ""
    return ladder.LATE if ladder.is_late(due, today) else ladder.working_days_before(due, today)


def _remind_of_milestones(today: dt.date) -> int:
    team = Prefetch("team", TeamMember.objects.select_related("user"))
    reviews = list(
        Review.objects.exclude(status__in=ENDED).for_display().prefetch_related(team, "evidence_asks", "progress_checks").order_by("pk")
    )
    facts, sent = reports_of([review.pk for review in reviews]), 0
    for review in reviews:
        for row in milestones_of(review, facts=facts):
            step = step_of(row.due, today) if row.due and row.is_running else ""
            if row.due and step and row.code not in OWN_LADDER:
                sent += _remind_of_milestone(review, row, row.due, step)
    return sent


def _remind_of_milestone(review: Review, row: Milestone, due: dt.date, step: str) -> int:
    key = f"milestone:{review.pk}:{row.code}:{due.isoformat()}:{step}"
    arguments: dict[str, Any] = {"code": row.code, "due": due.isoformat(), "step": step}
    return _once(review, key, holders_of(review, row.holder), "mail.milestone_reminder", arguments)


def _remind_of_polls(today: dt.date) -> int:
    """Those who have not said which dates they can make, before the day; after it their silence is stated and nobody is asked again."""
    reviews = list(Review.objects.filter(poll_due_date__gte=today, status__in=POLL_STATUSES).for_display().order_by("pk"))
    silent, sent = silent_by_review(reviews), 0
    for review in reviews:
        if review.poll_due_date and (step := ladder.working_days_before(review.poll_due_date, today)):
            due = review.poll_due_date.isoformat()
            key = f"poll:{review.pk}:{due}:{step}"
            sent += _once(review, key, silent[review.pk], "mail.review_poll_reminder", {"due": due})
    return sent


@transaction.atomic
def _once(review: Review, key: str, people: list[User], job: str, arguments: dict[str, Any]) -> int:
    """Note the reminder for those who have not had it, and ask for its mail; gives how many.

    The review is locked and looked at again: two runs at once remind nobody twice.
    """
    if not people or locked_review(review.pk).version != review.version:
        return 0
    reminded = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    fresh = list(dict.fromkeys(person.pk for person in people if person.pk not in reminded))
    if not fresh:
        return 0
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=pk) for pk in fresh])
    jobs.enqueue(job, key=f"{key}:{fresh[0]}", review_id=review.pk, user_ids=fresh, **arguments)
    return len(fresh)
