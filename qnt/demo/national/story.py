"""The order of the national site: reference data, places, people, sets, rounds with their decisions and visits, and the programme."""

import datetime as dt
import random
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from qnt.demo.national.crowd import make_crowd
from qnt.demo.national.decisions import Decisions
from qnt.demo.national.evaluation import evaluate
from qnt.demo.national.own_accord import act_alone, challenge
from qnt.demo.national.places import make_places
from qnt.demo.national.rounds import Rounds
from qnt.demo.national.sets import make_sets
from qnt.demo.national.sizes import NATIONAL, Sizes
from qnt.demo.national.told import Told
from qnt.demo.national.training import train
from qnt.demo.national.visits import Visits
from qnt.demo.people import PASSWORD
from qnt.demo.story import MARK
from surveillance.services.collation import count_all_rounds
from surveillance.services.reference import SHIPPED, load_reference
from work.models import PeriodicRun


def tell_national(*, seed: int, say: Callable[[str], object], sizes: Sizes = NATIONAL) -> None:
    """Write the whole site; the same seed and day give the same rows. Dates are relative to today."""
    today, chance = timezone.localdate(), random.Random(seed)  # noqa: S311 (invented rows, the same each time)
    since = today - dt.timedelta(days=365 * (sizes.rounds + 1))
    tell_postgresql("SET synchronous_commit TO off")  # an interrupted seeding starts over in any case
    say("Loading the shipped reference data ...")
    load_reference(SHIPPED)
    say("Inventing organisations, services and people ...")
    world = make_places(sizes, since, chance)
    crowd = make_crowd(world, sizes, since, make_password(PASSWORD))
    told = Told(world, crowd, sizes, chance)
    train(told, since)
    published = timezone.make_aware(dt.datetime.combine(since, dt.time(9)))
    questions = make_sets(world, sizes, published, chance)
    rounds, decisions, visits = Rounds(world, crowd, questions, chance), Decisions(world, crowd, chance), Visits(told, questions)
    for n in range(sizes.rounds):
        back, is_last = sizes.rounds - 1 - n, n == sizes.rounds - 1
        closes = today - dt.timedelta(days=40 + 365 * back)
        say(f"Carrying round {n + 1} of {sizes.rounds} ...")
        accepted = rounds.carry(today.year - back, closes=closes, is_last=is_last)
        visits.carry(decisions.carry(accepted, visit_count=sizes.reviews_a_year, is_last=is_last), is_last=is_last)
        visits.carry_asked_for(is_last=is_last, around=closes)
        act_alone(told, closes)
        challenge(told, questions, closes)
    decisions.replace_older()
    gather_statistics()
    say("Counting the indicators of each round ...")
    count_all_rounds()
    say("Counting the programme's years, and publishing two of them ...")
    evaluate(told)
    gather_statistics()
    PeriodicRun.objects.create(name=MARK)


def gather_statistics() -> None:
    """Look at what was written in bulk, for sites whose database gathers no statistics by itself: counting needs them."""
    tell_postgresql("ANALYZE")


def tell_postgresql(statement: str) -> None:
    """Run a statement that SQLite neither knows nor needs."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement)
