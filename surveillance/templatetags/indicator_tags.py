"""What templates say of indicators: whether one is suspended, and whether a link may be shown."""

from django import template
from django.utils import timezone

from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from surveillance.models import Indicator, SelfReport
from surveillance.suspension import is_reached

register = template.Library()


@register.filter
def suspended_words(indicator: Indicator) -> str:
    """ "Suspended from 3 May 2027: does not count"; before that day, that it counts until then; empty when not suspended."""
    day = indicator.suspended_from
    if day is None:
        return ""
    return f"Suspended from {month_date(day)}: {'does not count' if day <= timezone.localdate() else 'counts until then'}"


@register.filter
def suspended_in(indicator: Indicator, report: SelfReport) -> str:
    """The same for one self-report: empty where the suspension does not concern it."""
    if indicator.suspended_from is None:
        return ""
    declared = timezone.localdate(report.declared_at) if report.declared_at else None
    is_concerned = is_reached(indicator.suspended_from, check_by_date=report.round.check_by_date, declared_date=declared)
    return suspended_words(indicator) if is_concerned else ""


@register.filter
def holds(user: User, permission: str) -> bool:
    """Whether the person holds a permission somewhere: for links; the page behind asks again."""
    return user.is_authenticated and user.has_permission(permission)
