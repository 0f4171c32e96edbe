"""Mails of planning a review: dates to answer about, changes of the plan, reminders of its milestones; no reason inside, one link."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import PlanChange, Review, TeamMember
from peerreview.queries.milestones import Milestone
from peerreview.queries.polls import Asked, asked_members
from peerreview.queries.teams import hub_managers
from surveillance.models import Service
from surveillance.queries.holders import lead_commissioner_of, people_in_role
from surveillance.queries.people import executives_of, leads_of
from work import mail
from work.items import day_words

CHANGE_SUBJECTS = {
    PlanChange.What.DATES: "See the new dates of {}",
    PlanChange.What.MODE: "See how the visit of {} takes place now",
    PlanChange.What.POSTPONED: "See what happens to {}, which is postponed",
}


def holders_of(review: Review, holder: str) -> list[User]:
    """The people behind a milestone's holder, as procedures name it; an unknown one is the hub's.

    National leads and commissioners hold nothing of a review for learning, which they cannot open.
    """
    services = list(review.services.all())
    if holder in ("Lead reviewer", "Reviewers"):
        members = [member for member in review.team.all() if member.papers_open]
        return [member.user for member in members if holder == "Reviewers" or member.team_role == TeamMember.TeamRole.LEAD]
    if holder in ("Service lead", "Network lead"):
        return [person for service in services for person in leads_of(service)]
    if holder == "Executive":
        return [person for service in services for person in executives_of(service)]
    if holder in ("National lead", "Commissioner"):
        return [] if review.is_learning else _outside_people(services, holder)
    named = [review.visit_lead] if review.visit_lead else []
    if review.is_learning or (holder != "Hub manager" and named):
        return named
    return hub_managers([review.region_id])


def _outside_people(services: list[Service], holder: str) -> list[User]:
    """National leads, or the people of the services' lead commissioners."""
    if holder == "Commissioner":
        buyers = [lead_commissioner_of(service) for service in services]
        return [person for buyer in buyers if buyer for person in people_in_role(Role.COMMISSIONER, buyer.pk)]
    held = Membership.objects.active().filter(role=Role.NATIONAL_LEAD, user__is_active=True).select_related("user").order_by("pk")
    return [membership.user for membership in held]


def people_of_plan(review: Review) -> list[User]:
    """Who must know of a change of days or mode: the team asked or taken, the services' leads and executives, who arranges it."""
    hosts = [person for service in review.services.all() for person in (*leads_of(service), *executives_of(service))]
    people = [*(member.user for member in asked_members(review)), *hosts, *([review.visit_lead] if review.visit_lead else [])]
    return list({person.pk: person for person in people}.values())


def send_poll(review: Review, asked: Iterable[Asked], *, is_reminder: bool = False) -> int:
    """Ask people which dates they can make."""
    due = f" by {day_words(review.poll_due_date)}" if review.poll_due_date else ""
    subject, paths, sent = f"Say which dates you can make for {review.title}{due}", _places(review, "team_member_dates"), 0
    for one in asked:
        path = paths.get(one.user.pk, reverse("peerreview:review_poll_answer", args=[review.pk]))
        sent += mail.send(to=[one.user], subject=subject, template="review_poll", path=path, review=review, is_reminder=is_reminder)
    return sent


def send_plan_change(change: PlanChange, people: Iterable[User]) -> int:
    """Tell people what changed in the plan of a visit; whose papers are not open yet gets the page of their place."""
    review, paths = change.review, _places(change.review, "team_member_detail")
    subject, sent = CHANGE_SUBJECTS[PlanChange.What(change.what)].format(review.title), 0
    for person in people:
        path = paths.get(person.pk, reverse("peerreview:review_detail", args=[review.pk]))
        sent += mail.send(to=[person], subject=subject, template="review_plan_changed", path=path, review=review, change=change)
    return sent


def send_milestone(review: Review, row: Milestone, people: Iterable[User], *, is_late: bool) -> int:
    """Remind the holder of a milestone of its day."""
    day = day_words(row.due) if row.due else ""
    subject = f"Finish what is late for {review.title}: {row.label}" if is_late else f"Finish by {day} for {review.title}: {row.label}"
    path = reverse("peerreview:review_detail", args=[review.pk])
    return mail.send(to=people, subject=subject, template="milestone_reminder", path=path, review=review, row=row)


def _places(review: Review, page: str) -> dict[int, str]:
    """The page of each place on the team whose papers are not open, by person; for dates, of every place."""
    members: list[TeamMember] = asked_members(review)
    closed = [member for member in members if page == "team_member_dates" or not member.papers_open]
    return {member.user_id: reverse(f"peerreview:{page}", args=[member.pk]) for member in closed}
