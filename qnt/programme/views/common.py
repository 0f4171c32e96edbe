"""What every page of the programme shares: its filters, the way between its pages, when it was counted, what else went on."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.permissions import Permission
from qnt.programme.choice import Choice, choice_of
from qnt.programme.parts import parts_of
from qnt.programme.queries import state_of

FILES = {
    "programme_domains": "domains", "programme_fidelity": "fidelity", "programme_lead_times": "lead-times", "programme_burden": "burden",
    "programme_logic_model": "logic-model", "programme_learning": "learning", "programme_spread": "spread",
}  # fmt: skip


def programme_context(request: SignedInRequest, current: str, *, files_of: str = "") -> tuple[Choice, dict[str, Any]]:
    """The choice that the address makes, and what the frame of the page needs; two statements beyond the filters' own."""
    choice = choice_of(request.user, request.GET)
    state = state_of(choice.year)
    files = file_addresses(files_of or FILES.get(current, ""), choice.query)
    return choice, {
        "choice": choice, "form": choice.form, "parts": parts_of(current, choice.query), "year": choice.year,
        "last_year": choice.year - 1, "where": choice.where, "query": choice.query, "state": state, "files": files,
        "rows_query": f"&{choice.query[1:]}" if choice.query else "",
        "may_publish": request.user.has_permission(Permission.PROGRAMME_MANAGE) and choice.year < timezone.localdate().year,
    }  # fmt: skip


def file_addresses(page: str, query: str) -> dict[str, str]:
    """Where a page's figures are as files; none for a page without figures."""
    asked = f"?page={page}" + (f"&{query[1:]}" if query else "")
    return {"csv": reverse("programme_figures_csv") + asked, "xlsx": reverse("programme_figures_xlsx") + asked} if page else {}
