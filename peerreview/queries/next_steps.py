"""What happens next in a review, who holds it and by when; one answer for its page and for lists of work."""

from accounts.models import User
from accounts.permissions import Role
from peerreview.facts import report_of
from peerreview.models import Finding, Letter, Review
from peerreview.queries.milestones import milestone_date
from peerreview.queries.teams import lead_reviewer
from work.items import NextStep, counted, day_words

Status = Review.Status


def arranger_words(review: Review) -> str:
    """Who arranges the review: name, role, organisation."""
    if review.visit_lead is None:
        return f"{review.region.name} hub"
    return person_words(review.visit_lead, review)


def person_words(user: User, review: Review) -> str:
    """A person of the hub in words."""
    held = [m for m in user.active_memberships if m.role in (Role.HUB_MANAGER, Role.HUB_OFFICER, Role.NATIONAL_LEAD)]
    role = Role(held[0].role).label.lower() if held else "hub"
    return f"{user.name}, {role}, {held[0].organisation.name if held else review.region.name}"


def review_next_step(review: Review) -> NextStep:
    """The one thing that the review waits for now."""
    holder = arranger_words(review)
    if review.status in (Status.PROPOSED, Status.POSTPONED):
        note = f"Clock stopped: {review.status_reason}" if review.status == Status.POSTPONED else ""
        return NextStep("Set the dates of the visit", holder, note=note)
    if review.status == Status.PLANNED:
        return NextStep("Send notice of the visit to the service", holder, milestone_date(review, "NOTICE"))
    if review.status == Status.NOTIFIED:
        return NextStep("Agree the focus topics and start to prepare", holder, milestone_date(review, "TOPICS"))
    if review.status == Status.PREPARING:
        return _preparing_step(review, holder)
    if review.status == Status.VISITING:
        lead = lead_reviewer(review)
        return NextStep(
            "The team records and agrees its findings", f"{lead.user.name}, lead reviewer" if lead else holder, review.ends_date
        )
    if review.status == Status.REPORTING:
        report = report_of(review.pk)
        if report is None:
            return NextStep("Draft the report", holder, milestone_date(review, "DRAFT"))
        return NextStep(f"Finish the report: {report.label.lower()}", holder, milestone_date(review, "FINAL"))
    if review.status == Status.FOLLOW_UP:
        return _follow_up_step(review, holder)
    if review.status == Status.CLOSED:
        return NextStep("The next review", holder, review.next_review_date)
    return NextStep("Nothing: this review was cancelled", holder, note=f"Clock stopped: {review.status_reason}")


def _preparing_step(review: Review, holder: str) -> NextStep:
    waiting = review.team.standing().filter(is_cleared=False).count()
    if waiting:
        return NextStep(f"Settle the team: {counted(waiting, 'member')} not cleared yet", holder, milestone_date(review, "TEAM"))
    return NextStep("The visit takes place", holder, review.starts_date)


def _follow_up_step(review: Review, holder: str) -> NextStep:
    due = review.findings.filter(status=Finding.Status.RECHECK_DUE).order_by("recheck_date").first()
    if due:
        return NextStep("Check whether findings are put right", holder, due.recheck_date)
    following = review.findings.filter(status=Finding.Status.OPEN, recheck_date__isnull=False).order_by("recheck_date").first()
    if following:
        return NextStep("Check progress on the open findings", holder, following.recheck_date)
    return NextStep("Set the next review date and close the review", holder, milestone_date(review, "PROGRESS_12"))


def letter_next_step(letter: Letter, manager: str, executive: str) -> NextStep:
    """What a letter waits for: to be sent, to be answered, or nothing more."""
    if letter.sent_at is None:
        return NextStep("Send the letter", manager, letter.due_date)
    if letter.answered_at is None:
        return NextStep("Answer the letter", executive, letter.response_due_date)
    return NextStep("Check the answer against the finding", manager, note=f"Done on {day_words(letter.answered_at.date())}")
