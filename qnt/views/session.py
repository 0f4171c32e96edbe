"""Keeping a session alive while somebody types."""

from django.http import HttpResponse, JsonResponse

from accounts.access import SIGNED_IN, SignedInRequest, access


@access(SIGNED_IN, methods="POST")
def session_keep_alive(request: SignedInRequest) -> HttpResponse:
    """Count this as activity: the session middleware has noted it, at most once a minute."""
    return JsonResponse({"ok": True})
