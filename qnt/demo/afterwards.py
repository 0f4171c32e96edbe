"""What a team says of its drafts, and what follows a visit: rounds of what was done and seen, impact evidence, progress checks."""

import datetime as dt

from accounts.models import User
from peerreview.models import Finding, Review
from peerreview.queries.milestones import milestone_date
from peerreview.services import agreements, feedback, impact, progress, rechecks
from qnt.demo.clock import moment, working_day
from surveillance.models import EvidenceItem, Service
from surveillance.services import evidence
from work.working_days import add_working_days

MAIN, WITHDRAWN, CLOSED = 0, 17, 18  # places of the services whose reviews this tells more of
HEARD = "Each member said so in the team's meeting at the end of the day."
CHANGES = (
    ("RELATIONAL", "The two wards now hold one handover together each morning; the reviewers' own unit does the same."),
    ("DIRECTIVE", "The board paid for a second coordinator, as the recommendation asked."),
    ("LATERAL", "A neighbouring trust asked for our rota and uses it since spring."),
)
PROGRESS = "Two of the recommendations are carried out; the rota shows it for three months. One waits for money."


def say_about(drafts: list[Finding], members: list[User], *, lead: User, visit: dt.date) -> None:
    """Every member says yes to every draft; one of them does not agree with one, which stays on record."""
    with moment(visit, 16):
        for n, finding in enumerate(drafts):
            for member in members:
                agrees = not (n == 1 and member == members[-1])
                comment = "" if agrees else "I saw the rota too: two of the four weeks were covered."
                if member != lead:
                    agreements.say_about_finding(finding_id=finding.pk, agrees=agrees, comment=comment, by=member)


def give_feedback(review: Review, *, lead: User, visit: dt.date) -> None:
    """The lead reads the agreed findings out at the end of the second day."""
    with moment(add_working_days(visit, 1), 16):
        feedback.record_feedback_given(review_id=review.pk, by=lead)


def follow_up(place: int, review: Review, service: Service, *, lead: User, officer: User, today: dt.date) -> None:
    """Rounds of found, acted, re-checked; what changed; the first progress check, as far as the review has come."""
    if place in (MAIN, WITHDRAWN):
        _act_and_check(place, review, service, lead=lead, officer=officer, today=today)
    if place in (MAIN, CLOSED):
        for n, (domain, words) in enumerate(CHANGES[: 3 if place == MAIN else 1]):
            with moment(working_day(today - dt.timedelta(days=20 - n)), 11):
                impact.file_impact_evidence(review_id=review.pk, service_id=service.pk, domain=domain, what_changed=words, by=lead)
    due = milestone_date(review, "PROGRESS_3")
    if place == WITHDRAWN and due and due < today:
        with moment(working_day(due), 14):
            progress.record_progress_check(review_id=review.pk, milestone_code="PROGRESS_3", what_was_seen=PROGRESS, by=officer)


def _act_and_check(place: int, review: Review, service: Service, *, lead: User, officer: User, today: dt.date) -> None:
    """The service says what it did about the first findings; where the review is older, the hub has checked two of them."""
    found = review.findings.filter(status__in=["OPEN", "RECHECK_DUE"], addressed_to="PROVIDER").order_by("pk")
    item, acted = _document(service, lead, today), "We named a deputy for each shift and put the rota on the ward."
    for n, finding in enumerate(found[:3]):
        with moment(working_day(today - dt.timedelta(days=14 - n)), 10):
            rechecks.record_acted(finding_id=finding.pk, acted=acted, evidence_ids=[item.pk], by=lead)
        if place == MAIN or n == 2:
            continue
        is_right = n == 0
        with moment(working_day(today - dt.timedelta(days=7 - n)), 15):
            rechecks.recheck_finding(
                finding_id=finding.pk, is_put_right=is_right, by=officer,
                reason="The rota of three months names a deputy for each shift." if is_right else "Two weekends still have no deputy.",
                next_recheck_date=None if is_right else working_day(today + dt.timedelta(days=60)),
            )  # fmt: skip


def _document(service: Service, lead: User, today: dt.date) -> EvidenceItem:
    with moment(working_day(today - dt.timedelta(days=16)), 9):
        return evidence.add_link(
            service_id=service.pk, title=f"Rota after the visit, illustrative document {service.pk}",
            document_date=today - dt.timedelta(days=30), link=f"https://intranet.illustrative.example/rota/{service.pk}", by=lead,
        )  # fmt: skip
