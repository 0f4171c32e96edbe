"""Visits by month and week: what lies in a month, which weeks hold more than the hub has room for, bank holidays."""

import calendar
import datetime as dt
import math
from dataclasses import dataclass, field

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries.milestones import NOT_PLANNED
from peerreview.queries.visits import visit_counts
from surveillance.queries.capacity import visits_a_year
from work.items import day_words
from work.working_days import bank_holidays

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Month:
    """A month of the calendar, with its neighbours."""

    first: dt.date

    @property
    def last(self) -> dt.date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> "Month":
        return Month((self.first - dt.timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> "Month":
        return Month(self.last + dt.timedelta(days=1))

    @property
    def words(self) -> str:
        """Gives "May 2027"."""
        return f"{self.first:%B %Y}"

    @property
    def code(self) -> str:
        """As addresses name it: "2027-05"."""
        return f"{self.first:%Y-%m}"


@dataclass
class Week:
    """A week that holds visits: its Monday, its reviews, and sentences about it."""

    monday: dt.date
    reviews: list[Review] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def caption(self) -> str:
        """Gives "Week of Monday 3 May 2027"."""
        return f"Week of {day_words(self.monday)}"


def month_of(code: str, today: dt.date) -> Month:
    """The month that an address names ("2027-05"); this month where it names none between the years 2000 and 2099."""
    year, _, number = code.partition("-")
    if year.isdecimal() and number.isdecimal() and 2000 <= int(year) <= 2099 and 1 <= int(number) <= 12:
        return Month(dt.date(int(year), int(number), 1))
    return Month(today.replace(day=1))


def weeks_of(user: User, month: Month, purpose: str) -> list[Week]:
    """The weeks of a month in which visits of one track lie, as far as ``user`` may know of them; two statements.

    A visit stands in the week in which it begins, or in the first of the month where it began before.
    """
    visits = Review.objects.in_lists_for(user).filter(purpose=purpose, starts_date__lte=month.last, ends_date__gte=month.first)
    weeks: dict[dt.date, Week] = {}
    for review in visits.exclude(status__in=NOT_PLANNED).for_display().order_by("starts_date", "pk"):
        begins = max(review.starts_date or month.first, month.first)
        monday = begins - dt.timedelta(days=begins.weekday())
        weeks.setdefault(monday, Week(monday)).reviews.append(review)
    return [weeks[monday] for monday in sorted(weeks)]


def note_room(weeks: list[Week]) -> None:
    """Say of each week in which visits of one hub meet beyond its room for a year, spread evenly over the weeks."""
    most = math.ceil(visits_a_year() / WEEKS_A_YEAR)
    for week in weeks:
        by_region: dict[str, int] = {}
        for review in week.reviews:
            by_region[review.region.name] = by_region.get(review.region.name, 0) + 1
        week.notes += [
            f"{count} visits of the {hub} hub meet in this week. Its room for {visits_a_year()} visits a year is about {most} a week."
            for hub, count in sorted(by_region.items())
            if count > most
        ]


def holiday_words(month: Month) -> list[str]:
    """Bank holidays of the month in sentences."""
    return [f"{day_words(day)} is a bank holiday." for day in sorted(bank_holidays()) if month.first <= day <= month.last]


def room_words(user: User, month: Month) -> list[str]:
    """For a hub's people: how many compliance visits lie in the year of the month, against the hub's room; one statement."""
    regions = {m.organisation_id: m.organisation.name for m in user.active_memberships if m.role in ("HUB_MANAGER", "HUB_OFFICER")}
    if not regions:
        return []
    year = month.first.year
    counts = visit_counts(list(regions), dt.date(year, 1, 1), dt.date(year, 12, 31))
    found = []
    for pk, name in regions.items():
        planned, held = counts.get(pk, (0, 0))
        found.append(f"{name} hub, {year}: {planned} planned and {held} held of {visits_a_year()} visits that it has room for.")
    return found


def openable_ids(user: User, weeks: list[Week]) -> set[int]:
    """Which of these reviews ``user`` may open; one statement."""
    shown = [review.pk for week in weeks for review in week.reviews]
    return set(Review.objects.for_user(user, Permission.REVIEW_VIEW).filter(pk__in=shown).values_list("pk", flat=True))
