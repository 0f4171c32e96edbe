"""Learning cards as pages show them: found by filters, counted, and waiting for an answer."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from peerreview.facts import FindingLink
from peerreview.models import Finding
from peerreview.queries.teams import arranges
from reports.models import LearningCard, Uptake
from surveillance.models import Service, ServiceSpecification
from surveillance.queries.holders import service_lead_of
from work.items import NextStep, WorkItem, counted, day_words

Step = Uptake.Step
Status = LearningCard.Status


def found_cards(rows: QuerySet[LearningCard], chosen: dict[str, Any]) -> QuerySet[LearningCard]:
    """Cards that match every filter chosen: specification ids, domain codes, words."""
    if chosen.get("specification"):
        rows = rows.filter(service__specification__in=chosen["specification"])
    if chosen.get("domain"):
        rows = rows.filter(finding__tags__domain__in=chosen["domain"])
    if words := chosen.get("words"):
        said = Q(title__icontains=words) | Q(what__icontains=words) | Q(for_whom__icontains=words) | Q(how__icontains=words)
        rows = rows.filter(said | Q(finding__topic__title__icontains=words))
    return rows.distinct()


def with_counts(rows: QuerySet[LearningCard]) -> QuerySet[LearningCard]:
    """With how many services are trying and have adopted each card, as ``trying_count`` and ``adopted_count``."""
    return rows.annotate(
        trying_count=Count("uptakes", filter=Q(uptakes__step=Step.TRYING), distinct=True),
        adopted_count=Count("uptakes", filter=Q(uptakes__step=Step.ADOPTED), distinct=True),
    )


def uptake_words(trying: int, adopted: int) -> str:
    """How many services took a card up, in words (ux 28)."""
    if not trying and not adopted:
        return "No service has said yet what it does with this."
    are = "is" if trying == 1 else "are"
    has = "has" if adopted == 1 else "have"
    if not adopted:
        return f"{counted(trying, 'service')} {are} trying this."
    if not trying:
        return f"{counted(adopted, 'service')} {has} adopted this."
    return f"{counted(trying, 'service')} {are} trying this, {adopted} {has} adopted it."


def specifications_of(rows: QuerySet[LearningCard]) -> QuerySet[ServiceSpecification]:
    """Specifications that have a card among ``rows``: what the filter offers."""
    return ServiceSpecification.objects.filter(pk__in=rows.values("service__specification")).order_by("number")


def own_services(user: User, card: LearningCard) -> QuerySet[Service]:
    """Services for which ``user`` says what they do with the card: theirs, but for the one it comes from."""
    return Service.objects.for_user(user, Permission.LEARNING_USE).exclude(pk=card.service_id).for_display()


def card_of(finding: Finding) -> LearningCard | None:
    """The card that was made of a finding."""
    return LearningCard.objects.filter(finding=finding).first()


def next_step(card: LearningCard) -> NextStep:
    """What happens next with a card and who holds it. Consent is free, so no clock runs: silence shares nothing."""
    writer = f"{card.written_by.name}, {card.review.region.name}"
    answered = day_words(timezone.localdate(card.answered_at)) if card.answered_at else ""
    if card.status == Status.DRAFT:
        return NextStep(f"Ask {card.service.name} to agree that others read this card", writer)
    if card.status == Status.ASKED:
        lead = service_lead_of(card.service)
        note = "No date is set. Until the service agrees, nobody else reads the card."
        return NextStep(f"{card.service.name} says whether others may read this card", lead.words if lead else "", note=note)
    if card.status == Status.DECLINED:
        return NextStep("Change the card and ask again, or leave it", writer, note=f"Declined on {answered}. No date is set.")
    if card.status == Status.SHARED:
        note = f"Shared on {answered}. No date is set: it stays until somebody withdraws it."
        return NextStep("Services that read it say what they do with it", "Each service for itself", note=note)
    return NextStep("Nothing: this card was withdrawn", writer, note="Withdrawn")


def card_links(user: User, finding: Finding) -> list[FindingLink]:
    """The card made of a finding, or for those who arrange its review the offer to write one of good practice."""
    if finding.category != Finding.Category.GOOD_PRACTICE or finding.agreed_at is None:
        return []
    card = card_of(finding)
    if card is None:
        offer = FindingLink("Write a learning card from this", reverse("reports:learning_card_new", args=[finding.pk]))
        return [offer] if arranges(finding.review, user) else []
    if not LearningCard.objects.for_user(user, Permission.LEARNING_VIEW).filter(pk=card.pk).exists():
        return []
    return [FindingLink(f"Learning card: {card.title}", reverse("reports:learning_card_detail", args=[card.pk]))]


def card_items(user: User) -> list[WorkItem]:
    """Cards that wait for this person's service to agree."""
    if not user.has_permission(Permission.LEARNING_USE):
        return []
    waiting = LearningCard.objects.of_source(user).filter(status=Status.ASKED).select_related("service", "review")
    return [
        WorkItem(
            kind="learning_card.asked", task=f"Say whether others may read the learning card “{card.title}”",
            url=reverse("reports:learning_card_answer", args=[card.pk]), service=card.service.name, due=None, status="Proposed",
            is_learning=card.review.is_learning, reference=f"learning_card:{card.pk}:asked",
            outside="Say whether others may read a learning card",
        )
        for card in waiting.order_by("asked_at", "pk")
    ]  # fmt: skip
