"""Consultation on a draft of a procedure, as on indicator sets: services, hubs and reviewers comment, the national lead replies."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Procedure, ProcedureComment
from surveillance.services import consulting


def _locked(procedure_id: int) -> Procedure:
    return Procedure.objects.select_for_update(of=("self",)).get(pk=procedure_id)


@transaction.atomic
def open_consultation(*, procedure_id: int, last_date: dt.date, by: User) -> Procedure:
    """Put a draft in consultation from today to ``last_date``; its text does not change meanwhile. Raises InvalidTransition."""
    procedure = _locked(procedure_id)
    consulting.put_in_consultation(procedure, last_date, by)
    return procedure


@transaction.atomic
def extend_consultation(*, procedure_id: int, last_date: dt.date, by: User) -> Procedure:
    """Give more time for comments; also after the last day. Raises InvalidTransition for no later day."""
    procedure = _locked(procedure_id)
    consulting.give_more_time(procedure, last_date, by)
    return procedure


@transaction.atomic
def take_back_to_draft(*, procedure_id: int, by: User) -> Procedure:
    """End the consultation, so that the text can be changed; comments and replies stay. Raises InvalidTransition."""
    procedure = _locked(procedure_id)
    consulting.take_back(procedure, by)
    return procedure


@transaction.atomic
def add_comment(*, procedure_id: int, text: str, by: User, part: str = "", at: dt.datetime | None = None) -> ProcedureComment:
    """Comment on a part, or on the whole without one. The same words of the same person again make no second comment.

    Raises InvalidTransition unless the procedure is in consultation and its last day has not passed.
    """
    procedure, now = _locked(procedure_id), at or timezone.now()
    consulting.check_takes_comments(procedure, timezone.localdate(now))
    same = ProcedureComment.objects.filter(procedure=procedure, part=part, made_by=by, text=text.strip()).first()
    if same:
        return same
    comment = ProcedureComment.objects.create(procedure=procedure, part=part, text=text.strip(), made_by=by, made_at=now)
    audit.record("procedure_comment.made", target=comment, by=by)
    return comment


@transaction.atomic
def reply_to_comment(*, comment_id: int, procedure_id: int, reply: str, by: User, at: dt.datetime | None = None) -> ProcedureComment:
    """Reply to a comment, once. Raises AlreadyDone when somebody has."""
    comment = ProcedureComment.objects.select_for_update(of=("self",)).get(pk=comment_id, procedure=procedure_id)
    consulting.write_reply(comment, reply, by, at, audit_name="procedure_comment.replied")
    return comment
