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
from accounts.permissions import Permission, Role, roles_granting

View = TypeVar("View", bound=Callable[..., Any])
Visible = Callable[[User, dict[str, Any]], bool]

PUBLIC = "public"
SIGNED_IN = "signed_in"
NOT_IN_ROLE = "Your role does not include it."
NOT_THEIRS = "This one is not yours to do. It is for the people who are named for it, or for another role or organisation."
MOST_NAMED = 3  # roles in one sentence


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


def refusal_words(user: object, access: str, sentence: str = "") -> str:
    """Why a signed-in person is refused, in words that agree with who they are.

    ``access`` is what the route asks for, ``sentence`` what the page itself says, if anything. Without one: a person whose own role
    opens such pages reads that this one is not theirs; anybody else that their role does not include it, and whose does.
    """
    granted = isinstance(user, User) and access in Permission.values and user.has_permission(Permission(access))
    if sentence and sentence != NOT_IN_ROLE:
        return sentence
    if granted:
        return NOT_THEIRS
    return " ".join(filter(None, [NOT_IN_ROLE, _roles_that_can(access)]))


def _roles_that_can(access: str) -> str:
    """The roles that may do this: "A hub manager or a national lead can."; three at most, empty where no role is asked for."""
    if access not in Permission.values:
        return ""
    granting = roles_granting(Permission(access))
    names = [f"{'an' if label[0] in 'AEIOU' else 'a'} {label.lower()}" for role, label in Role.choices if role in granting]
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], "others"]
    words = " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"{words[:1].upper()}{words[1:]} can." if words else ""


def require(allowed: bool, sentence: str = NOT_IN_ROLE) -> None:
    """Answer 403 unless ``allowed``; for what is in scope but not this person's to do."""
    if not allowed:
        raise PermissionDenied(sentence)
