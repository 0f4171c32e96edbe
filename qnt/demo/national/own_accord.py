"""What services do of their own accord: actions that nobody called for, and indicators that they say are out of date."""

import datetime as dt
from collections.abc import Iterator

from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.national.bulk import write_all
from qnt.demo.national.told import Told
from surveillance.models import Action, Indicator, IndicatorChallenge
from work.working_days import add_working_days

C = IndicatorChallenge.Status


def act_alone(told: Told, closes: dt.date) -> None:
    """Actions of services' own in the year before a round closed: offered to nobody else, most of them done."""
    write_all(Action, _actions(told, closes))


def _actions(told: Told, closes: dt.date) -> Iterator[Action]:
    for service in told.some(told.world.services, told.sizes.own_actions_a_year):
        lead, begun = told.lead(service), at(closes - dt.timedelta(days=told.chance.randint(1, 364)))
        done = told.past(begun + dt.timedelta(days=told.chance.randint(40, 110))) if told.holds(0.9) else None
        verified = told.past(done + dt.timedelta(days=6)) if done else None
        yield Action(
            service=service, what=words.OWN_ACTION, status="VERIFIED" if verified else "DONE" if done else "IN_PROGRESS", drafted_by=lead,
            drafted_at=begun, owner=lead, owner_organisation_id=service.provider_id, due_date=(begun + dt.timedelta(days=90)).date(),
            offered_at=begun, offer_due_date=begun.date(), accepted_at=begun, domains=["ORGANISATIONAL"], done_at=done,
            done_note=words.DONE if done else "", verified_by=told.officers[service.region_id] if verified else None, verified_at=verified,
        )  # fmt: skip


def challenge(told: Told, questions: dict[int, list[Indicator]], closes: dt.date) -> None:
    """Indicators that services called out of date while they answered a round; those of the newest round wait for an answer."""
    write_all(IndicatorChallenge, _challenges(told, questions, closes))


def _challenges(told: Told, questions: dict[int, list[Indicator]], closes: dt.date) -> Iterator[IndicatorChallenge]:
    lead = told.crowd.nationals[0]
    for n, service in enumerate(told.some(told.world.services, told.sizes.challenges_a_year)):
        made = at(closes - dt.timedelta(days=told.chance.randint(1, 50)))
        replied = told.past(at(add_working_days(made.date(), 40)))
        yield IndicatorChallenge(
            indicator=told.chance.choice(questions[service.specification_id]), service=service, made_by=told.lead(service), made_at=made,
            reason="Illustrative: practice has moved on.", status=(C.NEXT_VERSION if n % 2 else C.KEPT) if replied else C.OPEN,
            reply="Illustrative answer." if replied else "", replied_by=lead if replied else None, replied_at=replied,
        )  # fmt: skip
