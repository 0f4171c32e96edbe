"""The task list of a review (screen 18): what is done, what goes on, what cannot start yet."""

from django.urls import reverse

from accounts.components import Task
from peerreview.models import Review
from peerreview.queries.evidence_asks import open_counts
from peerreview.queries.immediate_risks import PHONE_MISSING
from peerreview.queries.polls import POLL_STATUSES
from peerreview.queries.teams import missing_roles, unruled_members
from peerreview.queries.timetable import clash_words, days_of, informal_lack, sessions_in
from peerreview.services.plan_changes import AFTER_NOTICE
from work.items import counted

Status = Review.Status
CARD = ("geography", "population", "travel", "dependencies", "outside_control")


def review_tasks(review: Review) -> list[Task]:
    """The task list of screen 18."""
    topics = review.topics.count()
    lacking = missing_roles(review, cleared=False)
    address = {
        name: reverse(f"peerreview:{name}", args=[review.pk]) for name in ("review_topics", "review_dates", "review_team", "review_notice")
    }
    may_date = review.status in (*POLL_STATUSES, *AFTER_NOTICE)
    may_notify = review.status == Status.PLANNED
    phone = PHONE_MISSING if may_notify and not review.visit_phone else ""
    notice = "Completed" if review.notified_at else "Not yet started" if review.status == Status.PLANNED else "Cannot start yet"
    return [
        Task("Purpose and topics", "Completed" if topics else "Not yet started", address["review_topics"]),
        Task("Dates", "Completed" if review.starts_date else "Not yet started", address["review_dates"] if may_date else ""),
        Task("Team", "In progress" if lacking else "Completed", address["review_team"], hint=" ".join(lacking)),
        _conflicts(review, address["review_team"]),
        _context(review),
        _evidence(review),
        _timetable(review),
        Task("Notice", notice, address["review_notice"] if may_notify else "", hint=phone),
        *_later_tasks(review),
    ]


def _conflicts(review: Review, url: str) -> Task:
    """Done when the places that must be cleared are, and everybody asked has been ruled on."""
    waiting = list(unruled_members(review))
    if not waiting:
        is_cleared = bool(review.visited_at) or not missing_roles(review, cleared=True)
        return Task("Conflicts of interest", "Completed" if is_cleared else "In progress", url)
    names = ", ".join(member.user.name for member in waiting)
    return Task("Conflicts of interest", "In progress", url, hint=f"Not ruled on yet: {names}.")


def _later_tasks(review: Review) -> list[Task]:
    """From the visit on: what is done, what goes on, what cannot start yet; by the status alone."""
    order = (Status.VISITING, Status.REPORTING, Status.FOLLOW_UP, Status.CLOSED)
    at = order.index(Status(review.status)) if review.status in order else -1
    findings, progress = (reverse(f"peerreview:{name}", args=[review.pk]) for name in ("finding_list", "review_progress"))
    rows = (("Visit", 0, ""), ("Findings", 0, findings), ("Report", 1, ""), ("Follow-up", 2, progress))
    words = [("Completed" if at > n else "In progress" if at == n else "Cannot start yet", url if at >= n else "") for _, n, url in rows]
    return [Task(title, status, url) for (title, _, _), (status, url) in zip(rows, words, strict=True)]


def _address(name: str, review: Review) -> str:
    return reverse(f"peerreview:{name}", args=[review.pk])


def _context(review: Review) -> Task:
    """The context cards are the services' own; the team reads them in the pack."""
    without = [service for service in review.services.all() if not any(getattr(service, name) for name in CARD)]
    names = " and ".join(f"{service.name}, {service.holder.name}," for service in without)
    hint = f"{names} {'have' if len(without) > 1 else 'has'} written no context card yet." if without else ""
    return Task("Context", "In progress" if without else "Completed", _address("review_pack", review), hint=hint)


def _evidence(review: Review) -> Task:
    waiting, total = open_counts([review.pk]).get(review.pk, (0, 0))
    url = _address("evidence_request", review)
    if not total:
        return Task("Evidence request", "Not yet started", url)
    if not review.evidence_requested_at:
        return Task("Evidence request", "In progress", url, hint=f"{counted(total, 'document')}, not sent to the service yet.")
    status = "Completed" if not waiting else f"{total - waiting} of {total} answered"
    return Task("Evidence request", status, url)


def _timetable(review: Review) -> Task:
    days, url = days_of(review), _address("review_timetable", review)
    sessions = sessions_in(days)
    if not sessions:
        return Task("Timetable", "Not yet started" if days else "Cannot start yet", url if days else "")
    lack, hints = informal_lack(review, sessions), clash_words(days)
    if lack:
        hints.append(f"The timetable needs {counted(lack, 'more minute')} of informal exchange.")
    is_done = not hints and bool(review.invitations_sent_at)
    return Task("Timetable", "Completed" if is_done else "In progress", url, hint=" ".join(hints))
