"""A rapid review set up in one step: opened from a risk, dated, with its topic, its team asked and its notice sent."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from peerreview.models import Review
from peerreview.services.immediate_risks import set_visit_phone
from peerreview.services.notice import save_help_needed
from peerreview.services.opening import open_compliance_review
from peerreview.services.reviews import send_notice
from peerreview.services.team import invite_member
from peerreview.services.topics import add_topic

RAPID = "RAPID"  # code of the procedure, and of the kind of review


@dataclass(frozen=True)
class Asked:
    """A reviewer to ask, and for which place of the procedure."""

    user_id: int
    team_role: str
    place_code: str


@dataclass(frozen=True)
class RapidPlan:
    """Everything that one page settles."""

    service_id: int
    reason: str
    title: str
    mode: str
    starts_date: dt.date
    ends_date: dt.date | None
    short_notice_reason: str
    topic: str
    indicator_ids: tuple[int, ...]
    team: tuple[Asked, ...]
    phone: str
    help_needed: str = ""


@transaction.atomic
def set_up_rapid_review(*, plan: RapidPlan, procedure_id: int, by: User) -> Review:
    """Open, date, focus, ask the team and give notice, all or nothing. Raises InvalidTransition with what stands in the way.

    Conflicts of interest are declared and ruled on as for every review: papers stay closed until then.
    """
    review = open_compliance_review(
        service_id=plan.service_id, origin=Review.Origin.RISK, reason=plan.reason, procedure_id=procedure_id, kind=RAPID, mode=plan.mode,
        title=plan.title, starts_date=plan.starts_date, ends_date=plan.ends_date, short_notice_reason=plan.short_notice_reason, by=by,
    )  # fmt: skip
    add_topic(review_id=review.pk, title=plan.topic, question="", indicator_ids=plan.indicator_ids, by=by)
    for one in plan.team:
        invite_member(review_id=review.pk, user_id=one.user_id, team_role=one.team_role, place_code=one.place_code, by=by)
    set_visit_phone(review_id=review.pk, phone=plan.phone, by=by)
    if plan.help_needed:
        save_help_needed(review_id=review.pk, help_needed=plan.help_needed, by=by)
    return send_notice(review_id=review.pk, by=by)
