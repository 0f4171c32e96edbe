"""Pages for when things go wrong; each quotes the request id (ux screen 32).

Django calls these wherever an error was raised, in a view or in any middleware, so a database that is down is answered
here once for all: 503, as JSON where JSON was asked for.
"""

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.access import refusal_words, rule_for
from accounts.middleware import wants_json

RETRY_AFTER_SECONDS = 5  # a database that was restarted is back within seconds


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    try:
        return render(request, f"{status}.html", {"request_id": _request_id(), **context}, status=status)
    except (OperationalError, InterfaceError):
        return unavailable(request)


def is_database_down(error: BaseException | None) -> bool:
    """Whether a failing database is behind ``error``.

    The session middleware, for one, turns a failed write into "the session was deleted", which would answer 400.
    """
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is down. Asks it nothing, not even who this is."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    sentence = "Sorry, the service is not available. Try again in a moment."
    if wants_json(request):
        return JsonResponse({"errors": {"": [sentence]}}, status=503, headers=headers)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(sentence, status=503, content_type="text/plain", headers=headers)
    return HttpResponse(render_to_string("503.html", {"request_id": _request_id()}), status=503, headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return unavailable(request) if is_database_down(exception) else _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: in scope, but not this person's to do; says why where it is known."""
    match = request.resolver_match
    rule = rule_for(match.func, match.view_name) if match else None
    try:
        sentence = refusal_words(getattr(request, "user", None), rule.access if rule else "", str(exception or ""))
    except (OperationalError, InterfaceError):
        return unavailable(request)
    return _page(request, 403, sentence=sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old."""
    return _page(request, 403, sentence="This page was open for too long. Go back, load it again, and send the form once more.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: missing and foreign objects answer alike."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing that was shown as saved is lost. 503 when the database is down."""
    return unavailable(request) if is_database_down(sys.exception()) else _page(request, 500)
