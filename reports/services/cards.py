"""Learning cards: written from good practice, shared only when the source service agrees, taken up by others."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding
from peerreview.services.locks import locked_finding
from reports.models import LearningCard, ThemeFinding, Uptake
from reports.notifications import note_card_asked
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Status = LearningCard.Status
WRITTEN = (Status.DRAFT, Status.ASKED, Status.DECLINED)


@dataclass(frozen=True)
class CardText:
    """What a card says."""

    title: str
    what: str
    for_whom: str
    how: str
    contact: str


@transaction.atomic
def write_card(*, finding_id: int, text: CardText, by: User, theme_id: int | None = None) -> LearningCard:
    """Make a card of an agreed good practice, or for a theme of what one of its services did about any of its findings.

    The finding's row is locked: one finding has one card. Raises InvalidTransition.
    """
    finding = locked_finding(finding_id)
    is_agreed = finding.agreed_at is not None and finding.status != Finding.Status.WITHDRAWN
    if theme_id is not None and not (is_agreed and ThemeFinding.objects.filter(theme=theme_id, finding=finding).exists()):
        raise InvalidTransition("A card for a theme is made of one of its findings.")
    if theme_id is None and not (is_agreed and finding.category == Finding.Category.GOOD_PRACTICE):
        raise InvalidTransition("A learning card is made of good practice that the team agreed.")
    if LearningCard.objects.filter(finding=finding).exists():
        raise InvalidTransition("A learning card was made of this finding already.")
    card = LearningCard.objects.create(
        finding=finding, review_id=finding.review_id, service_id=finding.service_id, theme_id=theme_id, written_by=by, **asdict(text)
    )  # fmt: skip
    audit.record("learning_card.written", target=card, by=by)
    return card


@transaction.atomic
def change_card(*, card_id: int, text: CardText, by: User, version: int | None = None) -> LearningCard:
    """Change a card that is not shared; the service is then asked anew. Raises InvalidTransition and SomeoneElseChanged."""
    card = _locked(card_id)
    check_version(card, card.version, version)
    if card.status not in WRITTEN:
        raise InvalidTransition(f"This card is {card.get_status_display().lower()}, so its words stay as the service agreed them.")
    for name, value in asdict(text).items():
        setattr(card, name, value)
    card.status, card.asked_at, card.answered_at, card.answered_by = Status.DRAFT, None, None, None
    _save(card, *asdict(text), "asked_at", "answered_at", "answered_by")
    audit.record("learning_card.changed", target=card, by=by)
    return card


@transaction.atomic
def ask_to_share(*, card_id: int, by: User) -> LearningCard:
    """Ask the source service to agree that others read the card. Raises InvalidTransition."""
    card = _locked(card_id)
    card.check_may_become(Status.ASKED)
    card.status, card.asked_at = Status.ASKED, timezone.now()
    _save(card, "asked_at")
    audit.record("learning_card.asked", target=card, by=by)
    note_card_asked(card)
    return card


@transaction.atomic
def answer_ask(*, card_id: int, agrees: bool, by: User, reason: str = "", version: int | None = None) -> LearningCard:
    """The source service agrees, and everybody entitled reads the card; or declines, and nobody more does.

    It agrees to the words that it read (``version``). Raises InvalidTransition and SomeoneElseChanged.
    """
    card = _locked(card_id)
    check_version(card, card.version, version)
    card.check_may_become(Status.SHARED if agrees else Status.DECLINED)
    card.status = Status.SHARED if agrees else Status.DECLINED
    card.answered_at, card.answered_by, card.reason = timezone.now(), by, "" if agrees else reason.strip()
    _save(card, "answered_at", "answered_by", "reason")
    audit.record("learning_card.shared" if agrees else "learning_card.declined", target=card, by=by)
    return card


@transaction.atomic
def withdraw_card(*, card_id: int, reason: str, by: User) -> LearningCard:
    """Take a card away from everybody at once, with a reason: the source service or who wrote it. Raises InvalidTransition."""
    card = _locked(card_id)
    card.check_may_become(Status.WITHDRAWN)
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    card.status, card.reason = Status.WITHDRAWN, reason.strip()
    _save(card, "reason")
    audit.record("learning_card.withdrawn", target=card, by=by, reason=card.reason)
    return card


@transaction.atomic
def take_up(*, card_id: int, service_id: int, step: str, by: User, why: str = "") -> Uptake:
    """Say what another service does with a shared card; saying it again replaces it. Raises InvalidTransition."""
    card = _locked(card_id)
    if card.status != Status.SHARED:
        raise InvalidTransition("This card is not shared now.")
    if card.service_id == service_id:
        raise InvalidTransition("This card comes from your own service.")
    said = {"step": step, "why": why.strip(), "said_by": by, "said_at": timezone.now()}
    uptake, _ = Uptake.objects.update_or_create(card=card, service_id=service_id, defaults=said)
    audit.record("learning_card.taken_up", target=card, by=by)
    return uptake


def _locked(card_id: int) -> LearningCard:
    return LearningCard.objects.select_for_update(of=("self",)).get(pk=card_id)


def _save(card: LearningCard, *fields: str) -> None:
    card.version += 1
    card.save(update_fields=["status", "version", *fields])
