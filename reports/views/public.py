"""What every page and file of the public library has in common: no shared cache keeps it, a browser asks whether it changed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import conditional_page

from reports.search_engines import START, STOP

View = Callable[..., HttpResponseBase]


def revalidated(view: View) -> View:
    """A public answer: kept by the reader's own browser at most, and asked for anew each time by its ETag.

    A withdrawn report is so gone at once. Pages of a person who is signed in are kept nowhere (``no-store``, the middleware).
    """
    conditional = conditional_page(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = conditional(request, *args, **kwargs)
        if not request.user.is_authenticated:
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answer


def marked(passage: str) -> SafeString:
    """A passage of a search with its found words in ``<mark>``; everything else is escaped."""
    html = escape(" ".join(passage.split(" ")).strip()).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(html)  # noqa: S308 (escaped just now; the marks are ours)
