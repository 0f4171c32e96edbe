"""What earlier visits taught: answers to surveys, pledges and what came of them, exchanges, cards that others took up."""

import datetime as dt
import random
import uuid
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.models import User
from peerreview.models import Exchange, Finding, ImpactEvidence, Pledge, Side, SurveyInvitation, SurveyResponse, Wave
from peerreview.queries.milestones import add_months
from peerreview.queries.surveys import wave_date
from peerreview.services.surveys import survey_token, token_hash
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.earlier.visits import Held
from reports.models import LearningCard, Uptake
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

# Nobody answered about the wider system last year: the question was new, and most did not see what it meant.
LEFT_OUT_LAST_YEAR = "SYSTEM"
# What people said in a year, of 5, and how much more or less of some things.
MILD, WARM = 3.1, 3.8
LEVELS = {
    "INDIVIDUAL": 0.7,
    "TEAM": 0.3,
    "ORGANISATION": -0.4,
    "SYSTEM": -0.9,
    "COLLEGIAL": -0.6,
    "TRUST": 0.2,
    "SUPPORT": -0.5,
    "MOTIVATION": 0.4,
}
STEPS = (
    ("ADOPTED", "It fits what we do on Mondays."),
    ("TRYING", "We begin with one clinic."),
    ("NOT_FOR_US", "Our patients stay two days."),
)


def ask(told: "Reviews", held: Held, *, today: dt.date) -> None:
    """Both surveys that were due, and the answers: nearly all of the team, fewer of the service."""
    lead = told.lead(held.service)
    executive = told.people.executives[told.places.providers.index(held.service.provider)]
    sides = [(Side.TEAM, user) for user in held.team] + [(Side.SERVICE, lead), (Side.SERVICE, executive)]
    for wave in Wave.values:
        day = wave_date(held.review, wave)
        if day and day <= today:
            _ask_wave(held, wave, day, sides, today)


def _ask_wave(held: Held, wave: str, day: dt.date, sides: list[tuple[Side, User]], today: dt.date) -> None:
    """Invitations, and answers some days later. To a survey that is still open everybody has answered, so that none waits for anybody."""
    answered = min(add_working_days(day, 4), today)
    is_open = day + dt.timedelta(days=settings.SURVEY_OPEN_DAYS) >= today
    said = [n for n, (side, _) in enumerate(sides) if is_open or _answers(held, wave, side, n)]
    SurveyInvitation.objects.bulk_create(
        SurveyInvitation(
            review=held.review, wave=wave, side=side, user=user, sent_at=at(day, 7), answered_date=answered if n in said else None,
            token=token_hash(survey_token(review_id=held.review.pk, wave=wave, user_id=user.pk)),
            closes_date=day + dt.timedelta(days=settings.SURVEY_OPEN_DAYS),
        )
        for n, (side, user) in enumerate(sides)
    )  # fmt: skip
    SurveyResponse.objects.bulk_create(
        SurveyResponse(review=held.review, wave=wave, side=sides[n][0], answers=_said(held, wave, n), answered_date=answered.replace(day=1))
        for n in said
    )


def _answers(held: Held, wave: str, side: Side, n: int) -> bool:
    """Half a year later fewer answer; of the last hub's services only the leads do, and not always."""
    if side == Side.TEAM:
        return wave == Wave.FIRST or n < 2
    is_lead = n == len(held.team)
    return is_lead and held.plan.service % 4 < 2 if held.plan.hub == 2 else is_lead or wave == Wave.FIRST


def _said(held: Held, wave: str, n: int) -> dict[str, int]:
    """1 to 5 for each question and hours; warmer since, and never about the wider system last year."""
    plan, found = held.plan, {}
    chance = random.Random(f"survey-{plan.is_last_year}-{plan.service}-{wave}-{n}")  # noqa: S311 (invented answers, the same each time)
    for question in held.review.procedure.survey:
        if question["answer"] == "HOURS":
            found[question["code"]] = chance.randrange(12, 26, 2) if plan.is_last_year else chance.randrange(8, 20, 2)
        elif question["answer"] == "SCALE" and not (plan.is_last_year and question["about"] == LEFT_OUT_LAST_YEAR):
            level = MILD if plan.is_last_year else WARM
            found[question["code"]] = max(1, min(5, round(chance.gauss(level + LEVELS.get(question["about"], 0), 0.8))))
    return found


def pledge(told: "Reviews", held: Held, *, today: dt.date) -> None:
    """One pledge of each side, asked about when its months are over and answered a few days later."""
    lead = told.lead(held.service)
    for n, (side, by) in enumerate(((Side.SERVICE, lead), (Side.TEAM, held.team[1]))):
        asked = add_months(held.ends, held.review.procedure.pledge_after_months)
        is_asked = add_working_days(asked, 3) < today
        is_kept = held.plan.holds(held.plan.habits.kept)
        outcome = "KEPT" if is_kept else "PARTLY" if held.plan.service % 2 else "NOT_KEPT"
        Pledge.objects.create(
            review=held.review, client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"earlier-pledge-{held.review.pk}-{n}"), side=side, made_by=by,
            service=held.service if side == Side.SERVICE else None, text=words.PLEDGES[(held.plan.service + n) % len(words.PLEDGES)],
            made_at=at(add_working_days(held.ends, 2)), ask_date=asked, outcome=outcome if is_asked else "",
            what_came_of_it=words.CAME_OF_IT[outcome] if is_asked else "", answered_at=at(add_working_days(asked, 2)) if is_asked else None,
        )  # fmt: skip


def meet_again(told: "Reviews", held: Held, *, today: dt.date) -> None:
    """An exchange that the service asked for after the visit, which took place where its hub keeps what it says."""
    asked = add_working_days(held.ends, 5)
    took_place = held.plan.holds(held.plan.habits.kept)
    kinds = list(Exchange.Kind)
    Exchange.objects.create(
        review=held.review, service=held.service, kind=kinds[held.plan.service % len(kinds)], asked_by=told.lead(held.service),
        what=words.EXCHANGES[held.plan.service % len(words.EXCHANGES)], asked_at=at(asked), asked_of=held.team[1],
        status=Exchange.Status.HAPPENED if took_place else Exchange.Status.DECLINED, answered_at=at(add_working_days(asked, 5)),
        happened_on=min(add_working_days(asked, 25), today - dt.timedelta(days=2)) if took_place else None,
        note="" if took_place else "I have moved to another post. (Illustrative)",
    )  # fmt: skip


def file_change(told: "Reviews", held: Held, *, today: dt.date) -> None:
    """What the service says has changed since."""
    domain, text = words.CHANGES[held.plan.service % len(words.CHANGES)]
    day = min(add_working_days(held.ends, 70), today - dt.timedelta(days=3))
    ImpactEvidence.objects.create(
        review=held.review, service=held.service, domain=domain, what_changed=text, filed_by=told.lead(held.service), filed_at=at(day),
    )  # fmt: skip


def share(told: "Reviews", held: Held, praise: Finding, n: int, *, today: dt.date) -> None:
    """A card that its service agreed to share. Those of last year others began to take up since; the rest wait for readers."""
    title, what, for_whom, how = words.CARDS[n]
    lead, agreed = told.lead(held.service), add_working_days(held.ends, 45)
    card = LearningCard.objects.create(
        finding=praise, review=held.review, service=held.service, status=LearningCard.Status.SHARED, title=title, what=what,
        for_whom=for_whom, how=f"{how} (Illustrative)", contact="The service’s lead, by the trust’s shared mailbox (illustrative)",
        written_by=told.officer(held.service), written_at=at(add_working_days(held.ends, 30)), asked_at=at(add_working_days(held.ends, 35)),
        answered_by=lead, answered_at=at(agreed),
    )  # fmt: skip
    if not held.plan.is_last_year:
        return
    others = [service for service in told.places.services if service.provider_id not in (None, held.service.provider_id)][n::5][:4]
    Uptake.objects.bulk_create(
        Uptake(
            card=card, service=service, step=STEPS[(k + n) % 3][0], why=STEPS[(k + n) % 3][1], said_by=told.lead(service),
            said_at=at(today - dt.timedelta(days=70 - 5 * k - n)),
        )
        for k, service in enumerate(others)
    )  # fmt: skip
