"""The pool of reviewers, for those who plan reviews."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.forms.reviewer_pool import PoolFilter
from peerreview.queries.reviewer_pool import reviewer_pool

PAGE_SIZE = 50


@access(Permission.REVIEW_PLAN, methods="GET")
def reviewer_list(request: SignedInRequest) -> HttpResponse:
    """Everybody who holds a reviewer's role today, by name; teams come from every region."""
    pool = reviewer_pool()
    form = PoolFilter(request.GET, pool=pool)
    page = Paginator(form.narrow(pool), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "peerreview/reviewer_list.html", {"form": form, "page_obj": page, "has_reviewers": bool(pool)})
