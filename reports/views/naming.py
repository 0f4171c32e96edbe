"""The page on which a review team or hub names shared cards beside a finding."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.models import Finding
from peerreview.queries.teams import works_on
from reports.forms.themes import CardSearchForm
from reports.models import LearningCard
from reports.queries import named_cards as queries
from reports.queries.cards import found_cards
from reports.services import naming as services
from work.status import InvalidTransition

PAGE_SIZE = 10


@access(Permission.FINDING_VIEW, kind="finding")
def finding_cards(request: SignedInRequest, pk: int) -> HttpResponse:
    """Search shared cards; name one, or take one away."""
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW)
    finding = get_object_or_404(visible.select_related("review__procedure", "service__provider", "service__network"), pk=pk)
    require(works_on(finding.review, request.user))
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, finding))
            return redirect("reports:finding_cards", pk=pk)
        except InvalidTransition as fault:
            error = str(fault)
    form = CardSearchForm(request.GET or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    found = found_cards(queries.cards_to_name(request.user, finding), {"words": words}).for_display().order_by("-answered_at", "-pk")
    context = {
        "finding": finding, "review": finding.review, "service": finding.service, "form": form, "words": words, "error": error,
        "named": queries.cards_named(finding), "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_name": queries.may_name(finding), "page_has_errors": bool(error),
    }  # fmt: skip
    return render(request, "reports/finding_cards.html", context)


def _act(request: SignedInRequest, finding: Finding) -> str:
    """Do what the button says; gives what was done, in words. Only cards that this person may read are named."""
    name = "take_away" if "take_away" in request.POST else "card"
    sent = request.POST.get(name, "")
    visible = LearningCard.objects.for_user(request.user, Permission.LEARNING_VIEW)
    card = get_object_or_404(visible, pk=int(sent) if sent.isdecimal() and len(sent) < 10 else 0) if sent else None
    if card is None:
        raise InvalidTransition("Select a card")
    if name == "take_away":
        services.take_card_away(finding_id=finding.pk, card_id=card.pk, by=request.user)
        return f"“{card.title}” is not named here any more"
    services.name_card(finding_id=finding.pk, card_id=card.pk, by=request.user)
    return f"“{card.title}” is named beside this finding"
