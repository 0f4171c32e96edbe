"""A form that was sent twice: the second time gives the row of the first."""

import uuid
from typing import Any, TypeVar

from peerreview.models.sent_once import SentOnce
from work.status import InvalidTransition

Row = TypeVar("Row", bound=SentOnce)


def kept_before(model: type[Row], client_id: uuid.UUID | None, **own: Any) -> Row | None:
    """The row that was made when this was sent before, marked ``is_repeat``; None when it was not, or has no id.

    ``own`` are lookups that the row fits when it is of this review and this person. The review is locked by the caller.
    Raises InvalidTransition for the id of another row.
    """
    if client_id is None or not (found := model._default_manager.filter(client_id=client_id).first()):
        return None
    if not model._default_manager.filter(pk=found.pk, **own).exists():
        raise InvalidTransition("This was sent by someone else.")
    found.is_repeat = True
    return found
