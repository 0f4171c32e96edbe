"""Route access: every view declares who may call it, by which methods, and which kind of object it serves.

The middleware refuses what is undeclared. Order: sign-in, method, permission; a view then asks scope (404) and, where
rights differ within the scope, ``require`` (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])
Visible = Callable[[User, dict[str, Any]], bool]

PUBLIC = "public"
SIGNED_IN = "signed_in"


class SignedInRequest(HttpRequest):
    """A request that passed the access middleware: its user is a person."""

    user: User


@dataclass(frozen=True)
class AccessRule:
    """Who may call a route: ``public``, ``signed_in`` or a permission; by which methods; on which kind of object."""

    access: str
    methods: tuple[str, ...]
    kind: str | None = None


_ROUTES: dict[str, AccessRule] = {}
_KINDS: dict[str, Visible] = {}


def access(permission: str, methods: str = "GET POST", kind: str | None = None) -> Callable[[View], View]:
    """Declare a view's access. ``kind`` is a key of the demonstration manifest's objects."""
    rule = AccessRule(str(permission), tuple(methods.split()), kind)

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return declare


def declare_route(name: str, permission: str, methods: str = "GET POST", kind: str | None = None) -> None:
    """Declare the access of another package's route, by its name."""
    _ROUTES[name] = AccessRule(permission, tuple(methods.split()), kind)


def rule_for(callback: Callable[..., Any], route_name: str) -> AccessRule | None:
    """The declared rule of a route, or None: undeclared."""
    return getattr(callback, "access_rule", None) or _ROUTES.get(route_name)


def register_kind(kind: str, visible: Visible) -> None:
    """Tell how to find out whether a person sees the object behind a route of ``kind`` (asked only when refusing)."""
    _KINDS[kind] = visible


def sees(user: User, kind: str | None, route_arguments: dict[str, Any]) -> bool:
    """Whether the refused person sees the object at all: then 403, else 404 like a missing one."""
    visible = _KINDS.get(kind or "")
    return visible is None or not route_arguments or visible(user, route_arguments)


def require(allowed: bool, sentence: str = "Your role does not include it.") -> None:
    """Answer 403 unless ``allowed``; for what is in scope but not this person's to do."""
    if not allowed:
        raise PermissionDenied(sentence)
