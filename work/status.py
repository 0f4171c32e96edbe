"""Statuses: one column, one table of allowed moves beside it, one error when a move is not in the table."""

from typing import Any


class InvalidTransition(Exception):
    """The thing is in a status from which this cannot be done; the message is a sentence for the page."""


class MovesByTable:
    """For models with ``status``, ``Status`` and ``TRANSITIONS`` (status -> statuses that may follow)."""

    Status: Any
    TRANSITIONS: dict[Any, set[Any]]
    status: str

    def check_may_become(self, status: str) -> None:
        """Raises InvalidTransition unless ``status`` may follow the present one."""
        if status not in self.TRANSITIONS.get(self.status, set()):
            present, wanted = self.Status(self.status).label.lower(), self.Status(status).label.lower()
            raise InvalidTransition(f"This is now {present}, so it cannot become {wanted}.")
