"""Naming a shared card beside a finding: how others did it."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Finding
from peerreview.services.locks import locked_finding
from reports.models import LearningCard, NamedCard
from reports.queries.named_cards import may_name
from work.status import InvalidTransition

MOST_CARDS = 5


@transaction.atomic
def name_card(*, finding_id: int, card_id: int, by: User) -> NamedCard:
    """Name a shared card of another service beside a finding; naming it twice is one row. Raises InvalidTransition."""
    finding = _locked(finding_id)
    card = LearningCard.objects.select_for_update(of=("self",)).get(pk=card_id)
    named = NamedCard.objects.filter(finding=finding, card=card).first()
    if named:
        return named
    if card.status != LearningCard.Status.SHARED:
        raise InvalidTransition("This card is not shared now.")
    if card.service_id == finding.service_id:
        raise InvalidTransition("This card comes from the same service, so it does not show how others did it.")
    if NamedCard.objects.filter(finding=finding).count() >= MOST_CARDS:
        raise InvalidTransition(f"A finding names at most {MOST_CARDS} cards. Take one away first.")
    named = NamedCard.objects.create(finding=finding, card=card, named_by=by)
    audit.record("finding.card_named", target=finding, by=by)
    return named


@transaction.atomic
def take_card_away(*, finding_id: int, card_id: int, by: User) -> None:
    """Take a card away from a finding; doing it twice changes nothing. Raises InvalidTransition."""
    finding = _locked(finding_id)
    gone, _ = NamedCard.objects.filter(finding=finding, card=card_id).delete()
    if gone:
        audit.record("finding.card_taken_away", target=finding, by=by)


def _locked(finding_id: int) -> Finding:
    finding = locked_finding(finding_id)
    if not may_name(finding):
        raise InvalidTransition("The report is signed off or the finding withdrawn, so what stands beside it stays as it is.")
    return finding
