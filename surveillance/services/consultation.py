"""Consultation on a draft set: services, hubs and reviewers comment until a last day, the national lead replies to each."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Indicator, IndicatorComment, IndicatorSet, InvalidTransition
from surveillance.services import consulting


def _locked(set_id: int) -> IndicatorSet:
    return IndicatorSet.objects.select_for_update().get(pk=set_id)


@transaction.atomic
def open_consultation(*, set_id: int, last_date: dt.date, by: User) -> IndicatorSet:
    """Put a draft in consultation from today to ``last_date``, that day included; its text does not change meanwhile.

    Raises InvalidTransition unless it is a draft with indicators, and for a day that has passed.
    """
    indicator_set = _locked(set_id)
    indicator_set.check_may_become(IndicatorSet.Status.IN_CONSULTATION)
    if not indicator_set.indicators.exists():
        raise InvalidTransition("This set has no indicators yet, so there is nothing to comment on.")
    consulting.put_in_consultation(indicator_set, last_date, by)
    return indicator_set


@transaction.atomic
def extend_consultation(*, set_id: int, last_date: dt.date, by: User) -> IndicatorSet:
    """Give more time for comments; also after the last day, which opens them again. Raises InvalidTransition for no later day."""
    indicator_set = _locked(set_id)
    consulting.give_more_time(indicator_set, last_date, by)
    return indicator_set


@transaction.atomic
def take_back_to_draft(*, set_id: int, by: User) -> IndicatorSet:
    """End the consultation, so that the text can be changed; comments and replies stay. Raises InvalidTransition."""
    indicator_set = _locked(set_id)
    consulting.take_back(indicator_set, by)
    return indicator_set


@transaction.atomic
def add_comment(*, set_id: int, text: str, by: User, indicator_id: int | None = None, at: dt.datetime | None = None) -> IndicatorComment:
    """Comment on an indicator, or on the whole set without one. The same words of the same person again make no second comment.

    Raises InvalidTransition unless the set is in consultation and its last day has not passed.
    """
    indicator_set, now = _locked(set_id), at or timezone.now()
    consulting.check_takes_comments(indicator_set, timezone.localdate(now))
    indicator = Indicator.objects.get(pk=indicator_id, indicator_set=indicator_set) if indicator_id is not None else None
    same = IndicatorComment.objects.filter(indicator_set=indicator_set, indicator=indicator, made_by=by, text=text.strip()).first()
    if same:
        return same
    comment = IndicatorComment.objects.create(indicator_set=indicator_set, indicator=indicator, text=text.strip(), made_by=by, made_at=now)
    audit.record("indicator_comment.made", target=comment, by=by)
    return comment


@transaction.atomic
def reply_to_comment(*, comment_id: int, set_id: int, reply: str, by: User, at: dt.datetime | None = None) -> IndicatorComment:
    """Reply to a comment, once. Raises AlreadyDone when somebody has."""
    comment = IndicatorComment.objects.select_for_update().get(pk=comment_id, indicator_set=set_id)
    consulting.write_reply(comment, reply, by, at, audit_name="indicator_comment.replied")
    return comment
