"""What every consultation shares, of an indicator set or of a procedure. The caller locks the version or the comment."""

import datetime as dt

from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.models.consultation import Comment, Consulted
from surveillance.services.clash import AlreadyDone
from work.items import day_words
from work.status import InvalidTransition


def put_in_consultation(version: Consulted, last_date: dt.date, by: User) -> None:
    """From today to ``last_date``, that day included. Raises InvalidTransition unless it is a draft, and for a day that has passed."""
    version.check_may_become(version.Status.IN_CONSULTATION)
    today = timezone.localdate()
    if last_date < today:
        raise InvalidTransition("The last day for comments must be today or in the future.")
    version.status = version.Status.IN_CONSULTATION
    version.consultation_from_date, version.consultation_to_date = today, last_date
    _save(version, "status", "consultation_from_date", "consultation_to_date")
    audit.record(f"{version.audit_name}.put_in_consultation", target=version, by=by)


def give_more_time(version: Consulted, last_date: dt.date, by: User) -> None:
    """Also after the last day, which opens comments again. Raises InvalidTransition for no later day."""
    check_in_consultation(version)
    last = version.consultation_to_date
    if last is None or last_date <= last or last_date < timezone.localdate():
        raise InvalidTransition(f"The new last day must be after {day_words(last)}, and not in the past." if last else "No day is set.")
    version.consultation_to_date = last_date
    _save(version, "consultation_to_date")
    audit.record(f"{version.audit_name}.consultation_extended", target=version, by=by)


def take_back(version: Consulted, by: User) -> None:
    """Back to draft, so that the text can be changed; comments and replies stay. Raises InvalidTransition."""
    check_in_consultation(version)
    version.check_may_become(version.Status.DRAFT)
    version.status = version.Status.DRAFT
    _save(version, "status")
    audit.record(f"{version.audit_name}.taken_back_to_draft", target=version, by=by)


def _save(version: Consulted, *columns: str) -> None:
    version.save(update_fields=columns)


def check_in_consultation(version: Consulted) -> None:
    """Raises InvalidTransition with the sentence that says what it is instead."""
    if version.status != version.Status.IN_CONSULTATION:
        label = version.Status(version.status).label.lower()
        raise InvalidTransition(f"This {version.noun} is now {label}, so it is not in consultation.")


def check_takes_comments(version: Consulted, today: dt.date) -> None:
    """Raises InvalidTransition when nobody may comment now."""
    check_in_consultation(version)
    if not version.takes_comments(today) and version.consultation_to_date:
        raise InvalidTransition(f"Comments closed on {day_words(version.consultation_to_date)}.")


def write_reply(comment: Comment, reply: str, by: User, at: dt.datetime | None, *, audit_name: str) -> None:
    """The one reply. Raises AlreadyDone when somebody has replied."""
    if comment.replied_at and comment.replied_by:
        raise AlreadyDone(f"{comment.replied_by.name} replied at {long_datetime(comment.replied_at)}. You do not need to do anything.")
    comment.reply, comment.replied_by, comment.replied_at = reply.strip(), by, at or timezone.now()
    comment.save(update_fields=["reply", "replied_by", "replied_at"])
    audit.record(audit_name, target=comment, by=by)
