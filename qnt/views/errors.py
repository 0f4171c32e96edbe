"""Pages for when things go wrong; each quotes the request id (ux screen 32)."""

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.access import rule_for
from accounts.permissions import Permission, Role, roles_granting


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    try:
        return render(request, f"{status}.html", {"request_id": request_id, **context}, status=status)
    except OperationalError:  # the database is down: a page that asks it nothing
        return HttpResponse(render_to_string("503.html", {"request_id": request_id}), status=503)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: in scope, but not this person's to do; says why where it is known."""
    return _page(request, 403, sentence=str(exception or "") or "Your role does not include it.", who_can=who_can(request))


def who_can(request: HttpRequest) -> str:
    """The roles that may open this page, in words: "A hub manager or a national lead"; empty when the page asks for none."""
    match = request.resolver_match
    rule = rule_for(match.func, match.view_name) if match else None
    if rule is None or rule.access not in Permission.values:
        return ""
    granting = roles_granting(Permission(rule.access))
    names = [f"{'an' if label[0] in 'AEIOU' else 'a'} {label.lower()}" for role, label in Role.choices if role in granting]
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])).capitalize()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old."""
    return _page(request, 403, sentence="This page was open for too long. Go back, load it again, and send the form once more.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: missing and foreign objects answer alike."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing that was shown as saved is lost."""
    return _page(request, 500)
