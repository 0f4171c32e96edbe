"""Two people's edits of the same thing."""

from django.db import models

from work.status import InvalidTransition


class SomeoneElseChanged(Exception):
    """The row was changed after this person opened it; ``current`` is the row as it stands."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("Someone else changed this.")
        self.current = current


class AlreadyDone(InvalidTransition):
    """Someone else did just this a moment ago."""


def check_version(current: models.Model, present: int, opened: int | None) -> None:
    """Raises SomeoneElseChanged unless the version that was opened is still the present one (None: no check)."""
    if opened is not None and opened != present:
        raise SomeoneElseChanged(current)
