"""What every page shows around its content: navigation by role, account, environment strip, session clock."""

import time

import structlog
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission, Role
from qnt.programme.parts import TRAINING, parts_of
from surveillance.models import Round

# In the one order of every page (ux, navigation table): label, URL name, who sees it.
SERVICE_SIDE = frozenset({Role.SERVICE_LEAD, Role.CONTRIBUTOR, Role.NETWORK_LEAD})
HUB_SIDE = HUB_ROLES | {Role.NATIONAL_LEAD}
DECIDERS = frozenset({Role.EXECUTIVE, Role.COMMISSIONER})
EVERYONE = frozenset(Role.values)
ROUNDS = "surveillance:round_list"
ENTRIES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Your work", "home", EVERYONE),
    ("Services", "service_list", SERVICE_SIDE | HUB_SIDE | DECIDERS),
    ("Self-reports", "surveillance:self_report_list", SERVICE_SIDE | DECIDERS - {Role.COMMISSIONER}),
    ("Rounds", ROUNDS, HUB_SIDE),
    ("Evidence", "surveillance:evidence_list", frozenset({Role.SERVICE_LEAD, Role.CONTRIBUTOR})),
    ("Decisions", "surveillance:decision_list", HUB_SIDE | DECIDERS),
    ("Actions", "surveillance:action_list", SERVICE_SIDE | HUB_SIDE | DECIDERS),
    ("Reviews", "peerreview:review_list", frozenset({Role.SERVICE_LEAD, Role.NETWORK_LEAD}) | HUB_SIDE | REVIEWER_ROLES),
    ("Reports", "reports:report_list", HUB_SIDE | {Role.EXECUTIVE, Role.NETWORK_LEAD}),
    ("Learning", "reports:learning_card_list", SERVICE_SIDE | HUB_SIDE | REVIEWER_ROLES),
    ("Packs", "reports:pack_list", frozenset({Role.REGULATOR})),
    ("Library", "reports:library", EVERYONE),
    ("Indicators", "surveillance:indicator_set_list", frozenset({Role.NATIONAL_LEAD})),
    ("Procedures", "peerreview:procedure_list", frozenset({Role.NATIONAL_LEAD})),
    ("People", "accounts:people_list", frozenset({Role.SERVICE_LEAD, Role.EXECUTIVE, Role.HUB_MANAGER, Role.NATIONAL_LEAD})),
    ("Programme evaluation", "programme_domains", frozenset({Role.HUB_MANAGER, Role.NATIONAL_LEAD})),
)
ROUND_CACHE_KEY = "navigation_round_year"
SIGNED_OUT = (("Library", "reports:library"), ("About", "page_about"), ("Sign in", "account_login"))


def _entry(request: HttpRequest, label: str, name: str) -> dict[str, object]:
    url = reverse(name)
    is_current = request.path == url or (url != "/" and request.path.startswith(url))
    return {"label": label, "url": url, "current": is_current}


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Entries for the header, only what this person may open: label, url, current."""
    if not request.user.is_authenticated:
        return [_entry(request, label, name) for label, name in SIGNED_OUT]
    roles = request.user.roles
    shown = [(label, name) for label, name, who in ENTRIES if roles & who]
    return [_round_entry(request) if name == ROUNDS else _entry(request, label, name) for label, name in shown]


def _round_entry(request: HttpRequest) -> dict[str, object]:
    """ "Round 2027", straight to this year's round; the list of rounds while there is none."""
    entry, year = _entry(request, "Rounds", ROUNDS), current_round_year()
    return entry | {"label": f"Round {year}", "url": reverse("surveillance:round_detail", args=[year])} if year else entry


def current_round_year() -> int:
    """The year of the newest round that has begun, 0 for none; asked once a minute in each process, so pages pay nothing for it."""
    year: int | None = caches["local"].get(ROUND_CACHE_KEY)
    if year is None:
        begun = Round.objects.filter(opened_at__isnull=False, opens_date__lte=timezone.localdate())
        try:
            year = begun.order_by("-year").values_list("year", flat=True).first() or 0
        except DatabaseError:  # a page that says what is wrong is drawn without the database
            return 0
        caches["local"].set(ROUND_CACHE_KEY, year)
    return year


def account_label(user: User) -> str:
    """Name and role as the header shows them: "Lee Wong (hub manager)"."""
    roles = [Role(role).label.lower() for role in Role.values if role in user.roles]
    return f"{user.name} ({', '.join(roles)})" if roles else user.name


def seconds_left(request: HttpRequest) -> int:
    """Seconds until this session ends without activity, or its 12 hours are over, whichever comes first."""
    now = int(time.time())
    return max(0, min(settings.SESSION_IDLE_SECONDS, request.session.get("started_at", now) + settings.SESSION_COOKIE_AGE - now))


def page_context(request: HttpRequest) -> dict[str, object]:
    """Context of every page. Costs no statement beyond the user's memberships."""
    user = getattr(request, "user", None)
    is_person = bool(user and user.is_authenticated)
    strip = "Demonstration. Every organisation, person and figure here is illustrative." if settings.DEMONSTRATION else ""
    return {
        "navigation": _safe_navigation(request) if user is not None else [],
        "account_label": account_label(user) if is_person else "",
        "environment_strip": strip,
        "is_embedded": settings.EMBEDDED,
        "session_seconds_left": seconds_left(request) if is_person else 0,
        "page_request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "contact_email": settings.CONTACT_EMAIL,
        "programme_parts": _programme_parts(request, user) if user is not None and is_person else [],
    }


def _programme_parts(request: HttpRequest, user: User) -> list[dict[str, object]]:
    """The way between the pages of the programme evaluation, for the one of its pages that stands in a lower app."""
    match = request.resolver_match
    here = match.view_name if match else ""
    if here != TRAINING or not user.has_permission(Permission.PROGRAMME_VIEW):
        return []
    return parts_of(here)


def _safe_navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Navigation, or none where addresses cannot be made (an error page during a broken deployment)."""
    try:
        return navigation(request)
    except NoReverseMatch:
        return []
