"""Themes: written from findings of one track, offered to a named person outside the providers, accepted, answered for."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.permissions import Permission
from peerreview.models import Finding
from reports.models import Theme, ThemeFinding
from reports.models.themes import LEAST_SERVICES
from reports.notifications import note_theme
from reports.queries.themes import owner_places
from surveillance.services.clash import check_version
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Theme.Status


@transaction.atomic
def write_theme(*, title: str, systemic: str, purpose: str, region: Organisation | None, by: User) -> Theme:
    """Begin a theme of one track: of a hub's region, or of England. Findings are added next."""
    theme = Theme.objects.create(title=title.strip(), systemic=systemic.strip(), purpose=purpose, region=region, written_by=by)
    audit.record("theme.written", target=theme, by=by)
    return theme


@transaction.atomic
def change_theme(*, theme_id: int, title: str, systemic: str, by: User, version: int | None = None) -> Theme:
    """Change the words of a theme that nobody has accepted. Raises InvalidTransition and SomeoneElseChanged."""
    theme = _writable(theme_id, version)
    theme.title, theme.systemic = title.strip(), systemic.strip()
    _save(theme, "title", "systemic")
    audit.record("theme.changed", target=theme, by=by)
    return theme


@transaction.atomic
def add_findings(*, theme_id: int, finding_ids: Iterable[int], by: User) -> int:
    """Merge findings into a theme; gives how many were added. Adding one twice is one row.

    Only agreed findings of the theme's own track that ``by`` may read. Raises InvalidTransition.
    """
    theme = _writable(theme_id)
    wanted = set(finding_ids)
    found = Finding.objects.for_user(by, Permission.FINDING_VIEW).agreed().filter(pk__in=wanted).select_related("review")
    rows = list(found)
    if len(rows) != len(wanted) or any(row.review.purpose != theme.purpose for row in rows):
        raise InvalidTransition("A theme holds agreed findings of one track: compliance reviews or reviews for learning.")
    have = set(theme.theme_findings.filter(finding__in=rows).values_list("finding", flat=True))
    ThemeFinding.objects.bulk_create(ThemeFinding(theme=theme, finding=row, added_by=by) for row in rows if row.pk not in have)
    _save(theme)
    audit.record("theme.findings_added", target=theme, by=by)
    return len(rows) - len(have)


@transaction.atomic
def remove_finding(*, theme_id: int, finding_id: int, by: User) -> None:
    """Take a finding out of a theme that nobody has accepted. Raises InvalidTransition."""
    theme = _writable(theme_id)
    ThemeFinding.objects.filter(theme=theme, finding=finding_id).delete()
    _save(theme)
    audit.record("theme.finding_removed", target=theme, by=by)


@transaction.atomic
def offer_theme(
    *, theme_id: int, owner_id: int, organisation_id: int, due_date: dt.date, by: User, version: int | None = None
) -> Theme:  # fmt: skip
    """Offer a theme seen in three or more services to a named person outside the providers, who has working days to answer.

    Raises InvalidTransition and SomeoneElseChanged.
    """
    theme = _locked(theme_id)
    check_version(theme, theme.version, version)
    theme.check_may_become(Status.OFFERED)
    services = theme.theme_findings.standing().values("finding__service").distinct().count()
    if services < LEAST_SERVICES:
        raise InvalidTransition(f"A theme is seen in {LEAST_SERVICES} or more services. This one stands on {services}.")
    if not any(place.user_id == owner_id and place.organisation_id == organisation_id for place in owner_places(theme)):
        raise InvalidTransition("Choose a commissioner, a network or somebody of the national team.")
    today = timezone.localdate()
    if due_date <= today:
        raise InvalidTransition("The date by which the owner says what was done must be in the future")
    theme.owner_id, theme.owner_organisation_id, theme.due_date, theme.status = owner_id, organisation_id, due_date, Status.OFFERED
    theme.offered_at, theme.answer_due_date = timezone.now(), add_working_days(today, settings.THEME_ANSWER_WORKING_DAYS)
    theme.answered_at, theme.reason = None, ""
    _save(theme, "owner", "owner_organisation", "due_date", "offered_at", "answer_due_date", "answered_at", "reason")
    audit.record("theme.offered", target=theme, by=by)
    jobs.enqueue("mail.theme_offered", key=f"{theme.pk}:{theme.version}", theme_id=theme.pk, requested_by=by)
    return theme


@transaction.atomic
def answer_offer(*, theme_id: int, accepts: bool, by: User, reason: str = "", version: int | None = None) -> Theme:
    """The named person accepts, or declines with a reason and the writer must choose somebody else.

    Raises InvalidTransition (also for somebody else) and SomeoneElseChanged.
    """
    theme = _locked(theme_id)
    check_version(theme, theme.version, version)
    theme.check_may_become(Status.ACCEPTED if accepts else Status.DECLINED)
    _check_owner(theme, by)
    if not accepts and not reason.strip():
        raise InvalidTransition("Enter a reason")
    theme.status = Status.ACCEPTED if accepts else Status.DECLINED
    theme.answered_at, theme.reason = timezone.now(), "" if accepts else reason.strip()
    _save(theme, "answered_at", "reason")
    audit.record("theme.accepted" if accepts else "theme.declined", target=theme, by=by)
    note_theme(theme, "accepted a theme" if accepts else "declined a theme: choose somebody else")
    return theme


@transaction.atomic
def report_done(*, theme_id: int, done: str, by: User, version: int | None = None) -> Theme:
    """The owner says what was done; everybody who reads themes reads it. Raises InvalidTransition and SomeoneElseChanged."""
    theme = _locked(theme_id)
    check_version(theme, theme.version, version)
    theme.check_may_become(Status.DONE)
    _check_owner(theme, by)
    if not done.strip():
        raise InvalidTransition("Enter what was done")
    theme.status, theme.done, theme.done_at = Status.DONE, done.strip(), timezone.now()
    _save(theme, "done", "done_at")
    audit.record("theme.done", target=theme, by=by)
    note_theme(theme, "said what was done about a theme")
    return theme


@transaction.atomic
def withdraw_theme(*, theme_id: int, reason: str, by: User) -> Theme:
    """Take a theme away from everybody, with a reason. Raises InvalidTransition."""
    theme = _locked(theme_id)
    theme.check_may_become(Status.WITHDRAWN)
    if not reason.strip():
        raise InvalidTransition("Enter a reason")
    theme.status, theme.reason = Status.WITHDRAWN, reason.strip()
    _save(theme, "reason")
    audit.record("theme.withdrawn", target=theme, by=by, reason=theme.reason)
    return theme


def lapse_offers(*, today: dt.date | None = None) -> int:
    """Offers that nobody answered in time, or whose owner left, fall back to their writers, who must choose somebody; gives how many."""
    today, count = today or timezone.localdate(), 0
    late = Theme.objects.filter(status=Status.OFFERED, answer_due_date__lt=today).values_list("pk", flat=True)
    for pk in list(late):
        with transaction.atomic():
            theme = _locked(pk)
            if theme.status != Status.OFFERED:
                continue
            theme.status, theme.reason, theme.answered_at = Status.DECLINED, "No answer by the day that was asked for.", timezone.now()
            _save(theme, "reason", "answered_at")
            audit.record("theme.offer_lapsed", target=theme, by=None)
            note_theme(theme, "did not answer about a theme: choose somebody else")
            count += 1
    return count


def _check_owner(theme: Theme, by: User) -> None:
    if theme.owner_id != by.pk:
        raise InvalidTransition("This theme is offered to somebody else.")


def _locked(theme_id: int) -> Theme:
    return Theme.objects.select_for_update(of=("self",)).get(pk=theme_id)


def _writable(theme_id: int, version: int | None = None) -> Theme:
    theme = _locked(theme_id)
    check_version(theme, theme.version, version)
    if theme.status not in Theme.WRITABLE:
        raise InvalidTransition(f"This theme is {theme.get_status_display().lower()}, so it stays as it is.")
    return theme


def _save(theme: Theme, *fields: str) -> None:
    theme.version += 1
    theme.save(update_fields=["status", "version", *fields])
