"""Views of patients and carers: given once however often they are sent, read by who arranges the review, shared or held back."""

import datetime as dt
import uuid
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from peerreview.models import PatientView, Review, ViewsLink
from peerreview.queries.patient_views import RECORDING, is_open
from peerreview.queries.teams import arranges, works_on
from peerreview.services.locks import locked_review
from work import jobs
from work.status import InvalidTransition

Status = PatientView.Status


class TooManyViews(Exception):
    """More views came by one link in a few minutes than a clinic can give."""


@dataclass(frozen=True)
class Said:
    """What somebody says: who they are (may be empty) and three answers, of which one at least says something."""

    who: str = ""
    good: str = ""
    better: str = ""
    unsafe: str = ""


@transaction.atomic
def give_view(*, link_id: int, client_id: uuid.UUID, said: Said) -> PatientView:
    """Keep a view that came by a public link; sent twice it is one row.

    Raises InvalidTransition when the link is closed, TooManyViews when the link took as many as the setting allows. The limit
    is the link's and not an address's: a clinic shares one.
    """
    review = locked_review(ViewsLink.objects.values_list("review", flat=True).get(pk=link_id))
    link = ViewsLink.objects.select_for_update(of=("self",)).get(pk=link_id)
    link.review = review
    kept = PatientView.objects.filter(client_id=client_id).first()
    if kept:
        return kept
    if not is_open(link):
        raise InvalidTransition("This form is closed.")
    since = timezone.now() - dt.timedelta(minutes=settings.VIEWS_LIMIT_MINUTES)
    if link.views.filter(given_at__gt=since).count() >= settings.VIEWS_LIMIT_COUNT:
        raise TooManyViews
    # Logs know the address of a request by its number, so the event of an anonymous view names none.
    with structlog.contextvars.bound_contextvars(request_id=""):
        return _keep(review, link.service_id, PatientView.Channel.LINK, client_id, said, link=link)


@transaction.atomic
def record_view(*, review_id: int, service_id: int, channel: str, client_id: uuid.UUID, said: Said, by: User) -> PatientView:
    """Type in a view given on paper (those who arrange) or in an interview (also the team); sent twice it is one row.

    It waits to be read like any other. Raises InvalidTransition outside the time from notice to report, for a service of
    another review, and for somebody who may not.
    """
    review = locked_review(review_id)
    kept = review.views.filter(client_id=client_id, entered_by=by).first()
    if kept:
        return kept
    may = works_on(review, by) if channel == PatientView.Channel.INTERVIEW else arranges(review, by)
    if not may or channel == PatientView.Channel.LINK:
        raise InvalidTransition("Those who arrange the review type in paper forms; they and the team record interviews.")
    if review.status not in RECORDING:
        raise InvalidTransition("Views are recorded from the notice to the service until the report is signed off.")
    if not review.services.filter(pk=service_id).exists():
        raise InvalidTransition("Select a service of this review")
    return _keep(review, service_id, channel, client_id, said, entered_by=by)


def _keep(
    review: Review, service_id: int, channel: str, client_id: uuid.UUID, said: Said, *, link: ViewsLink | None = None,
    entered_by: User | None = None,
) -> PatientView:  # fmt: skip
    """Write the view, and tell the hub of danger at once unless it was told today of another that nobody has read yet."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    is_told = review.views.filter(status=Status.WAITING, given_at__gte=today).exclude(unsafe="").exists()
    view = PatientView.objects.create(
        review=review, service_id=service_id, link=link, client_id=client_id, channel=channel, who=said.who, good=said.good,
        better=said.better, unsafe=said.unsafe, entered_by=entered_by,
    )  # fmt: skip
    audit.record("patient_view.given" if link else "patient_view.recorded", target=view, by=entered_by)
    if said.unsafe and not is_told:
        jobs.enqueue("mail.view_unsafe", view_id=view.pk)
    return view


@transaction.atomic
def share_view(*, view_id: int, by: User) -> PatientView:
    """Let the team read a view. Raises InvalidTransition when it is shared already; one held back may be shared after all."""
    view = _locked(view_id)
    _check_unlike(view, Status.SHARED)
    view.held_back_reason = ""
    return _decide(view, Status.SHARED, "patient_view.shared", by)


@transaction.atomic
def hold_back_view(*, view_id: int, reason: str, by: User) -> PatientView:
    """Keep a view from the team, with a reason; findings that rested on it no longer do.

    Raises InvalidTransition when it is held back already. It can always be held back, also late: it may name somebody.
    """
    view = _locked(view_id)
    _check_unlike(view, Status.HELD_BACK)
    view.held_back_reason = reason
    view.findings.clear()
    return _decide(view, Status.HELD_BACK, "patient_view.held_back", by)


def _locked(view_id: int) -> PatientView:
    review = locked_review(PatientView.objects.values_list("review", flat=True).get(pk=view_id))
    view = PatientView.objects.select_for_update(of=("self",)).select_related("read_by").get(pk=view_id)
    view.review = review
    return view


def _check_unlike(view: PatientView, status: str) -> None:
    if view.status == status and view.read_by and view.read_at:
        words = "shared" if status == Status.SHARED else "held back"
        raise InvalidTransition(f"{view.read_by.name} {words} this on {long_datetime(view.read_at)}. You do not need to do anything.")


def _decide(view: PatientView, status: str, event: str, by: User) -> PatientView:
    view.status, view.read_by, view.read_at = status, by, timezone.now()
    view.save(update_fields=["status", "read_by", "read_at", "held_back_reason"])
    audit.record(event, target=view, by=by)
    return view
