"""Rows of one earlier visit: the review, its days, its team with conflicts of interest ruled on, and views of patients."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from peerreview.models import ConflictDeclaration, FocusTopic, PatientView, Review, ReviewService, Session, TeamMember, VisitDay
from peerreview.queries.milestones import days_after
from qnt.demo import texts
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.earlier.plans import COMPREHENSIVE, Visit
from qnt.demo.preparation import PHONE
from surveillance.models import Indicator, Service
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

PREPARED = 20  # working days before the visit on which the team gets its papers
INFORMAL = "Talk over lunch, without an agenda"


@dataclass(frozen=True)
class Held:
    """An earlier visit as it was written: what later rows need of it."""

    plan: Visit
    review: Review
    service: Service
    indicators: list[Indicator]
    team: list[User]

    @property
    def ends(self) -> dt.date:
        """The last day of the visit."""
        return add_working_days(self.plan.day, 1)


def hold(told: "Reviews", plan: Visit) -> Held:
    """Write a visit up to its end; the review waits for its report."""
    service = told.places.services[plan.service]
    review = _review(told, plan, service)
    ReviewService.objects.create(review=review, service=service, position=1)
    indicators = _indicators(service)
    for position, (title, question, places) in enumerate(texts.TOPICS[:2], start=1):
        topic = FocusTopic.objects.create(review=review, position=position, title=title, question=question)
        topic.indicators.set({indicators[(place - 1) % len(indicators)] for place in places})
    _days(plan, review)
    team = _team(told, plan, review, service)
    _views(told, plan, review, service)
    return Held(plan, review, service, indicators, team)


def _review(told: "Reviews", plan: Visit, service: Service) -> Review:
    officer, lead = told.officer(service), told.lead(service)
    opened = add_working_days(plan.day, -plan.days(plan.habits.to_visit))
    notice = add_working_days(plan.day, -min(54 if plan.holds(plan.habits.notice) else 38, plan.habits.to_visit[0] - 2))
    heard = add_working_days(plan.day, 1 if plan.holds(plan.habits.feedback) else 4)
    origin = Review.Origin.SAMPLE if plan.kind == COMPREHENSIVE else Review.Origin.RISK
    is_virtual = plan.service % 2 == 1
    return Review.objects.create(
        title=f"{service.name}, {service.holder.name}: peer review", purpose=Review.Purpose.COMPLIANCE, kind=plan.kind, origin=origin,
        requested_reason=words.REASONS[origin], mode=Review.Mode.VIRTUAL if is_virtual else Review.Mode.ON_SITE,
        procedure=told.procedures["VIRTUAL" if is_virtual else "SMALL_NETWORK"], status=Review.Status.REPORTING, region=service.region,
        starts_date=plan.day, ends_date=add_working_days(plan.day, 1), visit_lead=officer, visit_phone=PHONE, opened_by=officer,
        opened_at=at(opened), notified_at=at(notice), topics_agreed_at=at(add_working_days(notice, 4)), topics_agreed_by=lead,
        evidence_requested_at=at(add_working_days(notice, 5)), evidence_requested_by=officer, invitations_sequence=1,
        invitations_sent_at=at(add_working_days(plan.day, -17)),
        preparing_at=at(add_working_days(plan.day, -PREPARED), 12), visited_at=at(plan.day, 8), feedback_given_at=at(heard, 16),
        feedback_given_by=officer,
    )  # fmt: skip


def _indicators(service: Service) -> list[Indicator]:
    report = service.self_reports.exclude(indicator_set=None).order_by("round__year").first()
    return list(report.indicator_set.indicators.order_by("position")) if report and report.indicator_set else []


def _days(plan: Visit, review: Review) -> None:
    """Both days with talk and an hour or less without an agenda."""
    asked = review.procedure.informal_minutes
    given = asked // 2 + 5 if plan.holds(plan.habits.informal) else asked // 2 - 15
    for n in range(2):
        day = VisitDay.objects.create(review=review, date=add_working_days(plan.day, n) if n else plan.day)
        Session.objects.bulk_create([
            Session(day=day, title="Wards, clinics and the people who work there", starts_at=dt.time(9, 30), ends_at=dt.time(12)),
            Session(day=day, title=INFORMAL, starts_at=dt.time(12), ends_at=dt.time(13), is_informal=True, given_minutes=given),
            Session(day=day, title="What the team heard: talk with the service", starts_at=dt.time(14), ends_at=dt.time(16)),
        ])  # fmt: skip


def _team(told: "Reviews", plan: Visit, review: Review, service: Service) -> list[User]:
    """The places of the procedure, by people of other trusts; late teams have their last place filled late."""
    people = told.people
    free = [user for user in people.pool if user.reviewer_profile.employer_id != service.provider_id]
    start = (plan.service + plan.is_last_year) % len(free)
    first, second, third = (free[(start + n) % len(free)] for n in range(3))
    patient = people.patients[plan.service % len(people.patients)]
    seats = ((first, "LEAD"), (second, "MEMBER"), (third, "MEMBER"), (patient, "PATIENT_REVIEWER"))
    ruled = add_working_days(plan.day, -40)
    last = ruled if plan.holds(plan.habits.team) else add_working_days(plan.day, -26)
    last = last if plan.holds(plan.habits.conflicts) else add_working_days(plan.day, -PREPARED + 6)
    for user, role in seats:
        _place(told, review, service, user, role, last if user == third else ruled)
    return [user for user, _ in seats]


def _place(told: "Reviews", review: Review, service: Service, user: User, role: str, ruled: dt.date) -> None:
    asked, answered = add_working_days(ruled, -6), add_working_days(ruled, -4)
    manager, is_last = told.manager(service), TeamMember.Status.ACCEPTED
    member = TeamMember.objects.create(
        review=review, user=user, team_role=role, status=is_last, invited_by=manager, invited_at=at(asked, 16),
        answer_due_date=days_after(review.procedure, "CONFLICT_ANSWER", asked), answered_at=at(answered, 9), is_cleared=True,
        ruling=TeamMember.Ruling.CLEAR, ruling_reason="Ruled on both declarations and on what the register shows.", ruled_by=manager,
        ruled_at=at(ruled), context_read_at=at(ruled, 15),
    )  # fmt: skip
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(member=member, service=service, side=side, has_conflict=False, declared_by=by, declared_at=at(answered, 9))
        for side, by in (("REVIEWER", user), ("SERVICE", told.lead(service)))
    )


def _views(told: "Reviews", plan: Visit, review: Review, service: Service) -> None:
    """On paper, typed in by the hub and read before the visit."""
    came, officer = add_working_days(plan.day, -12), told.officer(service)
    PatientView.objects.bulk_create(
        PatientView(
            review=review, service=service, client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"earlier-view-{review.pk}-{n}"), channel="PAPER",
            who="CARER" if n % 3 == 2 else "PATIENT", good=words.VIEWS[(plan.service + n) % len(words.VIEWS)],
            better=words.WISHES[(plan.service * 2 + n) % len(words.WISHES)], given_at=at(came, 9 + n % 8), entered_by=officer,
            status=PatientView.Status.SHARED, read_by=officer, read_at=at(came, 17),
        )
        for n in range(plan.days(plan.habits.views))
    )  # fmt: skip


def leave(held: Held, *, day: dt.date, closed: dt.date, next_review: dt.date) -> None:
    """The places on the team end with the sign-off, and the review is closed."""
    held.review.team.update(status=TeamMember.Status.ENDED, ended_at=at(day, 14))
    review = held.review
    review.status, review.closed_at, review.next_review_date = Review.Status.CLOSED, at(closed, 15), next_review
    review.save(update_fields=["status", "closed_at", "next_review_date"])
