"""Whether a refused person sees the report behind a route at all: then 403, else 404."""

from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from reports.models import LearningCard, PackIssue, Publication, Report, Theme
from reports.services.subscriptions import find_subscription


def sees_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the report is in the person's scope."""
    return Report.objects.for_user(user, Permission.REPORT_VIEW).filter(pk=route["pk"]).exists()


def sees_library_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the address holds a report that is public, or was."""
    return Publication.objects.filter(decision="PUBLISH", report__address=route["address"]).exists()


def sees_learning_card(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the card."""
    return LearningCard.objects.for_user(user, Permission.LEARNING_VIEW).filter(pk=route["pk"]).exists()


def sees_pack(user: User, route: dict[str, Any]) -> bool:
    """Whether the pack was issued to the person's organisation, or by their hub."""
    return PackIssue.objects.for_user(user, Permission.PACK_VIEW).filter(pk=route["pk"]).exists()


def sees_theme(user: User, route: dict[str, Any]) -> bool:
    """Whether the person may read the theme."""
    return Theme.objects.for_user(user, Permission.THEME_VIEW).filter(pk=route["pk"]).exists()


def sees_subscription(_user: User, route: dict[str, Any]) -> bool:
    """Whether the link leads to emails that somebody gets or asked for."""
    return find_subscription(route["token"]) is not None


REPORT_KINDS = {
    "learning_card": sees_learning_card, "pack": sees_pack, "report": sees_report, "library_report": sees_library_report,
    "subscription": sees_subscription, "theme": sees_theme,
}  # fmt: skip
