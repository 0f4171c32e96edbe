"""Agreeing findings in the team: each member says whether they agree, and the lead agrees a finding when they were heard."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, FindingAgreement
from peerreview.queries.agreements import unheard, unheard_words
from peerreview.services.locks import locked_finding
from surveillance.services.clash import check_version
from work.items import day_words
from work.status import InvalidTransition

REASON_LENGTH = 100  # kept with the version in the finding's history


@transaction.atomic
def say_about_finding(*, finding_id: int, agrees: bool, by: User, comment: str = "", version: int | None = None) -> FindingAgreement:
    """Say whether one agrees with a draft as it stands; a change after that asks again. Whoever does not agree says why.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    finding = locked_finding(finding_id)
    member = finding.review.team.on_team().filter(user=by).first()
    if member is None:
        raise InvalidTransition("Only members of the team say whether they agree.")
    if finding.status != Finding.Status.DRAFT:
        raise InvalidTransition(_no_longer_draft(finding))
    check_version(finding, finding.version, version)
    if not agrees and not comment.strip():
        raise InvalidTransition("Enter what you do not agree with")
    said, _ = FindingAgreement.objects.update_or_create(
        finding=finding,
        member=member,
        defaults={"agrees": agrees, "comment": comment.strip(), "finding_version": finding.version, "said_at": timezone.now()},
    )
    audit.record("finding.said", target=finding, by=by)
    return said


def note_writer(finding: Finding, by: User) -> None:
    """Whoever writes a draft agrees with what they wrote; for the services that write one, in their transaction."""
    member = finding.review.team.on_team().filter(user=by).first()
    if member:
        FindingAgreement.objects.update_or_create(
            finding=finding,
            member=member,
            defaults={"agrees": True, "comment": "", "finding_version": finding.version, "said_at": timezone.now()},
        )


def check_heard(finding: Finding, without_reason: str) -> None:
    """Raises InvalidTransition while a cleared member has not said, unless there is a reason to agree without them.

    An immediate risk does not wait: it is confirmed at once.
    """
    if finding.category == Finding.Category.IMMEDIATE_RISK or without_reason.strip():
        return
    if missing := unheard(finding):
        raise InvalidTransition(f"{unheard_words(missing)} Wait for them, or say why you agree it without them.")


def _no_longer_draft(finding: Finding) -> str:
    if finding.agreed_by and finding.agreed_at:
        return f"{finding.agreed_by.name} agreed this finding on {day_words(timezone.localdate(finding.agreed_at))}."
    return f"This finding is {finding.get_status_display().lower()}, so nobody is asked about it any more."
