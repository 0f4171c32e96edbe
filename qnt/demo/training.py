"""The demonstration's training: courses, who completed them, and a few people whose training ends, ended or is not recorded."""

import datetime as dt
import uuid

from accounts.models import User
from peerreview.models import Course, Review, TeamMember
from peerreview.services import training
from peerreview.training import add_months
from qnt.demo.clock import moment
from qnt.demo.organisations import Places
from qnt.demo.people import People

HUB_MONTHS, CHAIR_MONTHS = 24, 36
CERTIFICATE = "Certificate seen."
# Of each hub's three officers: months ago of the course for hub staff. The third of the first hub has no record.
OFFICER_MONTHS = (8, 22, 26)


class Training:
    """Carries courses and records through two years."""

    def __init__(self, places: Places, people: People, *, today: dt.date) -> None:
        self.places, self.people, self.today = places, people, today
        self.first = Course.objects.in_use().order_by("pk")[0]

    def begin(self, since: dt.date) -> None:
        """Two more courses, and everybody who visits trained before the first review."""
        lead = self.people.nationals[0]
        with moment(since + dt.timedelta(days=1), 9):
            self.hub_course = training.add_course(
                name="Quality review for hub staff",
                audiences=["HUB_STAFF"],
                valid_months=HUB_MONTHS,
                is_required=True,
                client_id=uuid.uuid5(uuid.NAMESPACE_OID, "hub staff"),
                by=lead,
            )
            self.chairing = training.add_course(
                name="Leading a visit",
                audiences=["REVIEWERS"],
                valid_months=CHAIR_MONTHS,
                is_required=False,
                client_id=uuid.uuid5(uuid.NAMESPACE_OID, "leading"),
                by=lead,
            )
            reviewers = [*self.people.reviewers.values(), *self.people.pool, *self.people.stand_bys, *self.people.patients]
            for n, user in enumerate(reviewers):
                self._record(user, self.first, since, self.people.managers[n % 3])
                if n % 4 == 0 and user not in self.people.patients:
                    self._record(user, self.chairing, since, self.people.managers[n % 3])

    def go_on(self) -> None:
        """Hub staff as they stand today, and two reviewers with no visit ahead whose days were put right."""
        per_hub = len(self.people.officers) // len(self.people.managers)
        with moment(self.today - dt.timedelta(days=15), 11):
            for n, manager in enumerate(self.people.managers):
                self._record(manager, self.hub_course, add_months(self.today, -6), self.people.nationals[0])
                officers = self.people.officers[n * per_hub : (n + 1) * per_hub]
                for officer, months in zip(officers, OFFICER_MONTHS, strict=False):
                    if (n, months) != (0, OFFICER_MONTHS[-1]):
                        self._record(officer, self.hub_course, add_months(self.today, -months), manager)
            live = TeamMember.objects.filter(ended_at=None, review__status__in=Review.TO_THE_VISIT).values_list("user", flat=True)
            idle = [user for user in self.people.pool if user.pk not in set(live)]
            for user, days in zip(idle, (45, -40), strict=False):
                completed = add_months(self.today + dt.timedelta(days=days), -self.first.valid_months)
                self._record(user, self.first, completed, self.people.managers[0], evidence="Certificate seen again.")

    def _record(self, user: User, course: Course, day: dt.date, by: User, *, evidence: str = CERTIFICATE) -> None:
        training.record_training(user_id=user.pk, course_id=course.pk, completed_date=day, evidence=evidence, version=None, by=by)
