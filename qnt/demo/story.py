"""The order of the demonstration: reference data, places, people, two rounds, decisions, reviews, reports, actions."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from accounts.models import Organisation
from qnt.demo.decisions import Decisions
from qnt.demo.jobs import finish_jobs
from qnt.demo.organisations import make_organisations, make_services
from qnt.demo.people import make_people
from qnt.demo.reports import Reports
from qnt.demo.reviews import Reviews
from qnt.demo.rounds import Rounds
from surveillance.services.reference import SHIPPED, load_reference
from work.models import PeriodicRun

MARK = "seed_demo"
SINCE = dt.timedelta(days=900)


def is_begun() -> bool:
    """Whether the demonstration's organisations exist."""
    return Organisation.objects.filter(code="ZZNAT").exists()


def is_told() -> bool:
    """Whether the demonstration was seeded to its end."""
    return PeriodicRun.objects.filter(name=MARK).exists()


def tell(*, seed: int, say: Callable[[str], object]) -> None:
    """Seed everything, saying what is being done; dates are relative to today."""
    today = timezone.localdate()
    say("Loading the shipped reference data ...")
    load_reference(SHIPPED)
    say("Inventing organisations and people ...")
    places = make_organisations(today - SINCE)
    make_services(places, today - SINCE)
    people = make_people(places, today - SINCE)
    rounds = Rounds(places, people, today=today, seed=seed)
    decisions = Decisions(places, people, today=today)
    reviews = Reviews(places, people, today=today)
    say("Carrying last year's round of self-reports ...")
    rounds.carry_last()
    say("Deciding on surveillance, and acting ...")
    decisions.carry_last()
    say("Visiting, and finding ...")
    made = reviews.carry()
    say("Reporting, checking, signing off and publishing ...")
    Reports(reviews, today=today).carry(made)
    say("Carrying this year's round as far as it has come ...")
    rounds.carry_this()
    decisions.carry_this()
    finish_jobs()
    PeriodicRun.objects.create(name=MARK)
