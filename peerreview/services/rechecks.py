"""Found, acted, re-checked: the service says what it did about a finding, the hub says whether it is put right."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, FindingRecheck, Review
from peerreview.notifications_afterwards import note_acted, note_checked
from peerreview.services.locks import locked_finding
from surveillance.models import EvidenceItem
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Status = Finding.Status
OPEN_NOW = (Status.OPEN, Status.RECHECK_DUE, Status.AMENDED)


def may_be_acted_on(finding: Finding) -> bool:
    """Whether somebody can say what was done: open after the report, an immediate risk as soon as the team confirmed it."""
    if finding.category == Finding.Category.GOOD_PRACTICE or not finding.agreed_at:
        return False
    if is_put_right(finding):
        return False
    if finding.review.status in (Review.Status.FOLLOW_UP, Review.Status.CLOSED):
        return finding.status in OPEN_NOW
    is_early = finding.category == Finding.Category.IMMEDIATE_RISK and finding.status in (Status.AGREED, *OPEN_NOW)
    return is_early or finding.status in (Status.OPEN, Status.RECHECK_DUE)


def is_put_right(finding: Finding) -> bool:
    """Whether the hub has seen that it is put right, also where the finding closes only at sign-off."""
    outcomes = [one.outcome for one in finding.rechecks.all()]
    return finding.status == Status.CLOSED or FindingRecheck.Outcome.PUT_RIGHT in outcomes


@transaction.atomic
def record_acted(*, finding_id: int, acted: str, by: User, evidence_ids: Iterable[int] = (), version: int | None = None) -> FindingRecheck:
    """Say for the service what was done about a finding, on which documents; until the hub checks it, saying it again replaces it.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = locked_finding(finding_id)
    _refuse_unless_open(finding)
    check_version(finding, finding.version, version)
    if not acted.strip():
        raise InvalidTransition("Enter what you did")
    turn = _waiting_round(finding) or FindingRecheck(finding=finding)
    turn.acted, turn.acted_by, turn.acted_at = acted.strip(), by, timezone.now()
    turn.save()
    turn.evidence.set(EvidenceItem.objects.kept().filter(pk__in=list(evidence_ids), service=finding.service_id))
    _save(finding)
    audit.record("finding.acted", target=finding, by=by)
    note_acted(finding, turn)
    return turn


@transaction.atomic
def recheck_finding(
    *, finding_id: int, is_put_right: bool, reason: str, by: User, next_recheck_date: dt.date | None = None, acted: str = "",
    version: int | None = None,
) -> Finding:  # fmt: skip
    """Say for the hub what it saw: put right, or not yet with the day of the next check.

    The check answers what the service said last; where it said nothing, ``acted`` says what was done. A finding put right before
    the report is signed off closes with the sign-off, so that the factual accuracy check can still correct it.
    Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = locked_finding(finding_id)
    _refuse_unless_open(finding)
    check_version(finding, finding.version, version)
    turn = _waiting_round(finding) or FindingRecheck(finding=finding, acted=acted.strip(), acted_by=by)
    _check_said(turn, is_put_right=is_put_right, reason=reason, next_recheck_date=next_recheck_date)
    turn.outcome = FindingRecheck.Outcome.PUT_RIGHT if is_put_right else FindingRecheck.Outcome.NOT_YET
    turn.seen, turn.checked_by, turn.checked_at = reason.strip(), by, timezone.now()
    turn.save()
    _move(finding, turn, next_recheck_date)
    audit.record("finding.rechecked", target=finding, by=by)
    note_checked(finding, turn)
    return finding


def _check_said(turn: FindingRecheck, *, is_put_right: bool, reason: str, next_recheck_date: dt.date | None) -> None:
    if not reason.strip():
        raise InvalidTransition("Enter what the check showed")
    if is_put_right and not turn.acted:
        raise InvalidTransition("Enter what was done about it")
    if not is_put_right and next_recheck_date is None:
        raise InvalidTransition("Enter the date of the next check")


def _move(finding: Finding, turn: FindingRecheck, next_recheck_date: dt.date | None) -> None:
    """The finding's status after a check; before the sign-off of the report it keeps the status that it has."""
    is_put_right = turn.outcome == FindingRecheck.Outcome.PUT_RIGHT
    finding.closed_reason = turn.seen
    if is_put_right:
        finding.recheck_date = None
    else:
        finding.recheck_date = next_recheck_date
    if finding.review.status in (Review.Status.FOLLOW_UP, Review.Status.CLOSED):
        target = Status.CLOSED if is_put_right else Status.OPEN
        if finding.status != target:
            finding.check_may_become(target)
        finding.status = target
        finding.closed_at = timezone.now() if is_put_right else None
    _save(finding, "status", "closed_at", "closed_reason", "recheck_date")


def open_at_follow_up(finding: Finding, recheck_date: dt.date | None) -> None:
    """Open an agreed finding when the report is signed off, or close it where the hub saw already that it is put right.

    A check that was asked for earlier keeps its day. The caller holds the review's lock. Raises InvalidTransition.
    """
    finding.check_may_become(Status.OPEN)
    finding.status = Status.OPEN
    last = finding.rechecks.order_by("-pk").first()
    if last and last.outcome == FindingRecheck.Outcome.PUT_RIGHT:
        finding.status, finding.closed_at = Status.CLOSED, timezone.now()
    else:
        finding.recheck_date = min(filter(None, (finding.recheck_date, recheck_date)), default=None)
    _save(finding, "status", "closed_at", "recheck_date")


@transaction.atomic
def make_rechecks_due(*, today: dt.date | None = None) -> int:
    """Open findings whose day has come become due for a check; gives how many."""
    day = today or timezone.localdate()
    due = Finding.objects.select_for_update(of=("self",)).filter(
        status__in=[Status.OPEN, Status.AMENDED], recheck_date__lte=day, review__status=Review.Status.FOLLOW_UP
    )
    count = 0
    for finding in due:
        finding.status = Status.RECHECK_DUE
        _save(finding, "status")
        audit.record("finding.recheck_due", target=finding, by=None)
        count += 1
    return count


def _refuse_unless_open(finding: Finding) -> None:
    if is_put_right(finding):
        raise InvalidTransition("This finding was found put right. There is nothing more to check.")
    if not may_be_acted_on(finding):
        raise InvalidTransition(
            f"This finding is {finding.get_status_display().lower()}. It is followed up after the report is signed off."
        )


def _waiting_round(finding: Finding) -> FindingRecheck | None:
    """What the service said last, when the hub has not checked it yet."""
    return finding.rechecks.filter(checked_at=None).order_by("-pk").first()


def _save(finding: Finding, *fields: str) -> None:
    finding.version += 1
    finding.save(update_fields=[*fields, "version"])
