"""Learning cards made of good practice: shared and taken up, with their service, a draft, one declined. Illustrative."""

import datetime as dt

from peerreview.models import Finding
from qnt.demo.clock import moment
from qnt.demo.reviews import Reviews
from reports.models import LearningCard
from reports.services import cards
from reports.services.cards import CardText
from surveillance.models import Service

CONTACT = "The service’s lead, by the trust’s shared mailbox (illustrative)"
TEXTS = (
    CardText(
        "A one-page plan that patients help to write",
        "Each patient holds a one-page plan with their named nurse, what matters to them and what to do when something changes.",
        "Any service that sees the same patients for years.",
        "A nurse and the patient fill it in together in about 20 minutes. It is printed from the record and looked at each quarter. "
        "Two patients chose its words. It took three months to reach everybody.",
        CONTACT,
    ),
    CardText(
        "Unplanned starts retold as the patient lived them",
        "Every fortnight the team retells one unplanned start of treatment in the patient’s order, and changes one thing.",
        "Teams whose patients pass through several departments.",
        "A patient chairs every second session. Minutes hold one change, one name, one date. No blame, no folders.",
        CONTACT,
    ),
)
# which good practice (by the order of findings), how far its card has come
REACHED = ("SHARED", "SHARED", "ASKED", "DECLINED", "DRAFT")


def share_learning(told: Reviews, *, today: dt.date) -> None:
    """A card for each of the first five good practices that a team agreed, as far as REACHED says."""
    praised = Finding.objects.agreed().filter(category=Finding.Category.GOOD_PRACTICE, review__purpose="COMPLIANCE")
    for n, finding in enumerate(praised.select_related("service").order_by("pk")[: len(REACHED)]):
        _carry_one(told, finding, TEXTS[n % len(TEXTS)], REACHED[n], today - dt.timedelta(days=30 - n))


def _carry_one(told: Reviews, finding: Finding, text: CardText, reached: str, day: dt.date) -> None:
    officer, lead = told.officer(finding.service), told.lead(finding.service)
    with moment(day, 10):
        card = cards.write_card(finding_id=finding.pk, text=text, by=officer)
        if reached == LearningCard.Status.DRAFT:
            return
        cards.ask_to_share(card_id=card.pk, by=officer)
    if reached == LearningCard.Status.ASKED:
        return
    with moment(day + dt.timedelta(days=4), 9):
        agrees = reached == LearningCard.Status.SHARED
        cards.answer_ask(card_id=card.pk, agrees=agrees, by=lead, reason="" if agrees else "We want to try it for another year first.")
    if agrees:
        _take_up(told, card, finding.service, day + dt.timedelta(days=10))


def _take_up(told: Reviews, card: LearningCard, source: Service, day: dt.date) -> None:
    """The next three services of the demonstration say what they do with a shared card."""
    steps = (
        ("TRYING", "We begin with one clinic."),
        ("ADOPTED", "It fits our yearly talk."),
        ("NOT_FOR_US", "Our patients stay two days."),
    )
    others = [service for service in told.places.services if service.pk != source.pk and service.provider_id][:3]
    for service, (step, why) in zip(others, steps, strict=True):
        with moment(day, 12):
            cards.take_up(card_id=card.pk, service_id=service.pk, step=step, why=why, by=told.lead(service))
