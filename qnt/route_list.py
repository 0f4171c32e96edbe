"""Every route that the site answers, with what it declares; read by ``dump_routes`` and by the tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern

from accounts.access import AccessRule, rule_for


@dataclass(frozen=True)
class Route:
    """One route: its full name, its full path with parameters as ``<name>``, and its rule, or None when undeclared."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    callback: Callable[..., Any]
    rule: AccessRule | None


def routes() -> list[Route]:
    """Every route of the root URLs, also those of other packages; static files are served before any route."""
    return list(_walk(get_resolver(), "/", "", ()))


def _walk(resolver: URLResolver, prefix: str, namespace: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path, found = prefix + _path_of(entry), parameters + tuple(entry.pattern.converters or _groups(entry))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, path, inner, found)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield Route(name, path, found, entry.callback, rule_for(entry.callback, name))


def _groups(entry: URLPattern | URLResolver) -> list[str]:
    return list(entry.pattern.regex.groupindex)


def _path_of(entry: URLPattern | URLResolver) -> str:
    """The part of the path that this entry adds: ``self-reports/<int:pk>/``, or a regular expression without its anchors."""
    pattern = entry.pattern
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    if isinstance(pattern, LocalePrefixPattern):
        return pattern.language_prefix
    text = str(pattern).removeprefix("^").removesuffix("$")
    for name in pattern.regex.groupindex:
        start = text.index(f"(?P<{name}>")
        text = text[:start] + f"<{name}>" + text[_closing(text, start) + 1 :]
    return text


def _closing(text: str, start: int) -> int:
    """The place of the bracket that closes the one at ``start``."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] == "(" and text[place - 1 : place] != "\\":
            depth += 1
        elif text[place] == ")" and text[place - 1 : place] != "\\":
            depth -= 1
            if not depth:
                return place
    raise ValueError(f"A bracket is not closed in {text!r}.")
