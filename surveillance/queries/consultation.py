"""Comments on a set in consultation: by indicator, with who said what in which role, and what waits for a reply."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, Role, roles_granting
from surveillance.models import Indicator, IndicatorComment, IndicatorSet
from surveillance.models.consultation import Comment, Consulted

C = TypeVar("C", bound=Comment)
COMMENTING = roles_granting(Permission.INDICATOR_SET_COMMENT)


@dataclass(frozen=True)
class CommentLine:
    """A comment as its page shows it, with its author and the author of the reply in words."""

    comment: Comment
    made_by: str
    replied_by: str
    reply_url: str


@dataclass(frozen=True)
class CommentGroup:
    """The comments under one indicator; ``indicator`` is None for those on the set as a whole."""

    indicator: Indicator | None
    lines: list[CommentLine]


def takes_comments(version: Consulted) -> bool:
    """Whether people may comment today."""
    return version.takes_comments(timezone.localdate())


def words_for(user: User, day: dt.date) -> str:
    """Name, role and organisation of somebody who commented, in a role held on that day: "Lee Wong, service lead, Northern Trust".

    Read from loaded memberships; a role that may comment comes first.
    """
    held = [m for m in user.memberships.all() if m.from_date <= day and (m.to_date is None or m.to_date >= day)]
    fitting = sorted(held, key=lambda m: (m.role not in COMMENTING, m.pk))
    if not fitting:
        return user.name
    return f"{user.name}, {Role(fitting[0].role).label.lower()}, {fitting[0].organisation.name}"


def with_people(comments: QuerySet[C]) -> QuerySet[C]:
    """With the authors and where they belong, in three statements."""
    return comments.select_related("made_by", "replied_by").prefetch_related(
        "made_by__memberships__organisation", "replied_by__memberships__organisation"
    )


def as_line(comment: Comment, reply_url: str) -> CommentLine:
    """A comment with its people in words."""
    replied_by = words_for(comment.replied_by, timezone.localdate(comment.replied_at)) if comment.replied_by else ""
    return CommentLine(comment, words_for(comment.made_by, timezone.localdate(comment.made_at)), replied_by, reply_url)


def line_of(comment: IndicatorComment) -> CommentLine:
    """The same of a comment on an indicator set."""
    return as_line(comment, reverse("surveillance:indicator_comment_reply", args=[comment.indicator_set_id, comment.pk]))


def comments_on(indicator_set: IndicatorSet, indicators: list[Indicator], *, with_whole: bool) -> list[CommentGroup]:
    """A group for each of these indicators, commented on or not, after the set as a whole where it is wanted."""
    wanted = IndicatorComment.objects.filter(indicator_set=indicator_set, indicator__in=indicators)
    if with_whole:
        wanted = wanted | IndicatorComment.objects.filter(indicator_set=indicator_set, indicator=None)
    lines: dict[int | None, list[CommentLine]] = {}
    for comment in with_people(wanted).order_by("made_at", "pk"):
        lines.setdefault(comment.indicator_id, []).append(line_of(comment))
    groups = [CommentGroup(None, lines.get(None, []))] if with_whole else []
    return groups + [CommentGroup(indicator, lines.get(indicator.pk, [])) for indicator in indicators]


def comments_of(indicator_set: IndicatorSet, indicator: Indicator | None) -> list[CommentLine]:
    """What was said of one indicator, or of the set as a whole."""
    found = IndicatorComment.objects.filter(indicator_set=indicator_set, indicator=indicator)
    return [line_of(comment) for comment in with_people(found).order_by("made_at", "pk")]


def unanswered(indicator_set: IndicatorSet) -> QuerySet[IndicatorComment]:
    """Comments without a reply."""
    return IndicatorComment.objects.filter(indicator_set=indicator_set, replied_at=None)
