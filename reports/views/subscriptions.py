"""Emails about new reports, without account, cookie or script: ask, confirm from the mail, leave in one press.

No CSRF token: it would set a cookie. Asking makes us send one mail to confirm and nothing else; confirming and leaving rest on
the link's own token. The form to ask carries our signature, good for a day.
"""

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from accounts.access import PUBLIC, access
from reports.forms.library import SubscribeForm
from reports.models import LibraryEntry, LibraryFacet
from reports.queries.library import Asked, facets_in, results
from reports.services import subscriptions as services

SALT = "library-emails"
FORM_SECONDS = 24 * 3600
SHOWN = 10
BUSY = "We cannot take more requests for a few minutes. Try again later."
STALE = "This page was open for a long time. Send it again."


def _private(response: HttpResponse) -> HttpResponse:
    """No search engine lists it, no other site learns its address, nothing between keeps it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _known(query: QueryDict) -> tuple[dict[str, list[str]], list[tuple[str, str, str]]]:
    """The facets of an address that some report has, and each as (facet, code, words)."""
    asked = facets_in(query)
    rows = LibraryFacet.objects.filter(facet__in=asked, code__in=[code for codes in asked.values() for code in codes])
    labels = {(row.facet, row.code): row.label for row in rows.order_by("pk")}
    found = [(name, code, labels[name, code]) for name, codes in asked.items() for code in codes if (name, code) in labels]
    facets: dict[str, list[str]] = {}
    for name, code, _ in found:
        facets.setdefault(name, []).append(code)
    return facets, found


def lines_of(found: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Facets in words: their name, and their values joined by "or"."""
    by_name: dict[str, list[str]] = {}
    for name, _, label in found:
        by_name.setdefault(name, []).append(label)
    return [(LibraryFacet.Facet(name).label, " or ".join(labels)) for name, labels in by_name.items()]


@csrf_exempt
@access(PUBLIC)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for emails about the reports that fit the facets of the address; the answer is the same for every address."""
    posted = request.POST if request.method == "POST" else None
    facets, found = _known(request.POST if posted is not None else request.GET)
    form, status = SubscribeForm(posted), 200
    if posted is not None and form.is_valid():
        if not _is_ours(posted.get("form", "")):
            form.add_error(None, STALE)
        else:
            try:
                services.ask_for_emails(email=form.cleaned_data["email"], facets=facets)
                return _private(redirect("reports:subscribe_sent"))
            except services.TooManyAsks:
                form.add_error(None, BUSY)
                status = 429
    context = {"form": form, "found": found, "lines": lines_of(found), "signed": signing.dumps("form", salt=SALT)}
    return _private(render(request, "reports/subscribe.html", context, status=status))


def _is_ours(signed: str) -> bool:
    try:
        signing.loads(signed, salt=SALT, max_age=FORM_SECONDS)
    except signing.BadSignature:
        return False
    return True


@access(PUBLIC, methods="GET")
def subscribe_sent(request: HttpRequest) -> HttpResponse:
    """Check your email: whether or not the address is known, and whether or not a mail went."""
    return _private(render(request, "reports/subscribe_sent.html", {"days": services.CONFIRM_DAYS}))


@csrf_exempt
@access(PUBLIC, kind="subscription")
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody gets emails about: confirm it (programs that open links confirm nothing), read what is new, or leave."""
    row = services.confirm_emails(token=token) if request.method == "POST" else services.find_subscription(token)
    if row is None:
        raise Http404
    if request.method == "POST":
        return _private(redirect("reports:subscription", token=token))
    query = QueryDict(mutable=True)
    for name, codes in row.facets.items():
        query.setlist(name, codes)
    _, found = _known(query)
    context: dict[str, Any] = {
        "token": token, "is_active": row.status == row.Status.ACTIVE, "lines": lines_of(found), "query_string": query.urlencode(),
        "entries": _newest(row.facets) if row.status == row.Status.ACTIVE else [],
    }  # fmt: skip
    return _private(render(request, "reports/subscription.html", context))


def _newest(facets: dict[str, list[str]]) -> list[LibraryEntry]:
    return list(results(Asked(facets=facets))[:SHOWN])


@csrf_exempt
@access(PUBLIC, kind="subscription")
def subscription_leave(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; the button, or a mail program's own, ends the emails. A link that was used says the same again."""
    if request.method == "POST":
        services.leave_emails(token=token)
        return _private(render(request, "reports/subscription_left.html"))
    if services.find_subscription(token) is None:
        raise Http404
    return _private(render(request, "reports/subscription_leave.html", {"token": token}))
