"""Whether a refused person sees what a page of the programme is about: then 403, else 404 like a missing one."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from qnt.programme.models import ContextNote

Visible = Callable[[User, dict[str, Any]], bool]


def sees_note(user: User, route: dict[str, Any]) -> bool:
    """Notes are read where the programme is."""
    return ContextNote.objects.for_user(user, Permission.PROGRAMME_VIEW).filter(pk=route["pk"], removed_at=None).exists()


def sees_year(user: User, route: dict[str, Any]) -> bool:
    """That a year was is no secret; its figures are."""
    return True


PROGRAMME_KINDS: dict[str, Visible] = {"context_note": sees_note, "programme_year": sees_year}
