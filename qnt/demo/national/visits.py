"""A year's reviews: who visits whom and when, days and informal exchange, views of patients; and reviews for learning, asked for."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from accounts.models import User
from peerreview.models import (
    Finding,
    FocusTopic,
    PatientView,
    Procedure,
    ProgressCheck,
    Review,
    ReviewService,
    Session,
    TeamMember,
    ViewsLink,
    VisitDay,
)
from peerreview.queries.milestones import add_months
from peerreview.services.surveys import token_hash
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.findings import Findings
from qnt.demo.national.learning import Learning
from qnt.demo.national.peers import judge
from qnt.demo.national.reports import Reports
from qnt.demo.national.themes import Themes
from qnt.demo.national.told import Told
from qnt.demo.national.visit import Held
from surveillance.models import Indicator, Service, SurveillanceDecision
from work.working_days import add_working_days

BATCH = 50
Kind, Role = Review.Kind, TeamMember.TeamRole
KINDS = ((Kind.COMPREHENSIVE, 70), (Kind.TARGETED, 20), (Kind.RAPID, 10))
PROCEDURES = (("SMALL_NETWORK", 50), ("LARGE_NETWORK", 30), ("VIRTUAL", 20))
FOR_LEARNING = "DEEP_DIVE"
PROGRESS = (("PROGRESS_3", 3), ("PROGRESS_6", 6), ("PROGRESS_12", 12))
CONTACT = "Illustrative contact: 01632 960 100"


class Visits:
    """Writes the reviews that a year's decisions ask for, those that services ask for, and all that follows from them."""

    def __init__(self, told: Told, questions: dict[int, list[Indicator]]) -> None:
        self.told, self.chance = told, told.chance
        self.findings, self.reports, self.learning = Findings(told, questions), Reports(told), Learning(told)
        self.themes = Themes(told)
        self.shortfalls: list[Finding] = []  # of each review of the year its first

    def carry(self, decisions: list[SurveillanceDecision], *, is_last: bool) -> int:
        """Reviews of one year: earlier years held and reported, this year's planned. Gives how many."""
        rows, count = iter(decisions), 0
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                count += len(batch)
                reviews = list(write(Review, (self._called_for(decision, is_last) for decision in batch)))
                services = [decision.service for decision in batch]
                write_all(ReviewService, (ReviewService(review=r, service=s) for r, s in zip(reviews, services, strict=True)))
                if not is_last:
                    judge(self.told, batch)
                    self._hold(reviews, services)
        self.themes.draw(self.shortfalls)
        self.shortfalls = []
        return count

    def carry_asked_for(self, *, is_last: bool, around: dt.date) -> int:
        """Reviews for learning of one year, asked for by services and held about half a year after ``around``."""
        services = self.told.some(self.told.world.services, self.told.sizes.learning_reviews_a_year)
        with transaction.atomic():
            reviews = list(write(Review, (self._asked_for(service, around, is_last) for service in services)))
            write_all(ReviewService, (ReviewService(review=r, service=s) for r, s in zip(reviews, services, strict=True)))
            topics = (
                FocusTopic(review=review, position=1, title="Handovers", question="What makes a handover safe? (Illustrative)")
                for review in reviews
            )
            write_all(FocusTopic, topics)
            if not is_last:
                self._hold(reviews, services)
        return len(reviews)

    # The review ----------------------------------------------------------------------------------------------------
    def _called_for(self, decision: SurveillanceDecision, is_last: bool) -> Review:
        kind = self._one_of(KINDS)
        is_rapid = kind == Kind.RAPID
        procedure = self.told.procedures["RAPID" if is_rapid else self._one_of(PROCEDURES)]
        decided = decision.in_force_at or decision.proposed_at
        visit = add_working_days(decided.date(), (20 if is_rapid else 60) + self.chance.randint(0, 20 if is_rapid else 40))
        return self._review(
            decision.service, visit, is_last, procedure=procedure, purpose="COMPLIANCE", kind=kind, decision=decision, opened_at=decided,
            title=f"{decision.service.name}, {decision.service.provider.name}: peer review"[:250],
        )  # fmt: skip

    def _asked_for(self, service: Service, around: dt.date, is_last: bool) -> Review:
        visit = add_working_days(around, 120 + self.chance.randint(0, 30))
        return self._review(
            service, visit, is_last, procedure=self.told.procedures[FOR_LEARNING], purpose="IMPROVEMENT", origin="REQUEST",
            requested_reason="Illustrative: we would like to see how others do it.", opened_at=at(add_working_days(visit, -70)),
            title=f"{service.name}, {service.provider.name}: safe handovers"[:250],
        )  # fmt: skip

    def _one_of(self, weighted: Sequence[tuple[str, int]]) -> str:
        return self.chance.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]

    def _review(self, service: Service, visit: dt.date, is_last: bool, *, procedure: Procedure, **facts: Any) -> Review:
        officer = self.told.officers[service.region_id]
        ends = add_working_days(visit, 1)
        held = {"status": "PLANNED"} if is_last else self._course(visit, ends, procedure, officer)
        return Review(
            procedure=procedure, region_id=service.region_id, starts_date=visit, ends_date=ends, visit_lead=officer, opened_by=officer,
            mode="VIRTUAL" if procedure.code == "VIRTUAL" else "ON_SITE", **held, **facts,
        )  # fmt: skip

    def _course(self, visit: dt.date, ends: dt.date, procedure: Procedure, officer: User) -> dict[str, Any]:
        """What a held review passed: notice, preparing, feedback on the day in most, its close when that has come."""
        asked = -procedure.working_days("NOTICE")
        notice = add_working_days(visit, -(asked + 2 if self.told.holds(0.87) else asked - 3))
        heard = ends if self.told.holds(0.85) else add_working_days(ends, 3)
        closed = self.told.past(at(visit) + dt.timedelta(days=300))
        return {
            "status": "CLOSED" if closed else "FOLLOW_UP", "notified_at": at(notice), "visited_at": at(visit, 9), "closed_at": closed,
            "preparing_at": at(add_working_days(visit, -min(20, asked // 2)), 12), "feedback_given_at": at(heard, 16),
            "feedback_given_by": officer, "next_review_date": visit + dt.timedelta(days=1100),
        }  # fmt: skip

    # What is recorded of a visit -----------------------------------------------------------------------------------
    def _hold(self, reviews: Sequence[Review], services: Sequence[Service]) -> None:
        """Everything that follows from visits that were held."""
        held = [Held(review, service, self._seats(review)) for review, service in zip(reviews, services, strict=True)]
        write_all(TeamMember, (member for one in held for member in self._team(one)))
        self._meet(held)
        self._hear(held)
        write_all(ProgressCheck, (check for one in held for check in self._progress(one)))
        found = self.findings.record(held)
        recommended = ([one for one in findings if one.recommendation] for findings in found.values())
        self.shortfalls += [findings[0] for findings in recommended if findings]
        self.reports.write(held, found)
        self.learning.follow(held, found)

    def _seats(self, review: Review) -> list[tuple[User, str]]:
        """The places that the procedure asks for, the lead first."""
        wanted = {entry["role"]: entry["count"] for entry in review.procedure.roles_required}
        members = self.told.some(self.told.crowd.reviewers, 1 + int(wanted[Role.MEMBER]))
        patients = self.told.some(self.told.crowd.patients, int(wanted[Role.PATIENT_REVIEWER]))
        return [(members[0], Role.LEAD), *((one, Role.MEMBER) for one in members[1:]), *((one, Role.PATIENT_REVIEWER) for one in patients)]

    def _team(self, held: Held) -> Iterator[TeamMember]:
        """Places ruled on in time in most reviews; in a few one of them only after the papers were open."""
        review, manager = held.review, self.told.managers[held.review.region_id]
        due = -review.procedure.working_days("TEAM")
        ruled = add_working_days(held.starts, -(due + 1 if self.told.holds(0.88) else due - 3))
        late = add_working_days(held.starts, -2) if self.told.holds(0.06) else ruled
        invited = add_working_days(ruled, -3)
        for n, (user, role) in enumerate(held.seats):
            yield TeamMember(
                review=review, user=user, team_role=role, status="ENDED", invited_by=review.opened_by, invited_at=at(invited),
                answer_due_date=ruled, answered_at=at(invited, 16), is_cleared=True, ruling="CLEAR", ruling_reason="Illustrative ruling.",
                ruled_by=manager, ruled_at=at(late if n == 1 else ruled), ended_at=at(held.ends) + dt.timedelta(days=70),
            )  # fmt: skip

    def _meet(self, held: Sequence[Held]) -> None:
        """Both days, each with a talk and informal exchange; its minutes are not always enough, nor always written down."""
        days = list(write(VisitDay, (VisitDay(review=one.review, date=day) for one in held for day in (one.starts, one.ends))))
        write_all(Session, (session for day in days for session in self._sessions(day)))

    def _sessions(self, day: VisitDay) -> Iterator[Session]:
        asked = day.review.procedure.informal_minutes // 2
        given = None if self.told.holds(0.04) else asked + 5 if self.told.holds(0.8) else asked - 15
        yield Session(day=day, title="Wards, clinics and the people who work there", starts_at=dt.time(9, 30), ends_at=dt.time(12))
        yield Session(
            day=day, title="Talk over lunch, without an agenda", starts_at=dt.time(12), ends_at=dt.time(13, 30), is_informal=True,
            given_minutes=given,
        )  # fmt: skip

    def _hear(self, held: Sequence[Held]) -> None:
        """Views of patients and carers, read by the hub; of one review in twenty nobody spoke."""
        links = list(write(ViewsLink, (self._link(one) for one in held)))
        write_all(PatientView, (view for one, link in zip(held, links, strict=True) for view in self._views(one, link)))

    def _link(self, held: Held) -> ViewsLink:
        review = held.review
        return ViewsLink(
            review=review, service=held.service, token=token_hash(f"views-{review.pk}"), opens_date=review.notified_at.date(),
            closes_date=held.ends, pals_contact=CONTACT, formats_contact=CONTACT, made_by=review.opened_by, made_at=review.notified_at,
        )  # fmt: skip

    def _views(self, held: Held, link: ViewsLink) -> Iterator[PatientView]:
        most = 2 * self.told.sizes.views_a_review
        for n in range(0 if self.told.holds(0.05) else self.chance.randint(1, most)):
            came = at(held.starts) - dt.timedelta(days=1 + n)
            yield PatientView(
                review=held.review, service=held.service, link=link, channel="LINK", who="CARER" if n % 4 == 3 else "PATIENT",
                good=words.VIEWS[(n + held.review.pk) % len(words.VIEWS)], better=words.WISHES[n % len(words.WISHES)], given_at=came,
                status="HELD_BACK" if n % 12 == 11 else "SHARED", held_back_reason="Illustrative reason." if n % 12 == 11 else "",
                read_by=held.review.opened_by, read_at=came + dt.timedelta(hours=20),
            )  # fmt: skip

    def _progress(self, held: Held) -> Iterable[ProgressCheck]:
        """Progress checks that were due, each done in its week."""
        final = add_working_days(held.ends, 40)
        for code, months in PROGRESS:
            due = add_months(final, months)
            if done := self.told.past(at(due) + dt.timedelta(days=3)):
                yield ProgressCheck(
                    review=held.review, milestone_code=code, due_date=due, what_was_seen="Illustrative: as the plan says.",
                    done_by=held.review.opened_by, done_at=done,
                )  # fmt: skip
