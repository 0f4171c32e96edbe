"""What happens next with one part of a review, who holds it and by when: a conflict of interest, the topics, a document, a judgement."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Role
from peerreview.models import EvidenceAsk, Review, TeamMember
from peerreview.queries.evidence_asks import day_of_evidence
from peerreview.queries.judgements import JUDGING, Mine
from peerreview.queries.milestones import milestone_date
from peerreview.queries.next_steps import arranger_words, review_next_step
from peerreview.queries.polls import people_words
from peerreview.queries.teams import conflict_answer_due, lead_reviewer, missing_declarations
from peerreview.queries.topic_agreement import day_of_topics, noun, sent_at
from surveillance.models import Service
from surveillance.queries.holders import holders_by_organisation, own_words, service_lead_of
from work.items import NextStep, day_words

HOSTS = (Role.SERVICE_LEAD, Role.NETWORK_LEAD)


def conflict_step(member: TeamMember, services: list[Service]) -> NextStep:
    """What a reviewer's conflicts of interest wait for: their declaration, their answer, the service's, the ruling, or nothing more."""
    review = member.review
    if member.ruled_at:
        done = f"Done on {day_words(timezone.localdate(member.ruled_at))}"
        return NextStep("Nothing more: the hub ruled on conflicts of interest", ruler_words(review), note=done)
    if member.status in (TeamMember.Status.DECLINED, TeamMember.Status.ENDED):
        return _nothing_more(member)
    if missing_declarations(member, "REVIEWER", services):
        return NextStep(f"{member.user.name} declares conflicts of interest", _member_words(member), _day_of_team(review))
    if member.status == TeamMember.Status.INVITED:
        return _answer_step(member)
    silent, due = missing_declarations(member, "SERVICE", services), conflict_answer_due(member)
    if silent and timezone.localdate() <= due:
        return NextStep(f"The service says whether it knows {member.user.name}", _leads_words(silent), due)
    return NextStep("The hub rules on conflicts of interest", ruler_words(review), _day_of_team(review))


def place_step(member: TeamMember, services: list[Service]) -> NextStep:
    """What a place on the team waits for: the answer to its invitation, its conflicts of interest; then what the review waits for."""
    if member.status in (TeamMember.Status.DECLINED, TeamMember.Status.ENDED):
        return _nothing_more(member)
    if member.status == TeamMember.Status.INVITED:
        return _answer_step(member)
    return review_step(member.review) if member.papers_open else conflict_step(member, services)


def _nothing_more(member: TeamMember) -> NextStep:
    what = f"Nothing more: this place is {member.get_status_display().lower()}"
    return NextStep(what, arranger_words(member.review), note="Closed")


def _answer_step(member: TeamMember) -> NextStep:
    return NextStep(f"{member.user.name} accepts or declines the invitation", _member_words(member), member.answer_due_date)


def _member_words(member: TeamMember) -> str:
    return f"{member.user.name}, {member.get_team_role_display().lower()}"


def declaring_step(review: Review, asked: Iterable[TeamMember], own: list[Service], user: User) -> NextStep:
    """What ``user`` still declares for their services about the reviewers asked, by the earliest day; then the ruling."""
    waiting = [member for member in asked if missing_declarations(member, "SERVICE", own)]
    if waiting:
        for member in waiting:
            member.review = review
        due = min(conflict_answer_due(member) for member in waiting)
        return NextStep("You say whether you know the reviewers", _host_words(user, own), due)
    if asked:
        return NextStep("The hub rules on conflicts of interest", ruler_words(review), _day_of_team(review))
    return review_step(review)


def review_step(review: Review) -> NextStep:
    """What a review waits for, on its pages: topics that were sent are with the service until their day; then the hub goes on."""
    due = day_of_topics(review)
    if review.status != Review.Status.NOTIFIED or review.topics_agreed_at or (due and timezone.localdate() > due) or not sent_at(review):
        return review_next_step(review)
    return NextStep(f"The service agrees the {noun(review)}, or says what should change", _leads_words(review.services.for_display()), due)


def topics_step(review: Review, sent: dt.datetime | None, user: User) -> NextStep:
    """What agreeing the topics waits for while the service can answer in time; else what the review waits for."""
    due = day_of_topics(review)
    if sent and not review.topics_agreed_at and (due is None or timezone.localdate() <= due):
        holder = _host_words(user, review.services.all())
        return NextStep(f"You agree the {noun(review)}, or say what should change", holder, due)
    return review_next_step(review)


def ask_step(review: Review, ask: EvidenceAsk, user: User) -> NextStep:
    """What a document that is asked for waits for: the service's answer; else what the review waits for."""
    if ask.answered_at is None:
        holder = _host_words(user, [ask.service])
        return NextStep("You choose or file the document, or say why you cannot", holder, day_of_evidence(review))
    return review_step(review)


def judgement_step(review: Review, row: Mine, user: User) -> NextStep:
    """What the judgement of an indicator waits for: one's own, the others', the agreed one; else what the review waits for."""
    if review.status not in JUDGING or (row.panel and row.panel.agreed_at):
        return review_next_step(review)
    due = review.ends_date if review.status == Review.Status.VISITING else milestone_date(review, "DRAFT")
    if row.is_open:
        lead = lead_reviewer(review)
        holder = f"{lead.user.name}, lead reviewer" if lead else arranger_words(review)
        return NextStep("The lead reviewer records the agreed judgement", holder, due)
    if row.judgement is None:
        return NextStep("You give your judgement", own_words(user, REVIEWER_ROLES, []), due)
    return NextStep("The others on the team give their judgements", people_words(row.needed_count - row.given_count), due)


def ruler_words(review: Review) -> str:
    """Who rules on conflicts of interest: the hub's manager; for learning the one whom the service chose."""
    if review.is_learning:
        return arranger_words(review)
    manager = holders_by_organisation(Role.HUB_MANAGER, [review.region_id]).get(review.region_id)
    return manager.words if manager else arranger_words(review)


def _host_words(user: User, services: Iterable[Service]) -> str:
    return own_words(user, HOSTS, [service.holder.pk for service in services])


def _day_of_team(review: Review) -> dt.date | None:
    return milestone_date(review, "TEAM", facts={})


def _leads_words(services: Iterable[Service]) -> str:
    """Who leads each service, once."""
    leads = ((service, service_lead_of(service)) for service in services)
    return "; ".join(dict.fromkeys(lead.words if lead else f"The lead of {service.name}" for service, lead in leads))
