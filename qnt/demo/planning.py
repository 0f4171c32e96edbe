"""Planning in the demonstration: people asked about dates, a visit whose mode changed after the notice, days away."""

import datetime as dt

from accounts.models import User
from peerreview.models import DateAway, Review
from peerreview.queries.polls import asked_people
from peerreview.services import notice, plan_changes, polls
from qnt.demo.clock import moment, working_day
from qnt.demo.people import People
from work.working_days import add_working_days

ANSWERS = (("YES", "IF_NEEDED", "NO"), ("YES", "YES", "YES"), ("NO", "YES", "IF_NEEDED"))
HELP = (
    "A room for six people on both days, and somebody who shows the team the way between the wards.\n\n"
    "The ward manager and the lead nurse are released for one hour each."
)


class Planning:
    """Asks about dates of a proposed review and of one that was postponed, and changes a mode after the notice."""

    def __init__(self, people: People, *, today: dt.date) -> None:
        self.people, self.today, self.yesterday = people, today, add_working_days(today, -1)

    def carry(self, made: dict[int, Review]) -> None:
        """The reviews by the place of their service, as ``qnt.demo.reviews`` carries them."""
        self._away(self.people.pool[0], self.today + dt.timedelta(days=105))
        self._ask(made[1], answered=1, due=8)
        self._ask(made[14], answered=0, due=12)
        self._change_mode(made[9])
        self._say_help(made[2])

    def _away(self, reviewer: User, first: dt.date) -> None:
        DateAway.objects.create(user=reviewer, from_date=first, to_date=first + dt.timedelta(days=7))

    def _ask(self, review: Review, *, answered: int, due: int) -> None:
        """Three dates of two days each, asked about on the last working day."""
        first = working_day(self.today + dt.timedelta(days=100))
        days = [add_working_days(first, n) for n in (0, 6, 12)]
        review = Review.objects.for_display().get(pk=review.pk)
        with moment(self.yesterday, 10):
            polls.ask_about_dates(
                review_id=review.pk, options=[(day, add_working_days(day, 1)) for day in days],
                due_date=add_working_days(self.today, due), by=review.visit_lead,
            )  # fmt: skip
        options = list(review.date_options.values_list("pk", flat=True))
        for one, said in zip(asked_people(review)[:answered], ANSWERS, strict=False):
            with moment(self.yesterday, 12):
                polls.answer_dates(review_id=review.pk, answers=dict(zip(options, said, strict=True)), by=one.user)

    def _change_mode(self, review: Review) -> None:
        reason = "Two of the sites can be seen best on the spot; the others join by video."
        with moment(self.yesterday, 15):
            plan_changes.change_mode(review_id=review.pk, mode=Review.Mode.HYBRID, reason=reason, by=review.visit_lead)

    def _say_help(self, review: Review) -> None:
        with moment(self.yesterday, 16):
            notice.save_help_needed(review_id=review.pk, help_needed=HELP, by=review.visit_lead)
