"""Reviews and what they need: ``make_visit`` gives a small world and carries a review as far as asked."""

import datetime as dt
from dataclasses import dataclass, field

import factory
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Role
from peerreview.models import Course, Finding, Procedure, Review, ReviewerProfile, ReviewService, TeamMember, TrainingRecord, VisitDay
from peerreview.services import context, findings, opening, reviews, team, topic_agreement, topics
from surveillance.models import SurveillanceDecision
from tests.factories.accounts import person
from tests.factories.surveillance import Scene, make_scene
from work.working_days import add_working_days

Status = Review.Status
PHONE = "0113 496 0100"  # one of the numbers that Ofcom keeps for stories
PATH = (Status.PLANNED, Status.NOTIFIED, Status.PREPARING, Status.VISITING, Status.REPORTING, Status.FOLLOW_UP)


def reviewer(organisation: Organisation, role: str = Role.REVIEWER, **fields: object) -> User:
    """A reviewer whose training is valid for a year."""
    user = person(role, organisation, **fields)
    ReviewerProfile.objects.create(user=user, professions="Nurse")
    trained(user, timezone.localdate() + dt.timedelta(days=365))
    return user


def first_course() -> Course:
    """The course to begin with, which every reviewer needs; written again where a test emptied every table."""
    facts = {"audiences": ["REVIEWERS", "PATIENT_REVIEWERS"], "valid_months": 36}
    return Course.objects.get_or_create(name="Peer reviewer training", retired_at=None, defaults=facts)[0]


def trained(user: User, until: dt.date, course: Course | None = None) -> TrainingRecord:
    """The record of a person in a course, by default the one to begin with, valid ``until`` a day."""
    facts = {"expires_date": until, "completed_date": until - dt.timedelta(days=365), "evidence": "Certificate seen."}
    return TrainingRecord.objects.update_or_create(user=user, course=course or first_course(), defaults=facts)[0]


class DecisionFactory(factory.django.DjangoModelFactory):
    """A decision in force that asks for a peer review."""

    class Meta:
        model = SurveillanceDecision

    status = SurveillanceDecision.Status.IN_FORCE
    needs_peer_review = True
    likelihood = 3
    consequence = 4
    rationale = "Under the visit level."
    rule_sentence = "Option 3"
    figures = "{}"
    figures_hash = "0" * 64
    proposed_at = factory.LazyFunction(timezone.now)
    positions_due_date = factory.LazyFunction(timezone.localdate)
    review_date = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=365))
    in_force_at = factory.LazyFunction(timezone.now)


@dataclass
class Visit:
    """A review with everybody around it."""

    scene: Scene
    manager: User
    lead: User
    member: User
    patient: User
    decision: SurveillanceDecision
    procedure: Procedure
    review: Review = field(init=False)

    def open(self, **fields: object) -> Review:
        """Open the COMPLIANCE review with enough notice: it is planned."""
        start = add_working_days(timezone.localdate(), 60)
        chosen: dict[str, object] = {
            "kind": "TARGETED", "mode": "ON_SITE", "title": "Acute oncology review", "starts_date": start, "ends_date": start,
        }  # fmt: skip
        self.review = opening.open_review(
            decision_id=self.decision.pk, procedure_id=self.procedure.pk, by=self.manager, **(chosen | fields)
        )
        self.give_phone()
        return self.review

    def give_phone(self) -> None:
        """The number to call during the visit, which the notice names."""
        Review.objects.filter(pk=self.review.pk).update(visit_phone=PHONE)
        self.review.visit_phone = PHONE

    def place(self, user: User) -> TeamMember:
        """The place of a person on this review."""
        return TeamMember.objects.get(review=self.review, user=user)

    def invite(self, user: User, role: str = "MEMBER") -> TeamMember:
        """Ask a person to join."""
        return team.invite_member(review_id=self.review.pk, user_id=user.pk, team_role=role, by=self.manager)

    def clear(self, user: User, role: str = "MEMBER") -> TeamMember:
        """Carry a person from the invitation to open papers, the context of the services read."""
        member = self.invite(user, role)
        team.accept_invitation(member_id=member.pk, by=user)
        for side, by in (("REVIEWER", user), ("SERVICE", self.scene.lead)):
            team.declare_conflict(member_id=member.pk, side=side, service_id=self.scene.service.pk, has_conflict=False, by=by)
        team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason="No tie.", by=self.manager)
        return context.read_context(review_id=self.review.pk, by=user)

    def add_topic(self) -> None:
        """A focus topic about the first indicator."""
        first = self.scene.answers[0].indicator_id
        topics.add_topic(review_id=self.review.pk, title="Cover at night", question="", indicator_ids=[first], by=self.manager)

    def agree_topics(self) -> None:
        """The hub sends the topics, and the service agrees."""
        topic_agreement.send_topics(review_id=self.review.pk, by=self.manager)
        topic_agreement.answer_topics(review_id=self.review.pk, agrees=True, comment="", by=self.scene.lead)

    def content(self, category: str = "CONCERN", **fields: object) -> findings.FindingContent:
        """What a finding of this review can say."""
        said: dict[str, object] = {
            "category": category,
            "service_id": self.scene.service.pk,
            "what_was_seen": "No cover at night.",
            "basis": "Two notes.",
            "indicator_id": self.scene.answers[0].indicator_id,
            "recommendation": "Agree cover.",
            "tags": {"DIRECTIVE": "It asks for cover."},
        }
        return findings.FindingContent(**(said | fields))  # type: ignore[arg-type]

    def find(self, category: str = "CONCERN", *, agreed: bool = False, **fields: object) -> Finding:
        """Record a finding, and agree it."""
        finding = findings.record_finding(review_id=self.review.pk, content=self.content(category, **fields), by=self.member)
        if not agreed:
            return finding
        return findings.agree_finding(finding_id=finding.pk, by=self.lead, without_reason="Said in the team's meeting.")

    def carry(self, to: str) -> Review:
        """Carry the review through its services to a status."""
        self.open()
        steps = {
            Status.NOTIFIED: lambda: reviews.send_notice(review_id=self.review.pk, by=self.manager), Status.PREPARING: self._prepare,
            Status.VISITING: self._visit, Status.REPORTING: lambda: reviews.finish_visit(review_id=self.review.pk, by=self.manager),
            Status.FOLLOW_UP: lambda: reviews.begin_follow_up(review_id=self.review.pk, by=self.manager),
        }  # fmt: skip
        for status in PATH[1 : PATH.index(Status(to)) + 1]:
            steps[status]()
        self.review = Review.objects.get(pk=self.review.pk)
        return self.review

    def _prepare(self) -> None:
        self.add_topic()
        self.agree_topics()
        reviews.start_preparing(review_id=self.review.pk, by=self.manager)

    def _visit(self) -> None:
        self.clear(self.lead, "LEAD")
        self.clear(self.member)
        self.clear(self.patient, "PATIENT_REVIEWER")
        reviews.begin_visit(review_id=self.review.pk, by=self.manager)


def make_visit(*, accepted: bool = False) -> Visit:
    """A service with a decision that asks for a visit, its hub and three reviewers; the review is opened by ``open`` or ``carry``."""
    scene = make_scene()
    if accepted:
        scene.accept()
    region = scene.service.region
    manager = person(Role.HUB_MANAGER, region, name="Mo Manager")
    decision = DecisionFactory(service=scene.service, round=scene.report.round, proposed_by=manager, in_force_by=manager)
    people = [
        reviewer(region, name="Lin Lead"),
        reviewer(region, name="Max Member"),
        reviewer(region, Role.PATIENT_REVIEWER, name="Pat Patient"),
    ]
    procedure = Procedure.objects.get(code="SMALL_NETWORK", status="PUBLISHED")
    return Visit(scene, manager, *people, decision, procedure)


def make_review(status: str, visit: Visit, **fields: object) -> Review:
    """A review written straight into a status, for tests of statuses and lists."""
    start = timezone.localdate() + dt.timedelta(days=90)
    columns: dict[str, object] = {
        "title": "A review",
        "purpose": "COMPLIANCE",
        "origin": "REQUEST" if fields.get("purpose") == "IMPROVEMENT" else "DECISION",
        "procedure": visit.procedure,
        "region": visit.scene.service.region,
        "visit_lead": visit.manager,
        "opened_by": visit.manager,
        "status": status,
        "starts_date": start,
        "ends_date": start,
        "next_review_date": start,
        "visit_phone": PHONE,
        "status_reason": "Why",
    }
    review = Review.objects.create(**(columns | fields))
    ReviewService.objects.create(review=review, service=visit.scene.service)
    VisitDay.objects.create(review=review, date=start)
    return review
