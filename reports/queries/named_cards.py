"""Cards that are named beside findings: how others did it."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from peerreview.facts import FindingLink
from peerreview.models import Finding
from peerreview.queries.teams import works_on
from reports.models import LearningCard, NamedCard, Report


def may_name(finding: Finding) -> bool:
    """Whether cards can still be named beside a finding: it stands, and its report is not signed off."""
    is_signed = Report.objects.filter(review=finding.review_id, status__in=Report.SIGNED).exists()
    return finding.status != Finding.Status.WITHDRAWN and not is_signed


def cards_named(finding: Finding) -> QuerySet[LearningCard]:
    """Cards named beside a finding that are still shared."""
    return LearningCard.objects.filter(named_in__finding=finding, status=LearningCard.Status.SHARED).for_display().order_by("named_in__pk")


def cards_to_name(user: User, finding: Finding) -> QuerySet[LearningCard]:
    """Shared cards of other services that are not named beside the finding yet."""
    rows = LearningCard.objects.for_user(user, Permission.LEARNING_VIEW).filter(status=LearningCard.Status.SHARED)
    return rows.exclude(service=finding.service_id).exclude(pk__in=NamedCard.objects.filter(finding=finding).values("card"))


def titles_by_finding(findings: Iterable[Finding]) -> dict[int, list[str]]:
    """The titles of shared cards named beside findings, by finding: one statement."""
    rows = NamedCard.objects.filter(finding__in=[finding.pk for finding in findings], card__status=LearningCard.Status.SHARED)
    found: dict[int, list[str]] = {}
    for finding_id, title in rows.order_by("pk").values_list("finding", "card__title"):
        found.setdefault(finding_id, []).append(title)
    return found


def named_in_words(user: User, card: LearningCard) -> str:
    """In how many findings that this person may read a card is named; empty where there is none."""
    if not user.has_permission(Permission.FINDING_VIEW):
        return ""
    readable = Finding.objects.for_user(user, Permission.FINDING_VIEW).exclude(status=Finding.Status.WITHDRAWN)
    count = readable.filter(pk__in=card.named_in.values("finding")).count()
    return f"Named in {count} {'finding' if count == 1 else 'findings'} that you can read." if count else ""


def named_card_links(user: User, finding: Finding) -> list[FindingLink]:
    """On a finding's page: the cards that show how others did it, and for those who work on the review the way to name one."""
    links = []
    if user.has_permission(Permission.LEARNING_VIEW):
        links = [
            FindingLink(f"How others did it: {card.title}", reverse("reports:learning_card_detail", args=[card.pk]))
            for card in cards_named(finding)
        ]
    if user.has_permission(Permission.LEARNING_VIEW) and works_on(finding.review, user) and may_name(finding):
        links.append(FindingLink("Name a card that shows how others did it", reverse("reports:finding_cards", args=[finding.pk])))
    return links
