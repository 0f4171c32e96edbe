"""One self-report of this year that its hub has looked through: everything to look at first is agreed with, so it is ready to accept."""

import datetime as dt

from qnt.demo.clock import moment, working_day
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import SelfReport
from surveillance.queries.checks import lines_of
from surveillance.services import checking

SERVICE = 14  # by place in the list of services: one whose self-report is being checked


def check_one_through(places: Places, people: People, *, today: dt.date) -> None:
    """The hub agrees with every answer that must be looked at, one by one."""
    service = places.services[SERVICE]
    report = SelfReport.objects.select_related("round").get(service=service, round__year=today.year)
    officer = people.officers[places.regions.index(service.region) * 3]
    with moment(working_day(today - dt.timedelta(days=8)), 11):
        for line in lines_of([report])[report.pk]:
            if line.is_left:
                checking.agree_answer(answer_id=line.answer_id, self_report_id=report.pk, by=officer)
