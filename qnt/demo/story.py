"""The order of the demonstration: reference data, places, people, two rounds, decisions, reviews, reports, actions."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from accounts.models import Organisation
from qnt.demo import indicators
from qnt.demo.acting import Acting
from qnt.demo.cards import share_learning
from qnt.demo.checks import check_one_through
from qnt.demo.consultation import carry_consultation
from qnt.demo.decisions import Decisions
from qnt.demo.earlier.story import tell_earlier
from qnt.demo.jobs import finish_jobs
from qnt.demo.library import follow_publication
from qnt.demo.meetings import Meetings
from qnt.demo.organisations import make_organisations, make_services
from qnt.demo.packs import issue_pack
from qnt.demo.people import make_people
from qnt.demo.planning import Planning
from qnt.demo.preparation import look_back
from qnt.demo.procedures import carry_procedures
from qnt.demo.profiles import make_profiles
from qnt.demo.programme import carry_programme
from qnt.demo.reports import Reports
from qnt.demo.reviews import Reviews
from qnt.demo.rounds import Rounds
from qnt.demo.spreadsheets import hand_in_spreadsheet
from qnt.demo.training import Training
from surveillance.services.collation import count_all_rounds
from surveillance.services.reference import SHIPPED, load_reference
from work.models import DigestEntry, PeriodicRun

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
    training = Training(places, people, today=today)
    training.begin(today - SINCE)
    make_profiles(places, people, today=today)
    rounds = Rounds(places, people, today=today, seed=seed)
    decisions = Decisions(places, people, today=today)
    reviews = Reviews(places, people, today=today)
    say("Carrying last year's round of self-reports ...")
    rounds.carry_last()
    say("Deciding on surveillance, and acting ...")
    decisions.carry_last()
    say("Visiting, and finding ...")
    made = reviews.carry()
    Planning(people, today=today).carry(made)
    say("Reporting, checking, signing off and publishing ...")
    Reports(reviews, today=today).carry(made)
    look_back()
    share_learning(reviews, today=today)
    issue_pack(places, people, today=today)
    follow_publication(reviews, today=today)
    say("Carrying this year's round as far as it has come ...")
    rounds.carry_this()
    hand_in_spreadsheet(places, people, year=today.year)
    decisions.carry_this()
    Meetings(places, people, today=today).carry()
    training.go_on()
    say("Working on plans ...")
    Acting(places, people, today=today).carry()
    check_one_through(places, people, today=today)
    say("Writing indicator sets ...")
    carry_consultation(places, people, today=today)
    indicators.begin(people.nationals[0])
    say("Writing procedures ...")
    carry_procedures(places, people, today=today)
    say("Writing down the visits of last year ...")
    tell_earlier(reviews, today=today)
    finish_jobs()
    count_all_rounds()
    say("Looking at the programme itself ...")
    carry_programme(people, today=today)
    DigestEntry.objects.all().delete()  # two years of news were read on their own days
    PeriodicRun.objects.create(name=MARK)
