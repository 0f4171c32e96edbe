"""Judging indicators: each member's own judgement, sealed; then the spread; then the one that the lead reviewer records.

COMPLIANCE reviews alone. The review is locked first in every act, so the last member to judge and a lead who opens without
somebody make one opening between them. No audit event says what anybody judged.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Judgement, JudgementPanel, Review, TeamMember
from peerreview.queries.judgements import JUDGING, candidates, judged_reports, judging_team, missing_members, to_judge
from peerreview.queries.teams import is_lead_reviewer, is_on_team
from peerreview.services.locks import locked_review
from peerreview.services.notes import READ_FIRST
from surveillance.models import Answer
from surveillance.services.clash import AlreadyDone, check_version
from surveillance.services.peer_assessments import assess_by_peers
from work.items import day_words
from work.status import InvalidTransition

AGREED = {"MET": True, "NOT_MET": False, "NOT_APPLICABLE": None}


@transaction.atomic
def give_judgement(
    *,
    review_id: int,
    service_id: int,
    indicator_id: int,
    value: str,
    reason: str,
    client_id: uuid.UUID,
    by: User,
    written_at: dt.datetime | None = None,
) -> Judgement:
    """Keep a member's judgement of one indicator of one service. It stays sealed until the last member gives theirs.

    The client makes the id: the same judgement sent twice is one row. A later one by the same member replaces their own while
    it is sealed; one that the device wrote before the one kept (``written_at``) changes nothing, however late it arrives.
    Raises InvalidTransition when the judgements are open, the indicator is not judged, or the writer is not on the team.
    """
    review = locked_review(review_id)
    kept = Judgement.objects.filter(client_id=client_id).select_related("panel", "member").first()
    if kept:
        judged = (kept.panel.review_id, kept.panel.service_id, kept.panel.indicator_id)
        if kept.member.user_id != by.pk or judged != (review_id, service_id, indicator_id):
            raise InvalidTransition("This judgement was given for something else. Give it again.")
        return kept
    member = _judging_member(review, by)
    if value not in Judgement.Value.values:
        raise InvalidTransition("Select met, not met or not seen")
    panel = _panel(review, service_id, indicator_id)
    if panel.opened_at:
        raise InvalidTransition("The judgements of this indicator are open to the team, so yours cannot be given or changed any more.")
    now = timezone.now()
    given_at = min(written_at, now) if written_at else now
    own = panel.judgements.filter(member=member).first()
    if own and written_at and own.given_at > given_at:
        return own
    columns = {"client_id": client_id, "value": value, "reason": reason.strip(), "given_at": given_at}
    judgement, _ = Judgement.objects.update_or_create(panel=panel, member=member, defaults=columns)
    audit.record("judgement.given", target=judgement, by=by)
    _open_when_complete(panel)
    return judgement


@transaction.atomic
def add_to_judge(*, review_id: int, service_id: int, indicator_id: int, by: User) -> JudgementPanel:
    """The lead reviewer adds an indicator for the team to judge. Raises InvalidTransition."""
    review = locked_review(review_id)
    _judging_member(review, by)
    _require_lead(review, by, "Only the lead reviewer adds an indicator.")
    if any((row.service.pk, row.indicator.pk) == (service_id, indicator_id) for row in to_judge(review)):
        raise InvalidTransition("The team judges this indicator already.")
    if not any((service.pk, indicator.pk) == (service_id, indicator_id) for service, indicator in candidates(review)):
        raise InvalidTransition("Select an indicator of a service under review")
    panel = JudgementPanel.objects.create(review=review, service_id=service_id, indicator_id=indicator_id)
    audit.record("judgement.indicator_added", target=panel, by=by)
    return panel


@transaction.atomic
def open_without(*, panel_id: int, without_ids: Collection[int], reason: str, by: User) -> JudgementPanel:
    """The lead reviewer opens the judgements without those who have not given theirs: who and why is recorded.

    ``without_ids`` are the members whom the page named; somebody else still missing is not passed over. Raises
    InvalidTransition.
    """
    panel = _locked_panel(panel_id)
    member = _judging_member(panel.review, by)
    _require_lead(panel.review, by, "Only the lead reviewer opens the judgements.")
    if panel.opened_at:
        who = panel.opened_by.name if panel.opened_by else "The last judgement"
        raise AlreadyDone(f"{who} opened this on {day_words(timezone.localdate(panel.opened_at))}. You do not need to do anything.")
    if not reason.strip():
        raise InvalidTransition("Enter why you open the judgements now")
    if not panel.judgements.filter(member=member).exists():
        raise InvalidTransition("Give your own judgement before you open those of the team.")
    missing = missing_members(panel)
    if unnamed := [one.user.name for one in missing if one.pk not in without_ids]:
        raise InvalidTransition(f"{', '.join(unnamed)} joined the team after you opened this page. Open it again, then decide.")
    _open(panel, by=by, reason=reason.strip())
    panel.opened_without.set(missing)
    audit.record("judgement.opened", target=panel, by=by, reason=reason.strip())
    return panel


@transaction.atomic
def open_complete_panels(review: Review) -> int:
    """Open what waited only for somebody who has left the team; gives how many. Call it where a place ends."""
    if review.is_learning or review.status not in JUDGING:
        return 0
    return sum(_open_when_complete(panel) for panel in review.panels.filter(opened_at=None).order_by("pk"))


@transaction.atomic
def record_agreed_judgement(
    *, panel_id: int, agreed: str, reason: str, differences: str, by: User, version: int | None = None
) -> JudgementPanel:
    """The lead reviewer records what the team agreed (MET, NOT_MET, NOT_APPLICABLE), why, and what differences remain.

    It becomes the assessment of the accepted self-report's answer, and the peer-reviewed score is written again. It may be
    recorded anew until the places end. Raises InvalidTransition, SomeoneElseChanged.
    """
    panel = _locked_panel(panel_id)
    _judging_member(panel.review, by)
    _require_lead(panel.review, by, "Only the lead reviewer records the agreed judgement.")
    if panel.opened_at is None:
        raise InvalidTransition("The judgements are still hidden, so there is nothing to agree yet.")
    check_version(panel, panel.version, version)
    if agreed not in AGREED:
        raise InvalidTransition("Select met, not met or not applicable")
    if not reason.strip():
        raise InvalidTransition("Enter why the team agreed this")
    panel.is_met, panel.agreed_reason, panel.differences = AGREED[agreed], reason.strip(), differences.strip()
    panel.agreed_by, panel.agreed_at = by, timezone.now()
    panel.version += 1
    panel.save(update_fields=["is_met", "agreed_reason", "differences", "agreed_by", "agreed_at", "version"])
    audit.record("judgement.agreed", target=panel, by=by)
    if answer_id := answer_of(panel):
        assess_by_peers(answer_id=answer_id, is_met=panel.is_met, reason=panel.agreed_reason, by=by)
    return panel


def answer_of(panel: JudgementPanel) -> int | None:
    """The answer on which the agreed judgement bears; None when no accepted self-report answers this indicator."""
    report = judged_reports(panel.review).get(panel.service_id)
    found = Answer.objects.filter(self_report=report, indicator=panel.indicator_id) if report else Answer.objects.none()
    return found.values_list("pk", flat=True).first()


def _judging_member(review: Review, by: User) -> TeamMember:
    if review.is_learning:
        raise InvalidTransition("A review for learning judges no indicators.")
    member = review.team.on_team().filter(user=by).first()
    if member is None or not is_on_team(review, by):
        raise InvalidTransition("Only members of the team judge indicators.")
    if member.context_read_at is None:
        raise InvalidTransition(READ_FIRST)
    if review.status not in JUDGING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so no judgements can be given now.")
    return member


def _require_lead(review: Review, by: User, sentence: str) -> None:
    if not is_lead_reviewer(review, by):
        raise InvalidTransition(sentence)


def _panel(review: Review, service_id: int, indicator_id: int) -> JudgementPanel:
    row = next((row for row in to_judge(review) if (row.service.pk, row.indicator.pk) == (service_id, indicator_id)), None)
    if row is None:
        raise InvalidTransition("The team does not judge this indicator at this service.")
    return row.panel or JudgementPanel.objects.create(review=review, service_id=service_id, indicator_id=indicator_id)


def _locked_panel(panel_id: int) -> JudgementPanel:
    review = locked_review(JudgementPanel.objects.values_list("review", flat=True).get(pk=panel_id))
    panel = JudgementPanel.objects.select_for_update(of=("self",)).select_related("opened_by").get(pk=panel_id)
    panel.review = review
    return panel


def _open_when_complete(panel: JudgementPanel) -> bool:
    """Open a panel by itself when each member who counts has given a judgement, and somebody has."""
    if missing_members(panel) or not panel.judgements.filter(member__in=judging_team(panel.review).values("pk")).exists():
        return False
    _open(panel, by=None)
    audit.record("judgement.opened", target=panel, by=None)
    return True


def _open(panel: JudgementPanel, *, by: User | None, reason: str = "") -> None:
    panel.opened_at, panel.opened_by, panel.opened_reason = timezone.now(), by, reason
    panel.version += 1
    panel.save(update_fields=["opened_at", "opened_by", "opened_reason", "version"])
