"""Pledges as pages count them, and those whose makers are to be asked."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import User
from peerreview.models import Pledge, Review
from work.models import ReminderSent

KEY = "pledge_question:"


@dataclass(frozen=True)
class PledgeCounts:
    """How many pledges of a review were made, asked about, and what came of them."""

    made: int
    asked: int
    kept: int
    partly: int
    not_kept: int

    @property
    def words(self) -> str:
        """The counts in a sentence, without what is not there."""
        if not self.made:
            return "None made yet"
        if not self.asked:
            return f"{self.made} made. None asked about yet."
        results = ((self.kept, "done"), (self.partly, "partly done"), (self.not_kept, "not done"))
        came = ", ".join(f"{count} {word}" for count, word in results if count) or "no answer yet"
        return f"{self.made} made, {self.asked} asked about: {came}."


def count_pledges(rows: Iterable[Pledge]) -> PledgeCounts:
    """Pledges in numbers."""
    pledges, today = list(rows), timezone.localdate()
    came = Counter(pledge.outcome for pledge in pledges)
    outcome = Pledge.Outcome
    asked = sum(pledge.ask_date <= today for pledge in pledges)
    return PledgeCounts(len(pledges), asked, came[outcome.KEPT], came[outcome.PARTLY], came[outcome.NOT_KEPT])


def pledge_counts(review: Review) -> PledgeCounts:
    """The pledges of a review in numbers, in one statement."""
    return count_pledges(review.pledges.only("outcome", "ask_date"))


def own_pledges(user: User) -> QuerySet[Pledge]:
    """Pledges that ``user`` made, which are theirs to open also when their place on the team has ended."""
    return Pledge.objects.filter(made_by=user).select_related("review__procedure", "service", "made_by")


def pledge_key(pledge_id: int) -> str:
    """Under which name it is noted that the maker of a pledge was asked."""
    return f"{KEY}{pledge_id}"


def pledges_to_ask(today: dt.date) -> list[Pledge]:
    """Pledges whose day has come, not answered, whose makers got no mail yet; of a review that was left, none."""
    told = ReminderSent.objects.filter(key=Concat(Value(KEY), Cast(OuterRef("pk"), CharField())))
    due = Pledge.objects.filter(~Exists(told), ask_date__lte=today, answered_at=None, made_by__is_active=True)
    return list(due.exclude(review__status=Review.Status.CANCELLED).order_by("pk"))
