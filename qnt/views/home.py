"""The front door and "Your work"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import PUBLIC, SIGNED_IN, SignedInRequest, access


@access(PUBLIC, methods="GET")
def root(request: HttpRequest) -> HttpResponse:
    """People go to their work, everybody else to sign in."""
    return redirect("home" if request.user.is_authenticated else "account_login")


@access(SIGNED_IN, methods="GET")
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, soonest first."""
    return render(request, "home.html", {})
