"""Checks that hold for every request: clean input, session limits, declared access."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_cache_control

from accounts.access import NOT_IN_ROLE, PUBLIC, SIGNED_IN, AccessRule, rule_for, sees
from accounts.models import User

BROKEN_BYTE = re.compile("%[89A-F][0-9A-F]", re.IGNORECASE)

Handler = Callable[[HttpRequest], HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller asked for JSON rather than a page."""
    return "application/json" in request.headers.get("Accept", "")


class CleanInputMiddleware:
    """Answers 400 to NUL bytes and to bytes that are not UTF-8, before anything reads them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.has_unclean_address(request) or (request.method not in {"GET", "HEAD"} and self.has_unclean_body(request)):
            return self.refuse(request)
        return self.get_response(request)

    @classmethod
    def has_unclean_address(cls, request: HttpRequest) -> bool:
        """Whether the path (decoded already, what was not UTF-8 left with its percent sign) or the query holds such bytes."""
        query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
        return "\x00" in request.path_info or bool(BROKEN_BYTE.search(request.path_info)) or cls.is_unclean_form(query)

    @classmethod
    def has_unclean_body(cls, request: HttpRequest) -> bool:
        """Whether the fields that were sent hold such bytes. Files may hold any; Django puts U+FFFD for what a field could not hold."""
        if request.content_type == "application/x-www-form-urlencoded":
            return cls.is_unclean_form(request.body)
        if request.content_type == "application/json":
            return cls.is_unclean(request.body) or b"\\u0000" in request.body
        if request.content_type == "multipart/form-data":
            texts = [text for name, values in request.POST.lists() for text in (name, *values)]
            return any("\x00" in text or "\ufffd" in text for text in texts)
        return False

    @classmethod
    def is_unclean_form(cls, encoded: bytes) -> bool:
        return cls.is_unclean(unquote_to_bytes(encoded.replace(b"+", b" ")))

    @staticmethod
    def is_unclean(raw: bytes) -> bool:
        try:
            return "\x00" in raw.decode("utf-8")
        except UnicodeDecodeError:
            return True

    @staticmethod
    def refuse(request: HttpRequest) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"errors": {"": ["The text holds bytes that are not valid."]}}, status=400)
        return HttpResponse("The text holds bytes that are not valid.", status=400, content_type="text/plain")


class SessionLimitsMiddleware:
    """Ends a session after 30 minutes without activity or 12 hours in all. Polling does not count as activity."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, now = request.session, int(time.time())
        if "_auth_user_id" in session:
            started, active = session.setdefault("started_at", now), session.setdefault("active_at", now)
            if now - active > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
                request.session["was_signed_out"] = True
            elif now - active >= settings.SESSION_NOTED_EVERY_SECONDS and not self.is_polling(request):
                session["active_at"] = now
        return self.get_response(request)

    @staticmethod
    def is_polling(request: HttpRequest) -> bool:
        """Whether a page asks by itself how far a job is, with nobody there."""
        return request.path.startswith("/jobs/") and request.headers.get("HX-Request") == "true"


class AccessMiddleware:
    """Sign-in, methods and permission of every route, from its declaration; what declares nothing is refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        rule = rule_for(callback, match.view_name if match else "")
        if rule is None:
            raise PermissionDenied("This page declares no access.")
        user = request.user if isinstance(request.user, User) else None
        if rule.access != PUBLIC and user is None:
            return self.ask_to_sign_in(request, rule)
        if request.method not in rule.methods and not (request.method == "HEAD" and "GET" in rule.methods):
            return self.refuse_method(request, rule.methods)
        if user is not None and rule.access not in (PUBLIC, SIGNED_IN) and not user.has_permission(rule.access):
            if not sees(user, rule.kind, kwargs):
                raise Http404
            raise PermissionDenied(NOT_IN_ROLE)
        return None

    @staticmethod
    def ask_to_sign_in(request: HttpRequest, rule: AccessRule) -> HttpResponse:
        """To the sign-in page and back to where it can be shown; a part of a page is never replaced by the sign-in form."""
        if wants_json(request):
            return JsonResponse({"errors": {"": ["Sign in to continue."]}}, status=401)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse("Sign in to continue.", status=401, content_type="text/plain")
        address = resolve_url(settings.LOGIN_URL)
        if "GET" in rule.methods:
            address += "?" + urlencode({"next": request.get_full_path() if request.method == "GET" else request.path})
        return HttpResponseRedirect(address)

    @staticmethod
    def refuse_method(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
        refusal = HttpResponseNotAllowed(methods)
        refusal.content = render(request, "405.html", status=405).content
        return refusal
