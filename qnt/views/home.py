"""The front door and "Your work": what waits, soonest first, and at most three cards by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import PUBLIC, SIGNED_IN, SignedInRequest, access
from qnt import your_work


@access(PUBLIC, methods="GET")
def root(request: HttpRequest) -> HttpResponse:
    """People go to their work, everybody else to sign in."""
    return redirect("home" if request.user.is_authenticated else "account_login")


@access(SIGNED_IN, methods="GET")
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for this person; a person without a role is told whom to ask."""
    if not request.user.roles:
        return render(request, "no_access.html")
    today = timezone.localdate()
    context = {"lists": your_work.lists_for(request.user, today), "cards": your_work.cards_for(request.user, today)}
    return render(request, "home.html", context | your_work.overview_for(request.user, today))
