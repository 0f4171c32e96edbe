"""Pages about the service itself: help, accessibility, privacy, cookies, terms, about. Anyone may read them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import PUBLIC, access


@access(PUBLIC, methods="GET")
def page_help(request: HttpRequest) -> HttpResponse:
    """Help and contact."""
    return render(request, "pages/help.html")


@access(PUBLIC, methods="GET")
def page_accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/accessibility.html")


@access(PUBLIC, methods="GET")
def page_privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, and for how long."""
    return render(request, "pages/privacy.html")


@access(PUBLIC, methods="GET")
def page_cookies(request: HttpRequest) -> HttpResponse:
    """The two cookies, both needed."""
    return render(request, "pages/cookies.html")


@access(PUBLIC, methods="GET")
def page_terms(request: HttpRequest) -> HttpResponse:
    """What people agree to when they use the service."""
    return render(request, "pages/terms.html")


@access(PUBLIC, methods="GET")
def page_about(request: HttpRequest) -> HttpResponse:
    """What the programme is, for people without an account."""
    return render(request, "pages/about.html")
