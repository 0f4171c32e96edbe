"""What happens next in a review, who holds it and by when; one answer for its page and for lists of work."""

from collections.abc import Iterable

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.facts import ReportFact, report_of
from peerreview.models import Finding, Letter, Review, TeamMember
from peerreview.queries.milestones import milestone_date
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


def read_roles(people: Iterable[User]) -> None:
    """Read what these people are today, for all of them in one statement; each then knows it (``User.active_memberships``)."""
    people = list(people)
    by_id: dict[int, list[Membership]] = {person.pk: [] for person in people}
    for membership in Membership.objects.active().filter(user__in=by_id).select_related("organisation").order_by("pk"):
        by_id[membership.user_id].append(membership)
    for person in people:
        person.active_memberships = by_id[person.pk]


def lead_members(review: Review) -> list[TeamMember]:
    """Who leads the team with its papers open; for many reviews prefetch the team."""
    return [member for member in review.team.all() if member.papers_open and member.team_role == "LEAD"]


def review_next_step(review: Review, *, facts: dict[int, ReportFact] | None = None) -> NextStep:
    """The one thing that the review waits for now. For many reviews give ``facts`` and prefetch team and findings."""
    holder = arranger_words(review)
    if review.status in (Status.PROPOSED, Status.POSTPONED):
        if review.poll_due_date:
            return NextStep("Choose a date once people have said which they can make", holder, review.poll_due_date)
        note = f"Clock stopped: {review.status_reason}" if review.status == Status.POSTPONED else ""
        return NextStep("Set the dates of the visit", holder, note=note)
    if review.status == Status.PLANNED:
        return NextStep("Send notice of the visit to the service", holder, milestone_date(review, "NOTICE", facts=facts))
    if review.status == Status.NOTIFIED:
        what = "Start to prepare" if review.topics_agreed_at else f"Agree the {review.topic_word}s and start to prepare"
        return NextStep(what, holder, milestone_date(review, "TOPICS", facts=facts))
    if review.status == Status.PREPARING:
        return _preparing_step(review, holder, facts)
    if review.status == Status.VISITING:
        leads = lead_members(review)
        words = f"{leads[0].user.name}, lead reviewer" if leads else holder
        return NextStep("The team records and agrees its findings", words, review.ends_date)
    if review.status == Status.REPORTING:
        report = report_of(review.pk) if facts is None else facts.get(review.pk)
        if report is None:
            return NextStep("Draft the report", holder, milestone_date(review, "DRAFT", facts=facts))
        return NextStep(f"Finish the report: {report.label.lower()}", holder, milestone_date(review, "FINAL", facts=facts))
    if review.status == Status.FOLLOW_UP:
        return _follow_up_step(review, holder, facts)
    if review.status == Status.CLOSED:
        return NextStep("The next review", holder, review.next_review_date)
    return NextStep("Nothing: this review was cancelled", holder, note=f"Clock stopped: {review.status_reason}")


def _preparing_step(review: Review, holder: str, facts: dict[int, ReportFact] | None) -> NextStep:
    standing = [member for member in review.team.all() if member.status in ("INVITED", "ACCEPTED") and not member.ruling]
    if standing:
        words = f"Settle the team: {counted(len(standing), 'member')} not cleared yet"
        return NextStep(words, holder, milestone_date(review, "TEAM", facts=facts))
    return NextStep("The visit takes place", holder, review.starts_date)


def _follow_up_step(review: Review, holder: str, facts: dict[int, ReportFact] | None) -> NextStep:
    dated = [finding for finding in review.findings.all() if finding.recheck_date]
    due = [finding.recheck_date for finding in dated if finding.status == Finding.Status.RECHECK_DUE]
    if due:
        return NextStep("Check whether findings are put right", holder, min(due))
    to_come = [finding.recheck_date for finding in dated if finding.status == Finding.Status.OPEN]
    if to_come:
        return NextStep("Check progress on the open findings", holder, min(to_come))
    return NextStep("Set the next review date and close the review", holder, milestone_date(review, "PROGRESS_12", facts=facts))


def letter_next_step(letter: Letter, manager: str, executive: str) -> NextStep:
    """What a letter waits for: to be sent, to be answered, or nothing more."""
    if letter.sent_at is None:
        return NextStep("Send the letter", manager, letter.due_date)
    if letter.answered_at is None:
        return NextStep("Answer the letter", executive, letter.response_due_date)
    return NextStep("Check the answer against the finding", manager, note=f"Done on {day_words(letter.answered_at)}")
