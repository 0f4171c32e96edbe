"""The order of the earlier visits: held, found, reported, acted on, closed; and what services did of their own accord."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from peerreview.models import Finding
from qnt.demo.earlier import findings, learning
from qnt.demo.earlier.moments import later
from qnt.demo.earlier.plans import Visit, visits
from qnt.demo.earlier.reports import report_on, steps_of
from qnt.demo.earlier.visits import hold, leave
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

NEXT_REVIEW_DAYS = 720
# Places of services that began an action themselves: working days after the first of February of last year, days before today.
OWN_LAST_YEAR = ((4, 30), (13, 75))
OWN_SINCE = ((2, 150), (5, 128), (9, 122), (13, 101), (16, 96), (20, 88), (22, 80))
# Of all visits by their order: those whose good practice became a card. Two are of last year.
CARDS = (2, 7, 20, 21, 23, 24)


def tell_earlier(told: "Reviews", *, today: dt.date) -> None:
    """Every earlier visit in one transaction each, then actions that nobody asked for."""
    for n, plan in enumerate(visits(today)):
        with transaction.atomic():
            _tell(told, plan, n, today)
    with transaction.atomic():
        begun = [(place, add_working_days(dt.date(today.year - 1, 2, 1), days)) for place, days in OWN_LAST_YEAR]
        begun += [(place, today - dt.timedelta(days=days)) for place, days in OWN_SINCE]
        for place, day in begun:
            findings.act_alone(told, told.places.services[place], day, today=today)


def _tell(told: "Reviews", plan: Visit, n: int, today: dt.date) -> None:
    held = hold(told, plan)
    found = findings.find(told, held)
    steps = steps_of(held, today)
    report_on(told, held, found, steps)
    findings.act(told, held, found, today=today)
    closed = later(steps.decided, 15, most=today - dt.timedelta(days=1))
    findings.put_right(found, closed=closed)
    learning.ask(told, held, today=today)
    learning.pledge(told, held, today=today)
    if not plan.is_last_year:
        learning.meet_again(told, held, today=today)
    if plan.service % 3 != 1:
        learning.file_change(told, held, today=today)
    if n in CARDS:
        praise = next(one for one in found if one.category == Finding.Category.GOOD_PRACTICE)
        learning.share(told, held, praise, CARDS.index(n), today=today)
    leave(held, day=steps.signed, closed=closed, next_review=today + dt.timedelta(days=NEXT_REVIEW_DAYS - 10 * n))
