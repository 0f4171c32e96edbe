"""What visits taught: surveys, pledges, exchanges, what both sides learnt, changes that services filed, cards and who took them up."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings

from accounts.models import User
from peerreview.models import Exchange, Finding, ImpactEvidence, Learnt, Pledge, Side, SurveyInvitation, SurveyResponse, Wave
from peerreview.queries.milestones import add_months
from peerreview.queries.surveys import wave_date
from peerreview.services.surveys import survey_token, token_hash
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.told import Told
from qnt.demo.national.visit import Held
from reports.models import LearningCard, Uptake
from surveillance.models import ImpactDomain, Service
from work.working_days import add_working_days

# Of 1 to 5: how often each is said in a survey of compliance reviews and of reviews for learning, in per cent.
SAID = {False: (4, 10, 26, 38, 22), True: (1, 4, 15, 40, 40)}
# How many answer, by wave: of the team, of the service.
ANSWERED = {Wave.FIRST: (0.85, 0.6), Wave.SECOND: (0.6, 0.45)}
OUTCOMES = (("KEPT", 60), ("PARTLY", 25), ("NOT_KEPT", 15))
STEPS = (("TRYING", "We begin with one clinic."), ("ADOPTED", "It fits our yearly talk."), ("NOT_FOR_US", "Our patients stay two days."))
NOT_SHARED = {"ASKED": "", "DECLINED": "Illustrative: we want to try it for another year first."}
CONTACT = "The service’s lead, by the trust’s shared mailbox (illustrative)"
MORE = "It was good to have time to talk over lunch. (Illustrative)"


class Learning:
    """Writes what follows from visits beside findings and reports; what lies ahead of today is left out."""

    def __init__(self, told: Told) -> None:
        self.told, self.chance = told, told.chance
        self.others: dict[int, list[Service]] = {}
        for service in told.world.services:
            self.others.setdefault(service.specification_id, []).append(service)

    def follow(self, held: Sequence[Held], findings: dict[int, list[Finding]]) -> None:
        """Everything of these visits; ``findings`` by review."""
        for wave in Wave:
            self._ask(held, wave)
        write_all(Pledge, (pledge for one in held for pledge in self._pledges(one)))
        meeting = [one for one in held if one.review.pk % self.told.sizes.reviews_an_exchange == 0]
        write_all(Exchange, (self._exchange(one) for one in meeting))
        write_all(Learnt, (row for one in held if one.review.is_learning for row in self._learnt(one)))
        write_all(ImpactEvidence, (self._change(one) for one in held))
        self._share(held, findings)

    # Surveys -------------------------------------------------------------------------------------------------------
    def _ask(self, held: Sequence[Held], wave: Wave) -> None:
        days = [(one, wave_date(one.review, wave)) for one in held]
        asked = [(one, day) for one, day in days if day and day < self.told.today]
        rows = [row for one, day in asked for row in self._invitations(one, wave, day)]
        write_all(SurveyInvitation, rows)
        write_all(SurveyResponse, (self._response(row) for row in rows if row.answered_date))

    def _invitations(self, held: Held, wave: Wave, day: dt.date) -> Iterator[SurveyInvitation]:
        """The team, the service's lead and the executive; fewer answer half a year later."""
        own = [self.told.lead(held.service), self.told.executives[held.service.provider_id]]
        shares = dict(zip((Side.TEAM, Side.SERVICE), ANSWERED[wave], strict=True))
        answered = min(add_working_days(day, 4), self.told.today)
        for side, user in [*((Side.TEAM, one) for one in held.team), *((Side.SERVICE, one) for one in own)]:
            yield SurveyInvitation(
                review=held.review, wave=wave, side=side, user=user, sent_at=at(day, 7),
                token=token_hash(survey_token(review_id=held.review.pk, wave=wave, user_id=user.pk)),
                closes_date=day + dt.timedelta(days=settings.SURVEY_OPEN_DAYS),
                answered_date=answered if self.told.holds(shares[side]) else None,
            )  # fmt: skip

    def _response(self, row: SurveyInvitation) -> SurveyResponse:
        """An answer names nobody and keeps no day but the month's first, as the service keeps it."""
        said: dict[str, Any] = {}
        for question in row.review.procedure.survey:
            if question["answer"] == "HOURS":
                said[question["code"]] = self.chance.randrange(6, 26, 2)
            elif question["answer"] == "SCALE":
                said[question["code"]] = self.chance.choices((1, 2, 3, 4, 5), SAID[row.review.is_learning])[0]
            elif self.told.holds(0.1):
                said[question["code"]] = MORE
        day = row.answered_date or self.told.today
        return SurveyResponse(review=row.review, wave=row.wave, side=row.side, answers=said, answered_date=day.replace(day=1))

    # Pledges, exchanges, what was learnt ------------------------------------------------------------------------------
    def _pledges(self, held: Held) -> Iterator[Pledge]:
        """The service's own first, then those of the team; nearly everybody says what came of it once they were asked."""
        review, lead = held.review, self.told.lead(held.service)
        ask = add_months(held.ends, review.procedure.pledge_after_months)
        makers: list[tuple[Side, User]] = [(Side.SERVICE, lead), *((Side.TEAM, one) for one in held.team)]
        for n, (side, by) in enumerate(makers[: self.told.sizes.pledges_a_review]):
            answered = self.told.past(at(ask) + dt.timedelta(days=self.chance.randint(1, 20))) if self.told.holds(0.9) else None
            outcome = self.chance.choices([one for one, _ in OUTCOMES], [weight for _, weight in OUTCOMES])[0] if answered else ""
            yield Pledge(
                review=review, client_id=_id("pledge", review.pk, n), side=side, made_by=by, ask_date=ask, answered_at=answered,
                service=held.service if side == Side.SERVICE else None, text=words.PLEDGES[n % len(words.PLEDGES)],
                made_at=at(add_working_days(held.ends, 2)), outcome=outcome, what_came_of_it=words.CAME_OF_IT.get(outcome, ""),
            )  # fmt: skip

    def _exchange(self, held: Held) -> Exchange:
        kind = self.chance.choice(list(Exchange.Kind))
        asked, took_place = add_working_days(held.ends, 5), self.told.holds(0.7)
        return Exchange(
            review=held.review, service=held.service, kind=kind, what=words.EXCHANGES[held.review.pk % len(words.EXCHANGES)],
            asked_by=self.told.lead(held.service), asked_at=at(asked), asked_of=held.team[1], answered_at=at(add_working_days(asked, 5)),
            status="HAPPENED" if took_place else "DECLINED", happened_on=add_working_days(asked, 25) if took_place else None,
            note="" if took_place else "I have moved to another post. (Illustrative)",
        )  # fmt: skip

    def _learnt(self, held: Held) -> Iterator[Learnt]:
        sides = ((Side.SERVICE, self.told.lead(held.service)), (Side.TEAM, held.team[0]))
        for side, by in sides:
            written = at(add_working_days(held.ends, 2))
            yield Learnt(review=held.review, side=side, text="Illustrative: what we learnt.", written_by=by, written_at=written)

    def _change(self, held: Held) -> ImpactEvidence:
        """What the service says has changed since, under one domain after the other."""
        domain = list(ImpactDomain)[held.review.pk % len(ImpactDomain)]
        return ImpactEvidence(
            review=held.review, service=held.service, domain=domain, what_changed=f"Illustrative change: {domain.label.lower()}.",
            filed_by=self.told.lead(held.service), filed_at=at(add_working_days(held.ends, self.chance.randint(40, 100))),
        )  # fmt: skip

    # Learning cards --------------------------------------------------------------------------------------------------
    def _share(self, held: Sequence[Held], findings: dict[int, list[Finding]]) -> None:
        """A card of the first good practice of some visits, and what others that run the same specification do with it."""
        chosen = [one for one in held if one.review.pk % self.told.sizes.reviews_a_card == 0]
        praised = [(one, _first_praise(findings[one.review.pk])) for one in chosen]
        cards = list(write(LearningCard, (self._card(one, finding) for one, finding in praised if finding)))
        write_all(Uptake, (uptake for card in cards if card.status == "SHARED" for uptake in self._uptakes(card)))

    def _card(self, held: Held, finding: Finding) -> LearningCard:
        title, what, for_whom, how = words.CARDS[finding.pk % len(words.CARDS)]
        status = "SHARED" if self.told.holds(0.85) else self.chance.choice(list(NOT_SHARED))
        answered = None if status == "ASKED" else at(add_working_days(held.ends, 45))
        return LearningCard(
            finding=finding, review=held.review, service=held.service, status=status, title=title, what=what, for_whom=for_whom,
            how=f"{how} (Illustrative)", contact=CONTACT, written_by=held.review.opened_by, written_at=at(add_working_days(held.ends, 30)),
            asked_at=at(add_working_days(held.ends, 35)), answered_by=self.told.lead(held.service) if answered else None,
            answered_at=answered, reason=NOT_SHARED.get(status, ""),
        )  # fmt: skip

    def _uptakes(self, card: LearningCard) -> Iterator[Uptake]:
        own = card.service
        others = [one for one in self.others[own.specification_id] if one.provider_id != own.provider_id]
        for service in self.told.some(others, self.told.sizes.uptakes_a_card):
            step, why = self.chance.choice(STEPS)
            if card.answered_at and (said := self.told.past(card.answered_at + dt.timedelta(days=self.chance.randint(5, 240)))):
                yield Uptake(card=card, service=service, step=step, why=why, said_by=self.told.lead(service), said_at=said)


def _first_praise(findings: Sequence[Finding]) -> Finding | None:
    return next((finding for finding in findings if finding.category == Finding.Category.GOOD_PRACTICE), None)


def _id(*parts: object) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, "-".join(map(str, ("national", *parts))))
